//! What a synchronization would change for people, counted before it starts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mto_graph::prelude::{
    CountGroupMembers, CountUsers, ExternalUserState, GetUser, ListGroupMembers, ListUsers, User, UserType,
};
use mto_graph::{Filter, GraphError, GraphRequest};
use mto_messages::{Scope, TenantId};
use mto_reconcile::sync::{Assignment, Configuration, Preflight};
use uuid::Uuid;

use crate::apply::is_denied;
use crate::function::Look;

/// More users than this are counted, not compared one by one with those of the target.
const MAX_COMPARED: u64 = 2_000;

/// More external users than this in the target are not compared with.
const MAX_EXTERNAL: u64 = 20_000;

const PAGE: u16 = 999;

const ADDRESSES: &[&str] = &[
    "id",
    "userPrincipalName",
    "mail",
    "otherMails",
    "proxyAddresses",
    "userType",
    "creationType",
    "externalUserState",
];

/// Counts who is in the wanted scope, who of them the target knows already, and who would go. Users and groups that are
/// not there count for nobody: their assignment will say so, in the service's words.
///
/// # Errors
/// What Graph answered.
pub async fn preflight(
    look: &Look<'_>,
    source: TenantId,
    target: TenantId,
    scope: &Scope,
    configuration: Option<&Configuration>,
) -> Result<Preflight, GraphError> {
    let synchronized = configuration.and_then(|one| one.job.as_ref()).map_or(0, |job| job.users);
    let people = match people(look, source, scope).await? {
        Scoped::Each(people) => people,
        Scoped::Number(in_scope) => {
            return Ok(estimate(in_scope, synchronized.saturating_sub(in_scope), synchronized));
        }
    };
    let leaving = match configuration {
        Some(one) => leaving(look, source, scope, one, &people).await?,
        None => 0,
    };
    let in_scope = people.len() as u64;
    Ok(match known(look, target).await {
        // Without User.Read.All, Graph lists the members of a group by id alone: there is nothing to compare by.
        Ok(Some(known)) if people.values().all(|person| person.user_principal_name.is_some()) => {
            Preflight { in_scope, leaving, ..compare(&people, &known) }
        }
        Ok(_) => estimate(in_scope, leaving, synchronized),
        // The target's people need not be readable for us to bring it some.
        Err(error) if is_denied(&error) => estimate(in_scope, leaving, synchronized),
        Err(error) => return Err(error),
    })
}

/// Without a look at who is in the target.
fn estimate(in_scope: u64, leaving: u64, synchronized: u64) -> Preflight {
    let new = in_scope.saturating_sub(synchronized);
    Preflight { in_scope, new, leaving, is_estimate: true, ..Preflight::default() }
}

/// The external users of the target, unless there are too many.
async fn known(look: &Look<'_>, target: TenantId) -> Result<Option<Vec<User>>, GraphError> {
    let filter = || Some(Filter::eq("creationType", "Invitation"));
    let list = ListUsers { filter: filter(), select: ADDRESSES, top: Some(PAGE) };
    let first = look.send(target, &list).await?;
    // Most tenants have one page of them: then there is nothing to count.
    if first.next_link.is_some() && look.send(target, &CountUsers { filter: filter() }).await? > MAX_EXTERNAL
    {
        return Ok(None);
    }
    look.rest(target, &list, first).await.map(Some)
}

/// Who is in a scope.
enum Scoped {
    /// Each of them.
    Each(BTreeMap<Uuid, User>),
    /// Only at least how many: there are more than are compared.
    Number(u64),
}

/// At least as many as there are users in the scope; those of a group are its direct members.
async fn count(look: &Look<'_>, source: TenantId, scope: &Scope) -> Result<u64, GraphError> {
    if scope.everyone {
        return look.send(source, &CountUsers { filter: Some(Filter::eq("userType", "Member")) }).await;
    }
    let mut users = scope.users.len() as u64;
    for group_id in &scope.groups {
        let count = CountGroupMembers { group_id: *group_id, users_only: false };
        users += or_nobody(look.send(source, &count).await)?;
    }
    Ok(users)
}

