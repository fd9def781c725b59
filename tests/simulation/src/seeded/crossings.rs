//! Commands that cross: what a new one meets that is under way.

use mto_messages::Verb;
use serde_json::Value;
use uuid::Uuid;

use super::book::{Account, Book};
use super::tally::Situation;

/// What the command meets that now comes to its queue for the first time.
pub(crate) fn met(book: &Book, verb: Verb, data: &Value) -> Vec<Situation> {
    if data["dryRun"] == true {
        return Vec::new();
    }
    let id = |name: &Value| book.id_of(name);
    let (owner, tenant) = (id(&data["owner"]), id(&data["tenant"]));
    let open: Vec<&Account> = book
        .commands
        .values()
        .filter(|account| account.ends.is_empty() && account.data["dryRun"] != true)
        .collect();
    let joining = open.iter().any(|one| one.verb == Verb::Join && id(&one.data["tenant"]) == tenant);
    let another = |one: &&Account| id(&one.data["owner"]).is_some_and(|other| Some(other) != owner);
    let mut met = Vec::new();
    if owner.is_some() && open.iter().any(another) {
        met.push(Situation::TwoOwnersAtOnce);
    }
    match (verb, data["mode"].as_str()) {
        (Verb::Join, _) if joining => met.push(Situation::TwoTicketsForOneTenant),
        (Verb::Leave, Some("remove")) if joining => met.push(Situation::RemovedWhileJoining),
        (Verb::Leave, Some("leave")) if joining => met.push(Situation::LeftWhileJoining),
        _ => {}
    }
    if verb == Verb::Join && is_elsewhere(book, tenant, owner) {
        met.push(Situation::JoinsFromElsewhere);
    }
    met
}

/// Whether a tenant is active in an organization in which the owner is not.
fn is_elsewhere(book: &Book, tenant: Option<Uuid>, owner: Option<Uuid>) -> bool {
    let state = book.simulator.state();
    let holds = |organization: &Value, one: Option<Uuid>| {
        let one = one.map(|one| one.to_string());
        let mut rows = organization["tenants"].as_array().into_iter().flatten();
        rows.any(|row| row["tenantId"].as_str() == one.as_deref() && row["state"] == "active")
    };
    let mut organizations = state["organizations"].as_array().into_iter().flatten();
    organizations.any(|one| holds(one, tenant) && !holds(one, owner))
}
