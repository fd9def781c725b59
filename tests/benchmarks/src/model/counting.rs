//! A queue that counts what is asked of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use mto_handler::{Message, Queue, QueueError, QueueUrl};

/// SQS's limit of entries in one `SendMessageBatch`.
const MAX_ENTRIES: u64 = 10;

/// What the functions asked of one queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Requests that sent messages, ten messages at most in each.
    pub requests: u64,
    /// Messages.
    pub messages: u64,
    /// Those of them that were sent with a delay: the waits.
    pub delayed: u64,
    /// Requests that deleted a delivery.
    pub deletes: u64,
}

/// What the functions asked of all queues, by the queue's URL.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<BTreeMap<QueueUrl, Sent>>>);

impl Tally {
    pub(crate) fn snapshot(&self) -> BTreeMap<QueueUrl, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, queue: &QueueUrl, change: impl FnOnce(&mut Sent)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(queue.clone()).or_default());
    }
}

/// Counts what the queue behind it took.
pub(crate) struct CountedQueue {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) tally: Tally,
}

#[async_trait]
impl Queue for CountedQueue {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        let count = messages.len() as u64;
        let delayed = messages.iter().filter(|message| !message.delay.is_zero()).count() as u64;
        self.inner.send(queue, messages).await?;
        self.tally.note(queue, |sent| {
            sent.requests += count.div_ceil(MAX_ENTRIES);
            sent.messages += count;
            sent.delayed += delayed;
        });
        Ok(())
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        self.inner.delete(queue, receipt_handle).await?;
        self.tally.note(queue, |sent| sent.deletes += 1);
        Ok(())
    }
}
