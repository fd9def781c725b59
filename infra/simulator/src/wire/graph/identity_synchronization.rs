//! …/partners/{tenantId}/identitySynchronization (5.5).

use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, id};
use crate::world::{Refusal, World};

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call, partner: &str) -> Result<Answer, Refusal> {
    let partner = id(partner).map_err(|_| Refusal::Gone)?;
    let replaces = world.options.sync_policy_put_replaces;
    let policy = &mut world.tenant_mut(viewer)?.policy;
    match call.method {
        Method::PUT => policy.put_identity(partner, &call.object()?, replaces)?,
        Method::PATCH => policy.patch_identity(partner, &call.object()?)?,
        Method::DELETE => policy.delete_identity(partner)?,
        _ => {
            let mut shown = shape(partner, policy.identity(partner)?);
            let path = format!(
                "policies/crossTenantAccessPolicy/partners('{partner}')/identitySynchronization/$entity"
            );
            shown["@odata.context"] = context(&path);
            return Ok(Answer::ok(shown));
        }
    }
    Ok(Answer::no_content())
}

pub(super) fn shape(partner: Uuid, values: &Map<String, Value>) -> Value {
    let mut shown = Value::Object(values.clone());
    shown["tenantId"] = json!(partner);
    shown
}
