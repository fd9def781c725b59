//! GET, PATCH …/multiTenantOrganization/joinRequest (3).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, invalid, only, required, role_text};
use crate::ids;
use crate::world::join::{FAILURE, JoinRequest};
use crate::world::{Refusal, World};

const CONTEXT: &str = "tenantRelationships/multiTenantOrganization/joinRequest/$entity";

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if call.method == Method::GET {
        return Ok(Answer::ok(get(world, viewer)?));
    }
    let body = call.object()?;
    only(&body, &["addedByTenantId"])?;
    // a malformed id: code and text are (unverified)
    let owner =
        Uuid::parse_str(&required(&body, "addedByTenantId")?).map_err(|_| invalid("addedByTenantId"))?;
    world.ask_to_join(viewer, owner)?;
    Ok(Answer::no_content())
}

fn get(world: &World, viewer: Uuid) -> Result<Value, Refusal> {
    let tenant = world.tenant(viewer)?;
    let mut record = match (tenant.join_request, tenant.joined_by, world.joined_role(viewer)) {
        (Some(request), _, _) => under_way(world, request),
        (None, Some(owner), Some(role)) => json!({
            "addedByTenantId": owner, "memberState": "active", "role": role_text(role), "transitionDetails": null,
        }),
        // before any request, after a reset, after leaving, and in the creator (the last three unverified)
        (None, _, _) => json!({
            "addedByTenantId": Uuid::nil(), "memberState": null, "role": null, "transitionDetails": null,
        }),
    };
    let era = if tenant.ever_asked { "asked" } else { "never asked" };
    record["id"] = json!(ids::derive("join request", &[&viewer.to_string(), era]));
    record["@odata.context"] = context(CONTEXT);
    Ok(record)
}

fn under_way(world: &World, request: JoinRequest) -> Value {
    let (status, details) = if request.failed {
        ("failed", FAILURE)
    } else if request.running_at <= world.now {
        ("running", "")
    } else {
        ("notStarted", "")
    };
    let early = world.options.join_record_active_at_once && status == "notStarted";
    json!({
        "addedByTenantId": request.owner,
        "memberState": if early { "active" } else { "pending" },
        "role": if early { json!("member") } else { Value::Null },
        "transitionDetails": {"desiredMemberState": "active", "status": status, "details": details},
    })
}
