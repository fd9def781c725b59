//! The bounds of `docs/security.md`, and what a command cannot reach.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use entra_simulator::{MemberRole, MemberState, Seed};
use mto_handler::{JOURNAL_ATTRIBUTE, Message, Queue as _};
use mto_local::{outcomes_queue, queue};
use mto_messages::{Journal, Verb};
use mto_simulation_tests::{Fault, Point, Scene, Stage, add, command, create, join, seed_with_organization};
use rstest::rstest;
use serde_json::{Value, json};

/// The largest outcome, in bytes.
const LARGEST_OUTCOME: usize = 200 * 1024;

fn named(tenants: impl Iterator<Item = String>) -> Value {
    let tenants = tenants.map(|tenant| json!({"tenant": tenant, "displayName": "T"}));
    json!({"dryRun": true, "tenants": tenants.collect::<Vec<_>>()})
}

#[tokio::test]
async fn five_hundred_tenants_are_taken_and_one_more_is_rejected() {
    let mut seed = seed_with_organization(1, &[]);
    seed.tenants = Seed::demo(502).tenants;
    let ids: Vec<String> = seed.tenants.iter().skip(1).map(|tenant| tenant.tenant_id.to_string()).collect();
    let scene = Stage::with(seed).build();
    scene.post(&add("A1", &[], &named(ids.iter().take(500).cloned()))).await;
    scene.post(&add("A2", &[], &named(ids.iter().take(501).cloned()))).await;
    scene.post(&create("C1", &[], &named(ids.iter().take(501).cloned()))).await;
    scene.run().await;
    assert_eq!(scene.end("A1").kind(), "planned");
    assert_eq!(scene.end("A1").plan().len(), 500);
    for refused in ["A2", "C1"] {
        let end = scene.end(refused);
        assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
        assert!(end.text().contains("data.tenants: holds 501 tenants, more than 500"), "{}", end.text());
    }
}

/// Far more lines than a message can hold: every pair of forty tenants is to be opened.
#[tokio::test]
async fn a_plan_of_any_length_is_told_with_three_hundred_lines_and_their_number_beyond() {
    let active = |name: &'static str| (name, MemberRole::Member, MemberState::Active);
    let names: Vec<&'static str> = Seed::demo(40)
        .tenants
        .into_iter()
        .skip(1)
        .map(|tenant| &*tenant.display_name.to_lowercase().leak())
        .collect();
    let rows: Vec<_> = names.into_iter().map(active).collect();
    let scene = Stage::with(seed_with_organization(40, &rows)).build();
    let data = json!({"owner": "contoso", "action": "settings", "dryRun": true});
    scene.post(&command("sync", "S1", &data)).await;
    scene.run().await;
    let end = scene.end("S1");
    assert!(end.summary().contains("3120 writes would be made"), "{}", end.summary());
    assert_eq!(end.plan().len(), 300);
    let notes = end.list("notes");
    assert!(notes.contains(&json!("2820 more lines of the plan were too long for a message")), "{notes:?}");
    let bytes = end.0.to_string().len();
    assert!(bytes <= LARGEST_OUTCOME, "{bytes} bytes");
}

/// `replyto` is for the reader. The functions send to the queues that they were given.
#[rstest]
#[case::of_another_verb(queue(Verb::Leave).to_string())]
#[case::of_somebody_else("https://sqs.example/evil".to_owned())]
#[tokio::test]
async fn outcomes_go_to_their_own_queue_whatever_replyto_says(#[case] reply_to: String) {
    let sent: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let seen = sent.clone();
    let member = ("fabrikam", MemberRole::Member, MemberState::Pending);
    let scene = Stage::with(seed_with_organization(2, &[member])).faults(move |point| {
        if let Point::Send(queue) = point {
            seen.lock().unwrap().insert(queue.to_owned());
        }
        Fault::None
    });
    let scene = scene.build();
    let mut command = join("J1", "fabrikam", &json!({}));
    command["replyto"] = json!(reply_to);
    scene.post(&command).await;
    scene.run().await;
    let end = scene.end("J1");
    assert_eq!((end.kind(), &end.0["replyto"]), ("succeeded", &json!(reply_to)));
    let own = BTreeSet::from([queue(Verb::Join).to_string(), outcomes_queue().to_string()]);
    assert_eq!(*sent.lock().unwrap(), own);
}

