//! What stands in the log, with everything of it switched on.

use std::fs::read_to_string;

use mto_handler::HttpRequest;
use serde_json::json;
use tempfile::NamedTempFile;
use time::Duration;

use crate::support::{
    JIRA, NOW, OLD_WEBHOOK, SHARED_KEY, SLACK, TEAMS, WEBHOOK, World, open, post, sign, slash,
};

const KINDS: [&str; 5] = ["slack", "teams", "jira", "servicenow", "webhook"];
const SECRETS: [&str; 6] = [SLACK, TEAMS, JIRA, WEBHOOK, OLD_WEBHOOK, SHARED_KEY];

/// What is logged of these requests, one after the other.
async fn log_of(world: &World, requests: impl IntoIterator<Item = HttpRequest>) -> String {
    let log = NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.reopen().unwrap())
        .with_ansi(false)
        .finish();
    // With one subscriber alone, tracing asks only the thread that meets a line first, and that is another test's.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    for request in requests {
        world.send(request).await;
    }
    read_to_string(log.path()).unwrap()
}

/// A request of each kind, with a word in it that is no id.
fn about_heliotropes(kind: &str) -> HttpRequest {
    let ticket = json!({"type": "mto.join.v1", "data": {"tenant": "heliotrope", "owner": "contoso"},
                        "note": "heliotrope", "sys_id": "a1", "sys_mod_count": 0});
    let activity = json!({"id": "1", "timestamp": "2026-11-21T09:00:00Z", "from": {"aadObjectId": "u"},
                          "text": "<at>mto</at> join heliotrope to contoso"});
    match kind {
        "slack" => slash("U1", "join heliotrope to contoso"),
        "teams" => sign(kind, post("/teams", &[], activity.to_string().as_bytes()), NOW),
        _ => sign(kind, post(&format!("/{kind}"), &[], ticket.to_string().as_bytes()), NOW),
    }
}

#[tokio::test]
async fn the_log_has_the_reason_and_the_clocks_difference_but_neither_secret_nor_header_nor_body() {
    let world = World::new(&open());
    let taken = KINDS.map(about_heliotropes);
    let refused = KINDS.map(|kind| {
        let mut request = about_heliotropes(kind);
        request.body = [&request.body, b" ".as_slice()].concat().into();
        request
    });
    let late = sign("slack", slash("U1", "join heliotrope to contoso"), NOW - Duration::seconds(400));
    let headers: Vec<String> = taken.iter().flat_map(|request| request.headers.values().cloned()).collect();
    let log = log_of(&world, taken.into_iter().chain(refused).chain([late])).await;
    assert_eq!(log.matches("a command was taken").count(), 5, "{log}");
    assert_eq!(log.matches("does not fit").count(), 5, "{log}");
    assert!(log.contains("400") && log.contains("slack"), "{log}");
    for secret in SECRETS.into_iter().chain(["heliotrope", "13345224609"]) {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    for header in headers.iter().filter(|header| header.len() > 10) {
        assert!(!log.contains(header.as_str()), "{header} is in the log: {log}");
    }
}

/// Whoever signs chooses who is said to ask.
#[tokio::test]
async fn nobody_fills_the_log_with_a_name() {
    let mut configuration = open();
    configuration["senders"][0]["allow"] = json!([{"verbs": ["status"], "users": ["*"]}]);
    let world = World::new(&configuration);
    let name = "U".repeat(20_000);
    let log = log_of(&world, ["join a to b", "status a"].map(|line| slash(&name, line))).await;
    assert!(log.contains("not allowed") && log.contains("a command was taken"), "{log}");
    let longest = log.lines().map(str::len).max().unwrap();
    assert!(longest < 1_000, "a line of {longest} bytes");
}
