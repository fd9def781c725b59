//! Leaving, being removed, dissolving: whole stories with their outcomes. What follows of a clean-up stands in
//! `leave_cleanup.rs`.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, Told, add, join, leave, seed_with_organization};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

const OWNER: MemberRole = MemberRole::Owner;
const MEMBER: MemberRole = MemberRole::Member;
const ACTIVE: MemberState = MemberState::Active;
const PENDING: MemberState = MemberState::Pending;

/// Contoso's organization, with Fabrikam and Tailspin active and Northwind pending.
fn group() -> Stage {
    let rows = [("fabrikam", MEMBER, ACTIVE), ("tailspin", MEMBER, ACTIVE), ("northwind", MEMBER, PENDING)];
    Stage::with(seed_with_organization(5, &rows))
}

fn notes(told: &Told) -> String {
    let notes = told.list("notes");
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Runs one command to its end.
async fn ended(scene: &Scene, command: &Value) -> Told {
    scene.post(command).await;
    scene.run().await;
    scene.end(command["id"].as_str().unwrap())
}

// The three modes

#[tokio::test]
async fn a_tenant_leaves_by_itself() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "fabrikam", "leave", &json!({}))).await;
    assert_eq!((end.kind(), end.summary()), ("succeeded", "the tenant is not in \"Group\" any more"));
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    assert_eq!(scene.row("contoso", "tailspin"), "member active", "nobody else");
    assert_eq!(end.writes(), ["remove-tenant"]);
    let write = &end.list("writes")[0];
    assert_eq!(write["tenant"], scene.id("fabrikam").to_string(), "by itself");
    assert_eq!(scene.waited_for("L1"), ["being-removed"]);
    assert!((5..=7).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
    assert!(end.list("children").is_empty(), "nothing was to be cleaned up");
    let notes = notes(&end);
    for stays in ["and open, between", "Fabrikam", "Contoso", "Tailspin", "synchronized users", "templates"] {
        assert!(notes.contains(stays), "{stays}: {notes}");
    }
    assert!(!notes.contains("Northwind"), "it was never active: {notes}");
}

#[tokio::test]
async fn an_owner_removes_a_tenant() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!((end.kind(), end.summary()), ("succeeded", "the tenant is not in \"Group\" any more"));
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    assert_eq!(end.list("writes")[0]["tenant"], scene.id("contoso").to_string(), "by the owner");
    assert_eq!(scene.writes().len(), 1);
    assert_eq!(scene.tenant("fabrikam")["organization"], Value::Null);
}

#[tokio::test]
async fn an_owner_dissolves_its_organization_pending_rows_first_and_itself_last() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "contoso", "dissolve", &json!({}))).await;
    assert_eq!((end.kind(), end.summary()), ("succeeded", "\"Group\" is dissolved"));
    assert_eq!(scene.organizations(), 0);
    let rows: Vec<String> = scene.writes().iter().map(|line| line.path.clone()).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows[3].ends_with(&scene.id("contoso").to_string()), "{rows:?}");
    assert!(scene.writes().iter().all(|line| line.tenant == Some(scene.id("contoso"))));
    assert_eq!(scene.waited_for("L1"), ["being-removed"]);
    // Two removals of five minutes, one after the other.
    assert!((10..=15).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
}

#[tokio::test]
async fn a_pending_tenant_is_removed_and_leaves_nothing_behind() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "northwind", "remove", &json!({"cleanup": "settings"}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.row("contoso", "northwind"), "absent");
    assert!(end.list("children").is_empty() && end.list("notes").is_empty(), "{}", notes(&end));
}

#[tokio::test]
async fn the_last_tenant_that_leaves_ends_the_organization() {
    for mode in ["leave", "dissolve"] {
        let scene = Stage::with(seed_with_organization(2, &[])).build();
        let end = ended(&scene, &leave("L1", "contoso", mode, &json!({"cleanup": "settings"}))).await;
        assert_eq!(end.kind(), "succeeded", "{mode}");
        assert_eq!(scene.organizations(), 0);
        assert!(end.list("children").is_empty() && end.list("notes").is_empty(), "{}", notes(&end));
    }
}

