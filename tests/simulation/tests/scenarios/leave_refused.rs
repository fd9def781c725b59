//! What leave does not do, or not yet: rejections, plans, refusals of the service, tenants that do not let us in.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, Told, add, command, leave, seed_with_organization};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

const OWNER: MemberRole = MemberRole::Owner;
const MEMBER: MemberRole = MemberRole::Member;
const ACTIVE: MemberState = MemberState::Active;
const PENDING: MemberState = MemberState::Pending;
const WRITES: &str = "MultiTenantOrganization.ReadWrite.All";

/// Contoso's organization, with Fabrikam and Tailspin active and Northwind pending.
fn group() -> Stage {
    let rows = [("fabrikam", MEMBER, ACTIVE), ("tailspin", MEMBER, ACTIVE), ("northwind", MEMBER, PENDING)];
    Stage::with(seed_with_organization(5, &rows))
}

/// The same with Fabrikam as a second owner.
fn of_two_owners() -> Stage {
    let rows = [("fabrikam", OWNER, ACTIVE), ("tailspin", MEMBER, ACTIVE)];
    Stage::with(seed_with_organization(4, &rows))
}

/// By another owner than Contoso.
fn by(owner: &str) -> Value {
    json!({"owner": owner})
}

fn strict() -> Options {
    Options { strict_removal: true, request_log_capacity: 100_000, ..Options::default() }
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

// Consent to the plan

#[rstest]
#[case::nobody_confirms(json!({"confirm": null}), "not-confirmed", "does not confirm")]
#[case::another_tenant_is_confirmed(json!({"confirm": {"tenant": "tailspin"}}), "not-confirmed", "\"tailspin\"")]
#[case::a_tenant_nobody_knows(json!({"confirm": {"tenant": "wingtip"}}), "invalid", "data.confirm.tenant")]
#[tokio::test]
async fn nothing_is_removed_while(#[case] more: Value, #[case] code: &str, #[case] says: &str) {
    for (tenant, mode) in [("fabrikam", "leave"), ("fabrikam", "remove"), ("contoso", "dissolve")] {
        let scene = group().build();
        let end = ended(&scene, &leave("L1", tenant, mode, &more)).await;
        assert_eq!((end.kind(), end.code()), ("rejected", code), "{mode}");
        assert!(end.text().contains(says), "{}", end.text());
        assert!(!end.remedy().is_empty());
        assert!(scene.writes().is_empty());
        assert_eq!(scene.elapsed(), Duration::ZERO);
    }
}

#[tokio::test]
async fn a_missing_consent_says_how_to_give_it() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({"confirm": null}))).await;
    let id = scene.id("fabrikam").to_string();
    assert!(end.text().contains("this removes Fabrikam"), "{}", end.text());
    assert!(end.remedy().contains("dryRun") && end.remedy().contains(&id), "{}", end.remedy());
}

#[tokio::test]
async fn the_tenant_may_be_confirmed_by_any_of_its_names() {
    for name in ["fabrikam.example".to_owned(), group().build().id("fabrikam").to_string()] {
        let scene = group().build();
        let command = leave("L1", "fabrikam", "remove", &json!({"confirm": {"tenant": name}}));
        assert_eq!(ended(&scene, &command).await.kind(), "succeeded", "{name}");
    }
}

// Plans

/// Sends a dry run without consent, and checks that it wrote nothing.
async fn planned(scene: &Scene, tenant: &str, how: &str, more: &Value) -> Told {
    let mut command = leave("L1", tenant, how, more);
    command["data"]["dryRun"] = true.into();
    command["data"].as_object_mut().unwrap().remove("confirm");
    let before = scene.world().simulator().state()["organizations"].clone();
    scene.post(&command).await;
    scene.look().await;
    assert!(scene.world().commands().is_empty(), "it neither waits nor posts");
    assert!(scene.writes().is_empty(), "it wrote");
    assert_eq!(scene.world().simulator().state()["organizations"], before);
    scene.run().await;
    assert_eq!(scene.told("L1").len(), 1, "not even accepted");
    scene.end("L1")
}

