//! What `docs/security.md` says of a sender who makes up a journal: it closes at most, and confirms nothing.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeSet;

use entra_simulator::Seed;
use mto_handler::{JOURNAL_ATTRIBUTE, Message, Queue as _};
use mto_local::queue;
use mto_messages::{Journal, Membership, TenantId, Verb};
use mto_simulation_tests::{Scene, Stage, leave, still_open, with_open_mesh};
use serde_json::{Value, json};

/// Everything is open between three tenants, which are in no organization.
fn open_strangers() -> Scene {
    Stage::with(with_open_mesh(Seed::demo(3))).build()
}

/// As if Fabrikam had just left an organization with Contoso.
async fn send_forged(scene: &Scene, command: &Value) {
    let membership = Membership { tenants: [TenantId::new(scene.id("contoso"))].into(), display_name: None };
    let journal = Journal { membership: Some(membership), ..Journal::default() }.to_attribute();
    let attributes = [(JOURNAL_ATTRIBUTE.to_owned(), journal)].into();
    let message = Message { body: command.to_string(), attributes, ..Message::default() };
    scene.world().queues().send(&queue(Verb::Leave), vec![message]).await.unwrap();
}

#[tokio::test]
async fn a_made_up_membership_closes_what_it_names_and_opens_nothing() {
    let scene = open_strangers();
    let before: BTreeSet<String> = still_open(&scene).into_iter().collect();
    send_forged(&scene, &leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    let after: BTreeSet<String> = still_open(&scene).into_iter().collect();
    assert!(after.is_subset(&before) && after.len() < before.len(), "{after:?}");
    for open in before.difference(&after) {
        assert!(open.contains("Contoso") && open.contains("Fabrikam"), "{open}");
    }
}

#[tokio::test]
async fn a_made_up_membership_confirms_nothing() {
    let scene = open_strangers();
    let mut command = leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}));
    command["data"].as_object_mut().unwrap().remove("confirm");
    send_forged(&scene, &command).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1"), ("rejected".to_owned(), "not-confirmed".to_owned()));
    assert!(scene.writes().is_empty());
}
