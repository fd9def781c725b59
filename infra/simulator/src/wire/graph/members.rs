//! …/multiTenantOrganization/tenants (2).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, id, invalid, only, query, required, role, role_text};
use crate::seed::{MemberRole, MemberState};
use crate::wire::access::Access;
use crate::wire::filter::Filter;
use crate::world::organization::{ChangeKind, Row};
use crate::world::{Organization, Refusal, World, timestamp};

const LIST: &str = "tenantRelationships/multiTenantOrganization/tenants";
const PROPERTIES: [&str; 11] = [
    "id",
    "deletedDateTime",
    "tenantId",
    "displayName",
    "addedDateTime",
    "joinedDateTime",
    "addedByTenantId",
    "role",
    "state",
    "transitionDetails",
    "multiTenantOrgLabelType",
];
const ENTITY: &str = "tenantRelationships/multiTenantOrganization/tenants/$entity";

pub(super) fn serve_all(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    access: Access,
) -> Result<Answer, Refusal> {
    if call.method == Method::POST { post(world, viewer, call) } else { list(world, viewer, call, access) }
}

pub(super) fn serve_one(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    access: Access,
    tenant: &str,
) -> Result<Answer, Refusal> {
    let tenant = id(tenant)?;
    match call.method {
        Method::PATCH => {
            let body = call.object()?;
            only(&body, &["role"])?;
            let role = role(&body)?.ok_or_else(|| invalid("role"))?;
            world.change_role(viewer, tenant, role)?;
            Ok(Answer::no_content())
        }
        Method::DELETE => delete(world, viewer, tenant),
        _ => {
            let (organization, row) = world.visible_row(viewer, tenant)?;
            if access == Access::Basic && !row.is_active() {
                return Err(Refusal::Unknown(tenant.to_string()));
            }
            let mut shown = entity(world, viewer, organization, row);
            query::keep(&mut shown, kept(access));
            Ok(Answer::ok(shown))
        }
    }
}

/// The properties a caller sees (2.3).
fn kept(access: Access) -> &'static [&'static str] {
    match access {
        Access::Full => &PROPERTIES,
        Access::Basic => &["tenantId", "displayName"],
    }
}

/// `$filter` is documented for `tenantId`; that the other properties are filtered as well is (unverified).
/// `$expand` may stand there and does nothing: a row has nothing to expand.
fn list(world: &World, viewer: Uuid, call: &Call, access: Access) -> Result<Answer, Refusal> {
    query::refuse(call, &["$top", "$skip"])?;
    let filter = Filter::of(call, kept(access))?;
    let rows = world.visible_rows(viewer).into_iter();
    let rows = rows.filter(|(_, row)| access == Access::Full || row.is_active());
    let mut shown: Vec<Value> =
        rows.map(|(organization, row)| shape(world, viewer, organization, row)).collect();
    for row in &mut shown {
        query::keep(row, kept(access));
    }
    shown.retain(|row| filter.as_ref().is_none_or(|filter| filter.matches(row)));
    let mut body = json!({"@odata.context": context(LIST)});
    if query::counts(call)? {
        body["@odata.count"] = json!(shown.len());
    }
    body["value"] = json!(shown);
    Ok(Answer::ok(body))
}

fn post(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let body = call.object()?;
    only(&body, &["tenantId", "displayName", "role"])?;
    // a malformed id: code and text are (unverified)
    let tenant = Uuid::parse_str(&required(&body, "tenantId")?).map_err(|_| invalid("tenantId"))?;
    let (name, role) = (required(&body, "displayName")?, role(&body)?.unwrap_or_default());
    world.add_member(viewer, tenant, name, role)?;
    let (organization, row) = world.visible_row(viewer, tenant)?;
    let mut made = entity(world, viewer, organization, row);
    made["transitionDetails"] = Value::Null; // null in the POST answer, an object when read (9.4 row 5)
    if world.options.post_echoes_role {
        made["role"] = json!(role_text(role));
    }
    Ok(Answer::created(made))
}

fn delete(world: &mut World, viewer: Uuid, tenant: Uuid) -> Result<Answer, Refusal> {
    world.remove_member(viewer, tenant)?;
    if !world.options.delete_answers_member {
        return Ok(Answer::no_content());
    }
    let (organization, row) = world.visible_row(viewer, tenant)?;
    Ok(Answer::ok(entity(world, viewer, organization, row)))
}

fn entity(world: &World, viewer: Uuid, organization: &Organization, row: &Row) -> Value {
    let mut shown = shape(world, viewer, organization, row);
    shown["@odata.context"] = context(ENTITY);
    shown
}

fn shape(world: &World, viewer: Uuid, organization: &Organization, row: &Row) -> Value {
    let running = row.change.is_some_and(|change| change.running_at <= world.now);
    let removed_shows = world.options.removed_state_while_running && running && row.is_being_removed();
    let state = match row.state {
        _ if removed_shows => "removed",
        MemberState::Pending => "pending",
        MemberState::Active => "active",
    };
    let mut shown = json!({
        "tenantId": row.tenant_id,
        "displayName": row.display_name,
        "addedDateTime": timestamp(row.added_at),
        "joinedDateTime": row.joined_at.map(timestamp),
        "addedByTenantId": row.added_by,
        "role": role_text(shown_role(world, row)),
        "state": state,
        "transitionDetails": transition(world, row, running),
    });
    if world.options.member_ids {
        shown["id"] = json!(organization.row_id_for(viewer, row));
        shown["deletedDateTime"] = Value::Null;
    }
    if world.options.undeclared_properties {
        shown["multiTenantOrgLabelType"] = json!("none");
    }
    shown
}

/// The old role while a new one is only wanted, or the new one at once (9.4 row 6).
fn shown_role(world: &World, row: &Row) -> MemberRole {
    let wanted = match (row.state, row.change.map(|change| change.kind)) {
        (MemberState::Pending, _) => row.wanted_role,
        (MemberState::Active, Some(ChangeKind::Role(role))) => role,
        (MemberState::Active, Some(ChangeKind::Removal) | None) => row.role,
    };
    if world.options.wanted_role_at_once { wanted } else { row.role }
}

/// What is under way (2.5).
fn transition(world: &World, row: &Row, running: bool) -> Value {
    let details = |state: &str, role: MemberRole, status: &str| json!({"desiredState": state, "desiredRole": role_text(role), "status": status, "details": null});
    let status = if running { "running" } else { "notStarted" };
    match (row.change.map(|change| change.kind), row.state) {
        (Some(ChangeKind::Removal), MemberState::Pending) => details("removed", row.wanted_role, status),
        (Some(ChangeKind::Removal), MemberState::Active) => details("removed", row.role, status),
        (Some(ChangeKind::Role(role)), _) => details("active", role, status),
        (None, MemberState::Pending) if world.options.pending_transition_in_list => {
            details("active", row.wanted_role, "notStarted")
        }
        (None, MemberState::Pending | MemberState::Active) => Value::Null,
    }
}
