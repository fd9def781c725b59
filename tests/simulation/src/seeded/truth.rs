//! Whether what a success says is so, asked of the world itself.

use std::collections::BTreeMap;

use mto_messages::Verb;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who is who.
#[derive(Clone, Copy)]
pub(crate) struct Parties<'a> {
    pub(crate) names: &'a BTreeMap<String, Uuid>,
    /// Nothing is opened towards it.
    pub(crate) foreign: Option<Uuid>,
}

/// What is not as the success has it.
pub(crate) fn doubt(verb: Verb, data: &Value, parties: &Parties<'_>, state: &Value) -> Option<String> {
    let world = Facts { parties: *parties, state };
    let tenants = || data["tenants"].as_array().into_iter().flatten();
    let (owner, tenant) = (&data["owner"], &data["tenant"]);
    match verb {
        Verb::Create => world.active(owner, owner).then_some(()).map_or_else(
            || Some("there is no organization".to_owned()),
            |()| {
                let joins = !data["then"]["join"].is_null();
                tenants()
                    .find(|one| joins && !world.active(owner, &one["tenant"]))
                    .map(|one| format!("{} is not active", one["tenant"]))
            },
        ),
        Verb::Add => {
            let missing = tenants().find(|one| world.row(owner, &one["tenant"]).is_none());
            missing.map(|one| format!("{} is not listed", one["tenant"]))
        }
        Verb::Join => (!world.active(owner, tenant)).then(|| format!("{tenant} is not active")),
        Verb::Leave if data["mode"] == "dissolve" => {
            world.organization(owner).map(|_| "the organization is there".to_owned())
        }
        // Who is only listed cannot leave by itself, and is no member.
        Verb::Leave if data["mode"] == "leave" => {
            world.active(owner, tenant).then(|| "it is active".to_owned())
        }
        Verb::Leave => world.row(owner, tenant).map(|row| format!("it is listed: {row}")),
        Verb::Sync => world.doubt_sync(data),
    }
}

/// The simulated world, asked from outside.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) parties: Parties<'a>,
    pub(crate) state: &'a Value,
}

impl<'a> Facts<'a> {
    /// The id of a tenant, by what a command calls it.
    pub(crate) fn id(&self, name: &Value) -> String {
        let text = name.as_str().unwrap_or_default().to_lowercase();
        self.parties.names.get(&text).map_or(text, Uuid::to_string)
    }

