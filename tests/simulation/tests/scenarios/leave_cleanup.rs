//! What follows a leave: everything that the membership opened is closed, in both directions, and the rest is told.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeSet;

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_messages::Verb;
use mto_simulation_tests::{
    Difference, Scene, Snapshot, Stage, Told, add, create, join, leave, seed_with_organization, still_open,
    with_open_mesh,
};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

const MEMBER: MemberRole = MemberRole::Member;
const ACTIVE: MemberState = MemberState::Active;

/// Contoso's organization with Fabrikam, Tailspin and Northwind, all of them open to each other.
fn group() -> Stage {
    let active = |name| (name, MEMBER, ACTIVE);
    let rows = [active("fabrikam"), active("tailspin"), active("northwind")];
    Stage::with(with_open_mesh(seed_with_organization(4, &rows)))
}

fn cleaning() -> Value {
    json!({"cleanup": "settings"})
}

fn notes(told: &Told) -> String {
    let notes = told.list("notes");
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The outcomes of the clean-up that a leave posted.
fn clean_ups(scene: &Scene, leave: &str) -> Vec<Told> {
    let children = scene.end(leave).list("children");
    children.iter().map(|child| scene.end(child.as_str().unwrap())).collect()
}

/// What is open in any record that this tenant holds, or that is about it.
fn open_with(scene: &Scene, name: &str) -> Vec<String> {
    still_open(scene).into_iter().filter(|line| line.contains(name)).collect()
}

async fn ended(scene: &Scene, command: &Value) -> Told {
    scene.post(command).await;
    scene.run().await;
    scene.end(command["id"].as_str().unwrap())
}

// Nothing stays open

#[rstest]
#[case("leave")]
#[case("remove")]
#[tokio::test]
async fn nothing_is_open_any_more_between_the_leaver_and_the_rest(#[case] mode: &str) {
    let scene = group().build();
    assert_eq!(open_with(&scene, "Fabrikam").len(), 18, "three records on either side, open in three ways");
    let end = ended(&scene, &leave("L1", "fabrikam", mode, &cleaning())).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(open_with(&scene, "Fabrikam"), Vec::<String>::new());
    assert_eq!(still_open(&scene).len(), 18, "the others are fellows still");
    let clean_ups = clean_ups(&scene, "L1");
    assert_eq!(clean_ups.len(), 1, "one command for all of them");
    assert_eq!(clean_ups[0].kind(), "succeeded", "{}", clean_ups[0].summary());
    assert!(clean_ups[0].summary().contains("6 ordered pairs"), "{}", clean_ups[0].summary());
}

#[tokio::test]
async fn nothing_is_open_any_more_after_an_organization_is_dissolved() {
    let scene = group().build();
    let end = ended(&scene, &leave("L1", "contoso", "dissolve", &cleaning())).await;
    assert_eq!(end.kind(), "succeeded");
    assert_eq!(still_open(&scene), Vec::<String>::new());
    let clean_ups = clean_ups(&scene, "L1");
    assert_eq!(clean_ups.len(), 3, "every pair of four tenants once");
    assert!(clean_ups.iter().all(|told| told.kind() == "succeeded"));
    let patches = scene.writes().into_iter().filter(|line| line.method == "PATCH").count();
    assert_eq!(patches, 24, "two writes a record, twelve records, none twice");
}

#[tokio::test]
async fn without_a_clean_up_everything_stays_open_and_the_outcome_says_so() {
    let scene = group().build();
    let before = open_with(&scene, "Fabrikam");
    let end = ended(&scene, &leave("L1", "fabrikam", "leave", &json!({}))).await;
    assert_eq!(open_with(&scene, "Fabrikam"), before);
    assert!(notes(&end).contains("left as they are, and open"), "{}", notes(&end));
}

#[tokio::test]
async fn what_the_directory_opened_beside_synchronization_is_closed_too() {
    let settings = json!({"inboundTrust": {"isMfaAccepted": true}, "b2bDirectConnect": {"inbound": true}});
    let scene = group().settings("contoso", settings).build();
    let repair = json!({"action": "settings", "owner": "contoso"});
    ended(&scene, &mto_simulation_tests::command("sync", "S1", &repair)).await;
    let trust = |scene: &Scene| {
        let partners = scene.tenant("contoso")["partners"].as_array().cloned().unwrap();
        let fabrikam = scene.id("fabrikam").to_string();
        let record = partners.into_iter().find(|one| one["tenantId"] == fabrikam.as_str()).unwrap();
        let configuration = &record["configuration"];
        (
            configuration["inboundTrust"]["isMfaAccepted"] == true,
            !configuration["b2bDirectConnectInbound"].is_null(),
        )
    };
    assert_eq!(trust(&scene), (true, true));
    ended(&scene, &leave("L1", "fabrikam", "leave", &cleaning())).await;
    assert_eq!(trust(&scene), (false, false));
}

// Nothing is changed that is not told

/// Whether an outcome names it: the tenants, and the thing in words.
fn is_named(difference: &Difference, told: &[Told]) -> bool {
    let words: &[&str] = match difference.kind.as_str() {
        "partner" => &["partner records that stay"],
        "identitySynchronization" => &["policies of synchronization"],
        "partnerTemplate" | "identityTemplate" => &["templates"],
        other => panic!("{other} has no words: {difference:?}"),
    };
    let notes = told.iter().flat_map(|told| told.list("notes"));
    let notes: Vec<String> = notes.map(|note| note.as_str().unwrap().to_owned()).collect();
    let pair = if difference.about.is_empty() {
        vec![difference.tenant.clone()]
    } else {
        vec![difference.tenant.clone(), difference.about.clone()]
    };
    let names = |note: &String| {
        pair.iter().all(|name| note.contains(name)) && words.iter().all(|word| note.contains(word))
    };
    notes.iter().any(names)
}

#[tokio::test]
async fn a_join_and_a_leave_change_nothing_that_is_not_told() {
    let scene = Stage::new(3).options(Options { join_duration_seconds: 300, ..Options::default() }).build();
    let templates = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
    ended(&scene, &create("C1", &["tailspin"], &templates)).await;
    let before = Snapshot::of(&scene);

    ended(&scene, &add("A1", &["fabrikam"], &json!({}))).await;
    ended(&scene, &join("J1", "fabrikam", &json!({"templates": "admin-center"}))).await;
    assert_eq!(open_with(&scene, "Fabrikam").len(), 12, "two records on either side");
    let end = ended(&scene, &leave("L1", "fabrikam", "leave", &cleaning())).await;
    assert_eq!(end.kind(), "succeeded");

    let differences = Snapshot::of(&scene).since(&before);
    assert_eq!(open_with(&scene, "Fabrikam"), Vec::<String>::new());
    let told: Vec<Told> = [end].into_iter().chain(clean_ups(&scene, "L1")).collect();
    let unnamed: Vec<&Difference> = differences.iter().filter(|one| !is_named(one, &told)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}\n{told:?}");
    // Four records, their policies, and the leaver's two templates: the test can fail.
    let kinds: BTreeSet<(String, usize)> =
        ["partner", "identitySynchronization", "partnerTemplate", "identityTemplate"]
            .map(|kind| (kind.to_owned(), differences.iter().filter(|one| one.kind == kind).count()))
            .into();
    let expected =
        [("partner", 4), ("identitySynchronization", 4), ("partnerTemplate", 1), ("identityTemplate", 1)];
    assert_eq!(kinds, expected.map(|(kind, count)| (kind.to_owned(), count)).into());
}

#[tokio::test]
async fn a_comparison_of_two_times_sees_every_kind_of_change() {
    let scene = group().build();
    let before = Snapshot::of(&scene);
    assert!(Snapshot::of(&scene).since(&before).is_empty());
    scene.admin("contoso").makes("fabrikam", "owner");
    let differences = Snapshot::of(&scene).since(&before);
    let row =
        Difference { tenant: "Contoso".to_owned(), kind: "row".to_owned(), about: "Fabrikam".to_owned() };
    assert_eq!(differences, [row].into());
}

// Sides that cannot be reached

#[tokio::test]
async fn an_external_tenant_does_not_keep_the_others_from_being_closed_and_is_named() {
    let scene = group().external("tailspin").build();
    let end = ended(&scene, &leave("L1", "fabrikam", "leave", &cleaning())).await;
    assert!(notes(&end).contains("not cleaned up in Tailspin"), "{}", notes(&end));
    let clean_up = clean_ups(&scene, "L1").remove(0);
    assert_eq!(clean_up.kind(), "succeeded");
    assert!(clean_up.summary().contains("as far as we reach"), "{}", clean_up.summary());
    assert!(notes(&clean_up).contains("external Tailspin"), "{}", notes(&clean_up));
    let left = open_with(&scene, "Fabrikam");
    assert!(left.len() == 3 && left.iter().all(|line| line.starts_with("Tailspin about")), "{left:?}");
}

#[tokio::test]
async fn an_external_leaver_is_closed_off_by_all_others() {
    let scene = group().external("fabrikam").build();
    ended(&scene, &leave("L1", "fabrikam", "remove", &cleaning())).await;
    let clean_up = clean_ups(&scene, "L1").remove(0);
    assert_eq!(clean_up.kind(), "succeeded", "{}", clean_up.summary());
    let left = open_with(&scene, "Fabrikam");
    assert!(left.len() == 9 && left.iter().all(|line| line.starts_with("Fabrikam about")), "{left:?}");
}

#[tokio::test]
async fn a_tenant_that_does_not_let_us_in_fails_the_clean_up_after_the_rest_was_closed() {
    let scene = group().build();
    let tenant = scene.id("tailspin");
    scene.script(Change::BreakCredential { tenant, broken: true });
    let end = ended(&scene, &leave("L1", "fabrikam", "leave", &cleaning())).await;
    assert_eq!(end.kind(), "succeeded", "the membership has ended");
    let clean_up = clean_ups(&scene, "L1").remove(0);
    assert_eq!((clean_up.kind(), clean_up.code()), ("failed", "denied"));
    assert!(clean_up.text().contains("Tailspin"), "{}", clean_up.text());
    assert_eq!(clean_up.0["replyto"], "slack:C1", "the sender is told");
    let left = open_with(&scene, "Fabrikam");
    assert!(left.len() == 3 && left.iter().all(|line| line.starts_with("Tailspin about")), "{left:?}");
}

// Plans

#[rstest]
#[case::leave("fabrikam", "leave", 1 + 12, 1)]
#[case::remove("fabrikam", "remove", 1 + 12, 1)]
#[case::dissolve("contoso", "dissolve", 4 + 24, 3)]
#[tokio::test]
async fn a_dry_run_lists_the_writes_of_the_clean_up_and_the_command_makes_just_these(
    #[case] tenant: &str,
    #[case] mode: &str,
    #[case] writes: usize,
    #[case] commands: usize,
) {
    let scene = group().build();
    let before = Snapshot::of(&scene);
    let dry = json!({"cleanup": "settings", "dryRun": true, "confirm": null});
    let planned = ended(&scene, &leave("L1", tenant, mode, &dry)).await;
    assert_eq!(planned.kind(), "planned");
    let says = format!("nothing was written; {writes} writes would be made, {commands} commands posted");
    assert_eq!(planned.summary(), says);
    assert!(scene.writes().is_empty() && Snapshot::of(&scene).since(&before).is_empty());
    let lines = |told: &Told, list: &str| -> Vec<(String, String)> {
        let lines = told.list(list).into_iter().filter(|line| !line["tenant"].is_null());
        lines.map(|line| (line["tenant"].to_string(), line["what"].to_string())).collect()
    };
    let mut plan = lines(&planned, "plan");
    let end = ended(&scene, &leave("L2", tenant, mode, &cleaning())).await;
    let told = [end].into_iter().chain(clean_ups(&scene, "L2"));
    let mut made: Vec<_> = told.flat_map(|told| lines(&told, "writes")).collect();
    plan.sort();
    made.sort();
    assert_eq!(plan, made);
}

#[tokio::test]
async fn a_dry_run_says_where_it_could_not_look() {
    let scene = group().external("northwind").build();
    let tenant = scene.id("tailspin");
    scene.script(Change::BreakCredential { tenant, broken: true });
    let dry = json!({"cleanup": "settings", "dryRun": true});
    let planned = ended(&scene, &leave("L1", "fabrikam", "leave", &dry)).await;
    assert_eq!(planned.kind(), "planned");
    let notes = notes(&planned);
    assert!(notes.contains("could not be seen in Tailspin") && notes.contains("AADSTS"), "{notes}");
    assert!(notes.contains("not cleaned up in Northwind"), "{notes}");
    // Contoso's record and Fabrikam's three.
    assert_eq!(planned.plan().iter().filter(|line| line.starts_with("update-")).count(), 8);
}

// What sleeps does not open again

#[tokio::test]
async fn an_add_and_a_join_that_wake_after_the_leave_open_nothing() {
    let options = Options { role_change_duration_seconds: 4_000, ..Options::default() };
    let rows = [("tailspin", MEMBER, ACTIVE)];
    let scene = Stage::with(seed_with_organization(3, &rows)).options(options).build();
    // The join fails and sleeps for two hours; the add waits for Tailspin's promotion.
    scene.script(Change::JoinDuration { tenant: scene.id("fabrikam"), seconds: Some(120) });
    scene.script(Change::FailJoins { tenant: scene.id("fabrikam"), count: 1 });
    let tenants = json!([
        {"tenant": "tailspin", "displayName": "T", "role": "owner"},
        {"tenant": "fabrikam", "displayName": "F"},
    ]);
    let then = json!({"join": {"templates": "admin-center"}});
    scene.post(&add("A1", &[], &json!({"tenants": tenants, "then": then}))).await;
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.journal(Verb::Join).waiting.unwrap().key, "pausing-after-failure");
    assert_eq!(scene.journal(Verb::Add).waiting.unwrap().key, "role-changing");

    scene.post(&leave("L1", "fabrikam", "remove", &cleaning())).await;
    scene.run_for(Duration::minutes(15)).await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    let after = Snapshot::of(&scene);
    scene.run().await;

    let removed = ("rejected".to_owned(), "removed-meanwhile".to_owned());
    assert_eq!(scene.verdict("A1"), removed);
    assert_eq!(scene.verdict(&format!("A1/join/{}", scene.id("fabrikam"))), removed);
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    assert!(still_open(&scene).is_empty());
    let kinds: BTreeSet<String> =
        Snapshot::of(&scene).since(&after).into_iter().map(|one| one.kind).collect();
    let allowed = ["joinRequest", "lastJoinFailure", "row"].map(str::to_owned).into();
    assert!(kinds.is_subset(&allowed), "{kinds:?}");
}

