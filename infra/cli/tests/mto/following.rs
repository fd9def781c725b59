//! `--wait` with queues: outcomes are looked at, and stay.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use mto_cli::destination::{Destination, Queues};
use mto_cli::{Verdict, follow, outcomes_so_far};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Message, Queue, QueueUrl};
use mto_messages::{Command, Outcome, OutcomeKind, Verb};
use serde_json::json;

use crate::letters::context;

fn command() -> Command {
    let body = json!({"type": "mto.join.v1", "id": "INC1", "source": "/test", "data": {"tenant": "b", "owner": "a"}});
    Command::parse(&body.to_string()).unwrap()
}

fn outcome(kind: OutcomeKind, of: &Command) -> Message {
    let data = json!({
        "command": of.reference(), "summary": "so it is", "observed": null, "tookSeconds": 1,
    });
    let data = serde_json::from_value(data).unwrap();
    let now = time::OffsetDateTime::UNIX_EPOCH;
    Message { body: Outcome::of(of, kind, None, now, data).to_json(), ..Message::default() }
}

async fn destination(outcomes: Vec<Message>) -> (Queues, MemoryQueues, mto_cli::Context) {
    let context = context(&[]);
    let (commands, told) = (QueueUrl::new("memory://join"), QueueUrl::new("memory://outcomes"));
    let queues = MemoryQueues::new(context.clock.clone())
        .with(&commands, QueueSettings::default())
        .with(&told, QueueSettings::default());
    queues.send(&told, outcomes).await.unwrap();
    let queues_of = BTreeMap::from([(Verb::Join, commands)]);
    let destination = Queues { mailbox: Arc::new(queues.clone()), queues: queues_of, outcomes: Some(told) };
    (destination, queues, context)
}

#[tokio::test]
async fn the_last_outcome_is_the_answer_and_no_outcome_is_deleted() {
    let mut stranger = command();
    stranger.source = "/somebody-else".to_owned();
    let outcomes = vec![
        outcome(OutcomeKind::Failed, &stranger),
        outcome(OutcomeKind::Accepted, &command()),
        outcome(OutcomeKind::Rejected, &command()),
    ];
    let (destination, queues, context) = destination(outcomes).await;
    destination.send(&command()).await.unwrap();
    assert_eq!(queues.contents(&QueueUrl::new("memory://join")).len(), 1);
    let answer =
        follow(&command(), &destination, BTreeSet::new(), time::Duration::hours(1), &context).await.unwrap();
    assert_eq!((answer.verdict, &answer.json["id"]), (Verdict::Failed, &json!("INC1/rejected")));
    let left = queues.contents(&QueueUrl::new("memory://outcomes"));
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|message| message.visible_at <= context.clock.now()), "and others see them");
}

#[tokio::test]
async fn without_a_last_outcome_it_gives_up_long_before_the_queue_would_move_messages_away() {
    let (destination, queues, context) = destination(vec![outcome(OutcomeKind::Accepted, &command())]).await;
    let error = follow(&command(), &destination, BTreeSet::new(), time::Duration::days(30), &context)
        .await
        .unwrap_err();
    assert_eq!(error.code(), 1, "{error}");
    let looks = queues.contents(&QueueUrl::new("memory://outcomes"))[0].receive_count;
    assert!((20..50).contains(&looks), "{looks}");
    assert_eq!(destination.pause(1), Some(Duration::from_secs(5)));
    assert_eq!(destination.pause(39), Some(Duration::from_mins(10)));
}

#[tokio::test]
async fn the_end_of_an_earlier_run_of_the_same_command_is_passed_over() {
    let (destination, queues, context) = destination(vec![outcome(OutcomeKind::Rejected, &command())]).await;
    let before = outcomes_so_far(&destination).await.unwrap();
    assert_eq!(before.len(), 1);
    let mut second = Outcome::parse(&outcome(OutcomeKind::Succeeded, &command()).body).unwrap();
    second.time += time::Duration::hours(1);
    let message = Message { body: second.to_json(), ..Message::default() };
    queues.send(&QueueUrl::new("memory://outcomes"), vec![message]).await.unwrap();
    let answer = follow(&command(), &destination, before, time::Duration::hours(1), &context).await.unwrap();
    assert_eq!((answer.verdict, &answer.json["id"]), (Verdict::Done, &json!("INC1/succeeded")));
}