    /// A tenant, with its settings and its join request.
    pub(crate) fn tenant(&self, tenant: Uuid) -> &'a Value {
        let mut tenants = self.state["tenants"].as_array().into_iter().flatten();
        tenants.find(|one| one["tenantId"] == tenant.to_string()).unwrap_or(&Value::Null)
    }

    /// The organization in which a tenant is active.
    pub(crate) fn organization(&self, tenant: &Value) -> Option<&'a Value> {
        let id = self.id(tenant);
        self.state["organizations"].as_array()?.iter().find(|organization| {
            let mut rows = organization["tenants"].as_array().into_iter().flatten();
            rows.any(|row| row["tenantId"] == id.as_str() && row["state"] == "active")
        })
    }

    /// The row of a tenant in the organization of another one.
    pub(crate) fn row(&self, owner: &Value, tenant: &Value) -> Option<&'a Value> {
        let id = self.id(tenant);
        self.organization(owner)?["tenants"].as_array()?.iter().find(|row| row["tenantId"] == id.as_str())
    }

    pub(crate) fn active(&self, owner: &Value, tenant: &Value) -> bool {
        self.row(owner, tenant).is_some_and(|row| row["state"] == "active")
    }

    fn partner(&self, tenant: &str, about: &str) -> Value {
        let tenants = self.state["tenants"].as_array().into_iter().flatten();
        let held =
            tenants.filter(|one| one["tenantId"] == tenant).filter_map(|one| one["partners"].as_array());
        let found = held.flatten().find(|one| one["tenantId"] == about);
        found.cloned().unwrap_or_default()
    }

    /// Outbound redemption at the source, inbound redemption and synchronization at the target.
    fn openings(&self, source: &str, target: &str) -> [bool; 3] {
        let (out, into) = (self.partner(source, target), self.partner(target, source));
        let consent = |record: &Value, name: &str| {
            record["configuration"]["automaticUserConsentSettings"][name] == true
        };
        let sync = into["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"] == true;
        [consent(&out, "outboundAllowed"), consent(&into, "inboundAllowed"), sync]
    }

    /// Service principals that synchronize this pair by their name.
    pub(crate) fn configurations(&self, source: &str, target: &str) -> Vec<&'a Value> {
        let name = format!("MTO_Sync_{target}");
        let directories = self.state["directories"].as_array().into_iter().flatten();
        let held = directories
            .filter(|one| one["tenantId"] == source)
            .filter_map(|one| one["servicePrincipals"].as_array());
        held.flatten().filter(|one| one["displayName"] == name.as_str()).collect()
    }

    fn doubt_sync(&self, data: &Value) -> Option<String> {
        if data["action"] == "settings" {
            return self.doubt_mesh(data);
        }
        let targets = data["targets"].as_array().filter(|targets| targets.len() == 1)?;
        let (source, target) = (self.id(&data["source"]), self.id(&targets[0]));
        let found = self.configurations(&source, &target);
        let is_ours =
            |one: &&Value| one["tags"].as_array().is_some_and(|tags| tags.contains(&json!("mto-functions")));
        match data["action"].as_str().unwrap_or("configure") {
            // What a crash left behind has neither a job nor a tag, and cannot be told from somebody else's.
            "configure" if found.iter().filter(|one| !one["job"].is_null() || is_ours(one)).count() != 1 => {
                Some(format!("there is no one job: {found:?}"))
            }
            "configure" if self.openings(&source, &target) != [true; 3] => {
                Some("its settings are closed".to_owned())
            }
            // A sibling may have started it again a moment ago, so its first cycle may be the next one.
            "configure" if !found.iter().any(|one| runs(one) && one["job"]["cycles"] != 0) => {
                Some(format!("its job does not run, or has not run once: {found:?}"))
            }
            "unshare" => {
                let mut open = self.openings(&source, &target).contains(&true);
                if data["bothDirections"] == true {
                    open |= self.openings(&target, &source).contains(&true);
                }
                let users = data["cleanup"] != "settings";
                let left = users && found.iter().any(is_ours);
                (open || left).then(|| format!("something is open, or left: {found:?}"))
            }
            "stop" if found.iter().any(|one| runs(one)) => Some("the job runs".to_owned()),
            "restart" if !found.iter().any(|one| runs(one)) => Some("the job does not run".to_owned()),
            _ => None,
        }
    }

    fn doubt_mesh(&self, data: &Value) -> Option<String> {
        let organization = self.organization(&data["owner"])?;
        let rows = organization["tenants"].as_array()?.iter();
        let active: Vec<&str> = rows
            .filter(|row| row["state"] == "active" && row["change"].is_null())
            .filter_map(|row| row["tenantId"].as_str())
            .collect();
        let foreign = self.parties.foreign.map(|foreign| foreign.to_string());
        let ours: Vec<&str> = active.into_iter().filter(|one| foreign.as_deref() != Some(*one)).collect();
        let mut pairs = ours.iter().flat_map(|one| ours.iter().map(move |other| (one, other)));
        let closed = pairs.find(|(one, other)| one != other && self.openings(one, other) != [true; 3]);
        closed.map(|(one, other)| format!("{one} and {other} are not open: {:?}", self.openings(one, other)))
    }
}

/// Whether the job of a configuration runs, or will at its next time.
fn runs(configuration: &Value) -> bool {
    matches!(configuration["job"]["status"].as_str(), Some("Active" | "NotRun"))
}
