//! /users (7.2, 7.4).

use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, invalid};
use super::{expand, filter, order, page};
use crate::wire::headers;
use crate::world::directory::user::{LISTS, Life, TEXTS, User};
use crate::world::directory::{Directory, moment};
use crate::world::{Refusal, World, timestamp};

/// What GET answers without `$select`.
const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];
/// What only `$select` brings, besides the texts and lists.
const SELECTED: [&str; 11] = [
    "userType",
    "creationType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "accountEnabled",
    "showInAddressList",
    "onPremisesSyncEnabled",
    "createdDateTime",
    "deletedDateTime",
    "identities",
    "id",
];
const FILTERED: [&str; 16] = [
    "id",
    "displayName",
    "givenName",
    "surname",
    "userPrincipalName",
    "mail",
    "mailNickname",
    "department",
    "jobTitle",
    "companyName",
    "employeeId",
    "userType",
    "creationType",
    "externalUserState",
    "accountEnabled",
    "proxyAddresses",
];
const SEARCHED: [&str; 5] = ["displayName", "givenName", "surname", "mail", "userPrincipalName"];

pub(super) fn serve_all(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if call.method == Method::POST {
        let number = world.create_user(viewer, &call.object()?)?;
        return Ok(Answer::created(entity(&world.tenant(viewer)?.directory, number, call)));
    }
    let (wanted, order, expanded) = (wanted(call)?, order::of(call)?, expand::of(call)?);
    let directory = &world.tenant(viewer)?.directory;
    let places = matching(directory, &wanted, User::is_active);
    let row = |place: usize| {
        let mut shown = shape(directory, number(place), call);
        expanded.put(directory, number(place), &mut shown);
        shown
    };
    let shown = match order {
        None => page::page(call, "users", places, row)?,
        Some(order) => {
            let places = order.sorted(directory, places);
            let is_before = |place, from| order.compare(directory, place, from).is_lt();
            page::page_from(call, "users", places.into_iter(), is_before, row)?
        }
    };
    Ok(Answer::ok(shown))
}

pub(super) fn count(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if !headers::eventual(call) {
        return Err(Refusal::Bad("$count is not currently supported.".to_owned()));
    }
    let wanted = wanted(call)?;
    let count = matching(&world.tenant(viewer)?.directory, &wanted, User::is_active).count();
    Ok(plain(count))
}

/// A number as text/plain, as `$count` answers (0.2 no. 20).
pub(super) fn plain(count: usize) -> Answer {
    let mut answer = Answer::ok(json!(count));
    answer.headers.push(("content-type", "text/plain".to_owned()));
    answer
}

pub(super) fn serve_one(world: &mut World, viewer: Uuid, call: &Call, user: &str) -> Result<Answer, Refusal> {
    let now = world.now;
    let number = named(world, viewer, user)?;
    match call.method {
        Method::PATCH => {
            let seconds = crate::world::directory::seconds(now);
            world.tenant_mut(viewer)?.directory.patch(number, &call.object()?, seconds)?;
            Ok(Answer::no_content())
        }
        Method::DELETE => {
            world.delete_user(viewer, number)?;
            Ok(Answer::no_content())
        }
        _ => {
            let (expanded, directory) = (expand::of(call)?, &world.tenant(viewer)?.directory);
            let mut shown = entity(directory, number, call);
            expanded.put(directory, number, &mut shown);
            Ok(Answer::ok(shown))
        }
    }
}

pub(super) fn manager(world: &World, viewer: Uuid, call: &Call, user: &str) -> Result<Answer, Refusal> {
    let number = named(world, viewer, user)?;
    let directory = &world.tenant(viewer)?.directory;
    let manager = manager_of(directory, number).ok_or_else(|| Refusal::Unknown("manager".to_owned()))?;
    let mut shown = entity(directory, manager, call);
    shown["@odata.type"] = json!("#microsoft.graph.user");
    shown["@odata.context"] = context("directoryObjects/$entity");
    Ok(Answer::ok(shown))
}

/// The manager's number, if there is one who was not deleted.
pub(super) fn manager_of(directory: &Directory, number: u32) -> Option<u32> {
    let manager = directory.user(number).and_then(User::manager);
    manager.filter(|number| directory.user(*number).is_some_and(User::is_active))
}

/// PUT and DELETE …/manager/$ref
pub(super) fn set_manager(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    user: &str,
) -> Result<Answer, Refusal> {
    let number = named(world, viewer, user)?;
    let manager = match call.method {
        Method::DELETE => None,
        _ => Some(named(world, viewer, &reference(call)?)?),
    };
    if let Some(user) = world.tenant_mut(viewer)?.directory.changed(number) {
        user.extra_mut().manager = manager;
    }
    Ok(Answer::no_content())
}

