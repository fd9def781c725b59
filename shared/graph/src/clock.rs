//! Time as a parameter.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

/// Tells the time and waits. Tests and the simulation run in virtual time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Waits for `duration` of this clock's time.
    async fn sleep(&self, duration: Duration);

    /// Completes when `moment` is past: the limit of something else that is waited for. Unlike [`Clock::sleep`] it does not
    /// say that there is nothing else to do, so a clock whose time passes only by sleeping does not move on for it.
    async fn reached(&self, moment: OffsetDateTime) {
        if self.now() < moment {
            std::future::pending::<()>().await;
        }
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one edge where the client reads the real time")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    #[expect(clippy::disallowed_methods, reason = "the one edge where the client really waits")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    async fn reached(&self, moment: OffsetDateTime) {
        if let Ok(left) = Duration::try_from(moment - self.now()) {
            self.sleep(left).await;
        }
    }
}
