//! What one invocation has been shown, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::request::{Line, Named};

const ORGANIZATION: &str = "/tenantRelationships/multiTenantOrganization";
const LIST: &str = "/tenantRelationships/multiTenantOrganization/tenants";
const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";

/// What a synchronization is tagged with once its secrets are set, by whom they share (docs/adr/0010).
const ASSIGNED: &str = "mto-functions:scope=assigned";
const EVERYBODY: &str = "mto-functions:scope=everyone";

/// The last answers, as they arrived: also where they were old ones.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    read: BTreeMap<(Uuid, String), Value>,
    /// Writes that were confirmed since the last read in their tenant.
    made: BTreeSet<(Uuid, String)>,
}

impl Seen {
    /// Notes an answer that arrived.
    pub(crate) fn note(&mut self, line: &Line, status: u16, body: &Value) {
        if line.is_write() {
            if status < 300 {
                self.made.insert((line.tenant, line.text("")));
            }
            return;
        }
        self.made.retain(|(tenant, _)| *tenant != line.tenant);
        let body = if status < 300 { body.clone() } else { Value::Null };
        self.read.insert((line.tenant, line.address()), body);
    }

    fn doc(&self, tenant: Uuid, path: &str) -> Option<&Value> {
        self.read.get(&(tenant, path.to_owned())).filter(|doc| !doc.is_null())
    }

    fn items(&self, tenant: Uuid, path: &str) -> Option<&Vec<Value>> {
        self.doc(tenant, path)?["value"].as_array()
    }

    /// The state of its organization that a tenant was shown.
    pub(crate) fn organization(&self, viewer: Uuid) -> Option<&str> {
        self.doc(viewer, ORGANIZATION)?["state"].as_str()
    }

    /// The join request that a tenant was shown.
    pub(crate) fn join_request(&self, tenant: Uuid) -> Option<&Value> {
        self.doc(tenant, &format!("{ORGANIZATION}/joinRequest"))
    }

    /// The rows that a tenant was shown.
    pub(crate) fn rows(&self, viewer: Uuid) -> Option<&Vec<Value>> {
        self.items(viewer, LIST)
    }

    /// Whether the viewer was shown that this tenant is not in its organization.
    pub(crate) fn lacks(&self, viewer: Uuid, tenant: Uuid) -> bool {
        let in_none = self.organization(viewer).is_some_and(|state| state != "active");
        let is_read =
            self.rows(viewer).is_some() || self.read.contains_key(&(viewer, format!("{LIST}/{tenant}")));
        in_none || is_read && self.row(viewer, tenant).is_none()
    }

    /// Whether one of the two was shown that they are not both active, and staying, in its organization.
    pub(crate) fn are_strangers(&self, one: Uuid, other: Uuid) -> bool {
        let stays = |viewer: Uuid, tenant: Uuid| {
            self.row(viewer, tenant).is_some_and(|row| row["state"] == "active" && !is_leaving(row))
        };
        let denies = |viewer: Uuid| {
            let is_read = self.organization(viewer).is_some();
            let in_none = self.organization(viewer).is_some_and(|state| state != "active");
            in_none || is_read && self.rows(viewer).is_some() && !(stays(viewer, one) && stays(viewer, other))
        };
        denies(one) || denies(other)
    }

    pub(crate) fn row(&self, viewer: Uuid, tenant: Uuid) -> Option<&Value> {
        let id = tenant.to_string();
        let listed = self.items(viewer, LIST).and_then(|rows| find(rows, "tenantId", &id));
        listed.or_else(|| self.doc(viewer, &format!("{LIST}/{id}")))
    }

    fn partner(&self, tenant: Uuid, partner: Uuid) -> Option<&Value> {
        let id = partner.to_string();
        let listed = self.items(tenant, PARTNERS).and_then(|partners| find(partners, "tenantId", &id));
        listed.or_else(|| self.doc(tenant, &format!("{PARTNERS}/{id}")))
    }

    /// The lists of service principals that a tenant was shown.
    fn principals(&self, tenant: Uuid) -> impl Iterator<Item = &Vec<Value>> {
        let is_list = move |of: Uuid, path: &str| of == tenant && path.starts_with("/servicePrincipals?");
        let lists = self.read.iter().filter(move |((of, path), _)| is_list(*of, path));
        lists.filter_map(|(_, doc)| doc["value"].as_array())
    }

    fn principal(&self, tenant: Uuid, id: Uuid) -> Option<&Value> {
        let id = id.to_string();
        self.principals(tenant).find_map(|list| find(list, "id", &id))
    }

    /// The tenant that a service principal's configuration is for.
    fn target(&self, tenant: Uuid, principal: Uuid) -> Option<Uuid> {
        let found = self.principal(tenant, principal)?;
        found["displayName"].as_str()?.strip_prefix("MTO_Sync_")?.parse().ok()
    }

