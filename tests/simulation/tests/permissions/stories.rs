//! With exactly the least permissions everything works that the functions can do.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{MemberRole, MemberState, Options};
use mto_handler::permissions::Side;
use mto_messages::Verb;
use mto_simulation_tests::{Stage, add, command, create, join, leave, seed_with_organization};
use serde_json::{Value, json};
use time::Duration;

use crate::play::{Cast, Part, Play};

const ACTIVE: MemberState = MemberState::Active;

/// What asks for the organization of tenants whose settings are opened.
pub(crate) const OPENING: &str = "opening, not for closing";

pub(crate) const FORMATION: &[Part] = &[
    (Verb::Create, "contoso", Side::Owner),
    (Verb::Add, "contoso", Side::Owner),
    (Verb::Join, "contoso", Side::Owner),
    (Verb::Join, "fabrikam", Side::Joining),
    (Verb::Join, "tailspin", Side::Joining),
];

pub(crate) const LEAVING: &[Part] = &[
    (Verb::Leave, "fabrikam", Side::Leaving),
    (Verb::Leave, "contoso", Side::Member),
    (Verb::Leave, "tailspin", Side::Member),
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "tailspin", Side::Member),
];

pub(crate) const REMOVING: &[Part] = &[
    (Verb::Leave, "contoso", Side::Owner),
    (Verb::Leave, "fabrikam", Side::Member),
    (Verb::Leave, "tailspin", Side::Member),
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "tailspin", Side::Member),
];

pub(crate) const SETTINGS: &[Part] = &[
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "tailspin", Side::Member),
    (Verb::Add, "contoso", Side::Owner),
    (Verb::Join, "contoso", Side::Owner),
    (Verb::Join, "tailspin", Side::Joining),
];

const LOOK_UPS: &[Part] = &[
    (Verb::Create, "contoso", Side::Owner),
    (Verb::Add, "contoso", Side::Owner),
    (Verb::Join, "contoso", Side::Owner),
    (Verb::Join, "fabrikam", Side::Joining),
    (Verb::Leave, "fabrikam", Side::Leaving),
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Create, "tailspin", Side::LookUp),
    (Verb::Add, "tailspin", Side::LookUp),
    (Verb::Join, "tailspin", Side::LookUp),
    (Verb::Leave, "tailspin", Side::LookUp),
    (Verb::Sync, "tailspin", Side::LookUp),
];

/// Contoso's organization, in which Fabrikam and Tailspin are active.
pub(crate) fn organization(tailspin: MemberRole) -> Stage {
    let rows = [("fabrikam", MemberRole::Member, ACTIVE), ("tailspin", tailspin, ACTIVE)];
    Stage::with(seed_with_organization(3, &rows))
}

pub(crate) fn formation_cast() -> Cast {
    Cast { stage: Stage::new(3), parts: FORMATION, asks: &["templates"] }
}

pub(crate) fn settings(id: &str) -> Value {
    command("sync", id, &json!({"action": "settings", "owner": "contoso"}))
}

fn with_role(id: &str, tenant: &str, role: &str) -> Value {
    add(id, &[], &json!({"tenants": [{"tenant": tenant, "displayName": tenant, "role": role}]}))
}

pub(crate) async fn planned(play: &Play, command: &Value) {
    let mut command = command.clone();
    command["data"]["dryRun"] = true.into();
    let id = format!("{}-dry", command["id"].as_str().unwrap());
    command["id"] = id.as_str().into();
    let before = play.scene.writes().len();
    play.scene.post(&command).await;
    play.scene.look().await;
    let end = play.scene.end(&id);
    assert_eq!(end.kind(), "planned", "{}", end.text());
    let said = end.list("notes").iter().any(|note| note.as_str().unwrap().contains("could not"));
    assert!(!said, "{:?}", end.list("notes"));
    assert_eq!(play.scene.writes().len(), before, "a dry run writes nothing");
}

