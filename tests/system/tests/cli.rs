//! The command line `mto` as a process, against SQS on an emulator and the functions' own binaries.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName};
use entra_simulator::{Options, Seed};
use mto_messages::{Command, Verb};
use mto_system_tests::{Answer, Function, Mapping, Ministack, Queues, Simulated, binary};
use serde_json::{Value, json};

/// Longer than any of its commands takes here.
const PATIENCE: Duration = Duration::from_mins(1);

/// What it is made of.
const SOURCES: [&str; 3] = ["infra/cli", "functions", "shared"];

struct Installation {
    ministack: Ministack,
    queues: Queues,
    environment: BTreeMap<String, String>,
    join: Mapping,
    _simulated: Simulated,
}

/// How it ended, and what it said.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Installation {
    async fn new() -> Self {
        let seed = Seed::demo(2);
        let simulated = Simulated::serve(seed.clone(), Options::immediate()).await;
        let ministack = Ministack::start().await;
        let queues = Queues::create(&ministack, &Verb::ALL.map(Verb::as_str)).await;
        let mut environment = simulated.environment(&seed);
        let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
        set("AWS_REGION", "eu-central-1");
        set("AWS_ACCESS_KEY_ID", "test");
        set("AWS_SECRET_ACCESS_KEY", "test");
        set("AWS_ENDPOINT_URL", ministack.endpoint());
        for name in Verb::ALL.map(Verb::as_str).into_iter().chain(["outcomes"]) {
            set(&format!("MTO_QUEUE_{}", name.to_uppercase()), queues.url(name));
            let dead_letters = queues.url(&format!("{name}-dead-letters"));
            set(&format!("MTO_DEAD_LETTERS_{}", name.to_uppercase()), dead_letters);
        }
        let mut of_join = environment.clone();
        of_join.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), queues.url("join-dead-letters").to_owned());
        let join = Mapping { verb: "join".to_owned(), function: Function::start("join", &of_join).await };
        Self { ministack, queues, environment, join, _simulated: simulated }
    }

    /// Runs it to its end.
    async fn mto(&self, arguments: &[&str]) -> Run {
        let output = tokio::process::Command::new(binary("mto", &SOURCES))
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, output).await.unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The same, and what it says as JSON.
    async fn json(&self, arguments: &[&str]) -> Value {
        let run = self.mto(&[arguments, &["--output", "json"]].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.err);
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
    }

    /// Reason and command of every dead letter of `join`, by what `mto` says.
    async fn dead_letters(&self) -> Vec<(Option<String>, Option<String>)> {
        let listed = self.json(&["dead-letters", "--queue", "join"]).await;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let letters = listed["deadLetters"].as_array().unwrap().iter();
        let mut letters: Vec<_> =
            letters.map(|letter| (text(&letter["reason"]), text(&letter["commandId"]))).collect();
        letters.sort();
        letters
    }
}

#[tokio::test]
async fn send_puts_the_command_into_its_queue_and_wait_follows_it_to_its_end() {
    let installation = Installation::new().await;
    let send = ["send", "join", "fabrikam", "--to", "contoso", "--id", "J-1", "--reply-to", "slack:C0123"];
    let run = installation.mto(&send).await;
    assert_eq!((run.code, run.out.as_str()), (Some(0), "J-1\n"), "{}", run.err);
    let messages = installation.queues.drain("join").await;
    let [message] = &messages[..] else { panic!("one message, not {messages:?}") };
    let command = Command::parse(message.body().unwrap()).unwrap();
    assert_eq!((command.id.as_str(), command.reply_to.as_deref()), ("J-1", Some("slack:C0123")));

    let outcomes = installation.queues.url("outcomes");
    let send =
        ["send", "join", "nobody", "--to", "contoso", "--id", "J-2", "--wait", "--outcomes-queue", outcomes];
    let pumping = async {
        while installation.join.pump(&installation.queues).await.is_none() {}
        std::future::pending::<Run>().await
    };
    let run = tokio::select! {
        run = installation.mto(&send) => run,
        run = pumping => run,
    };
    assert_eq!(run.code, Some(1), "a rejected command: {} {}", run.out, run.err);
    assert!(run.out.starts_with("J-2 rejected: ") && run.out.contains("remedy: "), "{}", run.out);
    assert_eq!(installation.queues.drain("outcomes").await.len(), 1, "it was looked at, not taken");
}

