//! Posting, and what became of it.

use std::sync::Arc;

use async_trait::async_trait;
use mto_handler::{Message, Queue, QueueError, QueueUrl};
use mto_local::outcomes_queue;
use serde_json::{Value, json};

use crate::support::{create, plan, start};

#[tokio::test]
async fn a_command_is_taken_with_its_id_and_type_and_its_outcomes_are_kept() {
    let server = start(plan(3)).await;
    let mut listener = server.listen(None).await;
    let answer = server.post(&create("T", &json!({"dryRun": true})).to_string()).await;
    assert_eq!((answer.status, answer.json()), (202, json!({"id": "T", "type": "mto.create.v1"})));
    assert_eq!(listener.end_of("T").await, "mto.create.planned.v1");

    let first = server.get("/outcomes").await.json();
    assert_eq!((&first["next"], &first["outcomes"][0]["id"]), (&json!(1), &json!("T/planned")));
    assert_eq!(server.get("/outcomes?after=1").await.json(), json!({"next": 1, "outcomes": []}));
    server.command(&create("U", &json!({"dryRun": true}))).await;
    assert_eq!(listener.end_of("U").await, "mto.create.planned.v1");
    let second = server.get("/outcomes?after=1").await.json();
    assert_eq!((&second["next"], &second["outcomes"][0]["id"]), (&json!(2), &json!("U/planned")));
}

#[tokio::test]
async fn what_is_no_command_is_refused_with_the_field() {
    let server = start(plan(2)).await;
    let with = |field: &str, value: Value| {
        let mut command = create("T", &json!({}));
        command[field] = value;
        command.to_string()
    };
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(200_000));
    let cases = [
        (400, "{".to_owned(), "not JSON"),
        (400, "[]".to_owned(), "not an object"),
        (400, with("id", Value::Null), "\"id\" is missing"),
        (400, with("id", json!(7)), "\"id\""),
        (400, with("type", json!("mto.merge.v1")), "mto.merge.v1"),
        (400, with("type", json!("mto.join.v9")), "mto.join.v1"),
        (400, with("data", json!({"owner": "contoso"})), "displayName"),
        (413, long, "163840"),
    ];
    for (status, body, names) in cases {
        let answer = server.post(&body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.error().contains(names), "{}", answer.error());
    }
    assert_eq!(server.get("/outcomes?after=soon").await.error().split(':').next(), Some("after"));
    assert_eq!(server.get("/outcomes?since=1").await.status, 400);
    assert_eq!(server.state().await["commands"], json!([]), "nothing of this was taken");
}

/// Outcomes of joins are not taken.
struct NoOutcomes(Arc<dyn Queue>);

#[async_trait]
impl Queue for NoOutcomes {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        if *queue == outcomes_queue() {
            let reason = "out of order".to_owned();
            return Err(QueueError { operation: "SendMessage", queue: queue.clone(), reason });
        }
        self.0.send(queue, messages).await
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        self.0.delete(queue, receipt_handle).await
    }
}

#[tokio::test]
async fn what_was_delivered_too_often_is_shown_as_a_dead_letter() {
    let mut plan = plan(2);
    plan.setup.around_queue = Arc::new(|queue| Arc::new(NoOutcomes(queue)));
    let server = start(plan).await;
    let mut listener = server.listen(None).await;
    assert_eq!(server.get("/dead-letters").await.json(), json!([]));
    let command = create("T", &json!({"dryRun": true}));
    server.command(&command).await;
    while listener.next_of("state").await.data["deadLetters"] != 1 {}
    let letters = server.get("/dead-letters").await.json();
    let expected = json!([{"queue": "local://create-dead-letters", "reason": null, "reasonText": null,
                           "body": command.to_string()}]);
    assert_eq!(letters, expected);
    assert_eq!(server.state().await["deadLetters"], 1);
}
