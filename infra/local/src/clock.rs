//! Virtual time that jumps.

use std::time::Duration;

use async_trait::async_trait;
use entra_simulator::ManualClock;
use time::OffsetDateTime;

/// One time for simulator, queues and functions. It stands still while work is done; sleeping moves it.
#[derive(Debug, Clone, Default)]
pub struct JumpClock(ManualClock);

impl JumpClock {
    /// The time now.
    pub fn now(&self) -> OffsetDateTime {
        entra_simulator::Clock::now(&self.0)
    }

    /// Moves on to `time`; never back.
    pub fn jump_to(&self, time: OffsetDateTime) {
        if let Ok(by) = Duration::try_from(time - self.now()) {
            self.0.advance(by);
        }
    }

    /// The same time for the simulator.
    pub fn for_simulator(&self) -> ManualClock {
        self.0.clone()
    }
}

#[async_trait]
impl mto_graph::Clock for JumpClock {
    fn now(&self) -> OffsetDateTime {
        Self::now(self)
    }

    async fn sleep(&self, duration: Duration) {
        self.jump_to(self.now() + duration);
    }
}