/// Users from elsewhere are not synchronized on: they are left out. They are counted only where a first page does not
/// hold them all.
async fn people(look: &Look<'_>, source: TenantId, scope: &Scope) -> Result<Scoped, GraphError> {
    let mut users = Vec::new();
    let filter = Some(Filter::eq("userType", "Member"));
    let everyone = ListUsers { filter, select: ADDRESSES, top: Some(PAGE) };
    if scope.everyone {
        let first = look.send(source, &everyone).await?;
        if first.next_link.is_some()
            && let Some(number) = too_many(look, source, scope).await?
        {
            return Ok(Scoped::Number(number));
        }
        users.extend(look.rest(source, &everyone, first).await?);
    } else {
        let mut is_small = scope.users.len() as u64 <= MAX_COMPARED;
        let mut firsts = Vec::new();
        for group_id in &scope.groups {
            let list = ListGroupMembers { group_id: *group_id, select: ADDRESSES, top: Some(PAGE) };
            match look.send(source, &list).await {
                Ok(first) => {
                    is_small &= first.next_link.is_none();
                    firsts.push((list, first));
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        is_small &= firsts.iter().map(|(_, first)| first.value.len() as u64).sum::<u64>() <= MAX_COMPARED;
        if !is_small && let Some(number) = too_many(look, source, scope).await? {
            return Ok(Scoped::Number(number));
        }
        for (list, first) in firsts {
            users.extend(look.rest(source, &list, first).await?);
        }
        users.extend(single(look, source, &scope.users).await?);
    }
    let internal = users.into_iter().filter(|user| user.is_external() != Some(true));
    Ok(Scoped::Each(internal.map(|user| (user.id, user)).collect()))
}

/// How many there are, if they are too many to be compared one by one.
async fn too_many(look: &Look<'_>, source: TenantId, scope: &Scope) -> Result<Option<u64>, GraphError> {
    let number = count(look, source, scope).await?;
    Ok((number > MAX_COMPARED).then_some(number))
}

async fn members(look: &Look<'_>, source: TenantId, group_id: Uuid) -> Result<Vec<User>, GraphError> {
    let list = ListGroupMembers { group_id, select: ADDRESSES, top: Some(PAGE) };
    or_nobody(look.list(source, &list).await)
}

fn or_nobody<T: Default>(answer: Result<T, GraphError>) -> Result<T, GraphError> {
    match answer {
        Err(error) if error.is_not_found() => Ok(T::default()),
        other => other,
    }
}

async fn single(look: &Look<'_>, source: TenantId, ids: &[Uuid]) -> Result<Vec<User>, GraphError> {
    let gets: Vec<GetUser> = ids.iter().map(|id| GetUser { id: *id, select: ADDRESSES }).collect();
    let requests: Vec<GraphRequest> = gets.iter().map(GraphRequest::of).collect();
    let mut users = Vec::new();
    for (get, answer) in gets.iter().zip(look.batch(source, &requests).await?) {
        match answer {
            Ok(answer) => users.push(answer.decode(get)?.value),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(users)
}

/// Users of what is assigned now and not wanted any more, who are not in scope otherwise.
async fn leaving(
    look: &Look<'_>,
    source: TenantId,
    scope: &Scope,
    configuration: &Configuration,
    people: &BTreeMap<Uuid, User>,
) -> Result<u64, GraphError> {
    let synchronized = configuration.job.as_ref().map_or(0, |job| job.users);
    if scope.everyone || synchronized == 0 {
        return Ok(0);
    }
    if configuration.shares_everyone() {
        return Ok(synchronized.saturating_sub(people.len() as u64));
    }
    let is_wanted = |principal: &Uuid| scope.users.contains(principal) || scope.groups.contains(principal);
    let mut going = BTreeSet::new();
    for (principal, Assignment { is_group, .. }) in &configuration.assignments {
        if is_wanted(principal) {
            continue;
        }
        if *is_group {
            going.extend(members(look, source, *principal).await?.into_iter().map(|user| user.id));
        } else {
            going.insert(*principal);
        }
    }
    Ok(going.iter().filter(|id| !people.contains_key(id)).count() as u64)
}

/// Who of these people the target knows already, by address.
fn compare(people: &BTreeMap<Uuid, User>, known: &[User]) -> Preflight {
    let mut by_address: HashMap<String, Vec<&User>> = HashMap::new();
    for user in known {
        for address in addresses(user) {
            by_address.entry(address).or_default().push(user);
        }
    }
    let mut preflight = Preflight::default();
    for person in people.values() {
        let ids: BTreeMap<Uuid, &User> = addresses(person)
            .into_iter()
            .filter_map(|address| by_address.get(&address))
            .flatten()
            .map(|user| (user.id, *user))
            .collect();
        let guests = ids.values().filter(|user| user.user_type == Some(UserType::Guest));
        let pending = |user: &&&User| user.external_user_state == Some(ExternalUserState::PendingAcceptance);
        preflight.new += u64::from(ids.is_empty());
        preflight.ambiguous += u64::from(ids.len() > 1);
        preflight.pending += u64::from(guests.clone().any(|user| pending(&user)));
        preflight.guests += u64::from(guests.count() > 0);
    }
    preflight
}

/// Everything that tells a person from others, in small letters: addresses, and the name it has or had at home.
fn addresses(user: &User) -> BTreeSet<String> {
    let name = user.user_principal_name.as_deref().map(home_name);
    let proxies = user.proxy_addresses.iter().map(|proxy| match proxy.split_once(':') {
        Some((_, address)) => address.to_owned(),
        None => proxy.clone(),
    });
    let mails = user.mail.iter().chain(&user.other_mails).cloned();
    mails.chain(proxies).chain(name).map(|address| address.to_lowercase()).collect()
}

/// `alias_domain.tld#EXT#@tenant` comes from `alias@domain.tld` (reference 7.2): the last underscore was the at sign.
fn home_name(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    match upper.find("#EXT#@").and_then(|end| name.get(..end)) {
        Some(home) => match home.rsplit_once('_') {
            Some((alias, domain)) => format!("{alias}@{domain}"),
            None => home.to_owned(),
        },
        None => name.to_owned(),
    }
}
