//! Dry runs, rejections and expiry: the ends that leave nothing behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use entra_simulator::{Change, MemberRole, MemberState};
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, Told, add, command, create, join, seed_with_organization};
use serde_json::{Value, json};
use time::Duration;

const PENDING: (&str, MemberRole, MemberState) = ("fabrikam", MemberRole::Member, MemberState::Pending);

/// Sends a dry run and checks that it wrote nothing, posted nothing, and was told once.
async fn planned(scene: &Scene, command: &Value) -> Told {
    let before = scene.world().simulator().state()["organizations"].clone();
    scene.post(command).await;
    scene.look().await;
    assert!(scene.world().commands().is_empty(), "it neither waits nor posts");
    scene.run().await;
    assert!(scene.writes().is_empty(), "it wrote");
    assert_eq!(scene.world().simulator().state()["organizations"], before);
    let told = scene.told(command["id"].as_str().unwrap());
    assert_eq!(told.len(), 1, "not even accepted");
    told.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_dry_create_lists_the_plan_and_writes_nothing() {
    let scene = Scene::new(3);
    let data = json!({"dryRun": true, "templates": "admin-center", "then": {"join": true}});
    let told = planned(&scene, &create("C1", &["fabrikam", "tailspin"], &data)).await;
    assert_eq!(told.kind(), "planned");
    let plan = ["create-organization", "set-partner-template", "set-identity-template", "post-add"];
    assert_eq!(told.plan(), plan);
    assert!(told.summary().contains("nothing was written; 3 writes"), "{}", told.summary());
    assert!(told.summary().contains("not active yet"), "what it would wait for: {}", told.summary());
}

#[tokio::test]
async fn a_dry_add_lists_the_plan_and_writes_nothing() {
    let rows = [("fabrikam", MemberRole::Member, MemberState::Active)];
    let scene = Stage::with(seed_with_organization(4, &rows)).build();
    let tenants = json!([
        {"tenant": "fabrikam", "displayName": "F", "role": "owner"},
        {"tenant": "tailspin", "displayName": "T"},
        {"tenant": "northwind", "displayName": "N", "role": "owner"},
    ]);
    let data = json!({"dryRun": true, "tenants": tenants, "then": {"join": true}});
    let told = planned(&scene, &add("A1", &[], &data)).await;
    assert_eq!(told.kind(), "planned");
    assert_eq!(told.plan(), ["change-role", "add-tenant", "add-tenant", "post-join", "post-join"]);
    let lines = told.list("plan");
    assert!(lines[0]["text"].as_str().unwrap().contains("make Fabrikam"), "{lines:?}");
    assert_eq!(lines[0]["tenant"], scene.id("contoso").to_string());
    assert_eq!(lines[3]["tenant"], Value::Null, "a command, no write");
}

#[tokio::test]
async fn a_dry_join_lists_the_plan_and_writes_nothing() {
    let scene = Stage::with(seed_with_organization(2, &[PENDING])).build();
    let data = json!({"dryRun": true, "templates": "admin-center"});
    let told = planned(&scene, &join("J1", "fabrikam", &data)).await;
    assert_eq!(told.kind(), "planned");
    assert_eq!(told.plan(), ["set-partner-template", "set-identity-template", "request-join"]);
}

#[tokio::test]
async fn a_dry_run_where_others_have_to_act_first_says_what_it_would_wait_for() {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    let told = planned(&scene, &join("J1", "fabrikam", &json!({"dryRun": true}))).await;
    assert_eq!((told.kind(), told.plan().len()), ("planned", 0));
    assert!(told.summary().contains("has not been added"), "{}", told.summary());
}

#[tokio::test]
async fn a_dry_run_of_what_is_done_already_plans_nothing() {
    let rows = [("fabrikam", MemberRole::Member, MemberState::Active)];
    let scene = Stage::with(seed_with_organization(2, &rows)).build();
    let dry = json!({"dryRun": true, "then": {"join": true}});
    for command in [
        create("C1", &["fabrikam"], &dry),
        add("A1", &["fabrikam"], &dry),
        join("J1", "fabrikam", &json!({"dryRun": true})),
    ] {
        let told = planned(&scene, &command).await;
        assert_eq!((told.kind(), told.plan().len()), ("planned", 0), "{}", told.summary());
    }
}

#[tokio::test]
async fn a_dry_run_of_what_cannot_be_is_rejected() {
    let rows = [("fabrikam", MemberRole::Member, MemberState::Active)];
    let scene = Stage::with(seed_with_organization(3, &rows)).build();
    let data = json!({"owner": "fabrikam", "displayName": "Mine", "dryRun": true});
    let told = planned(&scene, &command("create", "C1", &data)).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "not-an-owner"));
}

fn tenants(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"tenant": name, "displayName": name})).collect()
}

