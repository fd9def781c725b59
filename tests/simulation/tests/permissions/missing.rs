//! A permission that is missing is named, with the tenant it is missing in; or done without, as the table says.
//!
//! Each is taken away alone, together with what covers it, so that the calls it is for are refused and no others.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeSet;

use entra_simulator::{Change, MemberRole, MemberState};
use mto_handler::permissions::{self, GRANTS, Grant, Need, Side};
use mto_messages::Verb;
use mto_simulation_tests::{
    Scene, Stage, add, command, create, join, leave, seed_with_organization, with_open_mesh,
};
use serde_json::{Value, json};

use crate::play::{Cast, Part, Play};
use crate::stories::{self, FORMATION, LEAVING, REMOVING, by_domain, look_up_cast, organization};

/// What the tests below take away.
const PROBED: [(Verb, Side); 15] = [
    (Verb::Create, Side::Owner),
    (Verb::Add, Side::Owner),
    (Verb::Join, Side::Owner),
    (Verb::Join, Side::Joining),
    (Verb::Leave, Side::Owner),
    (Verb::Leave, Side::Leaving),
    (Verb::Leave, Side::Member),
    (Verb::Sync, Side::Member),
    // In `users_lacking`.
    (Verb::Sync, Side::Source),
    (Verb::Sync, Side::Target),
    (Verb::Create, Side::LookUp),
    (Verb::Add, Side::LookUp),
    (Verb::Join, Side::LookUp),
    (Verb::Leave, Side::LookUp),
    (Verb::Sync, Side::LookUp),
];

#[test]
fn every_function_is_tried_on_every_side_of_the_table() {
    let table: BTreeSet<(Verb, Side)> = GRANTS.iter().map(|grant| (grant.function, grant.side)).collect();
    assert_eq!(table, BTreeSet::from(PROBED));
}

/// What one function cannot do without on one side, where it is asked for.
pub(crate) fn needed(function: Verb, side: Side) -> BTreeSet<&'static str> {
    let grants = permissions::of(function, side);
    grants.filter(|grant| !is_optional(grant)).map(|grant| grant.permission).collect()
}

/// What it can do without.
pub(crate) fn optional(function: Verb, side: Side) -> BTreeSet<&'static str> {
    let grants = permissions::of(function, side);
    grants.filter(|grant| is_optional(grant)).map(|grant| grant.permission).collect()
}

fn is_optional(grant: &Grant) -> bool {
    matches!(grant.need, Need::Optional(_))
}

/// Fails after its patience, told at the first look, in words that somebody can act on.
pub(crate) fn assert_named(scene: &Scene, command: &str, tenant: &str, permission: &str) {
    let end = scene.end(command);
    assert_eq!((end.kind(), end.code()), ("failed", "denied"), "{permission}: {}", end.summary());
    let waits = scene.waits(command);
    let wait = waits.iter().find(|wait| wait.code() == "denied").unwrap();
    for told in [wait, &end] {
        assert!(told.text().contains(tenant), "names the tenant: {}", told.text());
        assert!(told.text().contains(permission), "names {permission}: {}", told.text());
        let function = told.0["data"]["command"]["type"].as_str().unwrap().split('.').nth(1).unwrap();
        let application = format!("applications.{function} ");
        assert!(told.remedy().contains(&application), "names the application: {}", told.remedy());
    }
    assert!(scene.requests().iter().any(|line| line.status == 403), "{permission} was not needed");
}

pub(crate) async fn probe(
    cast: Cast,
    function: Verb,
    tenant: &str,
    permission: &'static str,
    command: &Value,
) -> Play {
    let play = cast.play_without(function, tenant, permission);
    play.scene.post(command).await;
    play.scene.run().await;
    play
}

/// Contoso's organization, with Fabrikam in it, or listed.
fn with_fabrikam(state: MemberState) -> Stage {
    Stage::with(seed_with_organization(3, &[("fabrikam", MemberRole::Member, state)]))
}

#[tokio::test]
async fn what_create_lacks_in_the_owner_tenant_is_named() {
    for permission in needed(Verb::Create, Side::Owner) {
        let create = create("C1", &[], &json!({"templates": "admin-center"}));
        let cast = stories::formation_cast();
        let play = probe(cast, Verb::Create, "contoso", permission, &create).await;
        assert_named(&play.scene, "C1", "Contoso", permission);
    }
}

