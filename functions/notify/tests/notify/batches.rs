//! Batches: where outcomes go, trouble, and what becomes of the others.

use std::fs::read_to_string;
use std::time::Duration;

use mto_messages::{Command, OutcomeKind};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::outcomes::{earlier, of, outcome};
use crate::stage::{Answer, NOW, SECRETS, Stage, TEAMS_SIGNATURE};

fn works(stage: &Stage) {
    stage.server.answers("POST /hook", [Answer::Json(200, Value::Null)]);
    stage.server.answers("POST /ends", [Answer::Json(200, Value::Null)]);
    stage.server.answers("POST /workflows/1", [Answer::Json(202, Value::Null)]);
}

#[tokio::test]
async fn what_names_no_known_destination_or_no_allowed_address_is_a_dead_letter() {
    let cases = [
        ("chat:C1", "unknown-destination"),
        ("https://attacker.example/hook", "unknown-destination"),
        ("slack:C0666", "address-not-allowed"),
        ("slack:C0123/1700000000", "address-not-allowed"),
        ("slack", "address-not-allowed"),
        ("jira:SEC-1", "address-not-allowed"),
        ("jira:OPS-1/../../user", "address-not-allowed"),
        ("snow:sys_user/9d385017c611228701d22104cc95c371", "address-not-allowed"),
        ("snow:incident/1^ORactive=true", "address-not-allowed"),
    ];
    for (reply_to, code) in cases {
        let stage = Stage::with_default(Some("hook")).await;
        works(&stage);
        stage.post(&outcome(OutcomeKind::Failed, Some(reply_to))).await;
        assert!(stage.run().await.is_empty());
        assert_eq!(stage.letter().0, code, "{reply_to}: {:?}", stage.letter());
        assert!(stage.server.asked().is_empty(), "{reply_to}");
        assert!(stage.waiting().is_empty());
    }
}

#[tokio::test]
async fn a_dead_letter_says_where_it_came_from_and_keeps_the_body() {
    let stage = Stage::new().await;
    stage.post_text("hello").await;
    stage.run().await;
    let letter = stage.letters().remove(0);
    assert_eq!(letter.body, "hello");
    assert_eq!(letter.attributes["reason"], "not-an-outcome");
    assert_eq!(letter.attributes["sourceQueue"], "https://sqs.example/outcomes");
    assert!(!letter.attributes["sourceMessageId"].is_empty());
}

#[tokio::test]
async fn without_replyto_roots_and_failures_go_to_the_default() {
    let child = |kind| {
        let command = Command::parse(
            r#"{"type":"mto.join.v1","id":"1/join/a","source":"/t","root":"1","data":{"tenant":"a","owner":"b"}}"#,
        );
        of(&command.unwrap(), kind, &json!({}))
    };
    let stage = Stage::with_default(Some("hook")).await;
    works(&stage);
    stage.tell(&outcome(OutcomeKind::Succeeded, None)).await;
    stage.tell(&child(OutcomeKind::Succeeded)).await;
    stage.tell(&child(OutcomeKind::Waiting)).await;
    stage.tell(&child(OutcomeKind::Failed)).await;
    let told: Vec<Value> = stage.server.asked().iter().map(|asked| asked.json()["type"].clone()).collect();
    assert_eq!(told, ["mto.join.succeeded.v1", "mto.join.failed.v1"]);
}

#[tokio::test]
async fn without_any_destination_it_is_acknowledged() {
    let stage = Stage::new().await;
    stage.tell(&outcome(OutcomeKind::Failed, None)).await;
    assert!(stage.server.asked().is_empty());
}

#[tokio::test]
async fn a_destination_tells_only_the_kinds_it_is_told_to() {
    let stage = Stage::new().await;
    works(&stage);
    for kind in OutcomeKind::ALL {
        stage.tell(&outcome(kind, Some("ends"))).await;
    }
    let told: Vec<Value> = stage.server.asked().iter().map(|asked| asked.json()["type"].clone()).collect();
    assert_eq!(told, ["mto.join.succeeded.v1", "mto.join.failed.v1"]);
}

#[tokio::test]
async fn lasting_trouble_is_borne_in_the_queue_with_growing_delays_and_then_ends() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(503, Value::Null)]);
    let failed = outcome(OutcomeKind::Failed, Some("hook"));
    stage.post(&failed).await;
    let mut delays = Vec::new();
    while stage.letters().is_empty() {
        assert!(stage.run().await.is_empty());
        let Some(waiting) = stage.waiting().pop() else { break };
        assert_eq!(waiting.body, failed.to_json());
        delays.push((waiting.visible_at - waiting.sent_at).whole_seconds());
        assert_eq!(waiting.attributes["notifyTries"], delays.len().to_string());
        assert_eq!(stage.waiting().len(), 1);
        stage.jump();
    }
    assert!((27..=30).contains(&delays[0]), "{delays:?}");
    assert!(delays.windows(2).all(|pair| pair[0] <= pair[1]), "{delays:?}");
    assert!(delays.last().is_some_and(|last| (810..=900).contains(last)), "{delays:?}");
    let total = (mto_graph::Clock::now(stage.clock.as_ref()) - NOW).whole_seconds();
    assert!((86_400..87_310).contains(&total), "a day, and the last delay: {total}");
    let (reason, text) = stage.letter();
    assert_eq!(reason, "not-told-in-time");
    assert!(text.contains("Webhook answered 503"), "{text}");
    let letter = stage.letters().remove(0);
    assert!(!letter.attributes.contains_key("notifyTries"), "it starts anew when it is moved back");
    assert!(!letter.attributes.contains_key("notifySince"));
}

