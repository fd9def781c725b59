//! An in-process model of SQS standard queues, in any clock's time. For tests, the simulation and the local
//! run; in production there is SQS.
//!
//! Modelled: `DelaySeconds`, visibility timeout, receipt handles (a late one deletes nothing), receive count,
//! redrive to a dead-letter queue after `maxReceiveCount`, at-least-once delivery ([`MemoryQueues::duplicate`]).
//! Not modelled: retention, message groups, access.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use mto_graph::Clock;
use time::OffsetDateTime;

use crate::queue::{MAX_DELAY, Message, Queue, QueueError, QueueUrl, Record};

/// SQS's limit of a message: body and attributes, in bytes.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// The data type of our attributes; its name counts towards a message's size.
const DATA_TYPE: &str = "String";

/// SQS's limit of a batch.
const MAX_RECEIVE: usize = 10;

/// Settings of one queue.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// How long a delivery is hidden from others.
    pub visibility_timeout: Duration,
    /// After so many deliveries a message goes to the dead-letter queue, if there is one.
    pub max_receive_count: u32,
    /// Where it goes.
    pub dead_letter_queue: Option<QueueUrl>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { visibility_timeout: Duration::from_mins(6), max_receive_count: 5, dead_letter_queue: None }
    }
}

/// A message that stands in a queue.
#[derive(Debug, Clone)]
pub struct Stored {
    /// SQS's id.
    pub message_id: String,
    /// The body.
    pub body: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Not delivered before.
    pub visible_at: OffsetDateTime,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// How often it was delivered.
    pub receive_count: u32,
    /// X-Ray's trace.
    pub trace_header: Option<String>,
    receipt: Option<u64>,
}

#[derive(Default)]
struct State {
    queues: BTreeMap<QueueUrl, (QueueSettings, Vec<Stored>)>,
    messages: u64,
    receipts: u64,
}

/// Any number of queues.
#[derive(Clone)]
pub struct MemoryQueues {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

impl MemoryQueues {
    /// No queues yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Makes a queue.
    #[must_use]
    pub fn with(self, queue: &QueueUrl, settings: QueueSettings) -> Self {
        self.lock().queues.insert(queue.clone(), (settings, Vec::new()));
        self
    }

    /// `ReceiveMessage`: up to `max` visible messages, oldest first.
    pub fn receive(&self, queue: &QueueUrl, max: usize) -> Vec<Record> {
        let now = self.clock.now();
        let mut state = self.lock();
        state.redrive(queue, now);
        let State { queues, receipts, .. } = &mut *state;
        let Some((settings, messages)) = queues.get_mut(queue) else { return Vec::new() };
        let visible = messages.iter_mut().filter(|message| message.visible_at <= now);
        visible
            .take(max.min(MAX_RECEIVE))
            .map(|message| {
                *receipts += 1;
                message.receipt = Some(*receipts);
                message.receive_count += 1;
                message.visible_at = now + settings.visibility_timeout;
                message.as_record(*receipts)
            })
            .collect()
    }

    /// Makes a delivery visible again at once, as the event source mapping does with a failed record once the
    /// visibility timeout is over.
    pub fn release(&self, queue: &QueueUrl, receipt_handle: &str) {
        let now = self.clock.now();
        if let Some(message) = self.lock().find(queue, receipt_handle) {
            message.visible_at = now;
        }
    }

    /// Delivers a message twice: what at-least-once means. The copy keeps the message id.
    pub fn duplicate(&self, queue: &QueueUrl, message_id: &str) -> bool {
        let now = self.clock.now();
        let mut state = self.lock();
        let Some((_, messages)) = state.queues.get_mut(queue) else { return false };
        let Some(found) = messages.iter().find(|message| message.message_id == message_id) else {
            return false;
        };
        let copy = Stored { receipt: None, visible_at: found.visible_at.min(now), ..found.clone() };
        messages.push(copy);
        true
    }

    /// What stands in a queue, visible or not.
    pub fn contents(&self, queue: &QueueUrl) -> Vec<Stored> {
        self.lock().queues.get(queue).map(|(_, messages)| messages.clone()).unwrap_or_default()
    }

