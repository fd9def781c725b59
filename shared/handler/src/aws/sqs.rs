//! [`Queue`] over Amazon SQS.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::BehaviorVersion;
use aws_sdk_sqs::error::{DisplayErrorContext, SdkError};
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
};

use crate::aws::sdk::Sdk;
use crate::config::{ConfigError, Environment};
use crate::queue::{Message, Queue, QueueError, QueueUrl};

/// X-Ray's trace travels beside the attributes; it does not count towards a message's size.
const TRACE: MessageSystemAttributeNameForSends = MessageSystemAttributeNameForSends::AwsTraceHeader;

/// SQS's limit of entries in a `SendMessageBatch`.
const MAX_ENTRIES: usize = 10;

/// SQS's limit of bytes in a batch (that of one message); the rest is room for names.
const MAX_BATCH_BYTES: usize = 250 * 1024;

/// Amazon SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
}

impl SqsQueue {
    /// Reads region, credentials and endpoint as Lambda gives them: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; and `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` for an
    /// emulator.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub fn from_environment(environment: &dyn Environment) -> Result<Self, ConfigError> {
        let sdk = Sdk::from_environment(environment, "SQS")?;
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(sdk.region)
            .credentials_provider(sdk.credentials)
            .timeout_config(sdk.timeouts)
            .http_client(sdk.http);
        config.set_endpoint_url(sdk.endpoint);
        Ok(Self { client: Client::from_conf(config.build()) })
    }

    async fn send_one(&self, queue: &QueueUrl, message: Message) -> Result<(), QueueError> {
        let delay = delay_seconds(&message);
        let mut call = self.client.send_message().queue_url(queue.as_str()).delay_seconds(delay);
        for (name, value) in message.attributes {
            call = call.message_attributes(name, attribute(value, queue)?);
        }
        if let Some(trace) = message.trace_header {
            call = call.message_system_attributes(TRACE, trace_attribute(trace, queue)?);
        }
        call.message_body(message.body).send().await.map_err(|error| failed("SendMessage", queue, &error))?;
        Ok(())
    }

    async fn send_batch(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        let mut call = self.client.send_message_batch().queue_url(queue.as_str());
        for (index, message) in messages.into_iter().enumerate() {
            let mut entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .delay_seconds(delay_seconds(&message))
                .message_body(message.body);
            for (name, value) in message.attributes {
                entry = entry.message_attributes(name, attribute(value, queue)?);
            }
            if let Some(trace) = message.trace_header {
                entry = entry.message_system_attributes(TRACE, trace_attribute(trace, queue)?);
            }
            call = call.entries(entry.build().map_err(|error| own("SendMessageBatch", queue, &error))?);
        }
        let answer = call.send().await.map_err(|error| failed("SendMessageBatch", queue, &error))?;
        match answer.failed().first() {
            None => Ok(()),
            Some(first) => Err(QueueError {
                operation: "SendMessageBatch",
                queue: queue.clone(),
                reason: format!(
                    "{} of the messages were refused, first: {}",
                    answer.failed().len(),
                    first.code()
                ),
            }),
        }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        for mut batch in batches(messages) {
            match batch.pop() {
                Some(only) if batch.is_empty() => self.send_one(queue, only).await?,
                Some(last) => {
                    batch.push(last);
                    self.send_batch(queue, batch).await?;
                }
                None => {}
            }
        }
        Ok(())
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        let call = self.client.delete_message().queue_url(queue.as_str()).receipt_handle(receipt_handle);
        call.send().await.map_err(|error| failed("DeleteMessage", queue, &error))?;
        Ok(())
    }
}

/// Cuts messages into batches that SQS takes: ten at most, and together no longer than one message may be.
fn batches(messages: Vec<Message>) -> Vec<Vec<Message>> {
    let mut batches: Vec<Vec<Message>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        let size = size_of(&message);
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_ENTRIES && bytes + size <= MAX_BATCH_BYTES => {
                batch.push(message);
                bytes += size;
            }
            _ => {
                batches.push(vec![message]);
                bytes = size;
            }
        }
    }
    batches
}

fn size_of(message: &Message) -> usize {
    message.body.len()
        + message.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
}

fn delay_seconds(message: &Message) -> i32 {
    i32::try_from(message.delay.as_secs()).unwrap_or(i32::MAX)
}

fn attribute(value: String, queue: &QueueUrl) -> Result<MessageAttributeValue, QueueError> {
    let attribute = MessageAttributeValue::builder().data_type("String").string_value(value);
    attribute.build().map_err(|error| own("SendMessage", queue, &error))
}

fn trace_attribute(value: String, queue: &QueueUrl) -> Result<MessageSystemAttributeValue, QueueError> {
    let attribute = MessageSystemAttributeValue::builder().data_type("String").string_value(value);
    attribute.build().map_err(|error| own("SendMessage", queue, &error))
}

fn own(operation: &'static str, queue: &QueueUrl, error: &dyn std::error::Error) -> QueueError {
    QueueError { operation, queue: queue.clone(), reason: error.to_string() }
}

fn failed<E, R>(operation: &'static str, queue: &QueueUrl, error: &SdkError<E, R>) -> QueueError
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug,
{
    QueueError { operation, queue: queue.clone(), reason: DisplayErrorContext(error).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_ten_messages_and_no_more_bytes_than_one_message_may() {
        let message = |bytes: usize| Message { body: "x".repeat(bytes), ..Message::default() };
        let sizes = |messages| batches(messages).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![message(1); 25]), [10, 10, 5]);
        assert_eq!(sizes(vec![message(100 * 1024); 5]), [2, 2, 1]);
        assert_eq!(sizes(Vec::new()), [0_usize; 0]);
    }
}
