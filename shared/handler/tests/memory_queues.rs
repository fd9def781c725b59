//! The in-process model does what SQS standard queues do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use mto_graph::Clock;
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Message, Queue, QueueUrl};
use time::OffsetDateTime;

#[derive(Clone)]
struct Hand(Arc<Mutex<OffsetDateTime>>);

impl Hand {
    fn forward(&self, seconds: i64) {
        *self.0.lock().unwrap() += time::Duration::seconds(seconds);
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

fn world() -> (Hand, MemoryQueues, QueueUrl, QueueUrl) {
    let clock = Hand(Arc::new(Mutex::new(OffsetDateTime::UNIX_EPOCH)));
    let (queue, dead) = (QueueUrl::new("q"), QueueUrl::new("dead"));
    let settings = QueueSettings {
        visibility_timeout: Duration::from_secs(30),
        max_receive_count: 2,
        dead_letter_queue: Some(dead.clone()),
    };
    let queues = MemoryQueues::new(Arc::new(clock.clone()));
    let queues = queues.with(&queue, settings).with(&dead, QueueSettings::default());
    (clock, queues, queue, dead)
}

fn message(body: &str, delay: u64) -> Message {
    Message { body: body.to_owned(), delay: Duration::from_secs(delay), ..Message::default() }
}

#[tokio::test]
async fn a_delayed_message_is_invisible_until_its_time() {
    let (clock, queues, queue, _) = world();
    queues.send(&queue, vec![message("later", 10), message("now", 0)]).await.unwrap();
    assert_eq!(queues.receive(&queue, 10).iter().map(|r| r.body.as_str()).collect::<Vec<_>>(), ["now"]);
    clock.forward(10);
    assert_eq!(queues.receive(&queue, 10).iter().map(|r| r.body.as_str()).collect::<Vec<_>>(), ["later"]);
}

#[tokio::test]
async fn a_message_that_is_not_deleted_comes_again_and_then_goes_to_the_dead_letter_queue() {
    let (clock, queues, queue, dead) = world();
    queues.send(&queue, vec![message("poison", 0)]).await.unwrap();
    for expected in [1, 2] {
        assert_eq!(queues.receive(&queue, 10)[0].receive_count, expected);
        assert!(queues.receive(&queue, 10).is_empty(), "hidden from others");
        clock.forward(30);
    }
    assert!(queues.receive(&queue, 10).is_empty());
    assert_eq!(queues.contents(&dead).len(), 1);
    assert!(queues.contents(&queue).is_empty());
}

#[tokio::test]
async fn a_late_receipt_handle_deletes_nothing() {
    let (clock, queues, queue, _) = world();
    queues.send(&queue, vec![message("slow", 0)]).await.unwrap();
    let late = queues.receive(&queue, 10).remove(0);
    clock.forward(30);
    let current = queues.receive(&queue, 10).remove(0);
    queues.delete(&queue, &late.receipt_handle).await.unwrap();
    assert_eq!(queues.contents(&queue).len(), 1);
    queues.delete(&queue, &current.receipt_handle).await.unwrap();
    assert!(queues.contents(&queue).is_empty());
}

#[tokio::test]
async fn what_sqs_refuses_is_refused() {
    let (_, queues, queue, _) = world();
    for bad in [message("x", 901), message("", 0), message(&"x".repeat(262_145), 0)] {
        assert!(queues.send(&queue, vec![bad]).await.is_err());
    }
    assert!(queues.send(&QueueUrl::new("nowhere"), vec![message("x", 0)]).await.is_err());
    let many = (0..11).map(|n| (format!("a{n}"), "v".to_owned())).collect();
    assert!(queues.send(&queue, vec![Message { attributes: many, ..message("x", 0) }]).await.is_err());
}

#[tokio::test]
async fn a_duplicate_is_delivered_beside_the_original_under_the_same_id() {
    let (_, queues, queue, _) = world();
    queues.send(&queue, vec![message("twice", 0)]).await.unwrap();
    let id = queues.contents(&queue)[0].message_id.clone();
    assert!(queues.duplicate(&queue, &id));
    let records = queues.receive(&queue, 10);
    assert_eq!(records.iter().map(|r| r.message_id.as_str()).collect::<Vec<_>>(), [id.as_str(); 2]);
    assert_ne!(records[0].receipt_handle, records[1].receipt_handle);
}

#[tokio::test]
async fn without_its_dead_letter_queue_a_message_stays_and_comes_again() {
    let (clock, _, queue, dead) = world();
    let settings = QueueSettings {
        visibility_timeout: Duration::from_secs(30),
        max_receive_count: 2,
        dead_letter_queue: Some(dead.clone()),
    };
    let queues = MemoryQueues::new(Arc::new(clock.clone())).with(&queue, settings);
    queues.send(&queue, vec![message("poison", 0)]).await.unwrap();
    for expected in 1..=4 {
        let records = queues.receive(&queue, 10);
        assert_eq!(records.iter().map(|record| record.receive_count).collect::<Vec<_>>(), [expected]);
        clock.forward(30);
    }
    assert!(queues.contents(&dead).is_empty());
}

#[tokio::test]
async fn an_attribute_counts_with_its_name_its_type_and_its_value() {
    let (_, queues, queue, _) = world();
    let attributes = || [("journal".to_owned(), "{}".to_owned())].into();
    let own = "journal".len() + "String".len() + "{}".len();
    for (bytes, fits) in [(262_144 - own, true), (262_144 - own + 1, false)] {
        let sent = Message { attributes: attributes(), ..message(&"x".repeat(bytes), 0) };
        assert_eq!(queues.send(&queue, vec![sent]).await.is_ok(), fits, "{bytes} bytes");
    }
}
