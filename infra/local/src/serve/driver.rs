//! The one task that drives the world.

use std::collections::VecDeque;
use std::pin::pin;
use std::time::Duration as RealDuration;

use time::{Duration, OffsetDateTime};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::desk::Ask;
use super::office::Office;
use crate::{Speed, World, WorldError};

/// Between two looks at the clock.
const FRAME: RealDuration = RealDuration::from_millis(50);
/// The most real time that counts between two looks: a machine that slept does not wake up to a rush of years.
const LONGEST_FRAME: RealDuration = RealDuration::from_millis(250);
/// With [`Speed::Max`], while nothing waits and something is under way: simulated seconds in a real one.
const BACKGROUND_SPEED: u32 = 3_600;

/// See the module.
pub(super) struct Driver {
    world: World,
    office: Office,
    asks: mpsc::Receiver<Ask>,
    speed: Speed,
    /// Commands to post: each act once nothing is left of the one before.
    acts: VecDeque<Vec<(mto_messages::Verb, String)>>,
}

impl Driver {
    pub(super) fn new(
        world: World,
        office: Office,
        asks: mpsc::Receiver<Ask>,
        speed: Speed,
        acts: Vec<Vec<(mto_messages::Verb, String)>>,
    ) -> Self {
        Self { world, office, asks, speed, acts: acts.into() }
    }

    /// Drives the world for good.
    ///
    /// # Errors
    /// If a queue does not take a command of an act.
    pub(super) async fn run(mut self) -> Result<(), WorldError> {
        let mut reached = self.world.clock().now();
        loop {
            self.next_act().await?;
            self.work().await;
            self.office.tell(&self.world);
            if let Some(due) = self.world.next_due().filter(|due| self.speed == Speed::Max || *due <= reached)
            {
                // One moment after the other, as they are due: nothing is looked at later than it asked for.
                self.world.clock().jump_to(due);
                tokio::task::yield_now().await;
                continue;
            }
            self.world.clock().jump_to(reached);
            self.office.tell(&self.world);
            let passed = self.frame().await;
            // A pause inside a call (Retry-After) may have moved the clock past where it would be.
            reached = self.later(passed);
        }
    }

    /// Posts the next act, if nothing is left of the one before.
    async fn next_act(&mut self) -> Result<(), WorldError> {
        if self.acts.is_empty() || self.world.next_due().is_some() {
            return Ok(());
        }
        for (verb, body) in self.acts.pop_front().unwrap_or_default() {
            self.world.post(verb, &body).await?;
        }
        Ok(())
    }

    /// Works on what is due; answers and tells meanwhile.
    async fn work(&mut self) {
        let Self { world, office, asks, .. } = self;
        let mut work = pin!(world.work());
        loop {
            let mut frame = pin!(pause());
            tokio::select! {
                _ = &mut work => return,
                () = &mut frame => office.tell(world),
                Some(ask) = asks.recv() => {
                    office.answer(ask, world).await;
                }
            }
        }
    }

    /// Answers for a moment, or until there is work. Returns how long that was, as far as it counts.
    async fn frame(&mut self) -> RealDuration {
        let began = Instant::now();
        let Self { world, office, asks, .. } = self;
        let mut pause = pin!(pause());
        loop {
            tokio::select! {
                () = &mut pause => break,
                Some(ask) = asks.recv() => {
                    if office.answer(ask, world).await {
                        break;
                    }
                }
            }
        }
        began.elapsed().min(LONGEST_FRAME)
    }

    /// The simulated time so much real time from now.
    fn later(&mut self, passed: RealDuration) -> OffsetDateTime {
        let speed = match self.speed {
            Speed::Times(speed) => speed.get(),
            Speed::Max if self.office.is_under_way(&self.world) => BACKGROUND_SPEED,
            Speed::Max => 0,
        };
        let now = self.world.clock().now();
        let passed = Duration::try_from(passed.saturating_mul(speed)).unwrap_or_default();
        now.checked_add(passed).unwrap_or(now)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one edge where a kept-up world really waits")]
async fn pause() {
    tokio::time::sleep(FRAME).await;
}
