//! Slack.
use mto_messages::{Command, OutcomeKind};
use serde_json::{Value, json};

use crate::outcomes::{earlier, of, outcome};
use crate::stage::{Answer, Asked, SECRETS, Stage, golden};

const THREAD: &str = "slack:C0123/1700000000.1";

fn ok(body: Value) -> Answer {
    let mut body = body;
    body["ok"] = json!(true);
    Answer::Json(200, body)
}

fn refused(error: &str) -> Answer {
    Answer::Json(200, json!({"ok": false, "error": error}))
}

/// Slack with nothing in it.
fn empty(stage: &Stage) {
    stage.server.answers("GET /api/conversations.history", [ok(json!({"messages": []}))]);
    stage.server.answers("GET /api/conversations.replies", [ok(json!({"messages": []}))]);
    stage.server.answers("POST /api/chat.postMessage", [ok(json!({"ts": "1700000009.1"}))]);
}

/// A message that was posted, as reading gives it back.
fn shown(posted: &Asked, ts: &str) -> Value {
    json!({"ts": ts, "text": "…", "metadata": posted.json()["metadata"]})
}

#[tokio::test]
async fn an_outcome_is_posted_into_the_thread_it_names() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Failed, Some(THREAD))).await;
    let asked = stage.server.asked();
    assert_eq!(
        asked[0].url,
        "/api/conversations.replies?channel=C0123&ts=1700000000.1&include_all_metadata=true&limit=200"
    );
    assert_eq!(asked[1].url, "/api/chat.postMessage");
    assert_eq!(asked[1].headers["authorization"], "Bearer xoxb-very-secret");
    assert_eq!(asked[1].headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(asked.len(), 2);
    golden("slack_failed", &asked[1].json());
}

#[tokio::test]
async fn a_channel_alone_gets_a_thread_for_each_root() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Accepted, Some("slack:C0123"))).await;
    let first = stage.server.asked_by("POST").remove(0);
    assert_eq!(first.json()["thread_ts"], Value::Null);
    let history = stage.server.asked_by("GET").remove(0).url;
    assert_eq!(
        history,
        "/api/conversations.history?channel=C0123&oldest=1794646800&include_all_metadata=true&limit=200"
    );

    let others =
        json!({"ts": "1700000004.1", "metadata": {"event_type": "task_created", "event_payload": {"a": 1}}});
    let messages = json!([others, shown(&first, "1700000005.1"), shown(&first, "1700000003.1"), {"ts": "1"}]);
    stage.server.answers("GET /api/conversations.history", [ok(json!({"messages": messages}))]);
    // A child's failure, of another verb, belongs to the same thread; the older of two counts.
    let child = Command::parse(
        r#"{"type":"mto.sync.v1","id":"INC0012345/sync","source":"/servicenow/prod","root":"INC0012345",
            "replyto":"slack:C0123","data":{"source":"fabrikam","targets":["contoso"]}}"#,
    );
    stage.tell(&of(&child.unwrap(), OutcomeKind::Failed, &json!({}))).await;
    let second = stage.server.asked_by("POST").remove(1);
    assert_eq!(second.json()["thread_ts"], "1700000003.1");
}

#[tokio::test]
async fn the_same_command_of_another_source_gets_its_own_thread() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Accepted, Some("slack:C0123"))).await;
    let first = stage.server.asked_by("POST").remove(0);
    let messages = json!([shown(&first, "1700000003.1")]);
    stage.server.answers("GET /api/conversations.history", [ok(json!({"messages": messages}))]);
    let other = Command::parse(
        r#"{"type":"mto.join.v1","id":"INC0012345","source":"/other","replyto":"slack:C0123",
            "data":{"tenant":"a","owner":"b"}}"#,
    );
    stage.tell(&of(&other.unwrap(), OutcomeKind::Succeeded, &json!({}))).await;
    assert_eq!(stage.server.asked_by("POST")[1].json()["thread_ts"], Value::Null);
}

#[tokio::test]
async fn a_repeat_is_found_on_any_page_and_dropped() {
    let stage = Stage::new().await;
    empty(&stage);
    let succeeded = outcome(OutcomeKind::Succeeded, Some(THREAD));
    stage.tell(&succeeded).await;
    let first = stage.server.asked_by("POST").remove(0);
    let pages = [
        ok(json!({"messages": [{"ts": "1700000000.1"}], "response_metadata": {"next_cursor": "dGVhbQ=="}})),
        ok(json!({"messages": [shown(&first, "1700000002.1")], "response_metadata": {"next_cursor": ""}})),
    ];
    stage.server.answers("GET /api/conversations.replies", pages);
    stage.tell(&succeeded).await;
    assert_eq!(stage.server.asked_by("POST").len(), 1);
    assert!(stage.server.asked().last().unwrap().url.ends_with("&cursor=dGVhbQ%3D%3D"));
}

