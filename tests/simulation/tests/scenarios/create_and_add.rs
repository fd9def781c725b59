//! create and add as whole commands: races, roles, removals, and what is left alone.

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_local::queue;
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, add, command, create, join, seed_with_organization};
use serde_json::{Value, json};
use time::Duration;

const MEMBER: MemberRole = MemberRole::Member;
const ACTIVE: MemberState = MemberState::Active;
const PENDING: MemberState = MemberState::Pending;

fn with_role(id: &str, tenant: &str, role: &str) -> Value {
    add(id, &[], &json!({"tenants": [{"tenant": tenant, "displayName": tenant, "role": role}]}))
}

#[tokio::test]
async fn two_commands_create_at_the_same_time_and_leave_one_organization() {
    let scene = Stage::new(3).options(Options::realistic()).interleaved().build();
    scene.post(&create("C1", &["fabrikam"], &json!({}))).await;
    scene.post(&create("C2", &["tailspin"], &json!({"displayName": "Another name"}))).await;
    scene.run().await;
    assert_eq!(scene.organizations(), 1);
    assert_eq!(scene.verdict("C1").0, "succeeded");
    assert_eq!(scene.verdict("C2").0, "succeeded");
    let puts: Vec<u16> = scene.writes().iter().filter(|l| l.method == "PUT").map(|l| l.status).collect();
    // Both looked before either wrote. The one that was refused tries again, less and less often, until it shows.
    assert_eq!((puts[0], puts.len() <= 6), (201, true), "{puts:?}");
    assert!(puts[1..].iter().all(|status| *status == 400), "{puts:?}");
    let name = scene.admin("contoso").sees("")["displayName"].as_str().unwrap().to_owned();
    let (winner, loser) = if name == "Group" { ("C1", "C2") } else { ("C2", "C1") };
    assert!(scene.end(winner).list("notes").is_empty());
    let note = scene.end(loser).list("notes")[0].as_str().unwrap().to_owned();
    assert!(note.contains(&name) && note.contains("left alone"), "{note}");
    for tenant in ["fabrikam", "tailspin"] {
        assert_eq!(scene.row("contoso", tenant), "member pending");
    }
}

#[tokio::test]
async fn one_create_delivered_twice_at_the_same_time_leaves_one_organization() {
    for options in [Options::default(), Options::realistic()] {
        let scene = Stage::new(2).options(options).interleaved().build();
        scene.post(&create("C1", &["fabrikam"], &json!({"then": {"join": true}}))).await;
        let message = scene.waiting(Verb::Create).message_id;
        scene.world().queues().duplicate(&queue(Verb::Create), &message);
        scene.run().await;
        assert_eq!(scene.organizations(), 1);
        let puts: Vec<u16> = scene.writes().iter().filter(|l| l.method == "PUT").map(|l| l.status).collect();
        assert_eq!(puts.iter().filter(|status| **status == 201).count(), 1, "{puts:?}");
        assert!((2..=6).contains(&puts.len()), "{puts:?}");
        assert_eq!(scene.verdict("C1").0, "succeeded");
        assert_eq!(scene.row("contoso", "fabrikam"), "member active");
    }
}

#[tokio::test]
async fn an_administrator_who_creates_first_is_found_by_a_second_look() {
    let scene = Stage::new(2).options(Options::realistic()).build();
    scene.admin("contoso").creates("By hand");
    // It does not show yet, so the command tries, is refused, and waits until it shows.
    scene.post(&create("C1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.organizations(), 1);
    let end = scene.end("C1");
    assert_eq!(end.kind(), "succeeded");
    assert!(end.list("notes")[0].as_str().unwrap().contains("\"By hand\""));
    assert_eq!(scene.row("contoso", "fabrikam"), "member pending");
}

#[tokio::test]
async fn an_organization_is_renamed_only_where_update_says_so() {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    let name = |scene: &Scene| scene.admin("contoso").sees("")["displayName"].as_str().unwrap().to_owned();
    scene.post(&create("C1", &[], &json!({"displayName": "New"}))).await;
    scene.run().await;
    assert_eq!((scene.verdict("C1").0.as_str(), name(&scene).as_str()), ("succeeded", "Group"));
    assert!(scene.writes().is_empty());
    scene.post(&create("C2", &[], &json!({"displayName": "New", "update": true}))).await;
    scene.run().await;
    assert_eq!((scene.verdict("C2").0.as_str(), name(&scene).as_str()), ("succeeded", "New"));
    assert_eq!(scene.end("C2").writes(), ["update-organization"]);
}

#[tokio::test]
async fn a_tenant_that_is_member_or_about_to_be_does_not_create() {
    let scene = Stage::with(seed_with_organization(
        3,
        &[("fabrikam", MEMBER, ACTIVE), ("tailspin", MEMBER, PENDING)],
    ));
    let scene = scene.build();
    scene.post(&command("create", "C1", &json!({"owner": "fabrikam", "displayName": "Mine"}))).await;
    scene.admin("tailspin").asks_to_join("contoso");
    scene.post(&command("create", "C2", &json!({"owner": "tailspin", "displayName": "Mine"}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("C1"), ("rejected".to_owned(), "not-an-owner".to_owned()));
    assert_eq!(scene.verdict("C2"), ("rejected".to_owned(), "join-elsewhere".to_owned()));
    assert_eq!(scene.organizations(), 1);
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn an_add_before_the_organization_exists_waits_for_it() {
    let scene = Scene::new(2);
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.waited_for("A1"), ["owner-has-no-organization"]);
    scene.admin("contoso").creates("Group");
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
}

#[tokio::test]
async fn an_add_by_a_mere_member_is_rejected() {
    let scene = Stage::with(seed_with_organization(3, &[("fabrikam", MEMBER, ACTIVE)])).build();
    let data = json!({"owner": "fabrikam", "tenants": [{"tenant": "tailspin", "displayName": "T"}]});
    scene.post(&command("add", "A1", &data)).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1"), ("rejected".to_owned(), "not-an-owner".to_owned()));
    assert!(scene.end("A1").remedy().contains("promote Fabrikam"));
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn an_add_with_a_role_changes_it_and_waits_until_it_shows() {
    let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MEMBER, ACTIVE)])).build();
    scene.post(&with_role("A1", "fabrikam", "owner")).await;
    scene.run().await;
    let end = scene.end("A1");
    assert_eq!((end.kind(), end.writes()), ("succeeded", vec!["change-role".to_owned()]));
    assert_eq!(scene.waited_for("A1"), ["role-changing"]);
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
    assert!(end.took_seconds() >= 120, "it was looked at until it showed");
    // The same wish again finds nothing to do; the other one changes it back.
    scene.post(&with_role("A2", "fabrikam", "owner")).await;
    scene.post(&with_role("A3", "fabrikam", "member")).await;
    scene.run().await;
    assert!(scene.end("A2").writes().is_empty());
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn a_role_change_is_not_made_twice_while_the_old_role_still_shows() {
    let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MEMBER, ACTIVE)])).build();
    scene.admin("contoso").sees("/tenants");
    scene.admin("contoso").sees("");
    // Every read for a while shows what it showed before.
    scene.script(Change::StaleReads { tenant: scene.id("contoso"), count: 12 });
    scene.post(&with_role("A1", "fabrikam", "owner")).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert_eq!(scene.writes().len(), 1);
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
}

