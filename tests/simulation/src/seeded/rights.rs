//! What a command may write, and where.

use std::collections::BTreeMap;

use mto_messages::Verb;
use serde_json::Value;
use uuid::Uuid;

use super::request::{Line, Named};

/// Whether the command may make this write.
///
/// `principal`: the name of the service principal that the write is about, where it is about one that is there.
pub(crate) fn may(
    verb: Verb,
    data: &Value,
    names: &BTreeMap<String, Uuid>,
    line: &Line,
    principal: Option<&str>,
) -> bool {
    let id = |value: &Value| resolve(names, value);
    if data["dryRun"] == true {
        return false;
    }
    let owner = id(&data["owner"]);
    let tenant = id(&data["tenant"]);
    let acts = Some(line.tenant);
    let listed = |wanted: Option<Uuid>| {
        let mut tenants = data["tenants"].as_array().into_iter().flatten();
        wanted.is_some() && tenants.any(|one| id(&one["tenant"]) == wanted)
    };
    match verb {
        Verb::Create => acts == owner && matches!(line.named(), Named::Organization | Named::Template),
        Verb::Add => {
            acts == owner
                && match (line.named(), line.method.as_str()) {
                    (Named::List, "POST") => listed(id(&line.body["tenantId"])),
                    (Named::Row(row), "PATCH") => listed(Some(row)),
                    _ => false,
                }
        }
        Verb::Join => {
            let asked = id(&line.body["addedByTenantId"]);
            acts == tenant
                && match line.named() {
                    Named::JoinRequest => asked == owner || asked == Some(Uuid::nil()),
                    Named::Template => true,
                    _ => false,
                }
        }
        Verb::Leave => {
            let acting = if data["mode"] == "leave" { tenant } else { owner };
            acts == acting
                && match (line.named(), line.method.as_str()) {
                    (Named::Row(row), "PATCH" | "DELETE") => {
                        data["mode"] == "dissolve" || Some(row) == tenant
                    }
                    _ => false,
                }
        }
        Verb::Sync => sync(data, names, line, principal),
    }
}

fn sync(data: &Value, names: &BTreeMap<String, Uuid>, line: &Line, principal: Option<&str>) -> bool {
    if data["action"] == "status" {
        return false;
    }
    let concerned = |tenant: Uuid| {
        let all = !data["owner"].is_null() || data["targets"] == "all";
        let mut targets = data["targets"].as_array().into_iter().flatten();
        let is_source = resolve(names, &data["source"]) == Some(tenant);
        all || is_source || targets.any(|target| resolve(names, target) == Some(tenant))
    };
    concerned(line.tenant)
        && match line.named() {
            Named::Partners => resolve(names, &line.body["tenantId"]).is_some_and(concerned),
            Named::Partner(partner) | Named::Policy(partner) => concerned(partner),
            Named::Template => data["action"] == "settings",
            Named::Instantiate | Named::Application => data["action"] != "settings",
            // Of all applications of a tenant, those that synchronize with a tenant of this command.
            Named::Principal(..) => {
                let target = |name: &str| name.strip_prefix("MTO_Sync_").and_then(|id| id.parse().ok());
                data["action"] != "settings"
                    && principal.is_none_or(|name| target(name).is_some_and(concerned))
            }
            Named::Organization | Named::List | Named::Row(_) | Named::JoinRequest | Named::Other => false,
        }
}

fn resolve(names: &BTreeMap<String, Uuid>, value: &Value) -> Option<Uuid> {
    let text = value.as_str()?;
    text.parse().ok().or_else(|| names.get(&text.to_lowercase()).copied())
}
