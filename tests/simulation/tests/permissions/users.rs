//! With exactly the least permissions users are synchronized, stopped, restarted, counted and taken back.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{MemberRole, MemberState, Seed, UserSeed};
use http::Method;
use mto_handler::permissions::Side;
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, command, leave, seed_with_organization};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::play::{Cast, Part, Play};
use crate::stories::{OPENING, planned};

/// What asks for users of the source, and for members of its groups: the words of the table.
pub(crate) const USERS: &str = "`configure` with users or everyone in the scope (with groups alone, the number of new \
                                users is an estimate without it)";
pub(crate) const GROUPS: &str = "`configure` with groups in the scope, before or after";

/// Contoso's users go to Fabrikam.
pub(crate) const SHARING: &[Part] = &[
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "contoso", Side::Source),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "fabrikam", Side::Target),
];

/// And Fabrikam's to Contoso.
const BOTH_WAYS: &[Part] = &[
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "contoso", Side::Source),
    (Verb::Sync, "contoso", Side::Target),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "fabrikam", Side::Source),
    (Verb::Sync, "fabrikam", Side::Target),
];

/// And Fabrikam leaves.
const LEAVING: &[Part] = &[
    (Verb::Leave, "fabrikam", Side::Leaving),
    (Verb::Leave, "contoso", Side::Member),
    (Verb::Sync, "contoso", Side::Member),
    (Verb::Sync, "contoso", Side::Source),
    (Verb::Sync, "fabrikam", Side::Member),
    (Verb::Sync, "fabrikam", Side::Source),
    (Verb::Sync, "fabrikam", Side::Target),
];

fn group_id(tenant: usize) -> Uuid {
    Uuid::from_u128(0xa000 + tenant as u128)
}

/// Contoso's first user, who is in its group too.
pub(crate) const ANNIE: Uuid = Uuid::from_u128(0xa001_0001);

/// Contoso's organization with Fabrikam; groups, and one user, have ids that commands can name.
pub(crate) fn seed() -> Seed {
    let mut seed = seed_with_organization(2, &[("fabrikam", MemberRole::Member, MemberState::Active)]);
    for (index, tenant) in seed.tenants.iter_mut().enumerate() {
        tenant.groups[0].id = Some(group_id(index));
    }
    let annie = seed.tenants[0].users.iter_mut().find(|user| user.display_name == "Annie Adams").unwrap();
    annie.id = Some(ANNIE);
    seed
}

pub(crate) fn sharing_cast() -> Cast {
    Cast { stage: Stage::with(seed()), parts: SHARING, asks: &[OPENING, USERS, GROUPS] }
}

pub(crate) fn groups() -> Value {
    json!({"groups": [group_id(0)]})
}

pub(crate) fn group_and_user() -> Value {
    json!({"groups": [group_id(0)], "users": [ANNIE]})
}

pub(crate) fn sync(id: &str, action: &str, more: &Value) -> Value {
    let mut data = json!({"action": action, "source": "contoso", "targets": ["fabrikam"]});
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    command("sync", id, &data)
}

pub(crate) fn configure(id: &str, scope: &Value) -> Value {
    sync(id, "configure", &json!({"scope": scope}))
}

