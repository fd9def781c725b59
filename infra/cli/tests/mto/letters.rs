//! `mto dead-letters` and `mto redrive`, against the in-process model of SQS.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_cli::{CliError, Context, DeadLettersArgs, QueueName, RedriveArgs, Verdict, dead_letters};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Message, Queue, QueueUrl};
use mto_local::JumpClock;
use serde_json::json;

/// Nothing of the machine, in virtual time.
pub(crate) fn context(variables: &[(&str, &str)]) -> Context {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Context {
        environment: Arc::new(variables),
        clock: Arc::new(JumpClock::default()),
        new_id: || "new-id".to_owned(),
        tell: |_| {},
        read_input: || None,
    }
}

const VARIABLES: [(&str, &str); 2] =
    [("MTO_QUEUE_JOIN", "memory://join"), ("MTO_DEAD_LETTERS_JOIN", "memory://join-dead")];

fn source() -> QueueUrl {
    QueueUrl::new("memory://join")
}

fn dead() -> QueueUrl {
    QueueUrl::new("memory://join-dead")
}

fn letter(id: &str) -> Message {
    let body =
        json!({"type": "mto.join.v1", "id": id, "source": "/test", "data": {"tenant": "b", "owner": "a"}});
    let attributes = [
        ("reason", "wrong-queue"),
        ("reasonText", "it came astray"),
        ("sourceQueue", "q"),
        ("notifyTries", "3"),
        ("notifySince", "2026-11-21T09:00:00Z"),
        ("journal", "{}"),
        ("theirs", "kept"),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Message { body: body.to_string(), attributes: attributes.into(), ..Message::default() }
}

/// Two commands and something else.
async fn mailbox(context: &Context) -> MemoryQueues {
    let queues = MemoryQueues::new(context.clock.clone())
        .with(&source(), QueueSettings::default())
        .with(&dead(), QueueSettings::default());
    let broken = Message { body: "hello".to_owned(), ..Message::default() };
    queues.send(&dead(), vec![letter("one"), letter("two"), broken]).await.unwrap();
    queues
}

fn all(queue: QueueName) -> RedriveArgs {
    RedriveArgs { queue, id: None, all: true, fresh: false, limit: 100 }
}

fn ids(queues: &MemoryQueues, queue: &QueueUrl) -> Vec<String> {
    let id = |body: &str| {
        serde_json::from_str(body)
            .map_or(body.to_owned(), |event: serde_json::Value| event["id"].as_str().unwrap().to_owned())
    };
    queues.contents(queue).iter().map(|message| id(&message.body)).collect()
}

#[tokio::test]
async fn dead_letters_are_listed_with_their_reason_and_stay_where_they_are() {
    let context = context(&VARIABLES);
    let queues = mailbox(&context).await;
    for _ in 0..2 {
        let answer = dead_letters::list(&DeadLettersArgs { queue: None }, &queues, &context).await.unwrap();
        let letters = answer.json["deadLetters"].as_array().unwrap();
        let told: Vec<_> = letters.iter().map(|one| (&one["commandId"], &one["reason"])).collect();
        let reason = json!("wrong-queue");
        let nothing = json!(null);
        assert_eq!(told, [(&json!("one"), &reason), (&json!("two"), &reason), (&nothing, &nothing)]);
        assert!(
            answer.text.contains("it came astray") && answer.text.contains("unreadable"),
            "{}",
            answer.text
        );
    }
    assert_eq!(ids(&queues, &dead()), ["one", "two", "hello"]);
    let none = dead_letters::list(&DeadLettersArgs { queue: Some(QueueName::Add) }, &queues, &context).await;
    assert!(matches!(none, Err(CliError::Config(error)) if error.variable == "MTO_DEAD_LETTERS_ADD"));
}

#[tokio::test]
async fn one_command_goes_back_with_its_journal_and_without_what_was_added() {
    let context = context(&VARIABLES);
    let queues = mailbox(&context).await;
    let args = RedriveArgs { id: Some("two".to_owned()), all: false, ..all(QueueName::Join) };
    let answer = dead_letters::redrive(&args, &queues, &context).await.unwrap();
    assert_eq!(
        (answer.verdict, answer.text.as_str()),
        (Verdict::Done, "moved two to join\n1 moved, 2 left\n")
    );
    let sent = queues.contents(&source());
    let names: Vec<&str> = sent[0].attributes.keys().map(String::as_str).collect();
    assert_eq!((ids(&queues, &source()), names), (vec!["two".to_owned()], vec!["journal", "theirs"]));
    assert_eq!(ids(&queues, &dead()), ["one", "hello"]);
    let again = dead_letters::redrive(&args, &queues, &context).await.unwrap();
    assert_eq!(again.verdict, Verdict::Failed, "there is no such letter any more");
}

#[tokio::test]
async fn all_go_back_but_what_nobody_could_read_and_at_most_the_limit() {
    let context = context(&VARIABLES);
    let queues = mailbox(&context).await;
    let one = RedriveArgs { limit: 1, fresh: true, ..all(QueueName::Join) };
    dead_letters::redrive(&one, &queues, &context).await.unwrap();
    assert!(!queues.contents(&source())[0].attributes.contains_key("journal"), "it starts afresh");
    let answer = dead_letters::redrive(&all(QueueName::Join), &queues, &context).await.unwrap();
    assert_eq!(answer.json["moved"], json!(["two"]));
    assert_eq!(
        (ids(&queues, &source()), ids(&queues, &dead())),
        (vec!["one".to_owned(), "two".to_owned()], vec!["hello".to_owned()])
    );
}

#[tokio::test]
async fn a_queue_with_more_than_is_looked_at_says_so() {
    let context = context(&VARIABLES);
    let queues = mailbox(&context).await;
    let letters = (0..1_100).map(|number| letter(&format!("L{number}"))).collect();
    queues.send(&dead(), letters).await.unwrap();
    let answer = dead_letters::redrive(&all(QueueName::Join), &queues, &context).await.unwrap();
    assert!(answer.text.ends_with("were looked at: there may be more\n"), "{}", answer.text);
    assert_eq!((ids(&queues, &source()).len(), ids(&queues, &dead()).len()), (100, 1_003), "the limit holds");
    let listed = dead_letters::list(&DeadLettersArgs { queue: None }, &queues, &context).await.unwrap();
    assert_eq!(listed.json["mayBeMore"], true);
}

#[tokio::test]
async fn where_the_source_queue_takes_nothing_nothing_is_lost() {
    let context = context(&[("MTO_QUEUE_JOIN", "memory://gone"), VARIABLES[1]]);
    let queues = mailbox(&context).await;
    let error = dead_letters::redrive(&all(QueueName::Join), &queues, &context).await.unwrap_err();
    assert_eq!(error.code(), 1, "{error}");
    assert_eq!(ids(&queues, &dead()), ["one", "two", "hello"]);
    let listed = dead_letters::list(&DeadLettersArgs { queue: None }, &queues, &context).await.unwrap();
    assert_eq!(listed.json["deadLetters"].as_array().unwrap().len(), 3, "and all can be seen at once");
}