#[tokio::test]
async fn what_add_lacks_in_the_owner_tenant_is_named() {
    for permission in needed(Verb::Add, Side::Owner) {
        let cast = Cast { stage: with_fabrikam(MemberState::Active), parts: FORMATION, asks: &[] };
        let play = probe(cast, Verb::Add, "contoso", permission, &add("A1", &["tailspin"], &json!({}))).await;
        assert_named(&play.scene, "A1", "Contoso", permission);
    }
}

#[tokio::test]
async fn what_join_lacks_in_the_joining_tenant_is_named() {
    for permission in needed(Verb::Join, Side::Joining) {
        for templates in [json!({}), json!({"templates": "admin-center"})] {
            let stage = with_fabrikam(MemberState::Pending);
            let cast = Cast { stage, parts: FORMATION, asks: &["templates"] };
            let join = join("J1", "fabrikam", &templates);
            let play = probe(cast, Verb::Join, "fabrikam", permission, &join).await;
            assert_named(&play.scene, "J1", "Fabrikam", permission);
        }
    }
}

#[tokio::test]
async fn join_does_without_the_owners_side() {
    for permission in optional(Verb::Join, Side::Owner) {
        let cast = Cast { stage: with_fabrikam(MemberState::Pending), parts: FORMATION, asks: &[] };
        let join = join("J1", "fabrikam", &json!({}));
        let play = probe(cast, Verb::Join, "contoso", permission, &join).await;
        play.assert_succeeded(&["J1"]);
        assert!(play.scene.requests().iter().any(|line| line.status == 403), "{permission} was not needed");
        let notes = play.scene.end("J1").0["data"]["notes"].to_string();
        assert!(notes.contains(permission) && notes.contains("Contoso"), "{permission}: {notes}");
    }
}

#[tokio::test]
async fn a_join_that_fails_says_what_it_lacked_to_look_at_the_owners_side() {
    for permission in optional(Verb::Join, Side::Owner) {
        let cast = Cast { stage: with_fabrikam(MemberState::Pending), parts: FORMATION, asks: &[] };
        let play = cast.play_without(Verb::Join, "contoso", permission);
        play.scene.script(Change::FailJoins { tenant: play.scene.id("fabrikam"), count: 3 });
        play.scene.post(&join("J1", "fabrikam", &json!({}))).await;
        play.scene.run().await;
        let end = play.scene.end("J1");
        assert_eq!((end.kind(), end.code()), ("failed", "join-failed"));
        assert!(
            end.text().contains("Contoso") && end.text().contains("cannot be looked at"),
            "{}",
            end.text()
        );
        let seen = end.0["data"]["observed"]["owner"].to_string();
        assert!(seen.contains(permission), "{permission}: {seen}");
    }
}

#[tokio::test]
async fn what_leave_lacks_in_the_leaving_tenant_is_named() {
    for permission in needed(Verb::Leave, Side::Leaving) {
        let cast = Cast { stage: organization(MemberRole::Member), parts: LEAVING, asks: &[] };
        let leave = leave("L1", "fabrikam", "leave", &json!({}));
        let play = probe(cast, Verb::Leave, "fabrikam", permission, &leave).await;
        assert_named(&play.scene, "L1", "Fabrikam", permission);
        assert_eq!(play.scene.row("contoso", "fabrikam"), "member active");
    }
}

#[tokio::test]
async fn what_leave_lacks_in_the_owner_tenant_is_named() {
    for permission in needed(Verb::Leave, Side::Owner) {
        for (tenant, mode) in [("fabrikam", "remove"), ("contoso", "dissolve")] {
            let cast = Cast { stage: organization(MemberRole::Member), parts: REMOVING, asks: &[] };
            let leave = leave("L1", tenant, mode, &json!({}));
            let play = probe(cast, Verb::Leave, "contoso", permission, &leave).await;
            assert_named(&play.scene, "L1", "Contoso", permission);
            assert_eq!(play.scene.row("contoso", "fabrikam"), "member active");
        }
    }
}

