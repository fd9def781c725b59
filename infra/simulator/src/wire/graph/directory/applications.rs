//! /applicationTemplates/{id}/instantiate, /applications, /servicePrincipals (6.1, 6.2).

use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, id, invalid, only, required, text};
use super::{Caller, filter, may, page};
use crate::ids;
use crate::world::organization::TextChange;
use crate::world::sync::application::{Application, GALLERY_TEMPLATE, Label, OTHER_TEMPLATE, Principal};
use crate::world::{Refusal, World, timestamp};

const WRITES: &[&str] = &["Application.ReadWrite.All", "Directory.ReadWrite.All"];
const FILTERED: [&str; 4] = ["id", "appId", "displayName", "tags"];

pub(super) fn instantiate(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    template: &str,
) -> Result<Answer, Refusal> {
    if ![GALLERY_TEMPLATE, OTHER_TEMPLATE].iter().any(|known| known.eq_ignore_ascii_case(template)) {
        return Err(Refusal::Unknown(template.to_owned()));
    }
    let body = call.object()?;
    only(&body, &["displayName", "serviceManagementReference"])?;
    let name = required(&body, "displayName")?;
    let (application, principal) = world.instantiate(caller.tenant, caller.client, template, name)?;
    let software = &world.tenant(caller.tenant)?.software;
    let unknown = |id: Uuid| move || Refusal::Unknown(id.to_string());
    let application = software.applications.get(&application).ok_or_else(unknown(application))?;
    let principal = software.principals.get(&principal).ok_or_else(unknown(principal))?;
    Ok(Answer::created(json!({
        "@odata.context": context("microsoft.graph.applicationServicePrincipal"),
        "application": application_shape(application),
        "servicePrincipal": shape(principal),
    })))
}

pub(super) fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let principals = world.tenant(viewer)?.software.principals.values();
    let rows = principals.filter(|one| one.visible_at <= world.now).map(shape).collect();
    filtered(call, "servicePrincipals", rows)
}

pub(super) fn list_applications(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let applications = world.tenant(viewer)?.software.applications.values();
    let rows = applications.filter(|one| one.visible_at <= world.now).map(application_shape).collect();
    filtered(call, "applications", rows)
}

fn filtered(call: &Call, name: &str, mut rows: Vec<Value>) -> Result<Answer, Refusal> {
    let wanted = filter::parse(call.option("$filter"), &FILTERED)?;
    rows.retain(|row| wanted.matches(&|name| row.get(name).cloned().unwrap_or(Value::Null)));
    let row = |place: usize| rows.get(place).cloned().unwrap_or(Value::Null);
    Ok(Answer::ok(page::page(call, name, 0..rows.len(), row)?))
}

/// An id, or `(appId='…')`.
fn keyed<T>(
    text: &str,
    all: impl Iterator<Item = T>,
    app_id: impl Fn(&T) -> Uuid,
    own: impl Fn(&T) -> Uuid,
) -> Option<Uuid> {
    let mut all = all;
    let key = text.split_once("(appId='").and_then(|(_, rest)| rest.strip_suffix("')"));
    match key {
        Some(key) => {
            let key = Uuid::parse_str(key).ok()?;
            all.find(|one| app_id(one) == key).map(|one| own(&one))
        }
        None => Uuid::parse_str(text).ok(),
    }
}

/// The service principal a path names.
pub(super) fn principal_id(world: &World, viewer: Uuid, text: &str) -> Result<Uuid, Refusal> {
    let all = world.tenant(viewer)?.software.principals.values();
    let found = keyed(text, all, |one| one.app_id, |one| one.id);
    let found = found.ok_or_else(|| Refusal::Unknown(text.to_owned()))?;
    world.principal(viewer, found)?;
    Ok(found)
}

pub(super) fn serve(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    principal: &str,
) -> Result<Answer, Refusal> {
    let found = principal_id(world, caller.tenant, principal)?;
    if call.method == Method::GET {
        let mut shown = shape(world.principal(caller.tenant, found)?);
        shown["@odata.context"] = context("servicePrincipals/$entity");
        return Ok(Answer::ok(shown));
    }
    may(caller, WRITES, world.principal(caller.tenant, found)?.owner)?;
    if call.method == Method::DELETE {
        world.delete_principal(caller.tenant, found)?;
        return Ok(Answer::no_content());
    }
    relabel(&mut world.principal_mut(caller.tenant, found)?.label, &call.object()?)?;
    Ok(Answer::no_content())
}

