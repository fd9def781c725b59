//! Signed webhooks.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mto_messages::OutcomeKind;
use ring::hmac;
use serde_json::Value;

use crate::outcomes::outcome;
use crate::stage::{Answer, Asked, NOW, Stage};

fn taken() -> Answer {
    Answer::Json(204, Value::Null)
}

/// As a receiver checks it.
fn is_signed(asked: &Asked) -> bool {
    let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let headers = &asked.headers;
    let signed = format!("{}.{}.{}", headers["webhook-id"], headers["webhook-timestamp"], asked.text);
    let signature = headers["webhook-signature"].strip_prefix("v1,").unwrap();
    hmac::verify(&key, signed.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok()
}

#[tokio::test]
async fn an_outcome_is_sent_as_it_is_and_signed() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [taken()]);
    let failed = outcome(OutcomeKind::Failed, Some("hook"));
    stage.tell(&failed).await;
    let asked = stage.server.asked().remove(0);
    assert_eq!(asked.url, "/hook?a=b");
    assert_eq!(asked.text, failed.to_json());
    assert_eq!(asked.headers["content-type"], "application/cloudevents+json; charset=utf-8");
    assert_eq!(asked.headers["webhook-timestamp"], NOW.unix_timestamp().to_string());
    assert!(is_signed(&asked));
}

#[tokio::test]
async fn every_try_has_the_same_id_and_a_signature_of_its_own_time() {
    let stage = Stage::new().await;
    stage.server.answers("POST /hook", [Answer::Json(500, Value::Null), Answer::Silence, taken()]);
    stage.tell(&outcome(OutcomeKind::Failed, Some("hook:label"))).await;
    let asked = stage.server.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(is_signed));
    assert!(asked.iter().all(|one| one.headers["webhook-id"] == asked[0].headers["webhook-id"]));
    assert_ne!(asked[0].headers["webhook-timestamp"], asked[2].headers["webhook-timestamp"]);

    stage.server.answers("POST /hook", [taken()]);
    stage.tell(&outcome(OutcomeKind::Succeeded, Some("hook"))).await;
    assert_ne!(stage.server.asked()[3].headers["webhook-id"], asked[0].headers["webhook-id"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_or_moved_is_a_dead_letter() {
    for (status, remedy) in [(410, "check the address"), (308, "redirects are not followed")] {
        let stage = Stage::new().await;
        stage.server.answers("POST /hook", [Answer::Json(status, Value::Null)]);
        stage.post(&outcome(OutcomeKind::Failed, Some("hook"))).await;
        stage.run().await;
        assert!(stage.letter().1.contains(remedy), "{:?}", stage.letter());
    }
}