#[tokio::test]
async fn a_join_that_waits_to_be_added_while_the_tenant_is_active_elsewhere_opens_nothing() {
    // It sleeps, is done by hand, and the membership is ended before it wakes.
    let options = Options::immediate();
    let scene = Stage::with(seed_with_organization(2, &[])).options(options).build();
    scene.post(&join("J1", "fabrikam", &json!({"templates": "admin-center"}))).await;
    scene.run_for(Duration::hours(1)).await;
    scene.admin("contoso").adds("fabrikam", "member");
    scene.admin("fabrikam").asks_to_join("contoso");
    scene.post(&leave("L1", "fabrikam", "leave", &cleaning())).await;
    scene.look().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    let after = Snapshot::of(&scene);
    scene.run().await;
    assert_eq!(scene.verdict("J1"), ("expired".to_owned(), "not-added-yet".to_owned()));
    assert!(Snapshot::of(&scene).since(&after).is_empty());
}

#[tokio::test]
async fn settings_that_are_compared_after_the_leave_open_nothing_towards_the_leaver() {
    let scene = group().build();
    ended(&scene, &leave("L1", "fabrikam", "leave", &cleaning())).await;
    let repair = json!({"action": "settings", "owner": "contoso"});
    ended(&scene, &mto_simulation_tests::command("sync", "S1", &repair)).await;
    assert_eq!(open_with(&scene, "Fabrikam"), Vec::<String>::new());
}
