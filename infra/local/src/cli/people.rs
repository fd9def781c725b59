//! Who is represented where, as each tenant's own list of users shows it; and how far the synchronizations are, from
//! the simulated service itself.

use mto_graph::prelude::{CreationType, ListUsers, UserType};
use mto_graph::{Call, Filter, GraphClient};
use serde::Serialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::cast::{Cast, Person};

/// Time that a list of users may take.
const LOOK: Duration = Duration::seconds(60);

/// A person with the tenants that hold a user for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whereabouts {
    /// The tenant it comes from.
    pub(crate) home_tenant_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) user_principal_name: String,
    /// Whether its tenant shares it, by the tenant directory.
    pub(crate) is_shared: bool,
    /// In other tenants, in the order of the scenario.
    pub(crate) represented_in: Vec<Representation>,
}

/// A person's user in another tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Representation {
    pub(crate) tenant_id: Uuid,
    /// `Member` or `Guest`.
    pub(crate) user_type: String,
}

impl Whereabouts {
    /// What the person is to a tenant that is not its own.
    pub(crate) fn user_type_in(&self, tenant: Uuid) -> Option<&str> {
        let found = self.represented_in.iter().find(|one| one.tenant_id == tenant);
        found.map(|one| one.user_type.as_str())
    }
}

/// Everybody, and the tenants whose users could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    pub(crate) represented: Vec<Whereabouts>,
    pub(crate) unread: Vec<Uuid>,
}

/// Asks every tenant's Graph for its external users.
pub(crate) async fn people(graph: &GraphClient, cast: &Cast, now: OffsetDateTime) -> People {
    let mut people =
        People { represented: cast.people.iter().map(nowhere_yet).collect(), unread: Vec::new() };
    let invitation = CreationType::Invitation;
    let users = ListUsers {
        filter: Some(Filter::eq("creationType", invitation.as_str())),
        select: &["id", "mail", "userType"],
        top: Some(999),
    };
    for tenant in &cast.tenants {
        let call = Call::new(tenant.id, tenant.id, now + LOOK);
        let Ok(reply) = graph.list(&call, &users).await else {
            people.unread.push(tenant.id);
            continue;
        };
        for user in reply.value {
            let its = |person: &&mut Whereabouts| Some(&person.user_principal_name) == user.mail.as_ref();
            if let Some(person) = people.represented.iter_mut().find(its) {
                let user_type = user.user_type.as_ref().map_or("", UserType::as_str).to_owned();
                person.represented_in.push(Representation { tenant_id: tenant.id, user_type });
            }
        }
    }
    people
}

fn nowhere_yet(person: &Person) -> Whereabouts {
    Whereabouts {
        home_tenant_id: person.home,
        display_name: person.name.clone(),
        user_principal_name: person.mail.clone(),
        is_shared: person.is_shared,
        represented_in: Vec::new(),
    }
}

/// The synchronization of users from one tenant to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Synchronization {
    pub(crate) source: Uuid,
    pub(crate) target: Uuid,
    /// Users that it has brought.
    pub(crate) users: u64,
    /// Why it is in quarantine.
    pub(crate) quarantine: Option<String>,
}

/// Every synchronization between tenants of the scenario, by source and target in their order.
pub(crate) fn synchronizations_of(state: &Value, cast: &Cast) -> Vec<Synchronization> {
    let directories = state["directories"].as_array().into_iter().flatten();
    let of_tenant = |directory: &Value| -> Vec<Synchronization> {
        let Some(source) = id_of(&directory["tenantId"]) else { return Vec::new() };
        let principals = directory["servicePrincipals"].as_array().into_iter().flatten();
        principals.filter_map(|principal| synchronization(source, principal)).collect()
    };
    let mut found: Vec<Synchronization> = directories.flat_map(of_tenant).collect();
    found.sort_by_key(|one| (cast.position(one.source), cast.position(one.target)));
    found
}

/// None without a job: nothing runs yet.
fn synchronization(source: Uuid, principal: &Value) -> Option<Synchronization> {
    let target = id_of(&principal["target"])?;
    let job = principal["job"].as_object()?;
    Some(Synchronization {
        source,
        target,
        users: job.get("provisioned").and_then(Value::as_u64).unwrap_or(0),
        quarantine: job.get("quarantine").and_then(Value::as_str).map(str::to_owned),
    })
}

fn id_of(value: &Value) -> Option<Uuid> {
    Uuid::try_parse(value.as_str()?).ok()
}
