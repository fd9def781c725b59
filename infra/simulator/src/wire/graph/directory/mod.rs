//! Users, groups, invitations, applications and cross-tenant synchronization (6, 7).

mod applications;
mod assignments;
mod deleted;
mod delta;
mod expand;
mod filter;
mod groups;
mod invitations;
mod job_shape;
mod jobs;
mod licences;
mod order;
mod page;
mod provisioning;
pub(crate) mod route;
mod schema;
mod users;

use http::Method;

use super::{Answer, Call, Caller, GraphError, denied, query};
use crate::world::{Refusal, World};
use route::Route;

/// Answers what a route names, if the caller may ask for it.
pub(super) fn answer(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    route: &Route,
) -> Result<Answer, GraphError> {
    let is_permitted = caller.has_one_of(route.accepted(&call.method)?);
    if !is_permitted || !route.roles(&call.method).are_held_by(caller) {
        return Err(denied());
    }
    let mut answer = serve(world, caller, call, route)?;
    if call.method == Method::GET
        && route.is_selectable()
        && let Some(body) = &mut answer.body
    {
        query::select(call, body);
    }
    Ok(answer)
}

fn serve(world: &mut World, caller: &Caller, call: &Call, route: &Route) -> Result<Answer, Refusal> {
    let viewer = caller.tenant;
    match route {
        Route::Users => users::serve_all(world, viewer, call),
        Route::UserCount => users::count(world, viewer, call),
        Route::UserDelta => delta::serve(world, viewer, call),
        Route::User(user) => users::serve_one(world, viewer, call, user),
        Route::UserManager(user) => users::manager(world, viewer, call, user),
        Route::UserManagerRef(user) => users::set_manager(world, viewer, call, user),
        Route::Groups => groups::list(world, viewer, call),
        Route::Group(group) => groups::one(world, viewer, group),
        Route::GroupMembers { group, transitive } => groups::members(world, caller, call, group, *transitive),
        Route::GroupMemberCount { group, transitive, users_only } => {
            groups::count(world, viewer, call, group, (*transitive, *users_only))
        }
        Route::GroupMemberRefs(group) => groups::refs(world, viewer, call, group, None),
        Route::GroupMemberRef { group, member } => groups::refs(world, viewer, call, group, Some(member)),
        Route::DeletedUsers => deleted::list(world, viewer, call),
        Route::DeletedItem(item) => deleted::serve(world, viewer, call, item),
        Route::RestoreDeleted(item) => deleted::restore(world, viewer, call, item),
        Route::Invitations => invitations::post(world, viewer, call),
        Route::SubscribedSkus => licences::list(world, viewer),
        Route::Instantiate(template) => applications::instantiate(world, caller, call, template),
        Route::Applications => applications::list_applications(world, viewer, call),
        Route::Application(id) => applications::serve_application(world, caller, call, id),
        Route::ServicePrincipals => applications::list(world, viewer, call),
        Route::ServicePrincipal(id) => applications::serve(world, caller, call, id),
        Route::Assignments(principal) => assignments::serve_all(world, caller, call, principal),
        Route::Assignment { principal, id } => assignments::serve_one(world, caller, call, principal, id),
        Route::ProvisioningLog => provisioning::list(world, viewer, call),
        Route::SyncTemplates(principal)
        | Route::SyncTemplate { principal, .. }
        | Route::Secrets(principal)
        | Route::Jobs(principal)
        | Route::ValidateCredentials(principal)
        | Route::Job { principal, .. }
        | Route::JobAction { principal, .. }
        | Route::Schema { principal, .. }
        | Route::SchemaPart { principal, .. } => synchronization(world, caller, call, route, principal),
    }
}

fn synchronization(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    route: &Route,
    principal: &str,
) -> Result<Answer, Refusal> {
    let viewer = caller.tenant;
    let principal = jobs::principal(world, caller, call, principal)?;
    if let Route::SyncTemplates(_) = route {
        jobs::templates(world, viewer, principal, None)
    } else if let Route::SyncTemplate { id, .. } = route {
        jobs::templates(world, viewer, principal, Some(id))
    } else if let Route::Secrets(_) = route {
        jobs::secrets(world, viewer, call, principal)
    } else if let Route::Jobs(_) = route {
        jobs::serve_all(world, viewer, call, principal)
    } else if let Route::ValidateCredentials(_) = route {
        jobs::validate(world, viewer, call, principal, None)
    } else if let Route::Job { id, .. } = route {
        jobs::serve_one(world, viewer, call, principal, id)
    } else if let Route::JobAction { id, action, .. } = route {
        jobs::act(world, viewer, call, (principal, id), *action)
    } else if let Route::Schema { id, .. } = route {
        schema::serve(world, viewer, call, principal, id)
    } else if let Route::SchemaPart { id, part, .. } = route {
        schema::part(world, viewer, principal, id, *part)
    } else {
        Err(Refusal::Method)
    }
}

/// One of the permissions, or the application is the caller's own (4A.3: `OwnedBy`).
fn may(caller: &Caller, permissions: &[&str], owner: uuid::Uuid) -> Result<(), Refusal> {
    let is_own = owner == caller.client && caller.has_one_of(&["Application.ReadWrite.OwnedBy"]);
    if is_own || caller.has_one_of(permissions) { Ok(()) } else { Err(Refusal::Denied) }
}
