//! GET /auditLogs/provisioning (6.12), newest first.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{Answer, Call};
use super::{filter, page};
use crate::ids;
use crate::world::directory::Directory;
use crate::world::sync::log::{Action, Item, Status};
use crate::world::{Refusal, World, timestamp};

const FILTERED: [&str; 12] = [
    "id",
    "activityDateTime",
    "jobId",
    "cycleId",
    "changeId",
    "tenantId",
    "provisioningAction",
    "provisioningStatusInfo/status",
    "sourceIdentity/id",
    "sourceIdentity/displayName",
    "targetIdentity/id",
    "servicePrincipal/id",
];

pub(super) fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let wanted = filter::parse(call.option("$filter"), &FILTERED)?;
    let items = world.provisioning_log(viewer);
    // a place counts from the oldest that was ever there, so that new items move nothing
    let newest = items.first().map_or(0, |item| item.number);
    let at = |place: usize| {
        let number =
            call_newest(call).unwrap_or(newest).saturating_sub(u64::try_from(place).unwrap_or(u64::MAX));
        items.iter().find(|item| item.number == number)
    };
    let row = |place: usize| at(place).map_or(Value::Null, |item| shape(world, viewer, item));
    let offset = newest.saturating_sub(call_newest(call).unwrap_or(newest));
    let places = items.iter().enumerate().filter_map(|(place, item)| {
        let place = place.checked_sub(usize::try_from(offset).unwrap_or(usize::MAX))?;
        let shown = || shape(world, viewer, item);
        (matches!(wanted, filter::Filter::All) || holds(&wanted, &shown())).then_some(place)
    });
    let mut shown = page::page(call, "auditLogs/provisioning", places, row)?;
    if let Some(Value::String(link)) = shown.get_mut("@odata.nextLink")
        && call_newest(call).is_none()
    {
        link.extend(["&", NEWEST, "=", &newest.to_string()]);
    }
    Ok(Answer::ok(shown))
}

/// Which item the first page began with, kept in the link.
const NEWEST: &str = "$newest";

fn call_newest(call: &Call) -> Option<u64> {
    call.option(NEWEST)?.parse().ok()
}

fn holds(wanted: &filter::Filter, shown: &Value) -> bool {
    wanted.matches(&|name| shown.pointer(&format!("/{name}")).cloned().unwrap_or(Value::Null))
}

fn identity(directory: Option<&Directory>, number: Option<u32>) -> Value {
    let (Some(directory), Some(number)) = (directory, number) else {
        return json!({"id": "", "displayName": null, "identityType": "User", "details": {}});
    };
    json!({
        "id": directory.user_id(number), "displayName": directory.value(number, "displayName"),
        "identityType": "User", "details": {"userPrincipalName": directory.value(number, "userPrincipalName")},
    })
}

fn shape(world: &World, viewer: Uuid, item: &Item) -> Value {
    let source = world.tenants.get(&viewer);
    let target = world.tenants.get(&item.target_tenant);
    let principal = source.and_then(|tenant| tenant.software.principals.get(&item.principal));
    let name = principal.map(|principal| principal.label.display_name.clone());
    let number = item.number.to_string();
    let (id, change) =
        (ids::derive("log item", &[&item.job, &number]), ids::derive("change", &[&item.job, &number]));
    let system = |tenant: Uuid, name: &str| json!({"id": tenant, "displayName": name, "details": {}});
    json!({
        "id": id,
        "activityDateTime": timestamp(item.time),
        "tenantId": viewer,
        "jobId": &*item.job,
        "cycleId": item.cycle,
        "changeId": change,
        "durationInMilliseconds": world.options.directory.milliseconds_per_object,
        "provisioningAction": item.action.name(),
        "provisioningStatusInfo": status(item),
        "provisioningSteps": steps(item),
        "sourceIdentity": identity(source.map(|tenant| &tenant.directory), Some(item.source)),
        "targetIdentity": identity(target.map(|tenant| &tenant.directory), item.target),
        "sourceSystem": system(viewer, "Azure Active Directory"),
        "targetSystem": system(item.target_tenant, "Azure Active Directory (target tenant)"),
        "servicePrincipal": {"id": item.principal, "displayName": name},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "modifiedProperties": modified(target.map(|tenant| &tenant.directory), item),
    })
}

fn status(item: &Item) -> Value {
    let error = item.error.as_ref().map(|(code, reason)| {
        let category = if item.status == Status::Failure { "failure" } else { "success" };
        json!({"errorCode": code, "errorCategory": category, "reason": reason, "additionalDetails": null,
               "recommendedAction": recommended(code)})
    });
    json!({"status": item.status.name(), "errorInformation": error})
}

/// What 6.11 advises; the service's own texts are (unverified).
fn recommended(code: &str) -> Option<&'static str> {
    match code {
        "AzureActiveDirectoryForbidden" => {
            Some("Check the target's guest invite settings and its list of allowed and denied domains.")
        }
        "AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService" => Some(
            "Clear the conflict where mail and showInAddressList are managed; see its proxy addresses too.",
        ),
        "AzureActiveDirectoryQuotaLimitExceeded" => Some("Delete objects in the target, or raise its quota."),
        "InvitationCreationFailure" => Some("Correct the user's mail address."),
        "InvitationCreationFailureInvalidPropertyValue" => Some("Correct the property's value."),
        "InvitationCreationFailureAmbiguousUser" => Some("Clean up the users that hold the same address."),
        "CannotUpdateObjectsMasteredOnPremises" => Some("Exclude the user from synchronization."),
        _ => None,
    }
}

/// What was written. Of creations the essentials, as they are now: the rest would fill the memory.
fn modified(target: Option<&Directory>, item: &Item) -> Vec<Value> {
    let property =
        |name: &str, old: Value, new: Value| json!({"displayName": name, "oldValue": old, "newValue": new});
    if let (Action::Create, Some(directory), Some(number)) = (item.action, target, item.target) {
        let names =
            ["displayName", "userPrincipalName", "mail", "userType", "accountEnabled", "showInAddressList"];
        return names.iter().map(|name| property(name, Value::Null, directory.value(number, name))).collect();
    }
    item.modified.iter().map(|(name, old, new)| property(name, json!(old), json!(new))).collect()
}

/// The way of one object through the engine.
pub(super) fn steps(item: &Item) -> Vec<Value> {
    let status = item.status.name();
    let reason = item.error.as_ref().map_or("", |(_, reason)| reason);
    let code = item.error.as_ref().map(|(code, _)| *code);
    let step = |name: &str, kind: &str, status: &str, text: &str| json!({"name": name, "provisioningStepType": kind, "status": status, "description": text, "details": {}});
    let mut steps = vec![
        step("EntryImportAdd", "import", "success", "The user was read from the source."),
        step("EntrySynchronizationScoping", "scoping", "success", "The user was checked against the scope."),
    ];
    if item.status == Status::Skipped {
        let mut skipped = step("EntrySynchronizationSkip", "processing", status, reason);
        skipped["details"] = json!({"skipReason": code});
        steps.push(skipped);
        return steps;
    }
    steps.push(step(
        "EntryImportLookup",
        "matching",
        "success",
        "The target was searched for the same person.",
    ));
    let export = match item.action {
        Action::Create => "EntryExportAdd",
        Action::Delete | Action::StagedDelete => "EntryExportDelete",
        Action::Update | Action::Disable | Action::Other => "EntryExportUpdate",
    };
    let mut exported = step(export, "export", status, reason);
    exported["details"] = json!({"errorCode": code});
    steps.push(exported);
    steps
}