#[rstest]
#[case::leave("fabrikam", "leave", &["remove-tenant"])]
#[case::remove("fabrikam", "remove", &["remove-tenant"])]
#[case::remove_a_pending_one("northwind", "remove", &["remove-tenant"])]
#[case::dissolve("contoso", "dissolve", &["remove-tenant", "remove-tenant", "remove-tenant", "remove-tenant"])]
#[tokio::test]
async fn a_dry_run_lists_every_removal(#[case] tenant: &str, #[case] mode: &str, #[case] plan: &[&str]) {
    let scene = group().build();
    let told = planned(&scene, tenant, mode, &json!({})).await;
    assert_eq!(told.kind(), "planned");
    assert_eq!(told.plan(), plan);
    let says = format!("nothing was written; {} writes would be made", plan.len());
    assert_eq!(told.summary(), says);
    assert!(told.writes().is_empty(), "a plan is no write");
}

#[rstest]
#[case::leave("fabrikam", "leave", 1, 1)]
#[case::remove("fabrikam", "remove", 1, 1)]
#[case::dissolve("contoso", "dissolve", 4, 2)]
#[tokio::test]
async fn a_dry_run_counts_the_clean_ups_and_names_what_stays(
    #[case] tenant: &str,
    #[case] mode: &str,
    #[case] writes: usize,
    #[case] clean_ups: usize,
) {
    let scene = group().build();
    let told = planned(&scene, tenant, mode, &json!({"cleanup": "settings"})).await;
    let plan = told.plan();
    assert_eq!(plan.iter().filter(|line| *line == "remove-tenant").count(), writes, "{plan:?}");
    assert_eq!(plan.iter().filter(|line| *line == "post-sync").count(), clean_ups, "{plan:?}");
    assert!(told.summary().contains(&format!("{clean_ups} commands posted")), "{}", told.summary());
    assert!(notes(&told).contains("being switched off"), "{}", notes(&told));
}

#[tokio::test]
async fn a_dry_run_of_what_cannot_be_is_rejected() {
    let rows = [("fabrikam", MEMBER, ACTIVE)];
    let scene = Stage::with(seed_with_organization(3, &rows)).build();
    let told = planned(&scene, "contoso", "leave", &json!({})).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "last-owner"));
}

#[tokio::test]
async fn a_dry_run_of_nothing_plans_nothing() {
    let scene = group().build();
    let told = planned(&scene, "adatum", "remove", &json!({"cleanup": "settings"})).await;
    assert_eq!((told.kind(), told.plan().len()), ("planned", 0));
    assert!(notes(&told).contains("nothing was cleaned up"));
}

// What cannot be as it stands

#[rstest]
#[case::the_owner_removes_itself(leave("L1", "contoso", "remove", &json!({})), "data.tenant", "mode leave")]
#[case::a_member_is_dissolved(leave("L1", "fabrikam", "dissolve", &json!({})), "data.tenant", "the owner as tenant")]
#[case::an_unknown_tenant(leave("L1", "wingtip", "remove", &json!({})), "data.tenant", "directory")]
#[case::an_unknown_owner(leave("L1", "fabrikam", "remove", &by("wingtip")), "data.owner", "directory")]
#[case::an_external_tenant_cannot_leave(leave("L1", "adatum", "leave", &json!({})), "data.tenant", "its own administrators")]
#[case::an_external_owner_cannot_remove(leave("L1", "fabrikam", "remove", &by("adatum")), "data.owner", "its own administrators")]
#[case::an_external_owner_cannot_dissolve(leave("L1", "adatum", "dissolve", &by("adatum")), "data.owner", "its own administrators")]
#[case::nobody_to_clean_up(leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"})), "data.cleanup", "MTO_QUEUE_SYNC")]
#[tokio::test]
async fn what_cannot_be_carried_out_is_rejected_at_once(
    #[case] command: Value,
    #[case] field: &str,
    #[case] remedy: &str,
) {
    let scene = group().external("adatum").without(Verb::Sync).build();
    let end = ended(&scene, &command).await;
    assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
    assert!(end.text().starts_with(field), "{}", end.text());
    assert!(end.remedy().contains(remedy), "{}", end.remedy());
    assert!(scene.writes().is_empty());
    assert_eq!(scene.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn an_external_tenant_can_be_removed_and_what_nobody_cleans_up_there_is_told() {
    let scene = group().external("fabrikam").build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({"cleanup": "settings"}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    assert!(notes(&end).contains("not cleaned up in Fabrikam"), "{}", notes(&end));
}

#[rstest]
#[case::not_of_that_owner("fabrikam", by("adatum"), "owner-elsewhere")]
#[case::removed_by_a_member("tailspin", json!({"owner": "fabrikam", "mode": "remove"}), "not-an-owner")]
#[case::dissolved_by_a_member("fabrikam", json!({"owner": "fabrikam", "mode": "dissolve"}), "not-an-owner")]
#[tokio::test]
async fn nothing_is_written_where_the_roles_do_not_allow_it(
    #[case] tenant: &str,
    #[case] more: Value,
    #[case] code: &str,
) {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", tenant, "leave", &more)).await;
    assert_eq!((end.kind(), end.code()), ("rejected", code));
    assert!(scene.writes().is_empty());
}

// Owners

#[tokio::test]
async fn the_last_owner_is_not_removed_while_others_are_active() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "contoso", "leave", &json!({}))).await;
    assert_eq!((end.kind(), end.code()), ("rejected", "last-owner"));
    assert!(end.text().contains("Contoso"));
    assert!(end.remedy().contains("mto.add.v1") && end.remedy().contains("owner"), "{}", end.remedy());
    assert!(scene.writes().is_empty());
}

