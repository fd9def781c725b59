//! Joins during which the world changes.

use std::collections::BTreeSet;

use entra_simulator::{MemberRole, MemberState, Options};
use mto_simulation_tests::{Scene, Stage, create, join, seed_with_organization};
use serde_json::json;
use time::Duration;

const MEMBER: MemberRole = MemberRole::Member;
const OWNER: MemberRole = MemberRole::Owner;
const PENDING: MemberState = MemberState::Pending;
const ACTIVE: MemberState = MemberState::Active;

/// Contoso and Fabrikam are active, Tailspin is listed, and the service allows two.
fn full_organization() -> Scene {
    let seed = seed_with_organization(3, &[("fabrikam", MEMBER, ACTIVE), ("tailspin", MEMBER, PENDING)]);
    let mut stage = Stage::with(seed).options(Options { tenant_limit: 2, ..Options::default() });
    stage.setup.limits.active_tenants = 2;
    stage.build()
}

#[tokio::test]
async fn a_full_organization_fails_the_join_and_says_so() {
    let scene = full_organization();
    scene.post(&join("J1", "tailspin", &json!({}))).await;
    scene.run().await;
    let end = scene.end("J1");
    assert_eq!((end.kind(), end.code()), ("failed", "join-failed"));
    assert!(end.text().contains("2 active tenants and is full"), "{}", end.text());
    assert!(end.remedy().contains("remove a tenant"), "{}", end.remedy());
    assert_eq!(end.writes(), ["request-join", "reset-join", "request-join", "reset-join", "request-join"]);
    assert_eq!(scene.row("contoso", "tailspin"), "member pending");
}

#[tokio::test]
async fn a_place_that_becomes_free_during_the_pause_is_taken() {
    let scene = full_organization();
    scene.post(&join("J1", "tailspin", &json!({}))).await;
    scene.run_for(Duration::hours(3)).await;
    assert_eq!(scene.waits("J1").last().unwrap().code(), "pausing-after-failure");
    scene.admin("fabrikam").removes("fabrikam");
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.row("contoso", "tailspin"), "member active");
}

#[tokio::test]
async fn a_tenant_that_is_promoted_while_pending_arrives_as_owner() {
    for (before, after) in [(true, false), (false, true)] {
        let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MEMBER, PENDING)])).build();
        if before {
            scene.admin("contoso").makes("fabrikam", "owner");
        }
        scene.post(&join("J1", "fabrikam", &json!({}))).await;
        scene.run_for(Duration::minutes(30)).await;
        if after {
            scene.admin("contoso").makes("fabrikam", "owner");
        }
        scene.run().await;
        assert_eq!(scene.verdict("J1").0, "succeeded");
        assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
        assert_eq!(scene.writes().len(), 1);
    }
}

/// Contoso and Tailspin own the organization, Fabrikam is listed.
fn two_owners() -> Scene {
    let rows = [("fabrikam", MEMBER, PENDING), ("tailspin", OWNER, ACTIVE)];
    Stage::with(seed_with_organization(3, &rows)).build()
}

#[tokio::test]
async fn an_owner_that_is_demoted_during_the_join_does_not_stop_it() {
    let scene = two_owners();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(30)).await;
    scene.admin("tailspin").makes("contoso", "member");
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.row("contoso", "contoso"), "member active");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn an_owner_that_was_demoted_before_the_join_is_waited_for_and_named() {
    let scene = two_owners();
    scene.admin("tailspin").makes("contoso", "member");
    scene.run_for(Duration::minutes(10)).await;
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(30)).await;
    let wait = &scene.waits("J1")[0];
    assert_eq!(wait.code(), "owner-is-no-owner");
    assert!(wait.remedy().contains("promote Contoso"), "{}", wait.remedy());
    assert!(scene.writes().is_empty());
    scene.admin("tailspin").makes("contoso", "owner");
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
}