    /// Why the write has nothing to do: a read of the same invocation shows its effect.
    pub(crate) fn shows(&self, line: &Line) -> Option<String> {
        if self.made.contains(&(line.tenant, line.text(""))) && !line.only_asks() {
            return Some("it was confirmed before, and nothing was read since".to_owned());
        }
        let (tenant, body) = (line.tenant, &line.body);
        let shown = match (line.named(), line.method.as_str()) {
            (Named::Organization, _) => {
                let doc = self.doc(tenant, ORGANIZATION)?;
                doc["state"] == "active" && holds(doc, body)
            }
            (Named::List, "POST") => {
                let rows = self.items(tenant, LIST)?;
                let row = find(rows, "tenantId", body["tenantId"].as_str()?)?;
                row["state"] != "removed"
            }
            (Named::Row(id), "PATCH") => {
                let row = self.row(tenant, id)?;
                let change = &row["transitionDetails"];
                let wish = change["desiredRole"].as_str().filter(|_| is_under_way(change));
                row["role"] == body["role"] && wish.is_none_or(|wish| body["role"] == wish)
            }
            (Named::Row(id), "DELETE") => {
                let rows = self.items(tenant, LIST)?;
                find(rows, "tenantId", &id.to_string()).is_none_or(is_leaving)
            }
            (Named::JoinRequest, _) => {
                let doc = self.doc(tenant, &format!("{ORGANIZATION}/joinRequest"))?;
                let change = &doc["transitionDetails"];
                let resets = body["addedByTenantId"] == json!(Uuid::nil());
                let asked = doc["addedByTenantId"] == body["addedByTenantId"] && is_under_way(change);
                if resets { change["status"] != "failed" } else { asked }
            }
            (Named::Template, "PATCH") => holds(self.doc(tenant, &line.path)?, body),
            (Named::Partners, "POST") => {
                find(self.items(tenant, PARTNERS)?, "tenantId", body["tenantId"].as_str()?).is_some()
            }
            (Named::Partner(id), "PATCH") => holds(self.partner(tenant, id)?, body),
            (Named::Policy(id), _) => holds(&self.partner(tenant, id)?["identitySynchronization"], body),
            (Named::Instantiate, _) => self.holds_configuration(tenant, body["displayName"].as_str()?),
            (Named::Application, "DELETE") => {
                let id = line.path.strip_prefix("/applications(appId='")?.strip_suffix("')")?;
                let mut lists = self.principals(tenant).peekable();
                lists.peek()?;
                lists.all(|list| find(list, "appId", id).is_none())
            }
            (Named::Principal(id, below), method) => {
                return self.shows_below(tenant, id, &below, method, body);
            }
            _ => false,
        };
        shown.then(|| "a read of this invocation shows it".to_owned())
    }

    fn holds_configuration(&self, tenant: Uuid, name: &str) -> bool {
        self.principals(tenant).flatten().any(|one| one["displayName"] == name)
    }

    fn shows_below(
        &self,
        tenant: Uuid,
        principal: Uuid,
        below: &[String],
        method: &str,
        body: &Value,
    ) -> Option<String> {
        let base = format!("/servicePrincipals/{principal}");
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        let shown = match (below.as_slice(), method) {
            ([], "PATCH") => {
                let doc = self.principal(tenant, principal)?;
                let mut fields = body.as_object()?.iter();
                fields.all(|(name, value)| match value.as_array() {
                    Some(wanted) => is_the_same_set(wanted, &doc[name]),
                    None => holds(&doc[name], value),
                })
            }
            // They cannot be read back: the tag says what they hold. Where they got lost, the job is in quarantine.
            (["synchronization", "secrets"], "PUT") => {
                let tags = self.principal(tenant, principal)?["tags"].as_array()?;
                let jobs = self.items(tenant, &format!("{base}/synchronization/jobs"))?;
                let is_lost = jobs.iter().any(|job| !job["status"]["quarantine"].is_null());
                let (held, other) =
                    if shares_everybody(body) { (EVERYBODY, ASSIGNED) } else { (ASSIGNED, EVERYBODY) };
                let has = |wanted: &str| tags.iter().any(|tag| tag == wanted);
                !is_lost && has(held) && !has(other)
            }
            (["appRoleAssignedTo"], "POST") => {
                let assigned = self.items(tenant, &format!("{base}/appRoleAssignedTo"))?;
                find(assigned, "principalId", body["principalId"].as_str()?).is_some()
            }
            (["appRoleAssignedTo", id], "DELETE") => {
                find(self.items(tenant, &format!("{base}/appRoleAssignedTo"))?, "id", id).is_none()
            }
            (["synchronization", "jobs"], "POST") => {
                !self.items(tenant, &format!("{base}/synchronization/jobs"))?.is_empty()
            }
            (["synchronization", "jobs", job, action @ ("start" | "pause")], "POST") => {
                let job = find(self.items(tenant, &format!("{base}/synchronization/jobs"))?, "id", job)?;
                let is_active = job["schedule"]["state"] == "Active";
                is_active == (*action == "start")
            }
            _ => false,
        };
        shown.then(|| "a read of this invocation shows it".to_owned())
    }