#[tokio::test]
async fn a_long_retry_after_is_waited_for_in_the_queue() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::RetryAfter(429, "600")]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.run().await;
    let waiting = stage.waiting().remove(0);
    assert_eq!((waiting.visible_at - waiting.sent_at).whole_seconds(), 600);
    assert_eq!(stage.server.asked().len(), 1);
    works(&stage);
    stage.jump();
    stage.run().await;
    assert!(stage.waiting().is_empty());
    assert!(stage.letters().is_empty());
    assert_eq!(stage.server.asked().len(), 2);
}

#[tokio::test]
async fn one_destinations_trouble_harms_no_other_record() {
    let stage = Stage::new().await;
    works(&stage);
    stage.server.answers("POST /hook", [Answer::Json(503, Value::Null)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.post_text("{}").await;
    stage.post(&outcome(OutcomeKind::Failed, Some("chat"))).await;
    stage.post(&outcome(OutcomeKind::Failed, Some("teams"))).await;
    assert!(stage.run().await.is_empty());
    assert_eq!(stage.waiting().len(), 1);
    assert_eq!(stage.letters().len(), 2);
    assert_eq!(stage.server.asked().iter().filter(|asked| asked.url.starts_with("/workflows/1")).count(), 1);
}

#[tokio::test]
async fn in_one_place_outcomes_of_a_batch_are_told_in_the_order_of_their_time() {
    let stage = Stage::new().await;
    works(&stage);
    stage.post(&outcome(OutcomeKind::Succeeded, Some("hook"))).await;
    stage.post(&earlier(outcome(OutcomeKind::Waiting, Some("hook")), 5)).await;
    stage.post(&earlier(outcome(OutcomeKind::Accepted, Some("hook")), 9)).await;
    stage.run().await;
    let told: Vec<Value> = stage.server.asked().iter().map(|asked| asked.json()["type"].clone()).collect();
    assert_eq!(told, ["mto.join.accepted.v1", "mto.join.waiting.v1", "mto.join.succeeded.v1"]);

    stage.server.answers("POST /hook", [Answer::RetryAfter(503, "60")]);
    stage.post(&outcome(OutcomeKind::Succeeded, Some("hook"))).await;
    stage.post(&earlier(outcome(OutcomeKind::Waiting, Some("hook")), 5)).await;
    stage.run().await;
    assert_eq!(stage.server.asked().len(), 4, "behind the first one's trouble nothing is tried");
    assert_eq!(stage.waiting().len(), 2);
}

#[tokio::test]
async fn without_time_nothing_is_begun_and_it_is_told_later() {
    let stage = Stage::new().await;
    works(&stage);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    let records = stage.queues.receive(&mto_handler::QueueUrl::new("https://sqs.example/outcomes"), 10);
    let end = mto_graph::Clock::now(stage.clock.as_ref()) + Duration::from_secs(5);
    let failed = mto_handler::BatchFunction::handle(&stage.notify, records, end).await;
    assert!(failed.is_empty());
    assert!(stage.server.asked().is_empty());
    assert_eq!(stage.waiting().len(), 1);
}

#[tokio::test]
async fn no_secret_reaches_a_log_or_a_message() {
    let log = NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.reopen().unwrap())
        .finish();
    // With one subscriber alone, tracing asks only the thread that meets a line first, and that is another test's.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let stage = Stage::new().await;
    let quotes = |secret: &str| json!({"ok": false, "error": format!("{secret} is bad")});
    let services = [
        ("/api/conversations", SECRETS[0].1),
        ("/rest", SECRETS[1].1),
        ("/api/now", SECRETS[2].1),
        ("/hook", SECRETS[3].1),
        ("/workflows", TEAMS_SIGNATURE),
    ];
    for status in [200, 403, 503] {
        for (path, secret) in services {
            for method in ["GET", "POST", "PATCH"] {
                let status = if status == 200 && method != "GET" { 400 } else { status };
                stage.server.answers(format!("{method} {path}"), [Answer::Json(status, quotes(secret))]);
            }
        }
        let places =
            ["slack:C0123", "teams", "jira:OPS-1", "snow:incident/9d385017c611228701d22104cc95c371", "hook"];
        for place in places {
            stage.post(&outcome(OutcomeKind::Failed, Some(place))).await;
        }
        assert!(stage.run().await.is_empty());
    }
    let log = read_to_string(log.path()).unwrap();
    assert!(
        log.contains("dead letter") && log.contains("told later") && log.contains("(secret) is bad"),
        "{log}"
    );
    let kept = format!("{:?} {:?}", stage.letters(), stage.waiting());
    let told = outcome(OutcomeKind::Failed, None).data.summary;
    assert!(kept.contains(&told) && !log.contains(&told), "an outcome is in the log: {log}");
    let asked = stage.server.asked();
    let headers = asked.iter().flat_map(|asked| &asked.headers);
    let proofs = headers.filter(|(name, _)| ["authorization", "webhook-signature"].contains(&name.as_str()));
    let proofs: Vec<&str> = proofs.map(|(_, value)| value.rsplit(' ').next().unwrap()).collect();
    assert!(proofs.len() > 9, "{proofs:?}");
    let proofs = proofs.into_iter().map(|proof| ("a header", proof));
    for (what, secret) in services.into_iter().chain(proofs) {
        assert!(!log.contains(secret), "{what}: {log}");
        assert!(!kept.contains(secret), "{what}: {kept}");
    }
}