    /// Takes everything out of a queue.
    pub fn drain(&self, queue: &QueueUrl) -> Vec<Stored> {
        self.lock().queues.get_mut(queue).map(|(_, messages)| std::mem::take(messages)).unwrap_or_default()
    }

    /// When the next message of these queues becomes visible; now or earlier if one is.
    pub fn next_visible(&self, queues: &[QueueUrl]) -> Option<OffsetDateTime> {
        let state = self.lock();
        let all = queues.iter().filter_map(|queue| state.queues.get(queue));
        all.flat_map(|(_, messages)| messages).map(|message| message.visible_at).min()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held is one in this file; the state is still what it was.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&mut self, queue: &QueueUrl, receipt_handle: &str) -> Option<&mut Stored> {
        let receipt = receipt_handle.parse().ok()?;
        let (_, messages) = self.queues.get_mut(queue)?;
        messages.iter_mut().find(|message| message.receipt == Some(receipt))
    }

    /// Messages that were delivered often enough go to the dead-letter queue, with nothing added. Where that queue does
    /// not exist they stay, and are delivered again.
    fn redrive(&mut self, queue: &QueueUrl, now: OffsetDateTime) {
        let Some((settings, _)) = self.queues.get(queue) else { return };
        let Some(target) = settings.dead_letter_queue.clone() else { return };
        let max = settings.max_receive_count;
        if !self.queues.contains_key(&target) {
            return;
        }
        let spent = |message: &mut Stored| message.visible_at <= now && message.receive_count >= max;
        let dead: Vec<Stored> = match self.queues.get_mut(queue) {
            Some((_, messages)) => messages.extract_if(.., spent).collect(),
            None => return,
        };
        if let Some((_, letters)) = self.queues.get_mut(&target) {
            letters.extend(dead);
        }
    }

    fn store(&mut self, queue: &QueueUrl, message: Message, now: OffsetDateTime) -> Result<(), String> {
        let size = |(name, value): (&String, &String)| name.len() + DATA_TYPE.len() + value.len();
        let attributes: usize = message.attributes.iter().map(size).sum();
        if message.body.is_empty() {
            return Err("the body is empty".to_owned());
        }
        if message.body.len() + attributes > MAX_MESSAGE_BYTES {
            return Err("the message is longer than 262144 bytes".to_owned());
        }
        if message.delay > MAX_DELAY {
            return Err(format!("DelaySeconds is {}, more than 900", message.delay.as_secs()));
        }
        if message.attributes.len() > 10 {
            return Err("more than 10 message attributes".to_owned());
        }
        self.messages += 1;
        let message_id = format!("{:08x}-0000-4000-8000-000000000000", self.messages);
        let (_, messages) = self.queues.get_mut(queue).ok_or("the queue does not exist")?;
        messages.push(Stored {
            message_id,
            body: message.body,
            attributes: message.attributes,
            visible_at: now + message.delay,
            sent_at: now,
            receive_count: 0,
            trace_header: message.trace_header,
            receipt: None,
        });
        Ok(())
    }
}

impl Stored {
    fn as_record(&self, receipt: u64) -> Record {
        Record {
            message_id: self.message_id.clone(),
            receipt_handle: receipt.to_string(),
            body: self.body.clone(),
            attributes: self.attributes.clone(),
            receive_count: self.receive_count,
            sent_at: Some(self.sent_at),
            trace_header: self.trace_header.clone(),
        }
    }
}

#[async_trait]
impl Queue for MemoryQueues {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        let now = self.clock.now();
        let mut state = self.lock();
        for message in messages {
            state.store(queue, message, now).map_err(|reason| QueueError {
                operation: "SendMessage",
                queue: queue.clone(),
                reason,
            })?;
        }
        Ok(())
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        let mut state = self.lock();
        let receipt: Option<u64> = receipt_handle.parse().ok();
        if let Some((_, messages)) = state.queues.get_mut(queue) {
            messages.retain(|message| message.receipt.is_none() || message.receipt != receipt);
        }
        Ok(())
    }
}
