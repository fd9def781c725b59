//! Views of /_control for what Graph has no address for: segmentation (7.3), people search (6.13), who is
//! represented where.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::Call;
use crate::world::sync::job::Job;
use crate::world::{Tenant, World};

/// `?tenant=…` of a call.
pub(super) fn tenant(world: &World, call: &Call) -> Option<Uuid> {
    let tenant = Uuid::parse_str(call.option("tenant")?).ok()?;
    world.tenants.contains_key(&tenant).then_some(tenant)
}

/// Who people search of the tenant finds with `?q=…`; everybody without it.
pub(super) fn found(world: &World, tenant: Uuid, call: &Call) -> Value {
    let found = world.search_people(tenant, call.option("q").unwrap_or_default());
    let directory = world.tenants.get(&tenant).map(|tenant| &tenant.directory);
    let shown = found.iter().filter_map(|person| {
        let directory = directory?;
        let property = |name: &str| directory.value(person.number, name);
        Some(json!({
            "id": directory.user_id(person.number), "displayName": property("displayName"),
            "mail": property("mail"), "userPrincipalName": property("userPrincipalName"),
            "userType": property("userType"), "segment": person.segment.name(),
        }))
    });
    json!({"tenantId": tenant, "value": shown.collect::<Vec<_>>()})
}

/// How many users of which kind a tenant has.
pub(super) fn segmentation(world: &World, tenant: Uuid) -> Value {
    let counts = world.segmentation(tenant);
    counts
        .into_iter()
        .map(|(segment, count)| (segment.name().to_owned(), json!(count)))
        .collect::<Map<_, _>>()
        .into()
}

/// Most ids of one list.
const MAX_IDS: usize = 1_000;

/// Where the tenant's people are represented.
pub(super) fn represented(world: &World, tenant: Uuid) -> Value {
    let directory = world.tenants.get(&tenant).map(|tenant| &tenant.directory);
    let of_one = |(host, people): (Uuid, Vec<u32>)| {
        let names = people
            .iter()
            .take(MAX_IDS)
            .filter_map(|number| Some(directory?.value(*number, "userPrincipalName")));
        json!({"tenantId": host, "count": people.len(), "users": names.collect::<Vec<_>>()})
    };
    let value: Vec<Value> = world.represented(tenant).into_iter().map(of_one).collect();
    json!({"tenantId": tenant, "value": value})
}

/// The tenant's directory in the state dump: counts, and jobs without secrets.
pub(super) fn directory(world: &World, tenant: &Tenant) -> Value {
    let directory = &tenant.directory;
    let deleted =
        directory.users.iter().filter(|user| crate::world::directory::edit::is_deleted(user)).count();
    let groups = (0..).zip(&directory.groups).filter(|(_, group)| !group.deleted).map(|(number, group)| {
        json!({"id": directory.group_id(number), "displayName": group.display_name, "users": group.users.len(),
               "groups": group.groups.len()})
    });
    let principals = tenant.software.principals.values().map(|principal| {
        json!({"id": principal.id, "appId": principal.app_id, "displayName": principal.label.display_name,
               "tags": principal.label.tags, "target": principal.target(), "assignments": principal.assignments.len(),
               "job": principal.job.as_ref().map(|found| job(found))})
    });
    json!({
        "tenantId": tenant.tenant_id,
        "segmentation": segmentation(world, tenant.tenant_id),
        "deleted": deleted,
        "invitationsAllowed": directory.invitations_allowed,
        "premium": directory.premium,
        "quota": directory.quota,
        "groups": groups.collect::<Vec<_>>(),
        "servicePrincipals": principals.collect::<Vec<_>>(),
    })
}

fn job(job: &Job) -> Value {
    let errors =
        job.escrows.values().fold(std::collections::BTreeMap::<_, u64>::new(), |mut counts, escrow| {
            *counts.entry(escrow.code).or_default() += 1;
            counts
        });
    json!({
        "id": job.id, "status": job.status(), "provisioned": job.provisioned(), "cycles": job.cycles,
        "initial": job.watermark.is_none(),
        "quarantine": job.quarantine.as_ref().map(|quarantine| quarantine.reason), "errors": errors,
    })
}