/// Graph knows the tenant; the directory does not.
#[rstest]
#[case::by_its_id(|seed: &Seed| seed.tenants[2].tenant_id.to_string())]
#[case::by_its_domain(|seed: &Seed| seed.tenants[2].default_domain.clone())]
#[case::by_a_domain_that_graph_resolves(|seed: &Seed| seed.tenants[2].domains[0].clone())]
#[tokio::test]
async fn a_name_that_leads_out_of_the_directory_leads_nowhere(#[case] name: fn(&Seed) -> String) {
    let scene = Stage::new(3).unlisted("tailspin").build();
    scene.admin("contoso").creates("Group");
    scene.admin("contoso").adds("tailspin", "member");
    let tenant = name(scene.seed());
    scene.post(&join("J1", &tenant, &json!({}))).await;
    scene.post(&add("A1", &[], &json!({"tenants": [{"tenant": tenant, "displayName": "T"}]}))).await;
    scene.run().await;
    for id in ["J1", "A1"] {
        assert_eq!(scene.verdict(id), ("rejected".to_owned(), "invalid".to_owned()));
    }
    assert_eq!(scene.writes(), []);
    let asked = scene.requests().into_iter().filter(|line| line.tenant == Some(scene.id("tailspin")));
    assert_eq!(asked.count(), 0, "not even a token");
}

#[tokio::test]
async fn nothing_is_asked_in_an_external_tenant() {
    let scene = Stage::new(3).external("tailspin").build();
    let then = json!({"then": {"join": true}});
    scene.post(&create("C1", &["fabrikam", "tailspin"], &then)).await;
    scene.post(&join("J1", "tailspin", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1"), ("rejected".to_owned(), "invalid".to_owned()));
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
    assert_eq!(scene.row("contoso", "tailspin"), "member pending", "its own administrators have to join");
    let asked = scene.requests().into_iter().filter(|line| line.tenant == Some(scene.id("tailspin")));
    assert_eq!(asked.count(), 0, "not even a token");
}

#[tokio::test]
async fn the_reason_of_a_dead_letter_is_clipped_at_500_characters() {
    let scene = Scene::new(2);
    let long = "é\n".repeat(5_000);
    for body in [
        json!({"type": long, "id": "X", "source": "/tests", "data": {}}),
        json!({"type": "mto.join.v1", "id": "X", "source": long, "data": {}}),
        json!({"type": "mto.join.v1", "id": "X", "source": "/tests", "data": {"tenant": [long], "owner": "o"}}),
        json!({"type": "mto.join.v1", "id": "X", "source": "/tests", "data": {"tenant": long, "owner": "o"}}),
        json!({"type": "mto.join.v1", "id": "X", "source": "/tests", "data": {long.clone(): 1}}),
    ] {
        scene.world().post(Verb::Join, &body.to_string()).await.unwrap();
    }
    scene.run().await;
    let letters = scene.world().dead_letters(Verb::Join);
    assert_eq!(letters.len(), 5);
    for letter in letters {
        let reason = &letter.attributes["reasonText"];
        assert!(reason.chars().count() <= 501 && !reason.contains('\n'), "{reason:?}");
    }
}

/// A message's own attributes travel on as far as there is room beside body and journal.
#[rstest]
#[case::by_their_number(9, 10, 9)]
#[case::by_their_size(9, 4_000, 6)]
#[tokio::test]
async fn foreign_attributes_are_kept_up_to_nine_of_24_kib(
    #[case] count: usize,
    #[case] bytes: usize,
    #[case] kept: usize,
) {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    let body = join("J1", "fabrikam", &json!({})).to_string();
    let attributes = (0..count).map(|index| (format!("a{index}"), "v".repeat(bytes))).collect();
    let message = Message { body, attributes, ..Message::default() };
    scene.world().queues().send(&queue(Verb::Join), vec![message]).await.unwrap();
    scene.look().await;
    let waiting = scene.waiting(Verb::Join);
    assert_eq!(waiting.attributes.keys().filter(|name| name.starts_with('a')).count(), kept);
    let journal = Journal::read(waiting.attributes.get(JOURNAL_ATTRIBUTE).map(String::as_str));
    assert_eq!(journal.looks, 1);
}