#[rstest]
#[case::leave("leave", "adatum", "the tenant is in no organization")]
#[case::leave_while_pending("leave", "northwind", "the tenant is in no organization")]
#[case::remove("remove", "adatum", "the owner does not list the tenant")]
#[tokio::test]
async fn a_tenant_that_is_no_member_has_left_already(
    #[case] mode: &str,
    #[case] tenant: &str,
    #[case] says: &str,
) {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", tenant, mode, &json!({"cleanup": "settings"}))).await;
    assert_eq!((end.kind(), end.summary()), ("succeeded", says));
    assert!(notes(&end).contains("nothing was cleaned up") && notes(&end).contains("unshare"));
    assert!(scene.writes().is_empty() && end.list("children").is_empty());
    assert_eq!(scene.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn an_owner_in_no_organization_has_nothing_to_dissolve() {
    let scene = Scene::new(2);
    let end = ended(&scene, &leave("L1", "contoso", "dissolve", &json!({}))).await;
    assert_eq!((end.kind(), end.summary()), ("succeeded", "the owner is in no organization"));
    assert!(end.list("notes").is_empty(), "no clean-up was asked for");
}

#[rstest]
#[case("fabrikam", "leave")]
#[case("fabrikam", "remove")]
#[case("contoso", "dissolve")]
#[tokio::test]
async fn a_second_command_while_the_removal_runs_waits_for_it_too(#[case] tenant: &str, #[case] mode: &str) {
    let scene = group().build();
    scene.post(&leave("L1", tenant, mode, &json!({}))).await;
    scene.run_for(Duration::minutes(2)).await;
    let before = scene.writes().len();
    scene.post(&leave("L2", tenant, mode, &json!({}))).await;
    scene.run().await;
    for id in ["L1", "L2"] {
        assert_eq!(scene.verdict(id).0, "succeeded", "{id}");
        assert!(scene.end(id).summary().contains("\"Group\""), "both saw the membership");
    }
    let owners = usize::from(mode == "dissolve");
    assert_eq!(scene.writes().len() - before, owners, "no row is deleted twice");
}

#[tokio::test]
async fn the_same_command_after_it_succeeded_changes_nothing() {
    let scene = group().build();
    let command = leave("L1", "fabrikam", "leave", &json!({}));
    ended(&scene, &command).await;
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(scene.writes().len(), 1);
    assert!(scene.last_words("L1").iter().all(|told| told.kind() == "succeeded"));
}

// What else may go on

#[tokio::test]
async fn a_leave_during_the_tenants_join_waits_for_its_end_and_then_leaves() {
    let scene = group().build();
    scene.admin("northwind").asks_to_join("contoso");
    let end = ended(&scene, &leave("L1", "northwind", "leave", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.waited_for("L1"), ["joining", "being-removed"]);
    assert_eq!(scene.row("contoso", "northwind"), "absent");
}

#[tokio::test]
async fn somebody_who_joins_while_the_removal_runs_is_remembered_too() {
    let scene = group().build();
    scene.script(Change::JoinDuration { tenant: scene.id("northwind"), seconds: Some(120) });
    scene.script(Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(3_600) });
    scene.post(&leave("L1", "fabrikam", "remove", &json!({}))).await;
    scene.look().await;
    assert_eq!(scene.journal(Verb::Leave).membership.unwrap().tenants.len(), 2);
    scene.admin("northwind").asks_to_join("contoso");
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.row("contoso", "northwind"), "member active");
    assert_eq!(scene.journal(Verb::Leave).membership.unwrap().tenants.len(), 3);
    scene.run().await;
    assert!(notes(&scene.end("L1")).contains("Northwind"));
}

#[tokio::test]
async fn who_joins_while_an_organization_is_dissolved_goes_too() {
    let scene = group().build();
    scene.script(Change::JoinDuration { tenant: scene.id("northwind"), seconds: Some(60) });
    scene.script(Change::RemovalDuration { tenant: scene.id("northwind"), seconds: Some(600) });
    scene.admin("northwind").asks_to_join("contoso");
    scene.post(&leave("L1", "contoso", "dissolve", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.organizations(), 0);
}

#[tokio::test]
async fn who_is_added_while_an_organization_is_dissolved_goes_too() {
    let scene = group().build();
    scene.post(&leave("L1", "contoso", "dissolve", &json!({}))).await;
    scene.run_for(Duration::minutes(2)).await;
    scene.admin("contoso").adds("adatum", "member");
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.organizations(), 0);
}

#[tokio::test]
async fn a_tenant_that_is_added_again_while_the_command_sleeps_is_left_alone() {
    for tenant in ["fabrikam", "northwind"] {
        let scene = group().build();
        scene.script(Change::RemovalDuration { tenant: scene.id(tenant), seconds: Some(1_900) });
        scene.post(&leave("L1", tenant, "remove", &json!({}))).await;
        // The removal ends between two looks.
        scene.run_for(Duration::seconds(1_901)).await;
        assert_eq!(scene.row("contoso", tenant), "absent");
        assert_eq!(scene.world().waiting(Verb::Leave).len(), 1, "it sleeps");
        scene.admin("contoso").adds(tenant, "member");
        scene.run().await;
        let end = scene.end("L1");
        assert_eq!(end.kind(), "succeeded");
        assert!(end.summary().contains("was added again since"), "{}", end.summary());
        assert_eq!(scene.row("contoso", tenant), "member pending");
        assert_eq!(scene.writes().len(), 1);
    }
}

#[tokio::test]
async fn an_owner_that_is_demoted_after_it_deleted_the_row_still_sees_it_through() {
    let rows = [("fabrikam", MEMBER, ACTIVE), ("tailspin", OWNER, ACTIVE)];
    let scene = Stage::with(seed_with_organization(3, &rows)).build();
    scene.post(&leave("L1", "fabrikam", "remove", &json!({}))).await;
    scene.look().await;
    scene.admin("tailspin").makes("contoso", "member");
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.row("contoso", "contoso"), "member active");
}

