//! [`Queue`] over Amazon SQS.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::BehaviorVersion;
use aws_sdk_sqs::error::{DisplayErrorContext, SdkError};
use aws_sdk_sqs::operation::delete_message::DeleteMessageError;
use aws_sdk_sqs::types::{
    Message as Received, MessageAttributeValue, MessageSystemAttributeName,
    MessageSystemAttributeNameForSends, MessageSystemAttributeValue, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use mto_graph::{ReqwestTransport, Transport};

use crate::aws::sdk::{Sdk, WhenNeeded, when_needed};
use crate::config::{ConfigError, Environment};
use crate::queue::{MAX_DELAY, Message, Queue, QueueError, QueueUrl, Record};

/// X-Ray's trace travels beside the attributes; it does not count towards a message's size.
const TRACE: MessageSystemAttributeNameForSends = MessageSystemAttributeNameForSends::AwsTraceHeader;

/// SQS's limit of entries in a `SendMessageBatch`.
const MAX_ENTRIES: usize = 10;

/// SQS's limit of message attributes.
const MAX_ATTRIBUTES: usize = 10;

/// `MaximumMessageSize` of the template's queues. SQS's own limit is four times that by now; nothing of ours needs it,
/// and a batch of ten has to fit into one invocation.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// The limit of a batch is that of one message.
const MAX_BATCH_BYTES: usize = MAX_MESSAGE_BYTES;

/// The data type of our attributes; it counts towards a message's size.
const DATA_TYPE: &str = "String";

/// Amazon SQS. Its configuration is read and checked at once, its client made when it is needed first.
#[derive(Clone)]
pub struct SqsQueue {
    client: Arc<WhenNeeded<Client>>,
}

impl SqsQueue {
    /// [`over`](Self::over) a transport of its own.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub fn from_environment(environment: &dyn Environment) -> Result<Self, ConfigError> {
        Self::over(environment, Arc::new(ReqwestTransport::when_needed()))
    }

    /// Reads region, credentials and endpoint as Lambda gives them: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; and `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` for an
    /// emulator. `transport` carries the requests.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub fn over(environment: &dyn Environment, transport: Arc<dyn Transport>) -> Result<Self, ConfigError> {
        let sdk = Sdk::from_environment(environment, "SQS", transport)?;
        let make = move || {
            let mut config = aws_sdk_sqs::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(sdk.region)
                .credentials_provider(sdk.credentials)
                .timeout_config(sdk.timeouts)
                .http_client(sdk.http);
            config.set_endpoint_url(sdk.endpoint);
            Client::from_conf(config.build())
        };
        Ok(Self { client: Arc::new(when_needed(make)) })
    }

    /// `ReceiveMessage`: up to ten messages, hidden from others for so long. For people's tools; a function's messages
    /// are brought by Lambda.
    ///
    /// # Errors
    /// What SQS said.
    pub async fn receive(&self, queue: &QueueUrl, hidden: Duration) -> Result<Vec<Record>, QueueError> {
        let call = self
            .client
            .receive_message()
            .queue_url(queue.as_str())
            .max_number_of_messages(10)
            .visibility_timeout(i32::try_from(hidden.as_secs()).unwrap_or(i32::MAX))
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All);
        let answer = call.send().await.map_err(|error| failed("ReceiveMessage", queue, &error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().map(received).collect())
    }

    /// `ChangeMessageVisibility` to zero: others may have a message that was received.
    ///
    /// # Errors
    /// What SQS said.
    pub async fn release(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        let call = self
            .client
            .change_message_visibility()
            .queue_url(queue.as_str())
            .receipt_handle(receipt_handle)
            .visibility_timeout(0);
        call.send().await.map_err(|error| failed("ChangeMessageVisibility", queue, &error))?;
        Ok(())
    }

    /// `GetQueueAttributes`: all of them, by SQS's names.
    ///
    /// # Errors
    /// What SQS said.
    pub async fn attributes(&self, queue: &QueueUrl) -> Result<BTreeMap<String, String>, QueueError> {
        let call = self.client.get_queue_attributes().queue_url(queue.as_str());
        let answer = call
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .map_err(|error| failed("GetQueueAttributes", queue, &error))?;
        let attributes = answer.attributes.unwrap_or_default();
        Ok(attributes.into_iter().map(|(name, value)| (name.as_str().to_owned(), value)).collect())
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

impl fmt::Debug for SqsQueue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SqsQueue")
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        if let Some(reason) = messages.iter().find_map(refusal) {
            return Err(QueueError { operation: "SendMessage", queue: queue.clone(), reason });
        }
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
        match call.send().await {
            Ok(_) => Ok(()),
            // A handle of a delivery that is over: deleted already, or delivered again since. Neither is ours to delete.
            Err(error)
                if error.as_service_error().is_some_and(DeleteMessageError::is_receipt_handle_is_invalid) =>
            {
                Ok(())
            }
            Err(error) => Err(failed("DeleteMessage", queue, &error)),
        }
    }
}

