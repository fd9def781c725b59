//! Messages that SQS itself had moved to the dead-letter queue, with all their attributes, and that come back.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::time::Duration;

use mto_handler::{Message, Queue, QueueUrl};
use mto_messages::OutcomeKind;
use serde_json::Value;

use crate::outcomes::outcome;
use crate::stage::{Answer, Stage};

/// An outcome that was told later twice, moved away, and moved back after so long. What it waits as then.
async fn tries_after(pause: Duration) -> String {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(503, Value::Null)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.run().await;
    stage.jump();
    stage.run().await;
    let queue = QueueUrl::new("https://sqs.example/outcomes");
    let moved = stage.queues.drain(&queue).remove(0);
    assert_eq!(moved.attributes["notifyTries"], "2");
    stage.clock.advance(pause);
    let message = Message { body: moved.body, attributes: moved.attributes, ..Message::default() };
    stage.queues.send(&queue, vec![message]).await.unwrap();
    assert!(stage.run().await.is_empty());
    assert!(stage.letters().is_empty(), "{pause:?}: {:?}", stage.letters());
    stage.waiting().remove(0).attributes["notifyTries"].clone()
}

#[tokio::test]
async fn a_message_that_is_moved_back_has_its_whole_patience_again() {
    assert_eq!(tries_after(Duration::from_hours(3)).await, "1", "while its patience lasted");
    assert_eq!(tries_after(Duration::from_hours(72)).await, "1", "long after it");
}

#[tokio::test]
async fn a_message_that_lay_in_the_queue_is_not_moved_back() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(503, Value::Null)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.run().await;
    stage.clock.advance(Duration::from_hours(30));
    stage.run().await;
    assert_eq!(stage.letter().0, "not-told-in-time", "its trouble has lasted all the time");
}