pub(super) fn serve_application(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    application: &str,
) -> Result<Answer, Refusal> {
    let unknown = || Refusal::Unknown(application.to_owned());
    let now = world.now;
    let software = &mut world.tenant_mut(caller.tenant)?.software;
    let all = software.applications.values();
    let found = keyed(application, all, |one| one.app_id, |one| one.id).ok_or_else(unknown)?;
    let one =
        software.applications.get_mut(&found).filter(|one| one.visible_at <= now).ok_or_else(unknown)?;
    if call.method == Method::GET {
        let mut shown = application_shape(one);
        shown["@odata.context"] = context("applications/$entity");
        return Ok(Answer::ok(shown));
    }
    may(caller, WRITES, one.owner)?;
    if call.method == Method::DELETE {
        world.delete_application(caller.tenant, found)?;
        return Ok(Answer::no_content());
    }
    let (body, app_id) = (call.object()?, one.app_id);
    relabel(&mut one.label, &body)?;
    // the name of an application is the name of its service principal too
    if let Some(name) = text(&body, "displayName")?.value() {
        for principal in software.principals.values_mut().filter(|one| one.app_id == app_id) {
            principal.label.display_name.clone_from(&name);
        }
    }
    Ok(Answer::no_content())
}

fn relabel(label: &mut Label, body: &Map<String, Value>) -> Result<(), Refusal> {
    only(body, &["displayName", "tags", "notes"])?;
    let (name, notes) = (text(body, "displayName")?, text(body, "notes")?);
    if let Some(tags) = body.get("tags") {
        let tags = tags.as_array().ok_or_else(|| invalid("tags"))?;
        let text = |tag: &Value| tag.as_str().map(str::to_owned).ok_or_else(|| invalid("tags"));
        label.tags = tags.iter().map(text).collect::<Result<_, _>>()?;
    }
    match name {
        TextChange::Keep => {}
        TextChange::Clear => return Err(invalid("displayName")),
        TextChange::Set(name) => label.display_name = name,
    }
    match notes {
        TextChange::Keep => {}
        TextChange::Clear => label.notes = None,
        TextChange::Set(notes) => label.notes = Some(notes),
    }
    Ok(())
}

fn roles(role: Uuid) -> Value {
    json!([{"allowedMemberTypes": ["User"], "displayName": "msiam_access", "description": "msiam_access", "id": role,
            "isEnabled": true, "value": null, "origin": "Application"}])
}

fn application_shape(application: &Application) -> Value {
    json!({
        "id": application.id, "appId": application.app_id, "displayName": application.label.display_name,
        "applicationTemplateId": GALLERY_TEMPLATE, "createdDateTime": timestamp(application.made_at),
        "deletedDateTime": null, "notes": application.label.notes, "signInAudience": "AzureADMyOrg",
        "tags": application.label.tags, "identifierUris": [],
    })
}

fn shape(principal: &Principal) -> Value {
    let scope = ids::derive("scope", &[&principal.id.to_string()]);
    json!({
        "id": principal.id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "appId": principal.app_id,
        "applicationTemplateId": principal.template,
        "appDisplayName": principal.label.display_name,
        "createdDateTime": timestamp(principal.made_at),
        "displayName": principal.label.display_name,
        "appRoleAssignmentRequired": true,
        "homepage": "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=aad2aadsync|ISV9.1|primary|z",
        "notes": principal.label.notes,
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": principal.label.tags,
        "appRoles": roles(principal.role),
        "oauth2PermissionScopes": [{
            "id": scope, "type": "User", "value": "user_impersonation", "isEnabled": true,
            "adminConsentDisplayName": format!("Access {}", principal.label.display_name),
        }],
    })
}

/// The id in a path, for the assignments.
pub(super) fn object_id(text: &str) -> Result<Uuid, Refusal> {
    id(text)
}
