//! From a file, and what the owner sees, to the commands: without any service.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::sync::Arc;

use mto_cli::Tenants;
use mto_cli::organization::{Wanted, parse};
use mto_cli::plan::steps::{Todo, after, create};
use mto_cli::seen::Organization;
use mto_handler::Environment;
use mto_messages::CommandData;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

const CONTOSO: Uuid = Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0001);
const FABRIKAM: Uuid = Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0002);
const TAILSPIN: Uuid = Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0003);

/// Contoso and Fabrikam are ours, Tailspin is external.
fn tenants() -> Tenants {
    let application = json!({"clientId": "app", "credential": {"clientSecret": {"env": "SECRET"}}});
    let directory = json!({"tenants": [
        {"tenantId": CONTOSO, "name": "contoso", "application": application},
        {"tenantId": FABRIKAM, "name": "fabrikam", "displayName": "Fabrikam", "application": application},
        {"tenantId": TAILSPIN, "name": "tailspin", "external": true},
    ]});
    let variables: std::collections::BTreeMap<String, String> =
        [("MTO_DIRECTORY".to_owned(), directory.to_string())].into();
    let environment: Arc<dyn Environment> = Arc::new(variables);
    Tenants::read(&environment).unwrap()
}

const FILE: &str = "\
owner: contoso
displayName: Contoso group
members: [{tenant: fabrikam, role: owner}, {tenant: tailspin}]
settings: true
sync: [{source: contoso, targets: all, confirmUsers: 900}]
";

fn wanted(file: &str, tenants: &Tenants) -> Wanted {
    Wanted::new(parse(file, "file").unwrap(), "file", tenants).unwrap()
}

fn seen(rows: &Value) -> Organization {
    let mut members = vec![json!({"tenant": CONTOSO, "role": "owner", "state": "active"})];
    members.extend(rows.as_array().unwrap().iter().cloned());
    Organization::deserialize(json!({"state": "active", "members": members})).unwrap()
}

/// Title, and the verb that is asked or the reason why none is.
fn told(file: &str, seen: &Organization) -> Vec<String> {
    let tenants = tenants();
    let steps = after(&wanted(file, &tenants), seen, &tenants);
    let line = |todo: &Todo| match todo {
        Todo::Plan(data) => data.verb().to_string(),
        Todo::NotYet(why) => format!("not yet: {why}"),
        Todo::Kept(_) => "kept".to_owned(),
    };
    steps.iter().map(|step| format!("{}: {}", step.title, line(&step.todo))).collect()
}

#[test]
fn without_an_organization_one_create_brings_the_members_and_all_else_waits() {
    let tenants = tenants();
    let create = create(&wanted(FILE, &tenants), true);
    assert_eq!((create.tenants.len(), create.update, create.then.is_some()), (2, true, true));
    assert_eq!(create.tenants[0].display_name, "Fabrikam", "the directory's name, since the file has none");
    let none = Organization::default();
    let why = "not yet: the organization does not exist yet";
    assert_eq!(
        told(FILE, &none),
        [format!("settings of all pairs: {why}"), format!("users of contoso in Fabrikam: {why}")]
    );
}

#[test]
fn what_is_listed_with_another_role_or_not_active_gets_a_command_of_its_own() {
    let rows = json!([
        {"tenant": FABRIKAM, "role": "member", "state": "active"},
        {"tenant": TAILSPIN, "role": "member", "state": "pending"},
    ]);
    assert_eq!(
        told(FILE, &seen(&rows)),
        [
            "roles: Fabrikam: add",
            "join of tailspin: not yet: the tenant is external: its own administrators make it join",
            "settings of all pairs: sync",
            "users of contoso in Fabrikam: sync",
        ]
    );
}

#[test]
fn what_is_missing_or_on_its_way_out_is_added_and_made_to_join() {
    let leaving = json!({"desiredState": "removed", "progress": "running"});
    let rows = json!([{"tenant": FABRIKAM, "role": "owner", "state": "active", "transition": leaving}]);
    let told = told(FILE, &seen(&rows));
    assert_eq!(told[0], "new members: Fabrikam, tailspin: add");
    assert_eq!(told[2], "users of contoso in Fabrikam: not yet: Fabrikam is not an active member yet");
    let tenants = tenants();
    let steps = after(&wanted(FILE, &tenants), &seen(&rows), &tenants);
    let Todo::Plan(data) = &steps[0].todo else { panic!("an add is planned") };
    let CommandData::Add(add) = data.as_ref() else { panic!("an add is planned") };
    assert!(add.then.as_ref().is_some_and(|then| then.join.is_some()));
}

#[test]
fn a_role_that_is_on_its_way_is_still_asked_about_and_one_that_is_there_is_not() {
    let roles = |row: Value| told(FILE, &seen(&json!([row])))[1].clone();
    let active = json!({"tenant": FABRIKAM, "role": "owner", "state": "active"});
    assert_eq!(roles(active), "settings of all pairs: sync");
    let wish = json!({"desiredRole": "owner", "progress": "running"});
    let rising = json!({"tenant": FABRIKAM, "role": "member", "state": "active", "transition": wish});
    assert_eq!(roles(rising), "roles: Fabrikam: add");
    let wish = json!({"desiredRole": "owner", "desiredState": "active", "progress": "notStarted"});
    let pending = json!({"tenant": FABRIKAM, "role": "member", "state": "pending", "transition": wish});
    assert_eq!(roles(pending), "join of Fabrikam: join", "a pending row shows its old role");
}

#[test]
fn others_are_kept_or_removed_as_the_file_says() {
    let file = "owner: contoso\ndisplayName: x\n";
    let rows = json!([{"tenant": FABRIKAM, "role": "member", "state": "active"}]);
    assert_eq!(told(file, &seen(&rows)), ["removal of Fabrikam: kept"]);
    assert_eq!(told(&format!("{file}prune: true\n"), &seen(&rows)), ["removal of Fabrikam: leave"]);
}

#[test]
fn what_many_users_need_is_confirmed_for_each_pair() {
    let rows = json!([{"tenant": FABRIKAM, "role": "owner", "state": "active"}]);
    let tenants = tenants();
    let steps = after(&wanted(FILE, &tenants), &seen(&rows), &tenants);
    let Some(Todo::Plan(data)) = steps.last().map(|step| &step.todo) else { panic!("a sync is planned") };
    let CommandData::Sync(sync) = data.as_ref() else { panic!("a sync is planned") };
    let confirm = sync.confirm.as_ref().unwrap();
    assert_eq!((confirm.tenant.as_str(), confirm.users), (CONTOSO.to_string().as_str(), Some(900)));
}
