//! Queues as the handler needs them: send and delete. Receiving is Lambda's part.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

/// SQS's longest `DelaySeconds`.
pub const MAX_DELAY: Duration = Duration::from_mins(15);

/// The message attribute that carries the journal of a waiting command.
pub const JOURNAL_ATTRIBUTE: &str = "journal";

/// A queue, by its URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueUrl(String);

impl QueueUrl {
    /// Wraps a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueueUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A message to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The body.
    pub body: String,
    /// String message attributes.
    pub attributes: BTreeMap<String, String>,
    /// Invisible for so long; whole seconds, at most [`MAX_DELAY`].
    pub delay: Duration,
    /// X-Ray's trace, as SQS carries it (`AWSTraceHeader`).
    pub trace_header: Option<String>,
}

/// A message as Lambda hands it to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// SQS's id of this message; a waiting command gets a new one at each hop.
    pub message_id: String,
    /// What deletes this delivery.
    pub receipt_handle: String,
    /// The body.
    pub body: String,
    /// String message attributes; others are left out.
    pub attributes: BTreeMap<String, String>,
    /// How often it was delivered; above 1 there was a fault.
    pub receive_count: u32,
    /// When it was sent.
    pub sent_at: Option<OffsetDateTime>,
    /// X-Ray's trace: the message's, or the invocation's. What follows from the record carries it on.
    pub trace_header: Option<String>,
}

/// A queue did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[error("{operation} on {queue} failed: {reason}")]
pub struct QueueError {
    /// `SendMessage` or `DeleteMessage`.
    pub operation: &'static str,
    /// The queue.
    pub queue: QueueUrl,
    /// What it said.
    pub reason: String,
}

/// SQS standard queues, as far as the functions use them.
///
/// # Guarantees
/// At least once: a message that was sent is delivered, possibly more than once and in any order.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends messages.
    ///
    /// # Errors
    /// If any of them was not taken. Others may have been: everything that is sent has a derived id, so sending
    /// all again is harmless.
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError>;

    /// Deletes a delivery.
    ///
    /// # Errors
    /// If the queue does not confirm it; it is then delivered again, or not.
    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError>;
}
