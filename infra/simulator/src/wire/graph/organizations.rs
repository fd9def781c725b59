//! GET /organization, GET /organization/{id}: the tenant itself.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, context, id};
use crate::world::tenant::Tenant;
use crate::world::{Refusal, World};

pub(super) fn list(world: &World, viewer: Uuid) -> Result<Answer, Refusal> {
    let tenant = world.tenant(viewer)?;
    Ok(Answer::ok(json!({"@odata.context": context("organization"), "value": [shape(tenant)]})))
}

pub(super) fn one(world: &World, viewer: Uuid, wanted: &str) -> Result<Answer, Refusal> {
    if id(wanted)? != viewer {
        return Err(Refusal::Unknown(wanted.to_owned()));
    }
    let mut shown = shape(world.tenant(viewer)?);
    shown["@odata.context"] = context("organization/$entity");
    Ok(Answer::ok(shown))
}

fn shape(tenant: &Tenant) -> Value {
    let domain = |name: &String, is_default: bool| json!({"name": name, "isDefault": is_default, "isInitial": false, "type": "Managed", "capabilities": "Email"});
    let further = tenant.domains.iter().map(|name| domain(name, false));
    let domains: Vec<Value> = std::iter::once(domain(&tenant.default_domain, true)).chain(further).collect();
    json!({"id": tenant.tenant_id, "displayName": tenant.display_name, "verifiedDomains": domains})
}
