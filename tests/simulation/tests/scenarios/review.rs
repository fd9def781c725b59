//! What a reviewer broke, and what happens now.

use entra_simulator::{MemberRole, MemberState};
use mto_handler::{JOURNAL_ATTRIBUTE, Message, Queue as _};
use mto_local::queue;
use mto_messages::{Command, Verb};
use mto_simulation_tests::{Scene, Stage, add, create, join, seed_with_organization};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

fn renames(scene: &Scene) -> usize {
    let path = "/tenantRelationships/multiTenantOrganization";
    scene.writes().iter().filter(|line| line.method == "PATCH" && line.path.ends_with(path)).count()
}

/// SQS keeps message attributes when it redrives: the journal comes back with the body.
#[tokio::test]
async fn a_message_that_is_redriven_a_day_later_goes_on_where_it_was() {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(45)).await;
    let dead = scene.world().queues().drain(&queue(Verb::Join)).remove(0);
    assert!(dead.attributes.contains_key(JOURNAL_ATTRIBUTE));
    scene.world().clock().jump_to(scene.world().clock().now() + Duration::hours(26));
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.world().run(1_000).await;

    let message = Message { body: dead.body, attributes: dead.attributes, ..Message::default() };
    scene.world().queues().send(&queue(Verb::Join), vec![message]).await.unwrap();
    scene.run().await;

    assert_eq!(scene.verdict("J1").0, "succeeded");
}

#[tokio::test]
async fn the_longest_id_that_is_accepted_reaches_the_last_command() {
    let id = "x".repeat(150);
    let scene = Scene::new(2);
    scene.post(&create(&id, &["fabrikam"], &json!({"then": {"join": true}}))).await;
    scene.run().await;
    assert_eq!(scene.verdict(&id).0, "succeeded");
    // And a sync that would follow is still a command.
    let tenants = scene.world().simulator().state()["tenants"].as_array().unwrap().clone();
    let tenant = |index: usize| tenants[index]["tenantId"].as_str().unwrap().to_owned();
    let sync = json!({
        "type": "mto.sync.v1", "source": "/servicenow/prod", "root": id,
        "id": format!("{id}/add/join/{}/sync/{}/{}", tenant(1), tenant(0), tenant(1)),
        "data": {"source": tenant(0), "targets": [tenant(1)]},
    });
    Command::parse(&sync.to_string()).unwrap();
}

#[tokio::test]
async fn an_id_too_long_for_what_follows_is_refused_at_the_start() {
    let scene = Scene::new(2);
    scene.post(&create(&"x".repeat(151), &["fabrikam"], &json!({"then": {"join": true}}))).await;
    scene.world().run(1_000).await;
    let dead = scene.world().dead_letters(Verb::Create);
    assert_eq!(dead[0].attributes["reason"], "bad-field");
    assert!(dead[0].attributes["reasonText"].contains("longer than 150 characters; shorten it"));
    assert!(scene.writes().is_empty());
}

#[rstest]
#[case::nine(9)]
#[case::ten_are_sqs_limit(10)]
#[tokio::test]
async fn a_command_with_many_attributes_of_its_own_waits_like_any_other(#[case] count: usize) {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    let body = join("J1", "fabrikam", &json!({})).to_string();
    let attributes = (0..count).map(|index| (format!("a{index}"), "v".to_owned())).collect();
    let message = Message { body, attributes, ..Message::default() };
    scene.world().queues().send(&queue(Verb::Join), vec![message]).await.unwrap();
    scene.run_for(Duration::minutes(5)).await;
    let waiting = scene.world().waiting(Verb::Join).remove(0);
    assert!(waiting.attributes.contains_key(JOURNAL_ATTRIBUTE));
    assert_eq!(waiting.attributes.len(), 10);
    assert_eq!(waiting.receive_count, 0);
}

#[tokio::test]
async fn a_waiting_create_does_not_undo_a_later_rename() {
    let scene = Scene::new(2);
    scene.post(&create("INC1", &["fabrikam"], &json!({"update": true, "then": {"join": true}}))).await;
    scene.run_for(Duration::minutes(20)).await;
    scene.post(&create("INC2", &[], &json!({"update": true, "displayName": "Later name"}))).await;
    scene.run().await;
    assert_eq!(renames(&scene), 1);
    assert!(scene.end("INC2").summary().contains("Later name"));
    assert!(scene.end("INC1").summary().contains("Later name"));
    assert!(scene.end("INC1").list("notes")[0].as_str().unwrap().contains("renamed it meanwhile"));
}

#[tokio::test]
async fn two_creates_that_want_different_names_do_not_fight() {
    let scene = Scene::new(3);
    scene.post(&create("INC1", &["fabrikam"], &json!({"update": true, "then": {"join": true}}))).await;
    scene.run_for(Duration::minutes(20)).await;
    let later = json!({"update": true, "displayName": "Later name", "then": {"join": true}});
    scene.post(&create("INC2", &["fabrikam"], &later)).await;
    scene.run().await;
    assert_eq!(renames(&scene), 1);
}

#[tokio::test]
async fn an_owner_in_the_making_is_waited_for() {
    let rows = [("fabrikam", MemberRole::Member, MemberState::Active)];
    let scene = Stage::with(seed_with_organization(3, &rows)).build();
    let promote = json!({"tenants": [{"tenant": "fabrikam", "displayName": "f", "role": "owner"}]});
    scene.post(&add("A0", &[], &promote)).await;
    scene.look().await;
    scene.post(&add("A1", &["tailspin"], &json!({"owner": "fabrikam"}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A0").0, "succeeded");
    assert_eq!(scene.verdict("A1").0, "succeeded");
}

#[rstest]
#[case::sync_without_join("add", json!({"then": {"sync": {}}}), "data.then.sync: has no effect without data.then.join")]
#[case::join_without_tenants("create", json!({"tenants": [], "then": {"join": true}}), "data.then.join: has no effect without data.tenants")]
#[case::join_after_join("join", json!({"then": {"join": true}}), "data.then.join: has no meaning here")]
#[tokio::test]
async fn a_wish_without_effect_is_rejected_instead_of_ignored(
    #[case] verb: &str,
    #[case] extra: Value,
    #[case] says: &str,
) {
    let scene = Scene::new(2);
    let command = match verb {
        "add" => add("X1", &["fabrikam"], &extra),
        "create" => create("X1", &["fabrikam"], &extra),
        _ => join("X1", "fabrikam", &extra),
    };
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(scene.verdict("X1"), ("rejected".to_owned(), "invalid".to_owned()));
    assert!(scene.end("X1").text().starts_with(says), "{}", scene.end("X1").text());
}

/// Only Tailspin's application may look tenants up, and a typo is a typo.
#[tokio::test]
async fn a_domain_nobody_knows_is_rejected_even_where_looking_up_is_not_allowed() {
    let scene = Scene::new(2);
    let tenants = scene.world().simulator().state()["tenants"].as_array().unwrap().clone();
    for tenant in &tenants {
        scene.world().simulator().script(entra_simulator::Change::DenyPermission {
            tenant: tenant["tenantId"].as_str().unwrap().parse().unwrap(),
            permission: "CrossTenantInformation.ReadBasic.All".to_owned(),
        });
    }
    scene.post(&join("J1", "fabrikan.exmaple", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1"), ("rejected".to_owned(), "invalid".to_owned()));
    assert_eq!(scene.elapsed(), Duration::ZERO);
}