/// An organization is formed; a tenant that joined is listed again after it was removed; templates are set and reset.
pub(crate) async fn formation() -> Play {
    let play = formation_cast().play();
    let scene = &play.scene;
    let first = create("C1", &[], &json!({"templates": "admin-center"}));
    planned(&play, &first).await;
    scene.post(&first).await;
    scene.run_for(Duration::minutes(10)).await;
    let joined = join("J1", "fabrikam", &json!({"templates": "admin-center"}));
    planned(&play, &joined).await;
    // Before it is listed: the look from the owner's side has to say why.
    scene.post(&joined).await;
    scene.look().await;
    assert_eq!(scene.waited_for("J1"), ["not-added-yet"]);
    let added = add("A1", &["fabrikam"], &json!({}));
    planned(&play, &added).await;
    scene.post(&added).await;
    scene.post(&add("A2", &["tailspin"], &json!({"then": {"join": {"templates": "admin-center"}}}))).await;
    scene.run().await;
    scene
        .post(&create("C2", &[], &json!({"displayName": "New", "update": true, "templates": "default"})))
        .await;
    scene.admin("tailspin").removes("tailspin");
    scene.run_for(Duration::hours(1)).await;
    scene.post(&add("A3", &["tailspin"], &json!({"then": {"join": {"templates": "default"}}}))).await;
    scene.run().await;
    play.assert_succeeded(&["C1", "J1", "A1", "A2", "C2", "A3"]);
    assert_eq!(scene.row("contoso", "tailspin"), "member active");
    play
}

/// By one command, as a ticket would.
pub(crate) async fn formation_by_one_command() -> Play {
    let play = formation_cast().play();
    let then = json!({"join": {"templates": "admin-center"}});
    let all = create("C1", &["fabrikam", "tailspin"], &json!({"templates": "admin-center", "then": then}));
    play.scene.post(&all).await;
    play.scene.run().await;
    play.assert_succeeded(&["C1"]);
    play
}

pub(crate) async fn roles() -> Play {
    let parts = &[(Verb::Add, "contoso", Side::Owner)];
    let play = Cast { stage: organization(MemberRole::Member), parts, asks: &[] }.play();
    for (id, role) in [("A1", "owner"), ("A2", "member")] {
        play.scene.post(&with_role(id, "fabrikam", role)).await;
        play.scene.run().await;
        assert_eq!(play.scene.row("contoso", "fabrikam"), format!("{role} active"));
    }
    play.assert_succeeded(&["A1", "A2"]);
    play
}

/// Settings are opened, a tenant leaves by itself, and what was open is closed.
pub(crate) async fn leaving() -> Play {
    let stage = organization(MemberRole::Member);
    let play = Cast { stage, parts: LEAVING, asks: &[OPENING] }.play();
    play.scene.post(&settings("S1")).await;
    play.scene.run().await;
    let left = leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}));
    planned(&play, &left).await;
    play.scene.post(&left).await;
    play.scene.run().await;
    assert_eq!(play.scene.row("contoso", "fabrikam"), "absent");
    let child = play.scene.end("L1").list("children")[0].as_str().unwrap().to_owned();
    // A tenant that is in none is no member.
    play.scene.post(&leave("L2", "fabrikam", "leave", &json!({}))).await;
    play.scene.run().await;
    play.assert_succeeded(&["S1", "L1", &child, "L2"]);
    play
}

/// An owner is removed where the service wants it to be a member first.
pub(crate) async fn removing() -> Play {
    let options = Options { strict_removal: true, ..Options::default() };
    let stage = organization(MemberRole::Owner).options(options);
    let play = Cast { stage, parts: REMOVING, asks: &[] }.play();
    let removed = leave("L1", "tailspin", "remove", &json!({"cleanup": "settings"}));
    planned(&play, &removed).await;
    play.scene.post(&removed).await;
    play.scene.run().await;
    assert_eq!(play.scene.row("contoso", "tailspin"), "absent");
    assert!(play.scene.end("L1").writes().contains(&"change-role".to_owned()));
    let child = play.scene.end("L1").list("children")[0].as_str().unwrap().to_owned();
    play.assert_succeeded(&["L1", &child]);
    play
}

pub(crate) async fn dissolving() -> Play {
    let stage = organization(MemberRole::Member);
    let play = Cast { stage, parts: REMOVING, asks: &[] }.play();
    let dissolved = leave("L1", "contoso", "dissolve", &json!({"cleanup": "settings"}));
    planned(&play, &dissolved).await;
    play.scene.post(&dissolved).await;
    play.scene.run().await;
    assert_eq!(play.scene.organizations(), 0);
    play.assert_succeeded(&["L1"]);
    play
}

