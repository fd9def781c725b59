//! GET, PATCH /policies/crossTenantAccessPolicy/default, POST …/default/resetToSystemDefault (5.2).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context};
use crate::ids;
use crate::world::{Refusal, World};

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let policy = &mut world.tenant_mut(viewer)?.policy;
    if call.method == Method::PATCH {
        policy.patch_default(&call.object()?)?;
        return Ok(Answer::no_content());
    }
    let mut shown = Value::Object(policy.default.clone());
    shown["@odata.context"] = context("policies/crossTenantAccessPolicy/default/$entity");
    shown["id"] = json!(ids::derive("default configuration", &[&viewer.to_string()]));
    shown["isServiceDefault"] = json!(policy.is_service_default);
    Ok(Answer::ok(shown))
}

pub(super) fn reset(world: &mut World, viewer: Uuid) -> Result<Answer, Refusal> {
    world.tenant_mut(viewer)?.policy.reset_default();
    Ok(Answer::no_content())
}
