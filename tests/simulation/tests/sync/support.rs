//! A formed organization with people, commands, and looks at who is where.

use entra_simulator::{Change, MemberRole, MemberState, Seed};
use http::Method;
use mto_simulation_tests::{Scene, Stage, Told, command, seed_with_organization};
use serde_json::{Value, json};
use uuid::Uuid;

// Seeds

/// Every group and user of the demo tenants gets an id that commands can name.
pub(crate) fn with_ids(mut seed: Seed) -> Seed {
    for (tenant, number) in seed.tenants.iter_mut().zip(1_u128..) {
        for (user, index) in tenant.users.iter_mut().zip(1_u128..) {
            user.id = Some(Uuid::from_u128(number << 32 | index));
        }
        for (group, index) in tenant.groups.iter_mut().zip(1_u128..) {
            group.id = Some(Uuid::from_u128(number << 32 | 0xa000 | index));
        }
    }
    seed
}

/// Contoso's organization with these.
pub(crate) fn seed_of(tenants: usize, members: &[&str]) -> Seed {
    let rows: Vec<_> = members.iter().map(|name| (*name, MemberRole::Member, MemberState::Active)).collect();
    with_ids(seed_with_organization(tenants, &rows))
}

/// Contoso's organization with Fabrikam.
pub(crate) fn two() -> Stage {
    Stage::with(seed_of(2, &["fabrikam"]))
}

/// Contoso's organization with Fabrikam and Tailspin, each with its group Shared as default scope.
pub(crate) fn three() -> Stage {
    shared_scopes(Stage::with(seed_of(3, &["fabrikam", "tailspin"])), &["contoso", "fabrikam", "tailspin"])
}

/// The directory's default scope of these tenants is their group Shared.
pub(crate) fn shared_scopes(stage: Stage, tenants: &[&str]) -> Stage {
    let seed = stage.setup.seed.clone();
    tenants.iter().fold(stage, |stage, name| stage.scope(name, &json!({"groups": [shared(&seed, name)]})))
}

fn tenant<'a>(seed: &'a Seed, name: &str) -> &'a entra_simulator::TenantSeed {
    seed.tenants.iter().find(|one| one.display_name.to_lowercase() == name).unwrap()
}

/// The id of a tenant's group Shared.
pub(crate) fn shared(seed: &Seed, name: &str) -> Uuid {
    tenant(seed, name).groups[0].id.unwrap()
}

/// The id of a user of the seed.
pub(crate) fn user(seed: &Seed, name: &str, person: &str) -> Uuid {
    let users = &tenant(seed, name).users;
    users.iter().find(|user| user.display_name == person).unwrap().id.unwrap()
}

// Commands

pub(crate) fn sync(id: &str, action: &str, source: &str, target: &str, more: &Value) -> Value {
    let mut data = json!({"action": action, "source": source, "targets": [target]});
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    command("sync", id, &data)
}

/// Contoso's users to Fabrikam.
pub(crate) fn configure(id: &str, scope: &Value) -> Value {
    sync(id, "configure", "contoso", "fabrikam", &json!({"scope": scope}))
}

/// Contoso's group Shared.
pub(crate) fn group(scene: &Scene) -> Value {
    json!({"groups": [shared(scene.seed(), "contoso")]})
}

/// These people of Contoso.
pub(crate) fn people(scene: &Scene, names: &[&str]) -> Value {
    json!({"users": names.iter().map(|name| user(scene.seed(), "contoso", name)).collect::<Vec<_>>()})
}

/// Posts a command, runs to the end of everything, and answers its last word.
pub(crate) async fn ended(scene: &Scene, command: &Value) -> Told {
    scene.post(command).await;
    scene.run().await;
    scene.end(command["id"].as_str().unwrap())
}

/// As [`ended`]; it has to have succeeded.
pub(crate) async fn done(scene: &Scene, command: &Value) -> Told {
    let told = ended(scene, command).await;
    assert_eq!(told.kind(), "succeeded", "{}: {}", told.code(), told.text());
    told
}

