//! GET, PATCH …/multiTenantOrganization/joinRequest (3).

use http::Method;
use serde::Serialize;
use uuid::Uuid;

use super::{Answer, Body, Call, context_text, invalid, only, required, role_text};
use crate::ids;
use crate::world::join::{FAILURE, JoinRequest};
use crate::world::{Refusal, World};

const CONTEXT: &str = "tenantRelationships/multiTenantOrganization/joinRequest/$entity";

/// The record, in the order of names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(rename = "@odata.context")]
    context: String,
    added_by_tenant_id: Uuid,
    id: Uuid,
    member_state: Option<&'static str>,
    role: Option<&'static str>,
    transition_details: Option<Transition>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transition {
    desired_member_state: &'static str,
    details: &'static str,
    status: &'static str,
}

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if call.method == Method::GET {
        return Ok(Answer::ok(Body::written(&get(world, viewer)?, 0)));
    }
    let body = call.object()?;
    only(&body, &["addedByTenantId"])?;
    // a malformed id: code and text are (unverified)
    let owner =
        Uuid::parse_str(&required(&body, "addedByTenantId")?).map_err(|_| invalid("addedByTenantId"))?;
    world.ask_to_join(viewer, owner)?;
    Ok(Answer::no_content())
}

fn get(world: &World, viewer: Uuid) -> Result<Shown, Refusal> {
    let tenant = world.tenant(viewer)?;
    let era = if tenant.ever_asked { "asked" } else { "never asked" };
    let record = Shown {
        context: context_text(CONTEXT),
        added_by_tenant_id: Uuid::nil(),
        id: ids::derive("join request", &[&viewer.to_string(), era]),
        member_state: None,
        role: None,
        transition_details: None,
    };
    Ok(match (tenant.join_request, tenant.joined_by, world.joined_role(viewer)) {
        (Some(request), _, _) => under_way(world, request, record),
        (None, Some(owner), Some(role)) => Shown {
            added_by_tenant_id: owner,
            member_state: Some("active"),
            role: Some(role_text(role)),
            ..record
        },
        // before any request, after a reset, after leaving, and in the creator (the last three unverified)
        (None, _, _) => record,
    })
}

fn under_way(world: &World, request: JoinRequest, record: Shown) -> Shown {
    let (status, details) = if request.failed {
        ("failed", FAILURE)
    } else if request.running_at <= world.now {
        ("running", "")
    } else {
        ("notStarted", "")
    };
    let early = world.options.join_record_active_at_once && status == "notStarted";
    Shown {
        added_by_tenant_id: request.owner,
        member_state: Some(if early { "active" } else { "pending" }),
        role: early.then_some("member"),
        transition_details: Some(Transition { desired_member_state: "active", details, status }),
        ..record
    }
}
