//! GET /auditLogs/directoryAudits, GET …/directoryAudits/{id}: the activities of 1.4.
//!
//! Newest first. Beside the names of 1.4 the shape follows the page of the API; which details the service gives for
//! these activities is (unverified).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, query};
use crate::ids;
use crate::wire::filter::Filter;
use crate::world::audit::{Activity, Actor, Audit};
use crate::world::join::FAILURE;
use crate::world::{Refusal, Tenant, World, timestamp};

const PATH: &str = "auditLogs/directoryAudits";
/// Most entries of one page, and how many it has where `$top` says nothing.
const MAX_PAGE_SIZE: usize = 1_000;
const FILTERED: [&str; 10] = [
    "id",
    "category",
    "activityDisplayName",
    "activityDateTime",
    "loggedByService",
    "result",
    "operationType",
    "correlationId",
    "initiatedBy",
    "targetResources",
];

pub(super) fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    query::refuse(call, &["$skip", "$expand", "$search"])?;
    let filter = Filter::of(call, &FILTERED)?;
    let size = query::number(call, "$top")?.unwrap_or(MAX_PAGE_SIZE).clamp(1, MAX_PAGE_SIZE);
    let tenant = world.tenant(viewer)?;
    let mine = world.trail.entries.iter().filter(|audit| audit.tenant == viewer);
    let shown = mine.map(|audit| (audit.number, shape(tenant, audit)));
    let mut found: Vec<(u64, Value)> =
        shown.filter(|(_, shown)| filter.as_ref().is_none_or(|filter| filter.matches(shown))).collect();
    let newest_first = newest_first(call)?;
    if newest_first {
        found.reverse();
    }
    let count = found.len();
    if let Some(last) = query::number(call, "$skiptoken")? {
        let last = u64::try_from(last).unwrap_or(u64::MAX);
        found.retain(|(number, _)| if newest_first { *number < last } else { *number > last });
    }
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(number, _)| *number);
    let page: Vec<Value> = found.into_iter().map(|(_, shown)| shown).collect();
    let mut body = json!({"@odata.context": context(PATH), "value": page});
    if query::counts(call)? {
        body["@odata.count"] = json!(count);
    }
    if let Some(last) = last.filter(|_| more) {
        body["@odata.nextLink"] = json!(query::next_link(call, PATH, last));
    }
    Ok(Answer::ok(body))
}

pub(super) fn one(world: &World, viewer: Uuid, id: &str) -> Result<Answer, Refusal> {
    let tenant = world.tenant(viewer)?;
    let mut mine = world.trail.entries.iter().filter(|audit| audit.tenant == viewer);
    let found = mine.find(|audit| audit_id(audit) == id).ok_or_else(|| Refusal::Unknown(id.to_owned()))?;
    let mut shown = shape(tenant, found);
    shown["@odata.context"] = context(&format!("{PATH}/$entity"));
    Ok(Answer::ok(shown))
}

/// `$orderby` takes the time, in both directions.
fn newest_first(call: &Call) -> Result<bool, Refusal> {
    let words: Vec<&str> =
        call.option("$orderby").unwrap_or("activityDateTime desc").split_whitespace().collect();
    match words.as_slice() {
        ["activityDateTime", "desc"] => Ok(true),
        ["activityDateTime"] | ["activityDateTime", "asc"] => Ok(false),
        _ => Err(Refusal::Query("Only ordering by activityDateTime is supported here.".to_owned())),
    }
}

/// As the service builds them: a word, an id, and something more.
fn audit_id(audit: &Audit) -> String {
    let id = ids::derive("audit", &[&audit.number.to_string()]);
    format!("Directory_{id}_{}", audit.number)
}

fn shape(tenant: &Tenant, audit: &Audit) -> Value {
    let entry = &audit.entry;
    let (result, reason) = if entry.failure.is_some() { ("failure", FAILURE) } else { ("success", "") };
    // the service writes values as JSON in a string
    let written = |value: &Value| if value.is_null() { Value::Null } else { json!(value.to_string()) };
    let changed = entry.changed.iter().map(
        |(name, old, new)| json!({"displayName": name, "oldValue": written(old), "newValue": written(new)}),
    );
    json!({
        "id": audit_id(audit),
        "category": entry.activity.category(),
        "correlationId": audit.correlation,
        "result": result,
        "resultReason": reason,
        "activityDisplayName": entry.activity.name(),
        "activityDateTime": timestamp(audit.time),
        "loggedByService": "Core Directory",
        "operationType": entry.activity.operation(),
        "initiatedBy": initiator(tenant, audit.actor),
        "targetResources": [{
            "id": entry.target_id,
            "displayName": entry.target_name,
            "type": kind(entry.activity),
            "userPrincipalName": null,
            "groupType": null,
            "modifiedProperties": changed.collect::<Vec<_>>(),
        }],
        "additionalDetails": [],
    })
}

fn kind(activity: Activity) -> &'static str {
    match activity {
        Activity::ResetIdentityTemplate
        | Activity::UpdateIdentityTemplate
        | Activity::ResetPartnerTemplate
        | Activity::UpdatePartnerTemplate => "Policy",
        Activity::Directory(_)
        | Activity::CreateOrganization
        | Activity::UpdateOrganization
        | Activity::HardDeleteOrganization
        | Activity::AddTenant
        | Activity::UpdateTenant
        | Activity::DeleteTenant
        | Activity::HardDeleteTenant
        | Activity::TenantJoining => "Other",
    }
}

fn initiator(tenant: &Tenant, actor: Actor) -> Value {
    let app = |id: Option<Uuid>, name: &str, principal: Option<Uuid>| {
        json!({"user": null, "app": {
            "appId": id, "displayName": name, "servicePrincipalId": principal, "servicePrincipalName": null,
        }})
    };
    match actor {
        Actor::Service => app(None, "Microsoft Entra ID", None),
        Actor::Application(client) => {
            let name = tenant.application(client).map_or("", |application| &application.display_name);
            app(Some(client), name, Some(tenant.service_principal(client)))
        }
        Actor::User(id) => {
            let user = tenant.sign_in(id);
            json!({"app": null, "user": {
                "id": id,
                "displayName": user.map(crate::world::tenant::SignIn::name),
                "userPrincipalName": user.map(|user| &user.user_principal_name),
                "ipAddress": null,
                "userType": null,
                "homeTenantId": null,
                "homeTenantName": null,
            }})
        }
    }
}
