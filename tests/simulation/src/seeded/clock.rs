//! Virtual time in which many invocations sleep side by side.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use entra_simulator::ManualClock;
use time::OffsetDateTime;

type Timers = Arc<Mutex<BTreeMap<(OffsetDateTime, u64), Waker>>>;

/// One time for simulator, queues and functions. It stands still while anybody has work, and then jumps to the next
/// timer: so a sleeping invocation does not make the others late.
#[derive(Clone, Default)]
pub(crate) struct VirtualClock {
    time: ManualClock,
    timers: Timers,
    numbers: Arc<Mutex<u64>>,
}

impl VirtualClock {
    pub(crate) fn now(&self) -> OffsetDateTime {
        entra_simulator::Clock::now(&self.time)
    }

    pub(crate) fn for_simulator(&self) -> ManualClock {
        self.time.clone()
    }

    /// Moves on to `time`, never back, and wakes whom it is time for.
    pub(crate) fn jump_to(&self, time: OffsetDateTime) {
        if let Ok(by) = Duration::try_from(time - self.now()) {
            self.time.advance(by);
        }
        let now = self.now();
        while let Some(timer) = self.timers.lock().unwrap().first_entry().filter(|timer| timer.key().0 <= now)
        {
            timer.remove().wake();
        }
    }

    /// When the next sleeper wakes up.
    pub(crate) fn next_timer(&self) -> Option<OffsetDateTime> {
        self.timers.lock().unwrap().keys().next().map(|(at, _)| *at)
    }

    /// Sleeps until a moment.
    pub(crate) fn until(&self, at: OffsetDateTime) -> impl Future<Output = ()> + Send + use<> {
        let mut number = self.numbers.lock().unwrap();
        *number += 1;
        Sleep { clock: self.clone(), key: (at, *number) }
    }
}

#[async_trait]
impl mto_graph::Clock for VirtualClock {
    fn now(&self) -> OffsetDateTime {
        Self::now(self)
    }

    async fn sleep(&self, duration: Duration) {
        self.until(self.now() + duration).await;
    }

    async fn reached(&self, moment: OffsetDateTime) {
        self.until(moment).await;
    }
}

struct Sleep {
    clock: VirtualClock,
    key: (OffsetDateTime, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.key.0 {
            return Poll::Ready(());
        }
        self.clock.timers.lock().unwrap().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

/// An invocation that was dropped wakes nobody.
impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.timers.lock().unwrap().remove(&self.key);
    }
}
