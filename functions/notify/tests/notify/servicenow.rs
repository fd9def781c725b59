//! `ServiceNow`.
use mto_messages::OutcomeKind;
use serde_json::{Value, json};

use crate::outcomes::outcome;
use crate::stage::{Answer, Stage, golden};

const RECORD: &str = "snow:incident/9d385017c611228701d22104cc95c371";

fn found(records: &Value) -> Answer {
    Answer::Json(200, json!({"result": records}))
}

fn empty(stage: &Stage) {
    stage.server.answers("GET /api/now/table/sys_journal_field", [found(&json!([]))]);
    stage.server.answers("PATCH /api/now/table/incident", [found(&json!({"sys_id": "1"}))]);
}

#[tokio::test]
async fn an_outcome_is_a_work_note() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Waiting, Some(RECORD))).await;
    let asked = stage.server.asked();
    let patched = asked[1].json();
    let reference = patched["work_notes"].as_str().unwrap().lines().last().unwrap().to_owned();
    let key = reference.strip_prefix("outcome ").unwrap();
    assert_eq!(
        asked[0].url,
        format!(
            "/api/now/table/sys_journal_field?sysparm_query=element_id%3D9d385017c611228701d22104cc95c371\
             %5Eelement%3Dwork_notes%5EvalueLIKE{key}&sysparm_fields=sys_id&sysparm_limit=1"
        )
    );
    assert_eq!(asked[1].method, "PATCH");
    assert_eq!(
        asked[1].url,
        "/api/now/table/incident/9d385017c611228701d22104cc95c371?sysparm_fields=sys_id"
    );
    // base64 of mto:snow-very-secret
    assert!(asked.iter().all(|asked| asked.headers["authorization"] == "Basic bXRvOnNub3ctdmVyeS1zZWNyZXQ="));
    golden("servicenow_waiting", &patched);
}

#[tokio::test]
async fn a_repeat_is_dropped() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.server.answers("GET /api/now/table/sys_journal_field", [found(&json!([{"sys_id": "1"}]))]);
    stage.tell(&outcome(OutcomeKind::Failed, Some(RECORD))).await;
    assert!(stage.server.asked_by("PATCH").is_empty());
}

#[tokio::test]
async fn where_the_journal_may_not_be_read_it_is_told_all_the_same() {
    let stage = Stage::new().await;
    empty(&stage);
    let denied = json!({"error": {"message": "User Not Authorized"}, "status": "failure"});
    stage.server.answers("GET /api/now/table/sys_journal_field", [Answer::Json(403, denied)]);
    stage.tell(&outcome(OutcomeKind::Failed, Some(RECORD))).await;
    assert_eq!(stage.server.asked_by("PATCH").len(), 1);
}

#[tokio::test]
async fn wrong_credentials_are_a_dead_letter_in_the_end() {
    let stage = Stage::new().await;
    let denied = json!({"error": {"message": "User Not Authenticated"}, "status": "failure"});
    stage.server.answers("GET /api/now/table/sys_journal_field", [Answer::Json(401, denied)]);
    stage.post(&outcome(OutcomeKind::Failed, Some(RECORD))).await;
    while !stage.waiting().is_empty() {
        stage.jump();
        stage.run().await;
    }
    let (reason, text) = stage.letter();
    assert_eq!(reason, "refused");
    assert!(text.contains("User Not Authenticated"), "{text}");
    assert!(text.ends_with("check the destination's credential"), "{text}");
}
