//! Time as a parameter: nothing in the simulator reads the machine's clock but the two edges below.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// Where the simulator takes the time from.
pub trait Clock: Send + Sync {
    /// The current time of the simulated world.
    fn now(&self) -> OffsetDateTime;

    /// Moves the clock forward, and says whether that was possible: only a [`ManualClock`] can be moved.
    fn try_advance(&self, by: Duration) -> bool {
        let _ = by;
        false
    }
}

/// A clock that stands still until it is moved. Clones share the time.
///
/// ```
/// use std::time::Duration;
/// use entra_simulator::{Clock, ManualClock};
/// let clock = ManualClock::default();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now() - before, Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<OffsetDateTime>>);

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: OffsetDateTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves the clock forward. A time beyond what the calendar can hold leaves it where it is.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(later) = time::Duration::try_from(by).ok().and_then(|by| now.checked_add(by)) {
            *now = later;
        }
    }

    /// Sets the clock. The world never runs backwards: what is due stays settled.
    pub fn set(&self, to: OffsetDateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

/// Starts on 2026-11-21 at 09:00 UTC, so that runs are repeatable.
impl Default for ManualClock {
    fn default() -> Self {
        Self::new(time::macros::datetime!(2026-11-21 09:00 UTC))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_advance(&self, by: Duration) -> bool {
        self.advance(by);
        true
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge where real time enters, chosen with --clock real"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that starts with the machine's and then runs `speed` times as fast.
#[derive(Clone, Copy, Debug)]
pub struct ScaledClock {
    start: OffsetDateTime,
    speed: u32,
}

impl ScaledClock {
    /// A clock that makes `speed` seconds of every real one; 0 counts as 1.
    pub fn new(speed: u32) -> Self {
        Self { start: SystemClock.now(), speed: speed.max(1) }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> OffsetDateTime {
        let real = SystemClock.now() - self.start;
        // the machine's clock may be set back: the simulated one then waits
        let scaled =
            real.max(time::Duration::ZERO).saturating_mul(i32::try_from(self.speed).unwrap_or(i32::MAX));
        self.start.checked_add(scaled).unwrap_or(self.start)
    }
}
