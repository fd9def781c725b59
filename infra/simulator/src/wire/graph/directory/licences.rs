//! GET /subscribedSkus: only whether there is Entra ID P1 (6.14).

use serde_json::json;
use uuid::Uuid;

use super::super::{Answer, context};
use crate::world::{Refusal, World};

pub(super) fn list(world: &World, viewer: Uuid) -> Result<Answer, Refusal> {
    let tenant = world.tenant(viewer)?;
    let sku = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4";
    let plan = json!({"servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "servicePlanName": "AAD_PREMIUM",
                      "appliesTo": "User", "provisioningStatus": "Success"});
    let premium = json!({
        "id": format!("{viewer}_{sku}"), "skuId": sku, "skuPartNumber": "AAD_PREMIUM", "appliesTo": "User",
        "accountId": viewer, "capabilityStatus": "Enabled", "consumedUnits": tenant.internal_users,
        "prepaidUnits": {"enabled": tenant.internal_users, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [plan],
    });
    let value = if tenant.directory.premium { vec![premium] } else { Vec::new() };
    Ok(Answer::ok(json!({"@odata.context": context("subscribedSkus"), "value": value})))
}
