//! A credential that is not accepted: it can be in the middle of its rotation.

use std::time::Duration;

use mto_graph::Clock;
use mto_messages::OutcomeKind;
use serde_json::{Value, json};

use crate::outcomes::outcome;
use crate::stage::{Answer, NOW, Stage};

const PLACES: [(&str, &str); 5] = [
    ("slack:C0123", "GET /api/conversations"),
    ("teams", "POST /workflows"),
    ("jira:OPS-1", "GET /rest"),
    ("snow:incident/9d385017c611228701d22104cc95c371", "GET /api/now"),
    ("hook", "POST /hook"),
];

#[tokio::test]
async fn a_401_is_borne_in_the_queue_and_not_tried_again_at_once() {
    for (place, path) in PLACES {
        let stage = Stage::new().await;
        stage.server.answers(path, [Answer::Json(401, Value::Null)]);
        stage.post(&outcome(OutcomeKind::Failed, Some(place))).await;
        assert!(stage.run().await.is_empty());
        assert!(stage.letters().is_empty(), "{place}: {:?}", stage.letters());
        assert_eq!(stage.waiting().len(), 1, "{place}");
        assert_eq!(stage.server.asked().len(), 1, "{place}: repeats can lock the account");
    }
}

#[tokio::test]
async fn slacks_words_for_a_refused_token_are_borne_too() {
    for error in ["invalid_auth", "not_authed", "token_revoked", "token_expired"] {
        let stage = Stage::new().await;
        stage.server.answers("GET /api", [Answer::Json(200, json!({"ok": false, "error": error}))]);
        stage.post(&outcome(OutcomeKind::Failed, Some("slack:C0123"))).await;
        assert!(stage.run().await.is_empty());
        assert!(stage.letters().is_empty(), "{error}: {:?}", stage.letters());
        assert_eq!(stage.waiting().len(), 1, "{error}");

        stage.server.answers("GET /api", [Answer::Json(200, json!({"ok": true, "messages": []}))]);
        stage.server.answers("POST /api", [Answer::Json(200, json!({"ok": true, "ts": "1.1"}))]);
        stage.jump();
        stage.run().await;
        assert_eq!(stage.server.asked_by("POST").len(), 1, "{error}: the rotation is over");
        assert!(stage.waiting().is_empty() && stage.letters().is_empty(), "{error}");
    }
}

#[tokio::test]
async fn after_half_an_hour_a_refused_credential_is_for_good() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(401, Value::Null)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.run().await;
    while !stage.waiting().is_empty() {
        stage.jump();
        assert!(stage.run().await.is_empty());
    }
    let seconds = (stage.clock.now() - NOW).whole_seconds();
    assert!((1_800..=2_700).contains(&seconds), "half an hour, and the last delay: {seconds}");
    let (reason, text) = stage.letter();
    assert_eq!(reason, "refused");
    assert!(text.contains("401") && text.contains("check the destination's credential"), "{text}");
    let letter = stage.letters().remove(0);
    assert!(letter.attributes.keys().all(|name| !name.starts_with("notify")), "{:?}", letter.attributes);
}

#[tokio::test]
async fn the_half_hour_begins_with_the_first_refusal_and_other_trouble_ends_it() {
    let stage = Stage::new().await;
    let refused = Answer::RetryAfter(401, "900");
    let busy = Answer::RetryAfter(503, "900");
    stage.server.answers("POST /hook", [busy]);
    stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
    stage.run().await;
    for _ in 0..8 {
        stage.jump();
        stage.run().await;
    }
    assert!(stage.clock.now() - NOW >= Duration::from_hours(2));
    stage.server.answers("POST /hook", [refused.clone()]);
    stage.jump();
    stage.run().await;
    assert!(stage.letters().is_empty(), "{:?}", stage.letters());
    stage.server.answers("POST /hook", [Answer::RetryAfter(503, "900")]);
    for _ in 0..4 {
        stage.jump();
        stage.run().await;
    }
    stage.server.answers("POST /hook", [refused]);
    stage.jump();
    stage.run().await;
    assert!(stage.letters().is_empty(), "{:?}", stage.letters());
    assert_eq!(stage.waiting().len(), 1);
}