#[tokio::test]
async fn an_external_owner_is_asked_without_a_look() {
    let seed = seed_with_organization(2, &[("fabrikam", MEMBER, PENDING)]);
    let scene = Stage::with(seed).external("contoso").build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
    let tenants: BTreeSet<_> = scene.requests().into_iter().filter_map(|line| line.tenant).collect();
    assert_eq!(tenants, BTreeSet::from([scene.id("fabrikam")]), "nothing was asked in the owner's tenant");
}

#[tokio::test]
async fn an_external_owner_that_never_added_us_ends_in_a_failure_that_names_every_cause() {
    let scene = Stage::with(seed_with_organization(2, &[])).external("contoso").build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    let end = scene.end("J1");
    assert_eq!((end.kind(), end.code()), ("failed", "join-failed"));
    for cause in ["not added", "full", "another organization", "internal users"] {
        assert!(end.text().contains(cause), "{cause}: {}", end.text());
    }
    assert!(end.remedy().contains("exactly this tenant id"), "{}", end.remedy());
}

#[tokio::test]
async fn an_external_member_is_listed_and_said_to_be_somebody_elses_to_join() {
    let scene = Stage::new(3).external("tailspin").build();
    scene.post(&create("INC1", &["fabrikam", "tailspin"], &json!({"then": {"join": true}}))).await;
    scene.run_for(Duration::hours(3)).await;
    let end = scene.end("INC1/add");
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(end.list("children").len(), 1, "no join for the external one");
    let notes = end.list("notes");
    assert!(
        notes[0].as_str().unwrap().contains("Tailspin") && notes[0].as_str().unwrap().contains("external")
    );
    assert_eq!(scene.waits("INC1").last().unwrap().code(), "waiting-for-members");
    // Its own administrators act, and the formation is complete.
    scene.admin("tailspin").asks_to_join("contoso");
    scene.run().await;
    assert_eq!(scene.verdict("INC1").0, "succeeded");
    assert_eq!(scene.row("contoso", "tailspin"), "member active");
}

#[tokio::test]
async fn a_tenant_that_joined_by_hand_meanwhile_is_a_success_without_a_write() {
    let scene = Stage::with(seed_with_organization(2, &[])).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(5)).await;
    scene.admin("contoso").adds("fabrikam", "member");
    scene.admin("fabrikam").asks_to_join("contoso");
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn a_tenant_that_joins_elsewhere_by_hand_meanwhile_is_rejected() {
    let scene = Stage::with(seed_with_organization(3, &[])).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(5)).await;
    scene.admin("fabrikam").creates("Of its own");
    scene.run().await;
    assert_eq!(scene.verdict("J1"), ("rejected".to_owned(), "in-another-organization".to_owned()));
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn a_tenant_that_left_joins_again_with_a_new_command() {
    let scene = Stage::with(seed_with_organization(2, &[("fabrikam", MEMBER, PENDING)])).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    scene.admin("fabrikam").removes("fabrikam");
    scene.run_for(Duration::minutes(10)).await;
    scene.admin("contoso").adds("fabrikam", "member");
    scene.post(&join("J2", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J2").0, "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn two_tenants_that_compete_for_the_last_place_end_in_one_success() {
    let rows = [("fabrikam", MEMBER, PENDING), ("tailspin", MEMBER, PENDING)];
    let mut stage = Stage::with(seed_with_organization(3, &rows))
        .options(Options { tenant_limit: 2, ..Options::default() })
        .interleaved();
    stage.setup.limits.active_tenants = 2;
    let scene = stage.build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.post(&join("J2", "tailspin", &json!({}))).await;
    scene.run().await;
    let verdicts = [scene.verdict("J1").0, scene.verdict("J2").0];
    assert_eq!(verdicts.iter().filter(|kind| *kind == "succeeded").count(), 1, "{verdicts:?}");
    assert_eq!(verdicts.iter().filter(|kind| *kind == "failed").count(), 1, "{verdicts:?}");
}