#[tokio::test]
async fn a_tenant_whose_owner_leaves_meanwhile_still_sees_its_own_removal_through() {
    let rows = [("fabrikam", MEMBER, ACTIVE), ("tailspin", OWNER, ACTIVE)];
    let scene = Stage::with(seed_with_organization(3, &rows)).build();
    scene.script(Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(3_600) });
    scene.post(&leave("L1", "fabrikam", "leave", &json!({}))).await;
    scene.look().await;
    scene.admin("contoso").removes("contoso");
    scene.run().await;
    let end = scene.end("L1");
    assert_eq!(end.kind(), "succeeded");
    assert!(notes(&end).contains("Contoso"), "who has left since is remembered: {}", notes(&end));
}

// How the service may be

#[rstest]
#[case::answers_the_row(Options { delete_answers_member: true, ..Options::default() })]
#[case::shows_removed(Options { removed_state_while_running: true, ..Options::default() })]
#[case::is_quick(Options::immediate())]
#[case::is_slow(Options { removal_duration_seconds: 2 * 3_600, ..Options::default() })]
#[case::is_as_a_real_one(Options::realistic())]
#[case::removes_no_owners(Options { strict_removal: true, ..Options::default() })]
#[tokio::test]
async fn every_mode_works_however_the_service(#[case] options: Options) {
    for (tenant, mode) in [("fabrikam", "leave"), ("fabrikam", "remove"), ("contoso", "dissolve")] {
        let scene = group().options(options.clone()).build();
        let end = ended(&scene, &leave("L1", tenant, mode, &json!({}))).await;
        assert_eq!(end.kind(), "succeeded", "{mode}: {}", end.summary());
        let left = usize::from(mode != "dissolve");
        assert_eq!(scene.organizations(), left, "{mode}");
        assert!(scene.writes().iter().all(|line| line.status < 300), "{mode}");
    }
}

#[tokio::test]
async fn old_answers_delay_and_mislead_nobody() {
    for at in 0..12 {
        let scene = group().build();
        let command = leave("L1", "fabrikam", "remove", &json!({}));
        // What was read before the tenant was added.
        scene.admin("contoso").adds("adatum", "member");
        scene.post(&command).await;
        scene.look().await;
        scene.run_for(Duration::seconds(30 * at)).await;
        scene.script(Change::StaleReads { tenant: scene.id("contoso"), count: 4 });
        scene.run().await;
        assert_eq!(scene.verdict("L1").0, "succeeded", "after {at} half minutes");
        assert_eq!(scene.row("contoso", "fabrikam"), "absent");
        assert_eq!(scene.writes().len(), 1, "after {at} half minutes");
    }
}

