//! Jira.
use mto_messages::OutcomeKind;
use serde_json::{Value, json};

use crate::outcomes::{earlier, outcome};
use crate::stage::{Answer, Stage, golden};

const COMMENTS: &str = "/rest/api/3/issue/OPS-12/comment";

fn page(comments: &[Value], total: usize) -> Answer {
    Answer::Json(200, json!({"startAt": 0, "maxResults": 100, "total": total, "comments": comments}))
}

fn empty(stage: &Stage) {
    stage.server.answers("GET /rest/api/3", [page(&[], 0)]);
    stage.server.answers("POST /rest/api/3", [Answer::Json(201, json!({"id": "10000"}))]);
}

#[tokio::test]
async fn an_outcome_is_a_comment_with_a_property() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Succeeded, Some("jira:OPS-12"))).await;
    let asked = stage.server.asked();
    assert_eq!(
        asked[0].url,
        format!("{COMMENTS}?expand=properties&orderBy=-created&startAt=0&maxResults=100")
    );
    assert_eq!(asked[1].url, COMMENTS);
    // base64 of bot@contoso.example:jira-very-secret
    let basic = "Basic Ym90QGNvbnRvc28uZXhhbXBsZTpqaXJhLXZlcnktc2VjcmV0";
    assert!(asked.iter().all(|asked| asked.headers["authorization"] == basic));
    golden("jira_succeeded", &asked[1].json());
}

#[tokio::test]
async fn a_repeat_is_found_by_the_property_on_any_page() {
    let stage = Stage::new().await;
    empty(&stage);
    let told = outcome(OutcomeKind::Succeeded, Some("jira:OPS-12"));
    stage.tell(&told).await;
    let posted = stage.server.asked_by("POST").remove(0).json();
    let foreign =
        json!({"id": "1", "body": {"type": "doc"}, "properties": [{"key": "sd.public", "value": {}}]});
    let ours = json!({"id": "2", "body": {"type": "doc"}, "properties": posted["properties"]});
    let pages = [page(&vec![foreign.clone(); 100], 101), page(&[ours], 101)];
    stage.server.answers("GET /rest/api/3", pages);
    stage.tell(&told).await;
    assert_eq!(stage.server.asked_by("POST").len(), 1);
    assert!(stage.server.asked().last().unwrap().url.contains("&startAt=100&"));
    // A page at a time, and no page beyond the last.
    assert_eq!(stage.server.asked_by("GET").len(), 3);
}

#[tokio::test]
async fn a_repeat_is_found_by_its_last_line_where_properties_are_left_out() {
    let stage = Stage::new().await;
    empty(&stage);
    let told = outcome(OutcomeKind::Succeeded, Some("jira:OPS-12"));
    stage.tell(&told).await;
    let posted = stage.server.asked_by("POST").remove(0).json();
    stage.server.answers("GET /rest/api/3", [page(&[json!({"id": "2", "body": posted["body"]})], 1)]);
    stage.tell(&told).await;
    assert_eq!(stage.server.asked_by("POST").len(), 1);
}

#[tokio::test]
async fn what_the_last_word_has_overtaken_is_dropped() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Failed, Some("jira:OPS-12"))).await;
    let posted = stage.server.asked_by("POST").remove(0).json();
    let comment = json!({"id": "2", "properties": posted["properties"]});
    stage.server.answers("GET /rest/api/3", [page(&[comment], 1)]);
    stage.tell(&earlier(outcome(OutcomeKind::Waiting, Some("jira:OPS-12")), 5)).await;
    assert_eq!(stage.server.asked_by("POST").len(), 1);
}

#[tokio::test]
async fn a_refusal_is_a_dead_letter_with_the_services_words() {
    let stage = Stage::new().await;
    let words = json!({"errorMessages": ["Issue does not exist or you do not have permission to see it."]});
    stage.server.answers("GET /rest/api/3", [Answer::Json(404, words)]);
    stage.post(&outcome(OutcomeKind::Failed, Some("jira:OPS-12"))).await;
    stage.run().await;
    let (reason, text) = stage.letter();
    assert_eq!(reason, "refused");
    assert!(text.starts_with("Jira answered 404: "), "{text}");
    assert!(text.contains("Issue does not exist"), "{text}");
}

#[tokio::test]
async fn after_a_server_error_it_looks_before_it_posts_again() {
    let stage = Stage::new().await;
    empty(&stage);
    let errors = [Answer::Json(500, json!({})), Answer::Json(201, json!({}))];
    stage.server.answers("POST /rest/api/3", errors);
    stage.tell(&outcome(OutcomeKind::Failed, Some("jira:OPS-12"))).await;
    let methods: Vec<String> = stage.server.asked().into_iter().map(|asked| asked.method).collect();
    assert_eq!(methods, ["GET", "POST", "GET", "POST"]);
}

#[tokio::test]
async fn a_comment_can_be_kept_from_the_customers() {
    let stage = Stage::new().await;
    empty(&stage);
    stage.tell(&outcome(OutcomeKind::Failed, Some("desk:HELP-7"))).await;
    let properties = stage.server.asked_by("POST").remove(0).json()["properties"].clone();
    assert_eq!(properties[0]["key"], "mto-outcome");
    assert_eq!(properties[1], json!({"key": "sd.public.comment", "value": {"internal": true}}));
}
