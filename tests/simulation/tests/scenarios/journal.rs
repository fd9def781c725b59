//! The journal: a memory that can be lost, be garbage or lie, and does no damage.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use entra_simulator::{MemberRole, MemberState, Seed};
use mto_handler::{JOURNAL_ATTRIBUTE, Message, Queue as _};
use mto_local::queue;
use mto_messages::{Journal, Verb};
use mto_simulation_tests::{Scene, Stage, create, join, seed_with_organization};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

fn listed() -> Seed {
    seed_with_organization(2, &[("fabrikam", MemberRole::Member, MemberState::Pending)])
}

/// Replaces the one waiting message by one with the same body and this journal.
async fn with_journal(scene: &Scene, verb: Verb, journal: Option<String>) {
    let mut stored = scene.world().queues().drain(&queue(verb));
    let body = stored.remove(0).body;
    let attributes = journal.map(|text| (JOURNAL_ATTRIBUTE.to_owned(), text)).into_iter().collect();
    let message = Message { body, attributes, ..Message::default() };
    scene.world().queues().send(&queue(verb), vec![message]).await.unwrap();
}

fn garbage() -> Vec<Option<String>> {
    let long = format!("{{\"v\":1,\"x\":\"{}\"}}", "x".repeat(70_000));
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "{\"v\":99}",
        "not JSON",
        "{\"v\":1,\"looks\":\"many\"}",
        "{\"v\":1,\"looks\":4294967295}",
        "{\"v\":1,\"resets\":4294967295}",
        "{\"v\":1,\"reported\":\"0-1-joining\"}",
        long.as_str(),
    ];
    texts.into_iter().map(|text| Some(text.to_owned())).chain([None]).collect()
}

#[tokio::test]
async fn a_join_whose_journal_is_lost_or_garbage_starts_afresh_without_a_second_request() {
    for journal in garbage() {
        let scene = Stage::with(listed()).build();
        scene.post(&join("J1", "fabrikam", &json!({}))).await;
        scene.run_for(Duration::minutes(45)).await;
        with_journal(&scene, Verb::Join, journal.clone()).await;
        scene.run().await;
        assert_eq!(scene.verdict("J1").0, "succeeded", "{journal:?}");
        assert_eq!(scene.writes().len(), 1, "{journal:?}");
    }
}

#[tokio::test]
async fn a_create_whose_journal_is_lost_posts_the_same_children_again() {
    for journal in garbage() {
        let scene = Scene::new(2);
        scene.post(&create("INC1", &["fabrikam"], &json!({"then": {"join": true}}))).await;
        scene.look().await;
        with_journal(&scene, Verb::Create, journal.clone()).await;
        scene.run().await;
        assert_eq!(scene.verdict("INC1").0, "succeeded", "{journal:?}");
        assert_eq!(scene.writes().len(), 3, "{journal:?}");
        let adds = scene.last_words("INC1/add");
        assert!((1..=2).contains(&adds.len()) && adds.iter().all(|add| add.id() == "INC1/add/succeeded"));
    }
}

/// A journal can say that nothing is to be done yet; it cannot keep a command alive for ever.
#[rstest::rstest]
#[case::sleeps_until_the_year_9000("notBefore")]
#[case::begins_in_the_year_9000("firstLook")]
#[case::changed_in_the_year_9000("lastChange")]
#[tokio::test]
async fn a_journal_from_the_far_future_does_not_outlive_the_budget(#[case] field: &str) {
    // One joins, and the other is never added.
    for (tenant, ends) in [("fabrikam", "succeeded"), ("tailspin", "expired")] {
        let seed = seed_with_organization(3, &[("fabrikam", MemberRole::Member, MemberState::Pending)]);
        let scene = Stage::with(seed).build();
        scene.post(&join("J1", tenant, &json!({}))).await;
        let mut journal = json!({"v": 1, "looks": 3, "firstLook": "2026-11-21T08:59:00Z"});
        journal[field] = Value::from("9000-01-01T00:00:00Z");
        with_journal(&scene, Verb::Join, Some(journal.to_string())).await;
        scene.run().await;
        assert_eq!(scene.verdict("J1").0, ends, "{field}");
        assert!(scene.elapsed() <= Duration::hours(13), "{}", scene.elapsed());
    }
}

/// Time in which nobody looked does not count; a journal can claim no more of it than there was.
#[rstest::rstest]
#[case::for_a_century("unwatchedSeconds", json!(u32::MAX))]
#[case::since_the_year_0("nextLook", json!("0000-01-01T00:00:00Z"))]
#[tokio::test]
async fn a_journal_that_claims_nobody_looked_does_not_outlive_the_budget(
    #[case] field: &str,
    #[case] value: Value,
) {
    let seed = seed_with_organization(3, &[("fabrikam", MemberRole::Member, MemberState::Pending)]);
    let scene = Stage::with(seed).build();
    // Tailspin is never added.
    scene.post(&join("J1", "tailspin", &json!({}))).await;
    let mut journal = json!({"v": 1, "looks": 3, "firstLook": "2026-11-21T08:59:00Z"});
    journal[field] = value;
    with_journal(&scene, Verb::Join, Some(journal.to_string())).await;
    scene.run_for(Duration::hours(13)).await;
    assert_eq!(scene.verdict("J1").0, "expired", "{field}");
}

#[tokio::test]
async fn a_journal_that_claims_writes_cannot_hold_them_back_for_long() {
    let scene = Stage::with(listed()).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    let now: OffsetDateTime = scene.world().clock().now();
    let write = json!({
        "at": now.format(&time::format_description::well_known::Rfc3339).unwrap(),
        "tenant": scene.id("fabrikam"), "what": "request-join", "about": scene.id("contoso"), "status": 204,
    });
    let journal = json!({"v": 1, "looks": 1, "writes": [write]});
    with_journal(&scene, Verb::Join, Some(journal.to_string())).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.writes().len(), 1, "ten minutes late");
    assert!(scene.elapsed() < Duration::minutes(150), "{}", scene.elapsed());
}

#[tokio::test]
async fn other_attributes_travel_with_a_waiting_command() {
    let scene = Stage::with(listed()).build();
    let attributes = [("traceparent".to_owned(), "00-abc".to_owned())].into_iter().collect();
    let body = join("J1", "fabrikam", &json!({})).to_string();
    let message = Message { body: body.clone(), attributes, ..Message::default() };
    scene.world().queues().send(&queue(Verb::Join), vec![message]).await.unwrap();
    scene.run_for(Duration::minutes(30)).await;
    let stored = scene.waiting(Verb::Join);
    assert_eq!(stored.attributes["traceparent"], "00-abc");
    assert_eq!(stored.body, body);
    let journal = Journal::read(stored.attributes.get(JOURNAL_ATTRIBUTE).map(String::as_str));
    assert!(journal.looks > 5, "{}", journal.looks);
}