/// All settings there are, for tenants that have joined with other templates, and back again.
pub(crate) fn settings_cast() -> Cast {
    let rows =
        [("fabrikam", MemberRole::Member, ACTIVE), ("tailspin", MemberRole::Member, MemberState::Pending)];
    let all = |templates: &str| {
        json!({
            "inboundTrust": {"isMfaAccepted": true}, "b2bDirectConnect": {"inbound": true, "outbound": true},
            "templates": templates,
        })
    };
    let options = Options { fellow_partner_may_be_deleted: true, ..Options::default() };
    let stage = Stage::with(seed_with_organization(3, &rows))
        .options(options)
        .settings("contoso", all("admin-center"))
        .settings("tailspin", all("default"));
    Cast { stage, parts: SETTINGS, asks: &["templates", OPENING] }
}

pub(crate) async fn all_settings() -> Play {
    let play = settings_cast().play();
    let scene = &play.scene;
    scene.post(&join("J1", "tailspin", &json!({"templates": "admin-center"}))).await;
    scene.run().await;
    scene.admin("fabrikam").drops_partner("contoso");
    planned(&play, &settings("S1")).await;
    scene.post(&settings("S1")).await;
    scene.run().await;
    let closed = json!({
        "action": "unshare", "source": "contoso", "targets": ["fabrikam"], "cleanup": "settings",
        "bothDirections": true,
    });
    planned(&play, &command("sync", "U1", &closed)).await;
    scene.post(&command("sync", "U1", &closed)).await;
    scene.run().await;
    // What was closed is opened again, where records and policies are there already.
    scene.post(&settings("S2")).await;
    scene.run().await;
    play.assert_succeeded(&["J1", "S1", "U1", "S2"]);
    play
}

pub(crate) fn look_up_cast() -> Cast {
    let rows = [("fabrikam", MemberRole::Member, ACTIVE)];
    Cast { stage: Stage::with(seed_with_organization(3, &rows)), parts: LOOK_UPS, asks: &[OPENING] }
}

/// One command of each verb that names a tenant by a domain the directory does not list.
pub(crate) fn by_domain() -> [(Verb, Value); 5] {
    let domain = "contoso.onmicrosoft.example";
    let left = json!({"owner": domain, "dryRun": true});
    let compared = json!({"action": "settings", "owner": domain});
    [
        (Verb::Create, create("V-create", &[], &json!({"owner": domain}))),
        (Verb::Add, add("V-add", &["fabrikam"], &json!({"owner": domain}))),
        (Verb::Join, join("V-join", "fabrikam", &json!({"owner": domain}))),
        (Verb::Leave, leave("V-leave", "fabrikam", "leave", &left)),
        (Verb::Sync, command("sync", "V-sync", &compared)),
    ]
}

/// One application that may look up is enough.
pub(crate) async fn looking_up() -> Play {
    let play = look_up_cast().play();
    for (verb, command) in by_domain() {
        play.scene.post(&command).await;
        play.scene.run().await;
        let kind = play.scene.end(&format!("V-{verb}")).kind().to_owned();
        assert_eq!(kind, if verb == Verb::Leave { "planned" } else { "succeeded" }, "{verb}");
    }
    play
}

#[tokio::test]
async fn an_organization_is_formed_by_applications_with_the_least_permissions() {
    formation().await.calls();
    formation_by_one_command().await.calls();
}

#[tokio::test]
async fn roles_are_changed_with_the_least_permissions() {
    roles().await.calls();
}

#[tokio::test]
async fn a_tenant_leaves_and_is_cleaned_up_after_with_the_least_permissions() {
    leaving().await.calls();
}

#[tokio::test]
async fn tenants_are_removed_and_an_organization_is_dissolved_with_the_least_permissions() {
    removing().await.calls();
    dissolving().await.calls();
}

#[tokio::test]
async fn settings_are_opened_and_closed_with_the_least_permissions() {
    all_settings().await.calls();
}

#[tokio::test]
async fn a_domain_is_looked_up_by_the_one_application_that_may() {
    looking_up().await.calls();
}
