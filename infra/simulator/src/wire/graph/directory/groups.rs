//! /groups and their members (6.8: direct ones count).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, id};
use super::route::USER_READ;
use super::{Caller, filter, page, users};
use crate::wire::headers;
use crate::world::directory::Directory;
use crate::world::directory::user::User;
use crate::world::{Refusal, World};

const FILTERED: [&str; 3] = ["id", "displayName", "securityEnabled"];

pub(super) fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let directory = &world.tenant(viewer)?.directory;
    let wanted = filter::parse(call.option("$filter"), &FILTERED)?;
    let places = (0..directory.groups.len()).filter(|place| {
        let shown = shape(directory, number(*place));
        !shown.is_null() && wanted.matches(&|name| shown.get(name).cloned().unwrap_or(Value::Null))
    });
    Ok(Answer::ok(page::page(call, "groups", places, |place| shape(directory, number(place)))?))
}

pub(super) fn one(world: &World, viewer: Uuid, group: &str) -> Result<Answer, Refusal> {
    let directory = &world.tenant(viewer)?.directory;
    let mut shown = shape(directory, found(directory, group)?);
    shown["@odata.context"] = context("groups/$entity");
    Ok(Answer::ok(shown))
}

/// The places of a group's members, users before groups, and where groups begin.
fn member_places(directory: &Directory, number: u32, transitive: bool) -> (Vec<usize>, usize) {
    let first_group = directory.users.len();
    let Some(group) = directory.group(number) else { return (Vec::new(), first_group) };
    let users = if transitive { directory.all_members(number) } else { group.users.clone() };
    let active = users.into_iter().filter(|user| directory.user(*user).is_some_and(User::is_active));
    let groups = group.groups.iter().filter_map(|group| usize::try_from(*group).ok());
    let users = active.filter_map(|user| usize::try_from(user).ok());
    (users.chain(groups.map(|place| place + first_group)).collect(), first_group)
}

pub(super) fn members(
    world: &World,
    caller: &Caller,
    call: &Call,
    group: &str,
    transitive: bool,
) -> Result<Answer, Refusal> {
    let directory = &world.tenant(caller.tenant)?.directory;
    let sees_users = caller.has_one_of(USER_READ);
    let (mut places, first_group) = member_places(directory, found(directory, group)?, transitive);
    if call.segments.last().is_some_and(|last| last.eq_ignore_ascii_case("microsoft.graph.user")) {
        places.retain(|place| *place < first_group);
    }
    let row = |place: usize| match place.checked_sub(first_group) {
        Some(group) => typed(shape(directory, number(group)), "group"),
        None if sees_users => typed(users::shape(directory, number(place), call), "user"),
        None => typed(unseen(directory, number(place), call), "user"),
    };
    Ok(Answer::ok(page::page(call, "directoryObjects", places.iter().copied(), row)?))
}

/// A member of a kind that the caller may not read: its id, and null for everything else (the page of the API, "Limited
/// information returned for inaccessible member objects").
fn unseen(directory: &Directory, number: u32, call: &Call) -> Value {
    let mut shown = users::shape(directory, number, call);
    for (_, value) in shown.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "id") {
        *value = Value::Null;
    }
    shown
}

/// Members of all kinds, or only users.
pub(super) fn count(
    world: &World,
    viewer: Uuid,
    call: &Call,
    group: &str,
    (transitive, users_only): (bool, bool),
) -> Result<Answer, Refusal> {
    if !headers::eventual(call) {
        return Err(Refusal::Bad("$count is not currently supported.".to_owned()));
    }
    let directory = &world.tenant(viewer)?.directory;
    let (mut places, first_group) = member_places(directory, found(directory, group)?, transitive);
    places.retain(|place| !users_only || *place < first_group);
    Ok(users::plain(places.len()))
}

fn typed(mut shown: Value, kind: &str) -> Value {
    shown["@odata.type"] = json!(format!("#microsoft.graph.{kind}"));
    shown
}

/// POST …/members/$ref
pub(super) fn add(world: &mut World, viewer: Uuid, call: &Call, group: &str) -> Result<Answer, Refusal> {
    let member = id(&users::reference(call)?)?;
    let directory = &mut world.tenant_mut(viewer)?.directory;
    let group = found(directory, group)?;
    let user = directory.user_number(member).ok_or_else(|| Refusal::Unknown(member.to_string()))?;
    if !directory.set_member(group, user, true) {
        let text = "One or more added object references already exist for the following modified properties: 'members'.";
        return Err(Refusal::Bad(text.to_owned()));
    }
    world.note_change(viewer, "Add member to group", member);
    Ok(Answer::no_content())
}

/// DELETE …/members/{id}/$ref
pub(super) fn remove(world: &mut World, viewer: Uuid, group: &str, member: &str) -> Result<Answer, Refusal> {
    let directory = &mut world.tenant_mut(viewer)?.directory;
    let number = found(directory, group)?;
    let user = directory.user_number(id(member)?).ok_or_else(|| Refusal::Unknown(member.to_owned()))?;
    if !directory.set_member(number, user, false) {
        return Err(Refusal::Unknown(member.to_owned()));
    }
    world.note_change(viewer, "Remove member from group", member);
    Ok(Answer::no_content())
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn found(directory: &Directory, group: &str) -> Result<u32, Refusal> {
    let number = directory.group_number(id(group)?).filter(|number| directory.group(*number).is_some());
    number.ok_or_else(|| Refusal::Unknown(group.to_owned()))
}

fn shape(directory: &Directory, number: u32) -> Value {
    let Some(group) = directory.group(number) else { return Value::Null };
    let nickname: String = group.display_name.chars().filter(char::is_ascii_alphanumeric).collect();
    json!({
        "id": directory.group_id(number), "deletedDateTime": null, "displayName": group.display_name,
        "description": null, "groupTypes": [], "mail": null, "mailEnabled": false, "mailNickname": nickname,
        "securityEnabled": true, "visibility": null,
    })
}

/// GET, POST and DELETE by what the path names.
pub(super) fn refs(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    group: &str,
    member: Option<&str>,
) -> Result<Answer, Refusal> {
    match (&call.method, member) {
        (&Method::DELETE, Some(member)) => remove(world, viewer, group, member),
        _ => add(world, viewer, call, group),
    }
}