#[tokio::test]
async fn what_the_last_word_has_overtaken_is_dropped_and_what_came_after_it_is_told() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Expired, Some(THREAD))).await;
    let last_word = stage.server.asked_by("POST").remove(0);
    let replies = json!({"messages": [shown(&last_word, "1700000002.1")]});
    stage.server.answers("GET /api/conversations.replies", [ok(replies)]);
    for kind in [OutcomeKind::Accepted, OutcomeKind::Waiting] {
        stage.tell(&earlier(outcome(kind, Some(THREAD)), 1)).await;
    }
    assert_eq!(stage.server.asked_by("POST").len(), 1);
    // Somebody has moved the command back: it waits again.
    stage.tell(&earlier(outcome(OutcomeKind::Waiting, Some(THREAD)), -1)).await;
    assert_eq!(stage.server.asked_by("POST").len(), 2);
}

#[tokio::test]
async fn after_a_lost_answer_it_looks_before_it_posts_again() {
    let stage = Stage::new().await;
    empty(&stage);
    let failed = outcome(OutcomeKind::Failed, Some(THREAD));
    stage.tell(&failed).await;
    let posted = stage.server.asked_by("POST").remove(0);

    let stage = Stage::new().await;
    empty(&stage);
    let replies = [ok(json!({"messages": []})), ok(json!({"messages": [shown(&posted, "1700000002.1")]}))];
    stage.server.answers("GET /api/conversations.replies", replies);
    stage.server.answers("POST /api/chat.postMessage", [Answer::Silence]);
    stage.tell(&failed).await;
    let methods: Vec<String> = stage.server.asked().into_iter().map(|asked| asked.method).collect();
    assert_eq!(methods, ["GET", "POST", "GET"]);
}

#[tokio::test]
async fn what_passes_is_tried_again_and_the_service_names_the_pause() {
    let stage = Stage::new().await;
    empty(&stage);
    let answers = [refused("internal_error"), Answer::RetryAfter(429, "7"), ok(json!({"ts": "1"}))];
    stage.server.answers("POST /api/chat.postMessage", answers);
    let before = mto_graph::Clock::now(stage.clock.as_ref());
    stage.tell(&outcome(OutcomeKind::Failed, Some(THREAD))).await;
    assert_eq!(stage.server.asked_by("POST").len(), 3);
    assert_eq!((mto_graph::Clock::now(stage.clock.as_ref()) - before).whole_seconds(), 1 + 7);
}

#[tokio::test]
async fn what_does_not_pass_is_a_dead_letter_at_once() {
    for error in
        ["channel_not_found", "account_inactive", "not_in_channel", "thread_not_found", "missing_scope"]
    {
        let stage = Stage::new().await;
        empty(&stage);
        stage.server.answers("POST /api/chat.postMessage", [refused(error)]);
        stage.post(&outcome(OutcomeKind::Failed, Some(THREAD))).await;
        assert!(stage.run().await.is_empty());
        let (reason, text) = stage.letter();
        assert_eq!(reason, "refused");
        assert!(text.contains(error), "{text}");
        assert!(stage.waiting().is_empty());
        assert_eq!(stage.server.asked_by("POST").len(), 1);
    }
}

#[tokio::test]
async fn without_the_right_to_read_it_is_told_all_the_same() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.server.answers("GET /api/conversations", [refused("missing_scope")]);
    stage.server.answers("GET /api/conversations.history", [refused("missing_scope")]);
    stage.tell(&outcome(OutcomeKind::Failed, Some("slack:C0123"))).await;
    assert_eq!(stage.server.asked_by("POST").len(), 1);
}

#[tokio::test]
async fn a_secret_that_slack_quotes_stays_out_of_the_dead_letter() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.server.answers("POST /api/chat.postMessage", [refused("bad token xoxb-very-secret")]);
    stage.post(&outcome(OutcomeKind::Failed, Some(THREAD))).await;
    stage.run().await;
    let letters = format!("{:?}", stage.letters());
    assert!(letters.contains("bad token (secret)"), "{letters}");
    assert!(SECRETS.iter().all(|(_, secret)| !letters.contains(secret)), "{letters}");
}