/// Northwind is external, and no function has a queue for sync.
#[rstest::rstest]
#[case::unknown_owner("create", json!({"owner": "wingtip", "displayName": "G"}), "data.owner", "not in the tenant directory")]
#[case::unknown_tenant("create", json!({"owner": "contoso", "displayName": "G", "tenants": tenants(&["fabrikam", "wingtip"])}), "data.tenants[1].tenant", "\"wingtip\"")]
#[case::unknown_domain("join", json!({"tenant": "nobody.example", "owner": "contoso"}), "data.tenant", "nobody.example")]
#[case::external_creator("create", json!({"owner": "northwind", "displayName": "G"}), "data.owner", "external")]
#[case::external_adder("add", json!({"owner": "northwind", "tenants": tenants(&["fabrikam"])}), "data.owner", "external")]
#[case::external_joiner("join", json!({"tenant": "northwind", "owner": "contoso"}), "data.tenant", "external")]
#[case::listed_twice("add", json!({"owner": "contoso", "tenants": tenants(&["fabrikam", "tailspin", "fabrikam.example"])}), "data.tenants[2].tenant", "twice")]
#[case::listed_twice_at_create("create", json!({"owner": "contoso", "displayName": "G", "tenants": tenants(&["fabrikam", "fabrikam"])}), "data.tenants[1].tenant", "twice")]
#[case::owner_in_its_list("add", json!({"owner": "contoso", "tenants": tenants(&["contoso"])}), "data.tenants[0].tenant", "owner itself")]
#[case::nobody("add", json!({"owner": "contoso", "tenants": []}), "data.tenants", "is empty")]
#[case::no_queue_for_sync_at_create("create", json!({"owner": "contoso", "displayName": "G", "tenants": tenants(&["fabrikam"]), "then": {"join": true, "sync": {}}}), "data.then.sync", "no queue for sync")]
#[case::no_queue_for_sync_at_add("add", json!({"owner": "contoso", "tenants": tenants(&["fabrikam"]), "then": {"join": true, "sync": {}}}), "data.then.sync", "no queue for sync")]
#[case::no_queue_for_sync("join", json!({"tenant": "fabrikam", "owner": "contoso", "then": {"sync": {}}}), "data.then.sync", "no queue for sync")]
#[tokio::test]
async fn what_cannot_be_carried_out_as_it_stands_is_rejected_at_once(
    #[case] verb: &str,
    #[case] data: Value,
    #[case] field: &str,
    #[case] says: &str,
) {
    let scene = Stage::new(4).external("northwind").without(Verb::Sync).build();
    scene.post(&command(verb, "X1", &data)).await;
    scene.run().await;
    let end = scene.end("X1");
    assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
    assert!(end.text().starts_with(field), "{}", end.text());
    assert!(end.text().contains(says), "{}", end.text());
    assert!(!end.remedy().is_empty());
    assert_eq!(end.0["replyto"], "slack:C1");
    assert_eq!(scene.elapsed(), Duration::ZERO);
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn an_expired_command_says_what_it_was_waiting_for() {
    let cases = [
        (join("X1", "fabrikam", &json!({})), 12 * 60, "not-added-yet", "has not been added"),
        (
            command("add", "X1", &json!({"owner": "tailspin", "tenants": tenants(&["fabrikam"])})),
            2 * 60,
            "owner-has-no-organization",
            "is in no multi-tenant organization",
        ),
    ];
    for (command, minutes, code, says) in cases {
        let scene = Stage::with(seed_with_organization(3, &[])).build();
        scene.post(&command).await;
        scene.run().await;
        let end = scene.end("X1");
        assert_eq!((end.kind(), end.code()), ("expired", code));
        assert!(end.summary().contains("gave up") && end.summary().contains(says), "{}", end.summary());
        assert_eq!(end.took_seconds() / 60, minutes, "to the minute");
        assert!(scene.writes().is_empty());
        // Told each full hour until then.
        assert_eq!(i64::try_from(scene.waits("X1").len()).unwrap(), minutes / 60);
    }
}

#[tokio::test]
async fn a_create_that_aims_at_members_lives_as_long_as_its_children_may() {
    let scene = Stage::new(2).external("fabrikam").build();
    scene.post(&create("C1", &["fabrikam"], &json!({"then": {"join": true}}))).await;
    scene.run().await;
    let end = scene.end("C1");
    assert_eq!((end.kind(), end.code()), ("expired", "waiting-for-members"));
    assert!(end.text().contains("Fabrikam"));
    assert_eq!(end.took_seconds(), 16 * 3_600);
    assert_eq!(scene.row("contoso", "fabrikam"), "member pending", "what was done stays");
}

#[tokio::test]
async fn past_its_deadline_a_command_writes_nothing_and_may_still_turn_out_to_be_done() {
    for done_by_hand in [false, true] {
        let scene = Stage::with(seed_with_organization(2, &[])).build();
        scene.post(&join("J1", "fabrikam", &json!({}))).await;
        // Everything happens right before the last look.
        scene.run_for(Duration::hours(12) - Duration::seconds(5)).await;
        scene.admin("contoso").adds("fabrikam", "member");
        if done_by_hand {
            let at_once = Change::JoinDuration { tenant: scene.id("fabrikam"), seconds: Some(0) };
            scene.world().simulator().script(at_once);
            scene.admin("fabrikam").asks_to_join("contoso");
        }
        scene.run().await;
        let end = scene.end("J1");
        assert_eq!(end.kind(), if done_by_hand { "succeeded" } else { "expired" });
        assert!(scene.writes().is_empty());
        if !done_by_hand {
            assert!(
                end.text().contains("ask to join") && end.text().contains("not-added-yet"),
                "{}",
                end.text()
            );
        }
    }
}

#[tokio::test]
async fn a_command_that_lay_in_the_queue_for_days_is_still_worked_on() {
    let scene = Stage::with(seed_with_organization(2, &[PENDING])).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.world().clock().jump_to(scene.world().clock().now() + Duration::days(3));
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(scene.world().waiting(Verb::Join).is_empty());
}