#[tokio::test]
async fn an_add_without_a_role_leaves_the_role_alone() {
    let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MemberRole::Owner, ACTIVE)])).build();
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert!(scene.writes().is_empty());
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
}

#[tokio::test]
async fn a_tenant_that_is_added_as_owner_joins_as_owner() {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    let tenants = json!([{"tenant": "fabrikam", "displayName": "F", "role": "owner"}]);
    scene.post(&add("A1", &[], &json!({"tenants": tenants, "then": {"join": true}}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
    assert_eq!(scene.writes().len(), 2, "POST and PATCH joinRequest, no change of the role");
}

#[tokio::test]
async fn a_pending_tenant_is_promoted_by_a_second_add() {
    let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MEMBER, PENDING)])).build();
    scene.post(&with_role("A1", "fabrikam", "owner")).await;
    scene.run().await;
    assert_eq!(scene.end("A1").writes(), ["change-role"]);
    assert!(scene.elapsed() < Duration::minutes(1), "the wish is enough");
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
}

#[tokio::test]
async fn a_tenant_that_is_being_removed_is_waited_for_and_added_again() {
    for state in [PENDING, ACTIVE] {
        let scene = Stage::with(seed_with_organization(3, &[("fabrikam", MEMBER, state)])).build();
        scene.admin("contoso").removes("fabrikam");
        let then = json!({"then": {"join": true}});
        scene.post(&add("A1", &["fabrikam", "tailspin"], &then)).await;
        scene.look().await;
        assert_eq!(scene.row("contoso", "tailspin"), "member pending", "nobody waits for the slowest");
        let early = scene.queued(Verb::Join);
        assert_eq!(
            early,
            [format!("A1/join/{}", scene.id("tailspin"))],
            "no join for the one on its way out"
        );
        scene.run().await;
        assert_eq!(scene.verdict("A1").0, "succeeded");
        assert_eq!(scene.waited_for("A1"), ["being-removed"]);
        for tenant in ["fabrikam", "tailspin"] {
            assert_eq!(scene.row("contoso", tenant), "member active", "{state:?}");
        }
        assert_eq!(scene.count("POST", "/tenants"), 2);
    }
}

#[tokio::test]
async fn more_tenants_than_the_limit_may_be_listed_and_it_is_said() {
    let mut stage = Stage::with(seed_with_organization(4, &[]));
    stage.setup.limits.active_tenants = 3;
    let scene = stage.build();
    scene.post(&add("A1", &["fabrikam", "tailspin", "northwind"], &json!({}))).await;
    scene.run().await;
    let end = scene.end("A1");
    assert_eq!(end.kind(), "succeeded");
    assert!(end.list("notes")[0].as_str().unwrap().contains("only 3 may be active"));
}

#[tokio::test]
async fn two_adds_of_overlapping_lists_at_the_same_time_list_each_tenant_once() {
    let scene = Stage::with(seed_with_organization(4, &[])).interleaved().build();
    scene.post(&add("A1", &["fabrikam", "tailspin"], &json!({}))).await;
    scene.post(&add("A2", &["tailspin", "northwind"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert_eq!(scene.verdict("A2").0, "succeeded");
    assert_eq!(scene.admin("contoso").sees("/tenants")["value"].as_array().unwrap().len(), 4);
    let made = scene.writes().into_iter().filter(|line| line.method == "POST" && line.status == 201);
    assert_eq!(made.count(), 3);
}