/// The id at the end of `@odata.id`: an annotation, which [`Call::object`] leaves out.
pub(super) fn reference(call: &Call) -> Result<String, Refusal> {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let address = body.get("@odata.id").and_then(Value::as_str).ok_or_else(|| invalid("@odata.id"))?;
    Ok(address.rsplit('/').next().unwrap_or_default().to_owned())
}

pub(super) fn named(world: &World, viewer: Uuid, user: &str) -> Result<u32, Refusal> {
    let found = world.tenant(viewer)?.directory.named(user);
    found.ok_or_else(|| Refusal::Unknown(user.to_owned()))
}

/// The filter and search of a call, with the header where they take it (7.4).
pub(super) fn wanted(call: &Call) -> Result<filter::Filter, Refusal> {
    let filter = filter::parse(call.option("$filter"), &FILTERED)?;
    let counted = is_counted(call);
    let is_count = call.segments.last().is_some_and(|last| last == "$count") && headers::eventual(call);
    if filter.is_advanced() && !counted && !is_count {
        let text = "Operator is not supported because the required parameters might be missing: \
                    ConsistencyLevel: eventual and $count=true.";
        return Err(Refusal::Query(text.to_owned()));
    }
    if call.option("$search").is_some() && !headers::eventual(call) {
        let text = "Request with $search query parameter only works through MSGraph with a special request \
                    header: 'ConsistencyLevel: eventual'";
        return Err(Refusal::Query(text.to_owned()));
    }
    let search = filter::search(call.option("$search"), &SEARCHED)?;
    Ok(filter::Filter::Both(Box::new(filter), Box::new(search)))
}

/// The header and the count that advanced queries take (7.4).
pub(super) fn is_counted(call: &Call) -> bool {
    headers::eventual(call) && call.option("$count") == Some("true")
}

pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The places of users that a filter lets through.
pub(super) fn matching<'a>(
    directory: &'a Directory,
    wanted: &'a filter::Filter,
    alive: impl Fn(&User) -> bool + Clone + 'a,
) -> impl Iterator<Item = usize> + Clone + 'a {
    let holds = move |(place, user): &(usize, &User)| {
        alive(user) && wanted.matches(&|name| directory.value(number(*place), name))
    };
    directory.users.iter().enumerate().filter(holds).map(|(place, _)| place)
}

pub(super) fn entity(directory: &Directory, number: u32, call: &Call) -> Value {
    let mut shown = shape(directory, number, call);
    shown["@odata.context"] = context("users/$entity");
    shown
}

/// The default properties, or everything where `$select` takes its pick afterwards.
pub(super) fn shape(directory: &Directory, number: u32, call: &Call) -> Value {
    selected(directory, number, call.option("$select"))
}

/// The default properties, or those that a `$select` names.
pub(super) fn selected(directory: &Directory, number: u32, selected: Option<&str>) -> Value {
    let Some(selected) = selected else { return with(directory, number, &DEFAULT) };
    let known = TEXTS.iter().chain(&LISTS).chain(&SELECTED);
    let wanted: Vec<&str> = known
        .copied()
        .filter(|name| selected.split(',').any(|one| one.trim().eq_ignore_ascii_case(name)))
        .collect();
    with(directory, number, &wanted)
}

fn with(directory: &Directory, number: u32, names: &[&str]) -> Value {
    let Some(user) = directory.user(number) else { return Value::Null };
    let property = |name: &&str| {
        let value = match *name {
            "createdDateTime" => json!(timestamp(moment(user.made_at))),
            "deletedDateTime" => match user.life {
                Life::Deleted(at) => json!(timestamp(moment(at))),
                Life::Active | Life::Gone => Value::Null,
            },
            "externalUserStateChangeDateTime" => {
                json!(user.is_external().then(|| timestamp(moment(user.state_changed_at))))
            }
            "identities" => identities(directory, number, user),
            name => directory.value(number, name),
        };
        ((*name).to_owned(), value)
    };
    Value::Object(names.iter().map(property).collect::<Map<_, _>>())
}

/// How the user signs in (7.2).
fn identities(directory: &Directory, number: u32, user: &User) -> Value {
    let (kind, issuer, id) = if user.is_external() && user.accepted {
        ("federated", "ExternalAzureAD".to_owned(), Value::Null)
    } else {
        ("userPrincipalName", directory.initial_domain.clone(), directory.value(number, "userPrincipalName"))
    };
    json!([{"signInType": kind, "issuer": issuer, "issuerAssignedId": id}])
}
