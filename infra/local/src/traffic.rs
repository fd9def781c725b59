//! Counting what goes through the queues.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use mto_handler::{Message, Queue, QueueError, QueueUrl};

/// What went through the functions' queues since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages that were sent with a delay: the delayed-retry steps.
    pub waits: u64,
    /// Records that were handed to a function.
    pub deliveries: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    waits: Arc<AtomicU64>,
    deliveries: Arc<AtomicU64>,
}

impl Tally {
    pub(crate) fn count_deliveries(&self, count: usize) {
        self.deliveries.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Traffic {
        Traffic {
            waits: self.waits.load(Ordering::Relaxed),
            deliveries: self.deliveries.load(Ordering::Relaxed),
        }
    }
}

/// A queue that counts the delayed messages that were taken.
pub(crate) struct Counted {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) tally: Tally,
}

#[async_trait]
impl Queue for Counted {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        let delayed = messages.iter().filter(|message| !message.delay.is_zero()).count();
        self.inner.send(queue, messages).await?;
        self.tally.waits.fetch_add(delayed as u64, Ordering::Relaxed);
        Ok(())
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        self.inner.delete(queue, receipt_handle).await
    }
}
