//! The event source mapping: from SQS to a function and back.

use std::collections::BTreeMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Value, json};

use crate::{Answer, Function, Ministack};

/// The queues of an installation, on the emulator.
pub struct Queues {
    /// A client for all of them.
    pub client: Client,
    urls: BTreeMap<String, String>,
}

impl Queues {
    /// Makes a queue and a dead-letter queue for each verb, and for the outcomes.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn create(ministack: &Ministack, verbs: &[&str]) -> Self {
        let mut queues = Self { client: ministack.sqs(), urls: BTreeMap::new() };
        for name in verbs.iter().copied().chain(["outcomes"]) {
            let dead_letters = format!("{name}-dead-letters");
            queues.make(&dead_letters, None).await;
            let arn = queues.arn(&dead_letters).await;
            let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 5}).to_string();
            queues.make(name, Some(redrive)).await;
        }
        queues
    }

    async fn make(&mut self, name: &str, redrive: Option<String>) {
        let mut call = self.client.create_queue().queue_name(format!("mto-{name}"));
        call = call.attributes(QueueAttributeName::VisibilityTimeout, "360");
        if let Some(redrive) = redrive {
            call = call.attributes(QueueAttributeName::RedrivePolicy, redrive);
        }
        let answer = call.send().await.expect("a queue can be made");
        self.urls.insert(name.to_owned(), answer.queue_url.expect("a queue has a URL"));
    }

    async fn arn(&self, name: &str) -> String {
        let call = self.client.get_queue_attributes().queue_url(self.url(name));
        let answer = call.attribute_names(QueueAttributeName::QueueArn).send().await.expect("attributes");
        answer.attributes().and_then(|all| all.get(&QueueAttributeName::QueueArn)).cloned().expect("an ARN")
    }

    /// A queue's URL.
    ///
    /// # Panics
    /// If there is no such queue.
    pub fn url(&self, name: &str) -> &str {
        self.urls.get(name).expect("a queue that was made")
    }

    /// Posts a body, as any program would.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn post(&self, name: &str, body: &str) {
        let call = self.client.send_message().queue_url(self.url(name)).message_body(body);
        call.send().await.expect("a message can be sent");
    }

    /// Receives up to ten messages, with everything Lambda would pass on.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn receive(&self, name: &str, wait_seconds: i32) -> Vec<Message> {
        let call = self.client.receive_message().queue_url(self.url(name)).max_number_of_messages(10);
        let call = call.message_attribute_names("All").wait_time_seconds(wait_seconds);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All);
        call.send().await.expect("messages can be received").messages.unwrap_or_default()
    }

    /// Takes everything visible out of a queue.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn drain(&self, name: &str) -> Vec<Message> {
        let mut all = Vec::new();
        loop {
            let messages = self.receive(name, 0).await;
            if messages.is_empty() {
                return all;
            }
            for message in &messages {
                self.delete(name, message).await;
            }
            all.extend(messages);
        }
    }

    /// Whether nothing stands in a queue: neither visible, nor delayed, nor in flight.
    ///
    /// # Panics
    /// If the emulator refuses.
    pub async fn is_empty(&self, name: &str) -> bool {
        let numbers = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let call = self.client.get_queue_attributes().queue_url(self.url(name));
        let answer = call.set_attribute_names(Some(numbers.into())).send().await.expect("attributes");
        answer.attributes().is_some_and(|all| all.values().all(|number| number == "0"))
    }

    async fn delete(&self, name: &str, message: &Message) {
        let receipt = message.receipt_handle().unwrap_or_default();
        let call = self.client.delete_message().queue_url(self.url(name)).receipt_handle(receipt);
        // A waiting message was deleted by the function itself; deleting it twice is no fault.
        let _ = call.send().await;
    }
}

/// One function behind its queue.
pub struct Mapping {
    /// The queue's name, which is the verb; `outcomes` for notify.
    pub verb: String,
    /// The function.
    pub function: Function,
}

impl Mapping {
    /// Receives one batch, invokes the function, deletes what did not fail. Returns the messages and the answer;
    /// nothing if no message was visible.
    pub async fn pump(&self, queues: &Queues) -> Option<(Vec<Message>, Answer)> {
        let messages = queues.receive(&self.verb, 0).await;
        if messages.is_empty() {
            return None;
        }
        let answer = self.function.runtime.invoke(event(&messages)).await;
        if let Answer::Response(response) = &answer {
            for message in &messages {
                if !failed(response).contains(&message.message_id().unwrap_or_default()) {
                    queues.delete(&self.verb, message).await;
                }
            }
        }
        Some((messages, answer))
    }
}

fn failed(response: &Value) -> Vec<&str> {
    let failures = response["batchItemFailures"].as_array().map(Vec::as_slice).unwrap_or_default();
    failures.iter().filter_map(|failure| failure["itemIdentifier"].as_str()).collect()
}

/// The event Lambda would make of these messages.
pub(crate) fn event(messages: &[Message]) -> Value {
    let record = |message: &Message| {
        let system: BTreeMap<&str, &String> = message
            .attributes()
            .map(|all| all.iter().map(|(n, v)| (n.as_str(), v)).collect())
            .unwrap_or_default();
        let attributes: BTreeMap<&String, Value> = message
            .message_attributes()
            .map(|all| {
                let value = |v: &aws_sdk_sqs::types::MessageAttributeValue| {
                    json!({"stringValue": v.string_value(), "stringListValues": [], "binaryListValues": [],
                           "dataType": v.data_type()})
                };
                all.iter().map(|(name, v)| (name, value(v))).collect()
            })
            .unwrap_or_default();
        json!({
            "messageId": message.message_id(), "receiptHandle": message.receipt_handle(),
            "body": message.body(), "md5OfBody": message.md5_of_body(),
            "attributes": system, "messageAttributes": attributes,
            "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:mto",
        })
    };
    json!({"Records": messages.iter().map(record).collect::<Vec<_>>()})
}
