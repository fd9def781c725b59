//! The machine's clock: what is measured here is real.

use std::time::Instant;

use time::OffsetDateTime;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "certificates are valid at real times")]
pub(crate) fn today() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
