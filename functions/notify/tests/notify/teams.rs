//! Microsoft Teams.
use mto_messages::OutcomeKind;

use crate::outcomes::outcome;
use crate::stage::{Answer, Stage, TEAMS_SIGNATURE, golden};

#[tokio::test]
async fn an_outcome_is_an_adaptive_card() {
    let stage = Stage::new().await;
    stage.server.answers("POST /workflows/1", [Answer::Json(202, serde_json::Value::Null)]);
    stage.tell(&outcome(OutcomeKind::Planned, Some("teams:platform"))).await;
    let asked = stage.server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].url, format!("/workflows/1?{TEAMS_SIGNATURE}"));
    assert!(!asked[0].headers.contains_key("authorization"));
    golden("teams_planned", &asked[0].json());
}

#[tokio::test]
async fn after_a_lost_answer_it_is_told_again() {
    let stage = Stage::new().await;
    stage.server.answers("POST /workflows/1", [Answer::Silence, Answer::Json(202, serde_json::Value::Null)]);
    stage.tell(&outcome(OutcomeKind::Failed, Some("teams"))).await;
    assert_eq!(stage.server.asked().len(), 2);
}

#[tokio::test]
async fn the_url_with_its_signature_is_in_no_dead_letter() {
    let stage = Stage::new().await;
    let quoted = serde_json::json!({"error": format!("no workflow at /workflows/1?{TEAMS_SIGNATURE}")});
    stage.server.answers("POST /workflows/1", [Answer::Json(404, quoted)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("teams"))).await;
    stage.run().await;
    let (reason, text) = stage.letter();
    assert_eq!(reason, "refused");
    assert_eq!(text, "Teams answered 404; check the address, and the URL in the configuration");
}
