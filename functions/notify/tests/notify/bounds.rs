//! The bounds of `docs/security.md`.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_graph::{ReqwestTransport, Transport as _, TransportErrorKind};
use mto_handler::{Message, Queue as _, QueueUrl};
use mto_messages::OutcomeKind;
use serde_json::{Value, json};

use crate::outcomes::outcome;
use crate::stage::{Answer, Stage};

/// There is always a further page.
#[tokio::test]
async fn five_pages_are_read_and_no_more() {
    let slack =
        json!({"ok": true, "messages": [{"ts": "1.1"}], "response_metadata": {"next_cursor": "more"}});
    let jira = json!({"comments": [{"body": {}}], "total": 1_000_000});
    for (place, reads, page) in [
        ("slack:C0123/1700000000.100000", "GET /api/conversations", slack),
        ("jira:OPS-1", "GET /rest", jira),
    ] {
        let stage = Stage::new().await;
        crate::malicious::works(&stage);
        stage.server.answers(reads, [Answer::Json(200, page)]);
        stage.tell(&outcome(OutcomeKind::Succeeded, Some(place))).await;
        assert_eq!(stage.server.asked_by("GET").len(), 5, "{place}");
        assert_eq!(stage.server.asked_by("POST").len(), 1, "told all the same");
    }
}

/// The transport is that of Graph's client, as it is made for all functions.
#[tokio::test]
async fn an_answer_of_more_than_8_mib_is_not_read() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(200, Value::Null)]);
    stage.tell(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    let root = format!("http://{}", stage.server.asked()[0].headers["host"]);
    let limit = 8 * 1024 * 1024;
    let transport = ReqwestTransport::new().unwrap();
    // The quotes of the JSON belong to it.
    for (bytes, is_read) in [(limit, true), (limit + 1, false)] {
        stage.server.answers("GET /large", [Answer::Json(200, json!("x".repeat(bytes - 2)))]);
        let request = http::Request::get(format!("{root}/large")).body(bytes::Bytes::new()).unwrap();
        let kind =
            transport.send(request).await.map(|answer| answer.body().len()).map_err(|error| error.kind());
        let expected =
            if is_read { Ok(bytes) } else { Err(TransportErrorKind::TooLarge { limit_bytes: limit }) };
        assert_eq!(kind, expected);
    }
}

#[tokio::test]
async fn an_invocation_tries_four_times_and_the_queue_bears_the_rest() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(503, Value::Null)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    assert!(stage.run().await.is_empty());
    assert_eq!((stage.server.asked().len(), stage.waiting().len()), (4, 1));
}

/// What is left of a message's own attributes when it cannot be told with this status at this place.
async fn kept(attributes: (usize, usize), status: u16, place: &str) -> usize {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(status, Value::Null)]);
    let (count, bytes) = attributes;
    let attributes = (0..count).map(|index| (format!("a{index}"), "v".repeat(bytes))).collect();
    let body = outcome(OutcomeKind::Failed, Some(place)).to_json();
    let message = Message { body, attributes, ..Message::default() };
    stage.queues.send(&QueueUrl::new("https://sqs.example/outcomes"), vec![message]).await.unwrap();
    assert!(stage.run().await.is_empty());
    let left: Vec<_> = stage.waiting().into_iter().chain(stage.letters()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
    left[0].attributes.keys().filter(|name| name.len() == 2).count()
}

#[tokio::test]
async fn foreign_attributes_are_kept_up_to_six_of_16_kib() {
    for (status, place) in [(503, "hook"), (403, "hook"), (200, "nowhere")] {
        assert_eq!(kept((6, 10), status, place).await, 6, "{status} {place}");
        assert_eq!(kept((7, 10), status, place).await, 6, "by their number: {status} {place}");
        assert_eq!(kept((6, 5_000), status, place).await, 3, "by their size: {status} {place}");
    }
}

/// The service's words, and what is no outcome, in a dead letter.
#[tokio::test]
async fn the_reason_of_a_dead_letter_is_clipped_at_500_characters() {
    let stage = Stage::new().await;
    let words = json!({"error": "é\n".repeat(5_000)});
    stage.server.answers("POST /hook", [Answer::Json(400, words)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.post_text(&json!({"type": "é\n".repeat(5_000)}).to_string()).await;
    stage.post_text(&json!({"é\n".repeat(5_000): 1}).to_string()).await;
    let mut elsewhere = outcome(OutcomeKind::Failed, None);
    elsewhere.reply_to = Some("é\n".repeat(5_000));
    stage.post(&elsewhere).await;
    assert!(stage.run().await.is_empty());
    let letters = stage.letters();
    assert_eq!(letters.len(), 4, "{letters:?}");
    for letter in letters {
        let reason = &letter.attributes["reasonText"];
        assert!(reason.chars().count() <= 501 && !reason.contains('\n'), "{reason:?}");
    }
}
