//! Whether and when a failed request is sent again inside a call. Pure: the client waits, not this module.

use std::time::Duration;

use http::StatusCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use uuid::Uuid;

use crate::error::GraphError;
use crate::transport::TransportErrorKind;

/// Attempts at one request inside a call, the first included. What needs more than this is better served by a wait.
pub const MAX_ATTEMPTS: u32 = 4;
/// The longest pause inside a call. Above it the failure is handed to the caller, who can wait without being paid for.
pub const MAX_PAUSE: Duration = Duration::from_secs(30);
/// The longest wish to be left alone that is believed. Whoever waits looks again then; a date of the year 9999 would
/// lead beyond the last moment that can be computed with.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
/// The first pause when the service does not name one; each further one is twice as long.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Throw the token away, then send again at once.
    WithNewToken,
    /// Send again after this pause.
    After(Duration),
    /// The failure is the result.
    GiveUp,
}

/// The attempts at one request so far.
pub(crate) struct Attempts {
    correlation: Uuid,
    failed: u32,
    renewed: bool,
}

impl Attempts {
    pub(crate) fn new(correlation: Uuid) -> Self {
        Self { correlation, failed: 0, renewed: false }
    }

    pub(crate) fn after(&mut self, failure: &GraphError) -> Retry {
        if failure.is_unauthorized() && !self.renewed {
            self.renewed = true;
            return Retry::WithNewToken;
        }
        self.failed += 1;
        if self.failed >= MAX_ATTEMPTS || !is_repeatable(failure) {
            return Retry::GiveUp;
        }
        let pause = failure.retry_after().unwrap_or_else(|| backoff(self.correlation, self.failed));
        if pause > MAX_PAUSE { Retry::GiveUp } else { Retry::After(pause) }
    }
}

/// A read may always be repeated. A write only if it certainly had no effect: it was turned away at the door (429), or
/// never left. After a 503, a 504 or a lost answer only another look tells what became of it.
pub(crate) fn is_repeatable(failure: &GraphError) -> bool {
    match failure {
        GraphError::Service(error) => match error.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => !error.is_write,
            _ => false,
        },
        GraphError::Transport { is_write, source } => {
            !is_write || source.kind() == TransportErrorKind::NotSent
        }
        GraphError::Token(_)
        | GraphError::Decode { .. }
        | GraphError::DeadlineTooClose { .. }
        | GraphError::TooManyPages { .. }
        | GraphError::TooLarge { .. }
        | GraphError::ForeignNextLink { .. }
        | GraphError::MissingPart { .. }
        | GraphError::Batch(_)
        | GraphError::Request(_) => false,
    }
}

/// Exponential, between half and all of the step. The jitter comes from the correlation id: commands that were
/// throttled together spread out, and a replay of one takes the same time again.
pub(crate) fn backoff(correlation: Uuid, failed: u32) -> Duration {
    let step = (FIRST_BACKOFF * 2u32.pow(failed.saturating_sub(1).min(10))).min(MAX_PAUSE);
    let seed = Uuid::new_v5(&correlation, format!("backoff #{failed}").as_bytes());
    let fraction = u32::from(seed.as_bytes()[0]);
    step / 2 + step / 2 * fraction / 255
}

/// `Retry-After`: whole seconds as Graph documents it, or the HTTP date that the standard allows as well. A day at most.
pub(crate) fn read_retry_after(text: &str, now: OffsetDateTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()).min(MAX_RETRY_AFTER));
    }
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(Duration::try_from(date - now).unwrap_or(Duration::ZERO).min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_an_http_date() {
        let now = datetime!(2026-11-21 08:00:00 UTC);
        let cases = [
            ("2", Some(2)),
            (" 120 ", Some(120)),
            ("Sat, 21 Nov 2026 08:00:07 GMT", Some(7)),
            ("Sat, 21 Nov 2026 07:59:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(read_retry_after(text, now), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn a_wish_to_be_left_alone_is_a_day_at_most() {
        let now = datetime!(2026-11-21 08:00:00 UTC);
        for text in
            ["86401", "4294967295", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"]
        {
            assert_eq!(read_retry_after(text, now), Some(MAX_RETRY_AFTER), "{text}");
        }
    }

    #[test]
    fn backoff_doubles_within_its_bounds_and_repeats_itself() {
        for seed in 0..50u128 {
            let id = Uuid::from_u128(seed);
            for (failed, step) in [(1, 1), (2, 2), (3, 4), (4, 8), (40, 30)] {
                let pause = backoff(id, failed);
                assert!(pause >= Duration::from_secs(step) / 2, "{pause:?}");
                assert!(pause <= Duration::from_secs(step), "{pause:?}");
                assert_eq!(pause, backoff(id, failed));
            }
        }
    }

    #[test]
    fn two_commands_do_not_come_back_together() {
        assert_ne!(backoff(Uuid::from_u128(1), 3), backoff(Uuid::from_u128(2), 3));
    }
}