#[tokio::test]
async fn a_row_that_is_missing_from_one_answer_is_not_taken_for_gone() {
    // The look after the membership was remembered shows a list without Fabrikam.
    let lists = std::sync::atomic::AtomicUsize::new(0);
    let scene = group()
        .rewriting(move |method, path, body| {
            let is_list = method == "GET" && path.ends_with("/tenants");
            if is_list && lists.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
                let rows = body["value"].as_array_mut().unwrap();
                rows.retain(|row| row["displayName"] != "fabrikam");
            }
        })
        .build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({"cleanup": "settings"}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.waited_for("L1"), ["settling", "being-removed"]);
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
}

#[tokio::test]
async fn a_removal_that_takes_too_long_expires_with_its_reason() {
    let scene = group().build();
    scene.script(Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(5 * 3_600) });
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({"cleanup": "settings"}))).await;
    assert_eq!((end.kind(), end.code()), ("expired", "being-removed"));
    assert!(end.text().contains("Fabrikam"), "{}", end.text());
    assert_eq!(end.took_seconds(), 4 * 3_600);
    assert!(end.remedy().contains("send the command again under a new id"), "{}", end.remedy());
    assert!(end.list("children").is_empty(), "nothing is closed while it may stay");
    // Which does what it says: what was not closed is closed then.
    scene.post(&leave("L2", "fabrikam", "remove", &json!({"cleanup": "settings"}))).await;
    scene.run().await;
    assert_eq!(scene.end("L2").list("children").len(), 1);
    assert_eq!(scene.writes().iter().filter(|line| line.method == "DELETE").count(), 1);
}

// A sleeping command opens nothing again

#[tokio::test]
async fn a_join_that_wakes_after_the_tenant_was_removed_asks_for_nothing() {
    let scene = group().build();
    scene.script(Change::FailJoins { tenant: scene.id("northwind"), count: 1 });
    scene.post(&join("J1", "northwind", &json!({}))).await;
    scene.run_for(Duration::hours(3)).await;
    assert_eq!(scene.journal(Verb::Join).waiting.unwrap().key, "pausing-after-failure");
    let asked = scene.count("PATCH", "/joinRequest");
    scene.post(&leave("L1", "northwind", "remove", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.verdict("J1"), ("rejected".to_owned(), "removed-meanwhile".to_owned()));
    assert!(scene.count("PATCH", "/joinRequest") <= asked + 1, "a reset at most");
    assert_eq!(scene.row("contoso", "northwind"), "absent");
}

#[tokio::test]
async fn an_add_that_wakes_after_the_tenant_was_removed_does_not_add_it_again() {
    // It waits for Tailspin's promotion, which takes long; Adatum is listed and made to join at once.
    let options =
        Options { role_change_duration_seconds: 3_600, join_duration_seconds: 120, ..Options::default() };
    let scene = group().options(options).build();
    let tenants = json!([
        {"tenant": "tailspin", "displayName": "T", "role": "owner"},
        {"tenant": "adatum", "displayName": "A"},
    ]);
    scene.post(&add("A1", &[], &json!({"tenants": tenants, "then": {"join": true}}))).await;
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.row("contoso", "adatum"), "member active");
    scene.post(&leave("L1", "adatum", "remove", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    let end = scene.end("A1");
    assert_eq!((end.kind(), end.code()), ("rejected", "removed-meanwhile"));
    assert!(end.text().contains("Adatum"), "{}", end.text());
    assert_eq!(scene.row("contoso", "tailspin"), "owner active", "the rest was done");
    assert_eq!(scene.row("contoso", "adatum"), "absent");
    assert_eq!(scene.count("POST", "/tenants"), 1);
}

#[tokio::test]
async fn a_removal_that_ran_before_an_add_is_waited_for_as_was_asked() {
    let scene = group().build();
    scene.admin("contoso").removes("fabrikam");
    let end = ended(&scene, &add("A1", &["fabrikam"], &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.waited_for("A1"), ["being-removed"]);
    assert_eq!(scene.row("contoso", "fabrikam"), "member pending");
}