#[tokio::test]
async fn a_plan_says_what_leave_lacks_to_foresee_the_clean_up() {
    let leaving: (&[Part], &str, &str) = (LEAVING, "fabrikam", "leave");
    let removing: (&[Part], &str, &str) = (REMOVING, "fabrikam", "remove");
    let places = [
        (leaving, Side::Leaving, "fabrikam", "Fabrikam"),
        (leaving, Side::Member, "tailspin", "Tailspin"),
        (removing, Side::Owner, "contoso", "Contoso"),
    ];
    for ((parts, tenant, mode), side, place, name) in places {
        for permission in optional(Verb::Leave, side) {
            let cast = Cast { stage: organization(MemberRole::Member), parts, asks: &[] };
            let leave = leave("L1", tenant, mode, &json!({"cleanup": "settings", "dryRun": true}));
            let play = probe(cast, Verb::Leave, place, permission, &leave).await;
            let end = play.scene.end("L1");
            assert_eq!(end.kind(), "planned", "{permission}: {}", end.text());
            let notes = end.list("notes");
            let says = |note: &Value| note.as_str().is_some_and(|note| note.contains("could not be seen"));
            let note = notes.iter().find(|note| says(note)).unwrap().to_string();
            assert!(note.contains(name) && note.contains(permission), "{permission}: {note}");
        }
    }
}

#[tokio::test]
async fn what_sync_lacks_in_a_members_tenant_is_named() {
    for permission in needed(Verb::Sync, Side::Member) {
        let cast = stories::settings_cast();
        // Contoso is the one whose templates are to be written.
        let play = probe(cast, Verb::Sync, "contoso", permission, &stories::settings("S1")).await;
        assert_named(&play.scene, "S1", "Contoso", permission);
    }
}

#[tokio::test]
async fn what_sync_lacks_in_one_tenant_does_not_keep_it_from_the_others() {
    let always = permissions::of(Verb::Sync, Side::Member).filter(|grant| grant.need == Need::Always);
    let parts: &[Part] = LEAVING;
    for permission in always.map(|grant| grant.permission).collect::<BTreeSet<_>>() {
        let cast = Cast { stage: organization(MemberRole::Member), parts, asks: &[stories::OPENING] };
        let play = probe(cast, Verb::Sync, "fabrikam", permission, &stories::settings("S1")).await;
        assert_named(&play.scene, "S1", "Fabrikam", permission);
        let partners = play.scene.tenant("tailspin")["partners"].to_string();
        assert!(partners.contains(r#""inboundAllowed":true"#), "{permission}: {partners}");
    }
}

#[tokio::test]
async fn what_sync_lacks_to_close_is_named() {
    let always = permissions::of(Verb::Sync, Side::Member).filter(|grant| grant.need == Need::Always);
    for permission in always.map(|grant| grant.permission).collect::<BTreeSet<_>>() {
        let cast = Cast { stage: opened(organization(MemberRole::Member)), parts: LEAVING, asks: &[] };
        let data =
            json!({"action": "unshare", "source": "fabrikam", "targets": ["contoso"], "cleanup": "settings"});
        let unshare = command("sync", "U1", &data);
        let play = probe(cast, Verb::Sync, "fabrikam", permission, &unshare).await;
        assert_named(&play.scene, "U1", "Fabrikam", permission);
    }
}

/// With everything there is to be closed.
fn opened(mut stage: Stage) -> Stage {
    stage.setup.seed = with_open_mesh(stage.setup.seed);
    stage
}

#[tokio::test]
async fn without_the_right_to_look_up_a_domain_is_unknown_to_that_function_alone() {
    for (verb, command) in by_domain() {
        for permission in optional(verb, Side::LookUp) {
            let play = probe(look_up_cast(), verb, "tailspin", permission, &command).await;
            let end = play.scene.end(&format!("V-{verb}"));
            assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
            assert!(end.text().contains("\"contoso.onmicrosoft.example\" is not in the tenant directory"));
            assert!(
                end.text().contains(permission) && end.text().contains(" was denied in "),
                "{}",
                end.text()
            );
            assert!(end.remedy().contains(permission), "{}", end.remedy());
        }
    }
}
