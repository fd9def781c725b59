//! Queues as `mto` needs them: beside sending and deleting, receiving and looking at their settings.

use std::time::Duration;

use async_trait::async_trait;
use mto_handler::aws::SqsQueue;
use mto_handler::memory::MemoryQueues;
use mto_handler::{Queue, QueueError, QueueUrl, Record};

/// What is known about a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueState {
    /// Messages that can be received, about.
    pub visible: u64,
    /// Messages that were received and not deleted, about.
    pub in_flight: u64,
    /// Messages that wait for their delay, about.
    pub delayed: u64,
    /// How long a delivery is hidden from others.
    pub visibility_timeout: Option<Duration>,
    /// The name of its dead-letter queue, and after how many deliveries a message goes there.
    pub redrive: Option<(String, u32)>,
}

/// SQS, or a model of it.
#[async_trait]
pub trait Mailbox: Queue {
    /// Receives up to ten messages, hidden from others for so long; none, if nothing is visible.
    ///
    /// # Errors
    /// What the queue said.
    async fn receive(&self, queue: &QueueUrl, hidden: Duration) -> Result<Vec<Record>, QueueError>;

    /// Shows a message that was received to others at once.
    ///
    /// # Errors
    /// What the queue said.
    async fn release(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError>;

    /// Looks at a queue's settings and numbers.
    ///
    /// # Errors
    /// What the queue said: that it does not exist, for one.
    async fn state(&self, queue: &QueueUrl) -> Result<QueueState, QueueError>;
}

#[async_trait]
impl Mailbox for SqsQueue {
    async fn receive(&self, queue: &QueueUrl, hidden: Duration) -> Result<Vec<Record>, QueueError> {
        Self::receive(self, queue, hidden).await
    }

    async fn release(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        Self::release(self, queue, receipt_handle).await
    }

    async fn state(&self, queue: &QueueUrl) -> Result<QueueState, QueueError> {
        let attributes = self.attributes(queue).await?;
        let number = |name: &str| attributes.get(name).and_then(|text| text.parse().ok());
        let redrive = attributes.get("RedrivePolicy").and_then(|text| redrive_of(text));
        Ok(QueueState {
            visible: number("ApproximateNumberOfMessages").unwrap_or(0),
            in_flight: number("ApproximateNumberOfMessagesNotVisible").unwrap_or(0),
            delayed: number("ApproximateNumberOfMessagesDelayed").unwrap_or(0),
            visibility_timeout: number("VisibilityTimeout").map(Duration::from_secs),
            redrive,
        })
    }
}

/// `{"deadLetterTargetArn":"arn:aws:sqs:…:name","maxReceiveCount":5}`; the number is a text in older policies.
fn redrive_of(policy: &str) -> Option<(String, u32)> {
    let policy: serde_json::Value = serde_json::from_str(policy).ok()?;
    let name = policy["deadLetterTargetArn"].as_str()?.rsplit(':').next()?.to_owned();
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok())?;
    Some((name, u32::try_from(count).ok()?))
}

#[async_trait]
impl Mailbox for MemoryQueues {
    async fn receive(&self, queue: &QueueUrl, _hidden: Duration) -> Result<Vec<Record>, QueueError> {
        Ok(Self::receive(self, queue, 10))
    }

    async fn release(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        Self::release(self, queue, receipt_handle);
        Ok(())
    }

    async fn state(&self, queue: &QueueUrl) -> Result<QueueState, QueueError> {
        let visible = self.contents(queue).len() as u64;
        Ok(QueueState { visible, ..QueueState::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_gives_the_queue_and_the_number_in_both_spellings() {
        let arn = "arn:aws:sqs:eu-west-1:000000000000:mto-join-dead-letters";
        let wanted = Some(("mto-join-dead-letters".to_owned(), 5));
        assert_eq!(redrive_of(&format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}"#)), wanted);
        assert_eq!(
            redrive_of(&format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"5"}}"#)),
            wanted
        );
        assert_eq!(redrive_of("{}"), None);
    }
}