#[tokio::test]
async fn dead_letters_are_listed_and_go_back_with_their_journals() {
    let installation = Installation::new().await;
    let queues = &installation.queues;
    let run = installation.mto(&["dead-letters"]).await;
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.starts_with("no dead letters in create, add, join"), "{}", run.out);

    queues.post("join", "join fabrikam to contoso").await;
    let (_, answer) = installation.join.pump(queues).await.unwrap();
    assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})));
    // What SQS itself moves there comes with what the function had noted, and without a reason.
    let command = json!({"type": "mto.join.v1", "id": "J-1", "source": "/chat",
                         "data": {"tenant": "nobody", "owner": "contoso"}});
    let journal = json!({"version": 1}).to_string();
    let journal =
        MessageAttributeValue::builder().data_type("String").string_value(&journal).build().unwrap();
    let send = queues.client.send_message().queue_url(queues.url("join-dead-letters"));
    let send = send.message_body(command.to_string()).message_attributes("journal", journal);
    send.send().await.unwrap();

    let both = [(None, Some("J-1".to_owned())), (Some("not-json".to_owned()), None)];
    assert_eq!(installation.dead_letters().await, both);
    assert_eq!(installation.dead_letters().await, both, "looking takes nothing away");

    let run = installation.mto(&["redrive", "--queue", "join", "--id", "J-1"]).await;
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "moved J-1 to join\n1 moved, 1 left\n"),
        "{}",
        run.err
    );
    let (messages, answer) = installation.join.pump(queues).await.unwrap();
    assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})));
    assert!(messages[0].message_attributes().unwrap().contains_key("journal"));
    let outcomes = queues.drain("outcomes").await;
    assert!(outcomes.iter().any(|outcome| outcome.body().unwrap().contains("J-1/rejected")), "{outcomes:?}");

    let run = installation.mto(&["redrive", "--queue", "join", "--all"]).await;
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("not readable") && run.out.ends_with("0 moved, 1 left\n"), "{}", run.out);
    assert_eq!(installation.dead_letters().await, both[1..], "what is no command stays");
}

#[tokio::test]
async fn doctor_finds_everything_in_place_and_a_queue_that_is_not() {
    let installation = Installation::new().await;
    let healthy = installation.json(&["doctor"]).await;
    let checks = healthy["checks"].as_array().unwrap();
    let not_ok: Vec<&Value> = checks.iter().filter(|check| check["state"] != "ok").collect();
    assert_eq!(not_ok, Vec::<&Value>::new());
    for wanted in ["fabrikam credential", "MTO_QUEUE_JOIN", "MTO_QUEUE_OUTCOMES", "MTO_DEAD_LETTERS_SYNC"] {
        let found = checks.iter().any(|check| check["check"].as_str().unwrap().starts_with(wanted));
        assert!(found, "{wanted}: {healthy:#}");
    }

    let call = installation.queues.client.set_queue_attributes().queue_url(installation.queues.url("join"));
    call.attributes(QueueAttributeName::VisibilityTimeout, "60").send().await.unwrap();
    installation.queues.client.delete_queue().queue_url(installation.queues.url("add")).send().await.unwrap();
    let run = installation.mto(&["doctor"]).await;
    assert_eq!(run.code, Some(1), "{}", run.out);
    let failed: Vec<&str> = run.out.lines().filter(|line| line.starts_with("failed")).collect();
    let [add, join] = failed[..] else { panic!("two checks fail: {}", run.out) };
    assert!(add.contains("MTO_QUEUE_ADD"), "{add}");
    assert!(join.contains("MTO_QUEUE_JOIN") && join.contains("360 s"), "{join}");
    drop(installation.ministack);
}
