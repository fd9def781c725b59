//! /servicePrincipals/{id}/appRoleAssignedTo (6.8).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, invalid, only, required};
use super::{Caller, applications, filter, page};
use crate::world::directory::Directory;
use crate::world::sync::application::{Assignee, Assignment, Principal};
use crate::world::{Refusal, World, timestamp};

/// Besides AppRoleAssignment.ReadWrite.All (4A.3).
const READS: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const NAME: &str = "appRoleAssignments";

pub(super) fn serve_all(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    principal: &str,
) -> Result<Answer, Refusal> {
    let viewer = caller.tenant;
    let principal = applications::principal_id(world, viewer, principal)?;
    if call.method == Method::POST {
        return post(world, caller, call, principal);
    }
    let (directory, found) = (&world.tenant(viewer)?.directory, world.principal(viewer, principal)?);
    let wanted =
        filter::parse(call.option("$filter"), &["principalId", "principalDisplayName", "principalType"])?;
    let mut rows: Vec<&Assignment> = found.assignments.values().collect();
    rows.sort_by_key(|one| (one.made_at, one.id));
    let shape = |one: &Assignment| shape(directory, found, one);
    let holds = |place: &usize| {
        let shown = rows.get(*place).map_or(Value::Null, |one| shape(one));
        wanted.matches(&|name| shown.get(name).cloned().unwrap_or(Value::Null))
    };
    let places = (0..rows.len()).filter(holds);
    let row = |place: usize| rows.get(place).map_or(Value::Null, |one| shape(one));
    Ok(Answer::ok(page::page(call, NAME, places, row)?))
}

fn post(world: &mut World, caller: &Caller, call: &Call, principal: Uuid) -> Result<Answer, Refusal> {
    if !caller.has_one_of(READS) {
        return Err(Refusal::Denied);
    }
    let body = call.object()?;
    only(&body, &["appRoleId", "resourceId", "principalId"])?;
    let [role, resource, who] = ["appRoleId", "resourceId", "principalId"]
        .map(|name| required(&body, name).and_then(|text| Uuid::parse_str(&text).map_err(|_| invalid(name))));
    let found = world.principal(caller.tenant, principal)?;
    if role? != found.role {
        // (unverified) the text
        return Err(Refusal::Bad("Permission being assigned was not found on application.".to_owned()));
    }
    if resource? != principal {
        return Err(invalid("resourceId"));
    }
    let (who, directory) = (who?, &world.tenant(caller.tenant)?.directory);
    let user = directory.named(&who.to_string()).map(Assignee::User);
    let group = directory.group_number(who).filter(|number| directory.group(*number).is_some());
    let assignee = user.or(group.map(Assignee::Group)).ok_or_else(|| Refusal::Unknown(who.to_string()))?;
    let id = world.assign(caller.tenant, principal, assignee)?;
    let mut shown = one_shape(world, caller.tenant, principal, id)?;
    shown["@odata.context"] = context(&format!("{NAME}/$entity"));
    Ok(Answer::created(shown))
}

pub(super) fn serve_one(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    principal: &str,
    id: &str,
) -> Result<Answer, Refusal> {
    let principal = applications::principal_id(world, caller.tenant, principal)?;
    let id = applications::object_id(id)?;
    if call.method == Method::DELETE {
        if !caller.has_one_of(READS) {
            return Err(Refusal::Denied);
        }
        world.unassign(caller.tenant, principal, id)?;
        return Ok(Answer::no_content());
    }
    Ok(Answer::ok(one_shape(world, caller.tenant, principal, id)?))
}

fn one_shape(world: &World, viewer: Uuid, principal: Uuid, id: Uuid) -> Result<Value, Refusal> {
    let found = world.principal(viewer, principal)?;
    let one = found.assignments.get(&id).ok_or_else(|| Refusal::Unknown(id.to_string()))?;
    Ok(shape(&world.tenant(viewer)?.directory, found, one))
}

fn shape(directory: &Directory, principal: &Principal, one: &Assignment) -> Value {
    let (kind, id, name) = match one.who {
        Assignee::User(number) => ("User", directory.user_id(number), directory.value(number, "displayName")),
        Assignee::Group(number) => {
            let name = directory.group(number).map(|group| group.display_name.clone());
            ("Group", directory.group_id(number), json!(name))
        }
    };
    json!({
        "id": one.id, "deletedDateTime": null, "appRoleId": principal.role,
        "createdDateTime": timestamp(one.made_at), "principalDisplayName": name, "principalId": id,
        "principalType": kind, "resourceDisplayName": principal.label.display_name, "resourceId": principal.id,
    })
}