/// Contoso's group Shared is in Fabrikam.
pub(crate) async fn running(stage: Stage) -> Scene {
    let scene = stage.build();
    let group = group(&scene);
    done(&scene, &configure("S0", &group)).await;
    scene
}

pub(crate) fn notes(told: &Told) -> String {
    let notes = told.list("notes");
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

// The world

/// A user of a tenant by name, if there is exactly one.
pub(crate) fn person(scene: &Scene, tenant: &str, name: &str) -> Option<Value> {
    let select = "id,displayName,userPrincipalName,userType,creationType,externalUserState";
    let path = format!("/users?$filter=displayName eq '{name}'&$select={select}");
    let found = scene.admin(tenant).calls(&Method::GET, &path, &Value::Null);
    let found = found["value"].as_array().unwrap().clone();
    assert!(found.len() < 2, "{name} is in {tenant} once: {found:?}");
    found.into_iter().next()
}

pub(crate) fn has(scene: &Scene, tenant: &str, name: &str) -> bool {
    person(scene, tenant, name).is_some()
}

/// The names of external users of a tenant.
pub(crate) fn external(scene: &Scene, tenant: &str) -> Vec<String> {
    let path = "/users?$filter=creationType eq 'Invitation'&$select=displayName&$top=999";
    names(&scene.admin(tenant).calls(&Method::GET, path, &Value::Null))
}

/// The names in a tenant's recycle bin.
pub(crate) fn deleted(scene: &Scene, tenant: &str) -> Vec<String> {
    names(&scene.admin(tenant).calls(
        &Method::GET,
        "/directory/deletedItems/microsoft.graph.user",
        &Value::Null,
    ))
}

/// Whom people search of a tenant finds.
pub(crate) fn found(scene: &Scene, tenant: &str) -> Vec<String> {
    names(&scene.view("people", tenant))
}

fn names(list: &Value) -> Vec<String> {
    let list = list["value"].as_array().unwrap();
    let mut names: Vec<String> =
        list.iter().map(|one| one["displayName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The configurations in `source` for `target`, as Graph shows them.
pub(crate) fn configurations(scene: &Scene, source: &str, target: &str) -> Vec<Value> {
    let path = format!("/servicePrincipals?$filter=displayName eq 'MTO_Sync_{}'", scene.id(target));
    let found = scene.admin(source).calls(&Method::GET, &path, &Value::Null);
    found["value"].as_array().unwrap().clone()
}

/// `/servicePrincipals/{id}/synchronization/jobs/{id}` of the one configuration, and the job.
pub(crate) fn job(scene: &Scene, source: &str, target: &str) -> (String, Value) {
    let found = configurations(scene, source, target);
    assert_eq!(found.len(), 1, "configurations: {found:?}");
    let base = format!("/servicePrincipals/{}/synchronization/jobs", found[0]["id"].as_str().unwrap());
    let jobs = scene.admin(source).calls(&Method::GET, &base, &Value::Null);
    let jobs = jobs["value"].as_array().unwrap();
    assert_eq!(jobs.len(), 1, "jobs: {jobs:?}");
    (format!("{base}/{}", jobs[0]["id"].as_str().unwrap()), jobs[0].clone())
}

/// A POST to Contoso's job for Fabrikam by an administrator: `pause`.
pub(crate) fn by_hand(scene: &Scene, action: &str) {
    let (path, _) = job(scene, "contoso", "fabrikam");
    scene.admin("contoso").calls(&Method::POST, &format!("{path}/{action}"), &Value::Null);
}

/// Takes somebody out of the group Shared of a tenant.
pub(crate) fn take_out(scene: &Scene, tenant: &str, person: &str) {
    let (group, person) = (shared(scene.seed(), tenant), user(scene.seed(), tenant, person));
    let path = format!("/groups/{group}/members/{person}/$ref");
    scene.admin(tenant).calls(&Method::DELETE, &path, &Value::Null);
}

/// Whatever is asked of the tenant is answered with 5xx, until `NoFaults`.
pub(crate) fn goes_away(scene: &Scene, tenant: &str) {
    let tenant = Some(scene.id(tenant));
    scene.script(Change::ServerErrors { tenant, count: 10_000, after_effect: false, writes_only: false });
}
