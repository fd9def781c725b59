//! As much of SQS as a join needs: `SendMessage` and `DeleteMessage` of its JSON protocol (Amazon SQS developer guide,
//! "Making Query API requests using AWS JSON protocol"). It answers at once and keeps what was sent, for every candidate
//! alike; an emulator of SQS takes longer than the functions do, and not always the same.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use serde_json::{Value, json};

/// A message that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    /// The last part of the queue's URL.
    pub(crate) queue: String,
    /// The body.
    pub(crate) body: String,
    /// `DelaySeconds`, if it was given.
    pub(crate) delay_seconds: Option<i64>,
    /// Message attributes with a string.
    pub(crate) attributes: BTreeMap<String, String>,
}

/// What was sent and deleted.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    pub(crate) sent: Vec<Sent>,
    /// Receipt handles.
    pub(crate) deleted: Vec<String>,
    /// What was asked for that is not known here, or not in the documented shape.
    pub(crate) refused: Vec<String>,
}

impl Queues {
    /// Answers one request: status and body. `target` is the header `X-Amz-Target`.
    pub(crate) fn answer(&mut self, target: Option<&str>, body: &[u8]) -> (u16, Value) {
        let operation = target.and_then(|target| target.strip_prefix("AmazonSQS."));
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        let answered = match operation {
            Some("SendMessage") => self.send(&input),
            Some("DeleteMessage") => self.delete(&input),
            _ => None,
        };
        if let Some(answer) = answered {
            return (200, answer);
        }
        self.refused.push(format!("{}: {input}", target.unwrap_or("no X-Amz-Target")));
        let text = "not an operation of this stub, or not as it is documented";
        (400, json!({"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": text}))
    }

    fn send(&mut self, input: &Value) -> Option<Value> {
        let body = input["MessageBody"].as_str()?;
        let delay_seconds = input["DelaySeconds"].as_i64();
        if delay_seconds.is_some_and(|delay| !(0..=900).contains(&delay)) {
            return None;
        }
        let attributes = input["MessageAttributes"].as_object().into_iter().flatten();
        let attributes = attributes
            .map(|(name, value)| Some((name.clone(), value["StringValue"].as_str()?.to_owned())))
            .collect::<Option<_>>()?;
        let queue = queue_name(input)?;
        self.sent.push(Sent { queue, body: body.to_owned(), delay_seconds, attributes });
        let id = format!("00000000-0000-4000-8000-{:012}", self.sent.len());
        Some(json!({"MessageId": id, "MD5OfMessageBody": hex::encode(Md5::digest(body.as_bytes()))}))
    }

    fn delete(&mut self, input: &Value) -> Option<Value> {
        queue_name(input)?;
        self.deleted.push(input["ReceiptHandle"].as_str()?.to_owned());
        Some(json!({}))
    }
}

fn queue_name(input: &Value) -> Option<String> {
    input["QueueUrl"].as_str()?.rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://localhost:4000/123456789012/join";

    fn answer(queues: &mut Queues, operation: &str, input: &Value) -> (u16, Value) {
        queues.answer(Some(&format!("AmazonSQS.{operation}")), input.to_string().as_bytes())
    }

    #[test]
    fn what_is_sent_is_kept_and_answered_with_the_digest_of_its_body() {
        let mut queues = Queues::default();
        let attributes = json!({"journal": {"DataType": "String", "StringValue": "{}"}});
        let input = json!({"QueueUrl": URL, "MessageBody": "hello", "DelaySeconds": 15, "MessageAttributes": attributes});
        let (status, said) = answer(&mut queues, "SendMessage", &input);
        assert_eq!((status, &said["MD5OfMessageBody"]), (200, &json!("5d41402abc4b2a76b9719d911017c592")));
        let [sent] = queues.sent.as_slice() else { panic!("{queues:?}") };
        assert_eq!((sent.queue.as_str(), sent.delay_seconds), ("join", Some(15)));
        assert_eq!(sent.attributes["journal"], "{}");
    }

    #[test]
    fn what_is_deleted_is_kept() {
        let mut queues = Queues::default();
        let (status, _) =
            answer(&mut queues, "DeleteMessage", &json!({"QueueUrl": URL, "ReceiptHandle": "handle-1"}));
        assert_eq!((status, queues.deleted), (200, vec!["handle-1".to_owned()]));
    }

    #[test]
    fn what_sqs_would_refuse_or_the_stub_does_not_know_is_refused_and_told() {
        let mut queues = Queues::default();
        let late = json!({"QueueUrl": URL, "MessageBody": "x", "DelaySeconds": 901});
        assert_eq!(answer(&mut queues, "SendMessage", &late).0, 400);
        assert_eq!(answer(&mut queues, "ReceiveMessage", &json!({"QueueUrl": URL})).0, 400);
        assert_eq!(queues.answer(None, b"").0, 400);
        assert_eq!((queues.sent.len(), queues.refused.len()), (0, 3), "{queues:?}");
    }
}
