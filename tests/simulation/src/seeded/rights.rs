//! What a command may write, and where: the contracts at the head of `functions/*/src/lib.rs`, and the writes that the
//! tables in `shared/reconcile` name for each verb, action and mode.

use std::collections::BTreeMap;

use mto_messages::Verb;
use serde_json::Value;
use uuid::Uuid;

use super::request::{Line, Named};

/// What every synchronization is called: the tenant that users go to follows.
const SYNCHRONIZATION: &str = "MTO_Sync_";

/// What says that a synchronization is ours.
const OURS: &str = "mto-functions";

/// Whether the command may make this write.
///
/// `principal`: the service principal that the write is about, by its id or its application's, as the simulator's state
/// has it; none where the write is about something else, and where it is not there any more.
pub(crate) fn may(
    verb: Verb,
    data: &Value,
    names: &BTreeMap<String, Uuid>,
    line: &Line,
    principal: Option<&Value>,
) -> bool {
    let id = |value: &Value| resolve(names, value);
    if data["dryRun"] == true {
        return false;
    }
    let (owner, tenant) = (id(&data["owner"]), id(&data["tenant"]));
    let (acts, method, body) = (Some(line.tenant), line.method.as_str(), &line.body);
    let templates = !data["templates"].is_null() && matches!(method, "PATCH" | "POST");
    let listed = |wanted: Option<Uuid>, unsaid: &str| {
        let mut tenants = data["tenants"].as_array().into_iter().flatten();
        let role = |one: &Value| body["role"] == *one["role"].as_str().unwrap_or(unsaid);
        wanted.is_some() && tenants.any(|one| id(&one["tenant"]) == wanted && role(one))
    };
    match verb {
        Verb::Create => {
            acts == owner
                && match (line.named(), method) {
                    (Named::Organization, "PUT") => true,
                    (Named::Organization, "PATCH") => data["update"] == true,
                    (Named::Template, _) => templates,
                    _ => false,
                }
        }
        Verb::Add => {
            acts == owner
                && match (line.named(), method) {
                    (Named::List, "POST") => listed(id(&body["tenantId"]), "member"),
                    // Who was listed without a role keeps the one it has.
                    (Named::Row(row), "PATCH") => listed(Some(row), ""),
                    _ => false,
                }
        }
        Verb::Join => {
            let asked = id(&body["addedByTenantId"]);
            acts == tenant
                && match (line.named(), method) {
                    (Named::JoinRequest, "PATCH") => asked == owner || asked == Some(Uuid::nil()),
                    (Named::Template, _) => templates,
                    _ => false,
                }
        }
        Verb::Leave => {
            let acting = if data["mode"] == "leave" { tenant } else { owner };
            let goes = |row: Uuid| data["mode"] == "dissolve" || Some(row) == tenant;
            acts == acting
                && match (line.named(), method) {
                    (Named::Row(row), "DELETE") => goes(row),
                    // Another owner that the service does not let go is made a member first.
                    (Named::Row(row), "PATCH") => {
                        goes(row) && Some(row) != acting && body["role"] == "member"
                    }
                    _ => false,
                }
        }
        Verb::Sync => sync(data, names, line, principal),
    }
}

fn sync(data: &Value, names: &BTreeMap<String, Uuid>, line: &Line, principal: Option<&Value>) -> bool {
    let (here, method) = (line.tenant, line.method.as_str());
    let action = data["action"].as_str().unwrap_or("configure");
    let targets = data["targets"].as_array().into_iter().flatten();
    let targets: Vec<Uuid> = targets.filter_map(|target| resolve(names, target)).collect();
    let source = resolve(names, &data["source"]);
    let settles = action == "settings";
    let users = !settles && data["cleanup"] != "settings";
    if users && targets.len() != 1 {
        // Of several pairs each has a command of its own, which makes the writes.
        return false;
    }
    let (opens, closes) = (settles || action == "configure", action == "unshare");
    let all = settles && (!data["owner"].is_null() || data["targets"] == "all");
    let goes = |from: Uuid, to: Uuid| Some(from) == source && targets.contains(&to);
    let is_pair = |other: Uuid| all && other != here || goes(here, other) || goes(other, here);
    let both = settles || closes && data["bothDirections"] == true;
    // The users of this tenant go to the other one, or come from it.
    let sends = |other: Uuid| goes(here, other) || both && goes(other, here);
    let takes = |other: Uuid| goes(other, here) || both && is_pair(other);
    let others = || targets.iter().copied().chain(source);
    let is_meant = |name: &Value| target(name).is_some_and(sends);
    // Whoever knows its id can do no harm where nothing is any more: the service answers 404, and gives no id twice. It
    // may be tried by another chain that saw it before, in the tenant whose synchronization it was, as one that is there.
    let is_its_own = |one: Option<&Value>| {
        one.map_or_else(|| others().any(sends), |principal| is_meant(&principal["displayName"]))
    };
    let is_ours = |one: &Value| {
        let mut tags = one["tags"].as_array().into_iter().flatten();
        tags.any(|tag| tag == OURS)
    };
    match (line.named(), method) {
        (Named::Partners, "POST") => opens && resolve(names, &line.body["tenantId"]).is_some_and(is_pair),
        // Records and policies are never deleted.
        (Named::Partner(partner), "PATCH") => (opens || closes) && is_pair(partner),
        (Named::Policy(partner), "PUT") => opens && takes(partner),
        (Named::Policy(partner), "PATCH") => (opens || closes) && takes(partner),
        (Named::Template, "PATCH" | "POST") => settles && (all || others().any(|one| one == here)),
        (Named::Instantiate, "POST") => action == "configure" && is_meant(&line.body["displayName"]),
        (Named::Principal(_, below), _) => users && has(action, method, &below) && is_its_own(principal),
        // What a race made twice has no tag yet.
        (Named::Application, "DELETE") => {
            let may_go = action == "configure" || closes && users && principal.is_none_or(is_ours);
            may_go && is_its_own(principal)
        }
        _ => false,
    }
}

/// Whether an action makes this request to a service principal, or to what is below it.
fn has(action: &str, method: &str, below: &[String]) -> bool {
    let below: Vec<&str> = below.iter().map(String::as_str).collect();
    let actions: &[&str] = match (method, below.as_slice()) {
        ("PATCH", [])
        | (
            "POST",
            ["appRoleAssignedTo"] | ["synchronization", "jobs"] | ["synchronization", "jobs", _, "start"],
        )
        | ("PUT", ["synchronization", "jobs", _, "schema"]) => &["configure"],
        ("DELETE", ["appRoleAssignedTo", _]) | ("PUT", ["synchronization", "secrets"]) => {
            &["configure", "unshare"]
        }
        ("POST", ["synchronization", "jobs", _, "restart"]) => &["configure", "restart", "unshare"],
        ("POST", ["synchronization", "jobs", _, "pause"]) => &["stop", "unshare"],
        _ => &[],
    };
    actions.contains(&action)
}

/// The tenant that a synchronization is for, by its name.
fn target(name: &Value) -> Option<Uuid> {
    name.as_str()?.strip_prefix(SYNCHRONIZATION)?.parse().ok()
}

fn resolve(names: &BTreeMap<String, Uuid>, value: &Value) -> Option<Uuid> {
    let text = value.as_str()?;
    text.parse().ok().or_else(|| names.get(&text.to_lowercase()).copied())
}