/// The names of Fabrikam's external users, with their types.
pub(crate) fn arrived(scene: &Scene) -> Vec<String> {
    let path = "/users?$filter=creationType eq 'Invitation'&$select=displayName";
    let list = scene.admin("fabrikam").calls(&Method::GET, path, &Value::Null);
    let mut names: Vec<String> = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["displayName"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

async fn done(play: &Play, command: &Value) {
    play.scene.post(command).await;
    play.scene.run().await;
    play.assert_succeeded(&[command["id"].as_str().unwrap()]);
}

/// From a plan to the end of the sharing: the scope and the type of users change, it is stopped and started again.
pub(crate) async fn sharing() -> Play {
    let play = sharing_cast().play();
    planned(&play, &configure("S1", &groups())).await;
    done(&play, &configure("S1", &groups())).await;
    assert_eq!(arrived(&play.scene), ["Annie Adams"]);
    let typed = json!({"scope": group_and_user(), "userType": "Guest"});
    done(&play, &sync("S2", "configure", &typed)).await;
    done(&play, &sync("S3", "stop", &json!({}))).await;
    done(&play, &sync("S4", "restart", &json!({}))).await;
    done(&play, &configure("S5", &json!({"everyone": true}))).await;
    assert_eq!(arrived(&play.scene).len(), 4);
    done(&play, &configure("S6", &json!({"users": [ANNIE]}))).await;
    assert_eq!(arrived(&play.scene), ["Annie Adams"]);
    planned(&play, &sync("U1", "unshare", &json!({}))).await;
    done(&play, &sync("U1", "unshare", &json!({}))).await;
    assert_eq!(arrived(&play.scene), Vec::<String>::new());
    play
}

/// So many that they are counted: more than a page in the source, in its group, and of external users in the target.
pub(crate) async fn counting() -> Play {
    const MORE_THAN_A_PAGE: usize = 1_000;
    let mut seed = seed();
    let people = |name: &str| -> Vec<UserSeed> {
        let named = |number| UserSeed::named(format!("{name} {number}"));
        (0..MORE_THAN_A_PAGE).map(named).collect()
    };
    let many = people("Many");
    let members = (0..MORE_THAN_A_PAGE).map(|number| format!("many.{number}@contoso.example"));
    seed.tenants[0].groups[0].members.extend(members);
    seed.tenants[0].users.extend(many);
    let external = people("Guest").into_iter().zip(0..).map(|(user, number): (UserSeed, u32)| UserSeed {
        mail: Some(format!("guest.{number}@northwind.example")),
        creation_type: Some("Invitation".to_owned()),
        ..user
    });
    seed.tenants[1].users.extend(external);
    let cast = Cast { stage: Stage::with(seed), ..sharing_cast() };
    let play = cast.play();
    for (id, scope) in [("S1", groups()), ("S2", json!({"everyone": true}))] {
        let mut command = configure(id, &scope);
        command["data"]["dryRun"] = json!(true);
        play.scene.post(&command).await;
        play.scene.look().await;
        let counted = play.scene.end(id).0["data"]["observed"]["preflight"].clone();
        assert!(counted["new"].as_u64() >= Some(1_000) && counted["isEstimate"] == false, "{counted}");
    }
    play
}

/// Both directions at once, told about and taken back.
async fn both_ways() -> Play {
    let cast = Cast { stage: Stage::with(seed()), parts: BOTH_WAYS, asks: &[OPENING, USERS, GROUPS] };
    let play = cast.play();
    done(&play, &configure("S1", &groups())).await;
    let back = json!({"source": "fabrikam", "targets": ["contoso"], "scope": {"groups": [group_id(1)]}});
    done(&play, &command("sync", "S2", &back)).await;
    done(&play, &command("sync", "S3", &json!({"action": "status", "owner": "contoso"}))).await;
    let end = play.scene.end("S3");
    assert!(end.summary().contains("2 synchronizations"), "{}", end.summary());
    done(&play, &sync("U1", "unshare", &json!({"bothDirections": true}))).await;
    play
}

/// A tenant that leaves takes its users with it: sync's application does it, not leave's.
async fn leaving() -> Play {
    let stage = Stage::with(seed());
    let play = Cast { stage, parts: LEAVING, asks: &[OPENING, USERS, GROUPS] }.play();
    done(&play, &configure("S1", &groups())).await;
    done(&play, &leave("L1", "fabrikam", "leave", &json!({"cleanup": "users"}))).await;
    let child = play.scene.end("L1").list("children")[0].as_str().unwrap().to_owned();
    play.assert_succeeded(&[&child]);
    assert_eq!(arrived(&play.scene), Vec::<String>::new());
    play
}

#[tokio::test]
async fn users_are_shared_and_taken_back_with_the_least_permissions() {
    sharing().await.calls();
}

#[tokio::test]
async fn users_are_counted_with_the_least_permissions() {
    counting().await.calls();
}

#[tokio::test]
async fn both_directions_are_shared_told_and_taken_back_with_the_least_permissions() {
    both_ways().await.calls();
}

#[tokio::test]
async fn a_tenant_leaves_with_its_users_with_the_least_permissions() {
    leaving().await.calls();
}

#[tokio::test]
async fn a_group_alone_needs_no_permission_to_read_users_of_the_source() {
    let cast = Cast { stage: Stage::with(seed()), parts: SHARING, asks: &[OPENING, GROUPS] };
    let play = cast.play();
    done(&play, &configure("S1", &groups())).await;
    assert_eq!(arrived(&play.scene), ["Annie Adams"]);
    play.calls();
}

#[tokio::test]
async fn users_alone_need_no_permission_to_read_members_of_groups() {
    let cast = Cast { stage: Stage::with(seed()), parts: SHARING, asks: &[OPENING, USERS] };
    let play = cast.play();
    done(&play, &configure("S1", &json!({"users": [ANNIE]}))).await;
    play.calls();
}
