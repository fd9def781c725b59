//! …/multiTenantOrganization/tenants (2).

use http::Method;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Answer, Body, Call, context_text, id, invalid, only, query, required, role, role_text};
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
/// The properties that `ReadBasic` shows (2.3).
const BASIC: [&str; 2] = ["tenantId", "displayName"];
const ENTITY: &str = "tenantRelationships/multiTenantOrganization/tenants/$entity";

/// A row, in the order of names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    #[serde(rename = "@odata.context", skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    added_by_tenant_id: Uuid,
    added_date_time: String,
    /// Null where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_date_time: Option<()>,
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    joined_date_time: Option<String>,
    #[serde(rename = "multiTenantOrgLabelType", skip_serializing_if = "Option::is_none")]
    label_type: Option<&'static str>,
    role: &'static str,
    state: &'static str,
    tenant_id: Uuid,
    transition_details: Option<Transition>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transition {
    desired_role: &'static str,
    desired_state: &'static str,
    /// Always null.
    details: (),
    status: &'static str,
}

/// A list, in the order of names.
#[derive(Serialize)]
struct List<T> {
    #[serde(rename = "@odata.context")]
    context: String,
    #[serde(rename = "@odata.count", skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    value: Vec<T>,
}

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
            if access == Access::Basic {
                query::keep(shown.tree(), &BASIC);
            }
            Ok(Answer::ok(shown))
        }
    }
}

/// `$filter` is documented for `tenantId`; that the other properties are filtered as well is (unverified).
/// `$expand` may stand there and does nothing: a row has nothing to expand.
fn list(world: &World, viewer: Uuid, call: &Call, access: Access) -> Result<Answer, Refusal> {
    query::refuse(call, &["$top", "$skip"])?;
    let names: &[&str] = match access {
        Access::Full => &PROPERTIES,
        Access::Basic => &BASIC,
    };
    let (filter, counts) = (Filter::of(call, names)?, query::counts(call)?);
    let rows = world.visible_rows(viewer).into_iter();
    let rows = rows.filter(|(_, row)| access == Access::Full || row.is_active());
    let rows = rows.map(|(organization, row)| shape(world, viewer, organization, row));
    Ok(Answer::ok(match (filter, access) {
        (None, Access::Full) => listed(rows.collect(), counts),
        (filter, _) => {
            let mut rows: Vec<Value> = rows.map(|row| Body::written(&row, 0).tree().take()).collect();
            for row in &mut rows {
                query::keep(row, names);
            }
            rows.retain(|row| filter.as_ref().is_none_or(|filter| filter.matches(row)));
            listed(rows, counts)
        }
    }))
}

fn listed<T: Serialize>(value: Vec<T>, counts: bool) -> Body {
    let rows = value.len();
    Body::written(&List { context: context_text(LIST), count: counts.then_some(rows), value }, rows)
}

fn post(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let body = call.object()?;
    only(&body, &["tenantId", "displayName", "role"])?;
    // a malformed id: code and text are (unverified)
    let tenant = Uuid::parse_str(&required(&body, "tenantId")?).map_err(|_| invalid("tenantId"))?;
    let (name, role) = (required(&body, "displayName")?, role(&body)?.unwrap_or_default());
    world.add_member(viewer, tenant, name, role)?;
    let (organization, row) = world.visible_row(viewer, tenant)?;
    let mut made = shape(world, viewer, organization, row);
    made.context = Some(context_text(ENTITY));
    made.transition_details = None; // null in the POST answer, an object when read (9.4 row 5)
    if world.options.post_echoes_role {
        made.role = role_text(role);
    }
    Ok(Answer::created(Body::written(&made, 0)))
}

fn delete(world: &mut World, viewer: Uuid, tenant: Uuid) -> Result<Answer, Refusal> {
    world.remove_member(viewer, tenant)?;
    if !world.options.delete_answers_member {
        return Ok(Answer::no_content());
    }
    let (organization, row) = world.visible_row(viewer, tenant)?;
    Ok(Answer::ok(entity(world, viewer, organization, row)))
}

fn entity(world: &World, viewer: Uuid, organization: &Organization, row: &Row) -> Body {
    let shown = shape(world, viewer, organization, row);
    Body::written(&Shown { context: Some(context_text(ENTITY)), ..shown }, 0)
}

fn shape<'a>(world: &World, viewer: Uuid, organization: &Organization, row: &'a Row) -> Shown<'a> {
    let running = row.change.is_some_and(|change| change.running_at <= world.now);
    let removed_shows = world.options.removed_state_while_running && running && row.is_being_removed();
    let state = match row.state {
        _ if removed_shows => "removed",
        MemberState::Pending => "pending",
        MemberState::Active => "active",
    };
    let has_id = world.options.member_ids;
    Shown {
        context: None,
        added_by_tenant_id: row.added_by,
        added_date_time: timestamp(row.added_at),
        deleted_date_time: has_id.then_some(()),
        display_name: &row.display_name,
        id: has_id.then(|| organization.row_id_for(viewer, row)),
        joined_date_time: row.joined_at.map(timestamp),
        label_type: world.options.undeclared_properties.then_some("none"),
        role: role_text(shown_role(world, row)),
        state,
        tenant_id: row.tenant_id,
        transition_details: transition(world, row, running),
    }
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
fn transition(world: &World, row: &Row, running: bool) -> Option<Transition> {
    let details = |desired_state, role, status| {
        Some(Transition { desired_role: role_text(role), desired_state, details: (), status })
    };
    let status = if running { "running" } else { "notStarted" };
    match (row.change.map(|change| change.kind), row.state) {
        (Some(ChangeKind::Removal), MemberState::Pending) => details("removed", row.wanted_role, status),
        (Some(ChangeKind::Removal), MemberState::Active) => details("removed", row.role, status),
        (Some(ChangeKind::Role(role)), _) => details("active", role, status),
        (None, MemberState::Pending) if world.options.pending_transition_in_list => {
            details("active", row.wanted_role, "notStarted")
        }
        (None, MemberState::Pending | MemberState::Active) => None,
    }
}
