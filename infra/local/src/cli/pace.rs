//! The edge where real time enters: how long the display pauses.

use std::time::Duration as RealDuration;

use mto_local::Speed;
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

/// Between two pictures.
const FRAME: RealDuration = RealDuration::from_millis(50);

/// Ties simulated time to real time.
pub(crate) struct Pace {
    speed: Speed,
    started: Instant,
    start: OffsetDateTime,
}

impl Pace {
    pub(crate) fn new(speed: Speed, start: OffsetDateTime) -> Self {
        Self { speed, started: Instant::now(), start }
    }

    /// Real time since the start.
    pub(crate) fn elapsed(&self) -> RealDuration {
        self.started.elapsed()
    }

    /// The simulated time that the display may show by now; none: any.
    pub(crate) fn reached(&self) -> Option<OffsetDateTime> {
        match self.speed {
            Speed::Max => None,
            Speed::Times(speed) => {
                let virtual_time = self.elapsed().saturating_mul(speed.get());
                Duration::try_from(virtual_time).ok().and_then(|passed| self.start.checked_add(passed))
            }
        }
    }

    /// Pauses for one picture.
    #[expect(clippy::disallowed_methods, reason = "the one edge where the display really waits")]
    pub(crate) async fn frame(&self) {
        tokio::time::sleep(FRAME).await;
    }
}
