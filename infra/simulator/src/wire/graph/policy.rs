//! GET, PATCH /policies/crossTenantAccessPolicy (5.1).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context};
use crate::ids;
use crate::world::{Refusal, World};

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let policy = &mut world.tenant_mut(viewer)?.policy;
    if call.method == Method::PATCH {
        policy.patch_root(&call.object()?)?;
        return Ok(Answer::no_content());
    }
    let mut shown = Value::Object(policy.root.clone());
    shown["@odata.context"] = context("policies/crossTenantAccessPolicy/$entity");
    shown["id"] = json!(ids::derive("cross-tenant access policy", &[&viewer.to_string()]));
    shown["description"] = Value::Null;
    Ok(Answer::ok(shown))
}