const PROMOTE: &str = r#"{"tenants": [{"tenant": "tailspin", "displayName": "T", "role": "owner"}]}"#;

#[tokio::test]
async fn with_the_remedy_of_its_rejection_the_last_owner_can_leave() {
    let scene = group().build();
    let promote = add("A1", &[], &serde_json::from_str(PROMOTE).unwrap());
    assert_eq!(ended(&scene, &promote).await.kind(), "succeeded");
    let end = ended(&scene, &leave("L1", "contoso", "leave", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.row("contoso", "contoso"), "absent");
    assert_eq!(scene.row("contoso", "tailspin"), "owner active");
    assert_eq!(scene.organizations(), 1);
}

#[tokio::test]
async fn an_owner_waits_for_the_promotion_of_its_successor() {
    let scene = group().build();
    scene.admin("contoso").makes("tailspin", "owner");
    let end = ended(&scene, &leave("L1", "contoso", "leave", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.waited_for("L1"), ["role-changing", "being-removed"]);
    assert_eq!(scene.row("contoso", "tailspin"), "owner active");
}

#[tokio::test]
async fn the_services_own_refusal_counts_more_than_our_check() {
    // Fabrikam is an owner for us, and none for the service.
    let scene = group()
        .rewriting(|method, path, body| {
            if method == "GET" && path.ends_with("/tenants") {
                for row in body["value"].as_array_mut().unwrap() {
                    row["role"] = "owner".into();
                }
            }
        })
        .build();
    let end = ended(&scene, &leave("L1", "contoso", "leave", &json!({}))).await;
    assert_eq!((end.kind(), end.code()), ("failed", "refused"));
    assert!(end.text().contains("last owner cannot leave"), "{}", end.text());
    assert!((30..=45).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
    assert_eq!(scene.count("PATCH", &scene.id("contoso").to_string()), 0, "never demotes itself");
}

#[tokio::test]
async fn an_owner_is_removed_as_it_is_where_the_service_lets_it() {
    let scene = of_two_owners().build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!((end.kind(), end.writes()), ("succeeded", vec!["remove-tenant".to_owned()]));
}

#[tokio::test]
async fn an_owner_is_made_a_member_first_where_the_service_refuses() {
    let scene = of_two_owners().options(strict()).build();
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    let writes = end.list("writes");
    let made: Vec<String> =
        writes.iter().map(|write| format!("{} {}", text(&write["what"]), write["status"])).collect();
    assert_eq!(made, ["remove-tenant 400", "change-role 204", "remove-tenant 204"]);
    assert!(scene.waited_for("L1").contains(&"role-changing".to_owned()));
    assert!(notes(&end).contains("Fabrikam") && notes(&end).contains("was made a member"), "{}", notes(&end));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn a_creator_that_the_service_never_lets_go_fails_and_it_is_told_that_it_was_demoted() {
    let scene = of_two_owners().options(strict()).build();
    let end = ended(&scene, &leave("L1", "contoso", "remove", &by("fabrikam"))).await;
    assert_eq!((end.kind(), end.code()), ("failed", "refused"));
    assert!(end.text().contains("cannot be removed") && end.text().contains("Contoso"), "{}", end.text());
    assert!(notes(&end).contains("Contoso") && notes(&end).contains("was made a member"), "{}", notes(&end));
    assert_eq!(scene.row("contoso", "contoso"), "member active");
    assert!((30..=50).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
    assert!(scene.writes().len() <= 15, "{}", scene.writes().len());
}

#[tokio::test]
async fn an_organization_of_several_owners_is_dissolved_however_strict_the_service() {
    for options in [Options::default(), strict()] {
        let scene = of_two_owners().options(options).build();
        let end = ended(&scene, &leave("L1", "contoso", "dissolve", &json!({}))).await;
        assert_eq!(end.kind(), "succeeded", "{}", end.summary());
        assert_eq!(scene.organizations(), 0);
    }
}

#[tokio::test]
async fn a_demotion_that_is_denied_as_the_removal_was_fails_after_the_same_patience() {
    let scene = of_two_owners().options(strict()).build();
    let tenant = scene.id("contoso");
    scene.script(Change::DenyPermission { tenant, permission: WRITES.to_owned() });
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    assert!((30..=45).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
    assert!(end.text().contains(WRITES), "{}", end.text());
    assert!(!notes(&end).contains("was made a member"), "{}", notes(&end));
    assert!(scene.writes().len() <= 15, "{}", scene.writes().len());
}

// Tenants that do not let us in

#[rstest]
#[case("leave", "fabrikam", "Fabrikam")]
#[case("remove", "fabrikam", "Contoso")]
#[case("dissolve", "contoso", "Contoso")]
#[tokio::test]
async fn a_credential_that_is_broken_for_good_fails_the_command(
    #[case] mode: &str,
    #[case] tenant: &str,
    #[case] acting: &str,
) {
    let scene = group().build();
    let broken = scene.id(&acting.to_lowercase());
    scene.script(Change::BreakCredential { tenant: broken, broken: true });
    let end = ended(&scene, &leave("L1", tenant, mode, &json!({}))).await;
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    assert!(end.text().contains(acting) && end.text().contains("AADSTS7000215"), "{}", end.text());
    assert!((30..=45).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
}

#[tokio::test]
async fn a_credential_that_breaks_during_the_removal_costs_nothing_but_time() {
    let scene = group().build();
    let (tenant, cleanup) = (scene.id("contoso"), json!({"cleanup": "settings"}));
    scene.post(&leave("L1", "fabrikam", "remove", &cleanup)).await;
    scene.look().await;
    scene.script(Change::BreakCredential { tenant, broken: true });
    scene.script(Change::RevokeTokens { tenant });
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.waited_for("L1"), ["being-removed", "denied"]);
    scene.script(Change::BreakCredential { tenant, broken: false });
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.end("L1").list("children").len(), 1);
}

#[tokio::test]
async fn a_service_that_is_away_is_waited_for() {
    let scene = group().build();
    scene.script(Change::ServerErrors {
        tenant: Some(scene.id("contoso")),
        count: 40,
        after_effect: false,
        writes_only: false,
    });
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert!(scene.waited_for("L1").contains(&"service-unavailable".to_owned()));
}

#[tokio::test]
async fn a_delete_whose_answer_is_lost_is_not_made_twice() {
    let scene = group().build();
    scene.script(Change::ServerErrors { tenant: None, count: 1, after_effect: true, writes_only: true });
    let end = ended(&scene, &leave("L1", "fabrikam", "remove", &json!({}))).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(scene.writes().len(), 1);
}

#[tokio::test]
async fn a_message_of_another_verb_does_not_remove_anybody() {
    let scene = group().build();
    let body = command("join", "J1", &json!({"tenant": "fabrikam", "owner": "contoso"}));
    scene.world().post(Verb::Leave, &body.to_string()).await.unwrap();
    scene.run().await;
    assert_eq!(scene.world().dead_letters(Verb::Leave)[0].attributes["reason"], "wrong-queue");
    assert!(scene.writes().is_empty());
}