fn received(message: Received) -> Record {
    let system = |name| message.attributes.as_ref().and_then(|all| all.get(&name)).cloned();
    let sent_at = system(MessageSystemAttributeName::SentTimestamp).as_deref().and_then(super::sent_at);
    let receive_count = system(MessageSystemAttributeName::ApproximateReceiveCount);
    let trace_header = system(MessageSystemAttributeName::AwsTraceHeader);
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    Record {
        message_id: message.message_id.unwrap_or_default(),
        receipt_handle: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        attributes: attributes.filter_map(|(name, value)| Some((name, value.string_value?))).collect(),
        receive_count: receive_count.and_then(|text| text.parse().ok()).unwrap_or(1),
        sent_at,
        trace_header,
    }
}

/// Why a message must not be sent. SQS refuses most of this too, but not everything that speaks its protocol does, and
/// SQS takes larger messages than the queues of the template.
fn refusal(message: &Message) -> Option<String> {
    if message.body.is_empty() {
        return Some("the body is empty".to_owned());
    }
    if message.delay > MAX_DELAY {
        return Some(format!(
            "DelaySeconds is {}, more than {}",
            message.delay.as_secs(),
            MAX_DELAY.as_secs()
        ));
    }
    if message.attributes.len() > MAX_ATTRIBUTES {
        return Some(format!("more than {MAX_ATTRIBUTES} message attributes"));
    }
    let bytes = size_of(message);
    (bytes > MAX_MESSAGE_BYTES)
        .then(|| format!("the message has {bytes} bytes, more than {MAX_MESSAGE_BYTES}"))
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
    let attribute = |(name, value): (&String, &String)| name.len() + DATA_TYPE.len() + value.len();
    message.body.len() + message.attributes.iter().map(attribute).sum::<usize>()
}

fn delay_seconds(message: &Message) -> i32 {
    i32::try_from(message.delay.as_secs()).unwrap_or(i32::MAX)
}

fn attribute(value: String, queue: &QueueUrl) -> Result<MessageAttributeValue, QueueError> {
    let attribute = MessageAttributeValue::builder().data_type(DATA_TYPE).string_value(value);
    attribute.build().map_err(|error| own("SendMessage", queue, &error))
}

fn trace_attribute(value: String, queue: &QueueUrl) -> Result<MessageSystemAttributeValue, QueueError> {
    let attribute = MessageSystemAttributeValue::builder().data_type(DATA_TYPE).string_value(value);
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

    #[test]
    fn what_is_too_late_too_large_or_empty_is_refused_before_it_is_sent() {
        let message = |bytes: usize| Message { body: "x".repeat(bytes), ..Message::default() };
        assert_eq!(refusal(&message(MAX_MESSAGE_BYTES)), None);
        assert!(refusal(&message(MAX_MESSAGE_BYTES + 1)).is_some());
        assert!(refusal(&message(0)).is_some());
        assert_eq!(refusal(&Message { delay: MAX_DELAY, ..message(1) }), None);
        assert!(refusal(&Message { delay: MAX_DELAY + Duration::from_secs(1), ..message(1) }).is_some());
        let attributes = |count: usize| (0..count).map(|i| (i.to_string(), "value".to_owned())).collect();
        assert_eq!(refusal(&Message { attributes: attributes(10), ..message(1) }), None);
        assert!(refusal(&Message { attributes: attributes(11), ..message(1) }).is_some());
        let filled = Message { attributes: attributes(1), ..message(MAX_MESSAGE_BYTES - 12) };
        assert_eq!(refusal(&filled), None, "name, type and value have 12 bytes");
        assert!(refusal(&Message { attributes: attributes(1), ..message(MAX_MESSAGE_BYTES - 11) }).is_some());
    }
}
