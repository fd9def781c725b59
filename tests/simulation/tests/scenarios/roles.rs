//! Roles: changed by `add`, waited for until they show, and never without an owner.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_simulation_tests::{Scene, Stage, Told, add, leave, seed_with_organization};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

const OWNER: MemberRole = MemberRole::Owner;
const MEMBER: MemberRole = MemberRole::Member;
const ACTIVE: MemberState = MemberState::Active;
const PENDING: MemberState = MemberState::Pending;

/// Contoso's organization with one more row.
fn with(name: &str, role: MemberRole, state: MemberState) -> Stage {
    Stage::with(seed_with_organization(3, &[(name, role, state)]))
}

/// An add by this owner that wants Fabrikam to have this role.
fn role(owner: &str, tenant: &str, role: &str) -> Value {
    let tenants = json!([{"tenant": tenant, "displayName": tenant, "role": role}]);
    add("A1", &[], &json!({"owner": owner, "tenants": tenants}))
}

async fn ended(scene: &Scene, command: &Value) -> Told {
    scene.post(command).await;
    scene.run().await;
    scene.end(command["id"].as_str().unwrap())
}

#[rstest]
#[case::promoted(MEMBER, "owner")]
#[case::demoted(OWNER, "member")]
#[tokio::test]
async fn an_active_tenant_is_given_its_role_and_that_is_waited_for(
    #[case] from: MemberRole,
    #[case] to: &str,
) {
    let scene = with("fabrikam", from, ACTIVE).build();
    let end = ended(&scene, &role("contoso", "fabrikam", to)).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), format!("{to} active"), "it shows");
    assert_eq!(scene.waited_for("A1"), ["role-changing"]);
    assert_eq!(end.writes(), ["change-role"]);
    assert!((2..=4).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
}

#[tokio::test]
async fn a_role_that_is_there_already_is_not_written() {
    let scene = with("fabrikam", OWNER, ACTIVE).build();
    let end = ended(&scene, &role("contoso", "fabrikam", "owner")).await;
    assert_eq!((end.kind(), scene.writes().len()), ("succeeded", 0));
    assert_eq!(scene.elapsed(), Duration::ZERO);
}

#[rstest]
#[case::as_a_desire(Options::default())]
#[case::at_once(Options { wanted_role_at_once: true, ..Options::default() })]
#[tokio::test]
async fn a_pending_tenant_is_given_its_role_and_arrives_with_it(#[case] options: Options) {
    let scene = with("fabrikam", MEMBER, PENDING).options(options).build();
    let end = ended(&scene, &role("contoso", "fabrikam", "owner")).await;
    assert_eq!((end.kind(), end.writes()), ("succeeded", vec!["change-role".to_owned()]));
    assert_eq!(scene.elapsed(), Duration::ZERO, "a pending row shows its desire only");
    scene.admin("fabrikam").asks_to_join("contoso");
    scene.run_for(Duration::hours(3)).await;
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
}

#[tokio::test]
async fn the_last_owner_cannot_demote_itself_by_a_list() {
    let scene = with("fabrikam", MEMBER, ACTIVE).build();
    let end = ended(&scene, &role("contoso", "contoso", "member")).await;
    assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
    assert!(end.text().contains("owner itself"), "{}", end.text());
}

#[tokio::test]
async fn two_owners_that_demote_each_other_leave_one_and_the_services_refusal_is_told() {
    let scene = with("fabrikam", OWNER, ACTIVE).build();
    scene.post(&role("contoso", "fabrikam", "member")).await;
    let mut other = role("fabrikam", "contoso", "member");
    other["id"] = "A2".into();
    scene.post(&other).await;
    scene.run().await;
    assert_eq!(scene.row("contoso", "contoso"), "owner active");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
    assert_eq!(scene.verdict("A1").0, "succeeded");
    let refused = scene.waits("A2").into_iter().find(|told| told.code() == "refused").unwrap();
    assert!(refused.text().contains("last owner cannot become a member"), "{}", refused.text());
    assert_eq!(scene.verdict("A2"), ("rejected".to_owned(), "not-an-owner".to_owned()));
}

#[tokio::test]
async fn a_mere_member_gives_no_roles() {
    let scene = with("fabrikam", MEMBER, ACTIVE).build();
    let end = ended(&scene, &role("fabrikam", "contoso", "member")).await;
    assert_eq!((end.kind(), end.code()), ("rejected", "not-an-owner"));
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn a_role_of_a_tenant_that_is_being_removed_waits_and_adds_it_with_that_role() {
    let scene = with("fabrikam", MEMBER, ACTIVE).build();
    scene.admin("contoso").removes("fabrikam");
    let end = ended(&scene, &role("contoso", "fabrikam", "owner")).await;
    assert_eq!((end.kind(), end.writes()), ("succeeded", vec!["add-tenant".to_owned()]));
    assert_eq!(scene.waited_for("A1"), ["being-removed"]);
    assert_eq!(scene.row("contoso", "fabrikam"), "member pending");
}

#[tokio::test]
async fn a_role_change_of_a_tenant_that_is_removed_meanwhile_does_not_bring_it_back() {
    let scene = with("fabrikam", MEMBER, ACTIVE)
        .options(Options { role_change_duration_seconds: 3_600, ..Options::default() })
        .build();
    scene.post(&role("contoso", "fabrikam", "owner")).await;
    scene.run_for(Duration::minutes(5)).await;
    scene.post(&leave("L1", "fabrikam", "remove", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.verdict("A1"), ("rejected".to_owned(), "removed-meanwhile".to_owned()));
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
}

#[tokio::test]
async fn a_role_change_is_sent_once_however_old_the_answers() {
    for at in 0..6 {
        let scene = with("fabrikam", MEMBER, ACTIVE).build();
        scene.post(&role("contoso", "fabrikam", "owner")).await;
        scene.look().await;
        scene.run_for(Duration::seconds(20 * at)).await;
        scene.script(Change::StaleReads { tenant: scene.id("contoso"), count: 4 });
        scene.run().await;
        assert_eq!(scene.verdict("A1").0, "succeeded");
        assert_eq!(scene.writes().len(), 1, "after {at} times 20 s");
    }
}
