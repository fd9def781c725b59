//! SQS over the transport that carries everything else.
#![cfg(feature = "aws")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use mto_graph::{Transport, TransportError, TransportErrorKind};
use mto_handler::aws::SqsQueue;
use mto_handler::{Message, Queue, QueueUrl};

const QUEUE: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/join";
const SENT: &str = r#"{"MessageId": "m", "MD5OfMessageBody": "49f68a5c8493ec2c0bf489821c21fc3b"}"#;

/// Answers what it is told, in turn, and keeps what it was given. Nothing is left over in the end.
#[derive(Default)]
struct Told {
    answers: Mutex<Vec<Result<Response<Bytes>, TransportErrorKind>>>,
    requests: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Told {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.requests.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().remove(0);
        answer.map_err(|kind| TransportError::new(kind, "as it was told"))
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.answers.lock().unwrap().is_empty(), "answers are left");
    }
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside answers that are errors")]
fn answer(status: u16, body: &'static str) -> Result<Response<Bytes>, TransportErrorKind> {
    let builder = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    Ok(builder.body(Bytes::from_static(body.as_bytes())).unwrap())
}

fn told(answers: Vec<Result<Response<Bytes>, TransportErrorKind>>) -> Arc<Told> {
    let transport = Told::default();
    *transport.answers.lock().unwrap() = answers;
    Arc::new(transport)
}

async fn send(transport: &Arc<Told>) -> Result<(), String> {
    let environment = BTreeMap::from(
        [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "s3cret-key"),
            ("AWS_SESSION_TOKEN", "session-token"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let queue = SqsQueue::over(&environment, Arc::clone(transport) as Arc<dyn Transport>).unwrap();
    assert_eq!(format!("{queue:?}"), "SqsQueue", "no secret is printed");
    let message = Message { body: "hi".to_owned(), delay: Duration::from_secs(15), ..Message::default() };
    queue.send(&QueueUrl::new(QUEUE), vec![message]).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_message_goes_out_over_the_transport_signed_and_whole() {
    let transport = told(vec![answer(200, SENT)]);
    send(&transport).await.unwrap();
    let requests = transport.requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method(), "POST");
    assert_eq!(requests[0].uri(), "https://sqs.eu-west-1.amazonaws.com/");
    let header = |name: &str| requests[0].headers()[name].to_str().unwrap();
    assert_eq!(header("x-amz-target"), "AmazonSQS.SendMessage");
    assert_eq!(header("x-amz-security-token"), "session-token");
    assert!(header("authorization").contains("Credential=AKIDEXAMPLE/"), "{}", header("authorization"));
    let body: serde_json::Value = serde_json::from_slice(requests[0].body()).unwrap();
    assert_eq!(body["MessageBody"], "hi");
    assert_eq!(body["DelaySeconds"], 15);
    assert_eq!(body["QueueUrl"], QUEUE);
}

#[tokio::test]
async fn a_refusal_is_told_with_the_words_of_the_service() {
    let refusal = r#"{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no such queue"}"#;
    let error = send(&told(vec![answer(400, refusal)])).await.unwrap_err();
    assert!(error.contains("QueueDoesNotExist") && error.contains("no such queue"), "{error}");
}

/// Paused: the SDK waits before it tries again.
#[tokio::test(start_paused = true)]
async fn faults_of_the_network_are_tried_again() {
    for kind in [TransportErrorKind::NotSent, TransportErrorKind::Interrupted, TransportErrorKind::Timeout] {
        send(&told(vec![Err(kind), answer(200, SENT)])).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_stays_broken_is_told_with_its_reason() {
    let transport = told(vec![Err(TransportErrorKind::NotSent); 3]);
    let error = send(&transport).await.unwrap_err();
    assert!(error.contains("the request could not be sent: as it was told"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_large_is_not_asked_for_again() {
    let error = send(&told(vec![Err(TransportErrorKind::TooLarge { limit_bytes: 8 })])).await.unwrap_err();
    assert!(error.contains("the answer is too large"), "{error}");
}