    /// The two tenants between which this write opens something that was not open.
    ///
    /// `takes_back`: the command is an unshare. It restarts a job that shares nobody any more, so that the users go.
    pub(crate) fn opens(&self, line: &Line, takes_back: bool) -> Option<(Uuid, Uuid)> {
        let (tenant, body) = (line.tenant, &line.body);
        let opened = |partner: Uuid, record: Option<&Value>| {
            opens_more(body, record.unwrap_or(&Value::Null)).then_some((tenant, partner))
        };
        match (line.named(), line.method.as_str()) {
            (Named::Partners, "POST") => opened(body["tenantId"].as_str()?.parse().ok()?, None),
            (Named::Partner(id), "PATCH") => opened(id, self.partner(tenant, id)),
            (Named::Policy(id), _) => {
                (body["userSyncInbound"]["isSyncAllowed"] == true).then_some((tenant, id))
            }
            (Named::Instantiate, _) => {
                let name = body["displayName"].as_str()?;
                Some((tenant, name.strip_prefix("MTO_Sync_")?.parse().ok()?))
            }
            (Named::Principal(id, below), method) => {
                let below: Vec<&str> = below.iter().map(String::as_str).collect();
                let opens = match (method, below.as_slice()) {
                    (
                        "POST",
                        ["appRoleAssignedTo"]
                        | ["synchronization", "jobs"]
                        | ["synchronization", "jobs", _, "start"],
                    ) => true,
                    // A job that was stopped runs again.
                    ("POST", ["synchronization", "jobs", _, "restart"]) => !takes_back,
                    ("PUT", ["synchronization", "secrets"]) => shares_everybody(body),
                    _ => false,
                };
                Some((tenant, self.target(tenant, id)?)).filter(|_| opens)
            }
            _ => None,
        }
    }

    /// Whether this invocation saw, on both sides, that they are active in one organization.
    pub(crate) fn are_fellows(&self, one: Uuid, other: Uuid) -> bool {
        let says = |viewer: Uuid| {
            let is_active = |tenant: Uuid| {
                self.row(viewer, tenant).is_some_and(|row| row["state"] == "active" && !is_leaving(row))
            };
            let organization = self.doc(viewer, ORGANIZATION);
            organization.is_some_and(|doc| doc["state"] == "active") && is_active(one) && is_active(other)
        };
        says(one) && says(other)
    }
}

fn find<'a>(items: &'a [Value], key: &str, value: &str) -> Option<&'a Value> {
    items.iter().find(|item| item[key] == value)
}

pub(crate) fn is_under_way(change: &Value) -> bool {
    change["status"] == "notStarted" || change["status"] == "running"
}

pub(crate) fn is_leaving(row: &Value) -> bool {
    let change = &row["transitionDetails"];
    row["state"] == "removed" || change["desiredState"] == "removed" && is_under_way(change)
}

/// Whether a write sets anything to `true`, or to `allowed` for these or those, that is not so yet.
fn opens_more(wanted: &Value, had: &Value) -> bool {
    let Some(fields) = wanted.as_object() else {
        return (wanted == &json!(true) || wanted == "allowed") && wanted != had;
    };
    let allows_others = wanted["accessType"] == "allowed" && !holds(had, wanted);
    allows_others || fields.iter().any(|(name, value)| opens_more(value, &had[name]))
}

/// Whether the secrets put every user of the source in scope, assigned or not.
fn shares_everybody(secrets: &Value) -> bool {
    let mut values = secrets["value"].as_array().into_iter().flatten();
    values.any(|secret| secret["key"] == "SyncAll" && secret["value"] == "true")
}

fn is_the_same_set(one: &[Value], other: &Value) -> bool {
    let Some(other) = other.as_array() else { return one.is_empty() };
    one.iter().all(|value| other.contains(value)) && other.iter().all(|value| one.contains(value))
}

/// Whether `doc` holds everything that `wanted` says; null and absent are the same.
fn holds(doc: &Value, wanted: &Value) -> bool {
    match wanted.as_object() {
        Some(fields) => fields.iter().all(|(name, value)| holds(&doc[name], value)),
        None => doc == wanted,
    }
}

#[cfg(test)]
mod tests;
