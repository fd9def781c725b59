//! What a command asks for about the synchronization of users, pair by pair.

use mto_handler::Tenants;
use mto_messages::{Cleanup, Confirm, Scope, SyncAction, SyncData, SyncTargets, TenantId, Verb};
use mto_reconcile::Reason;
use mto_reconcile::sync::each::{Each, Pairs};
use mto_reconcile::sync::{self, Action, Configure, Unshare};

use crate::Aim;
use crate::request::{invalid, others};

/// The aim of configure, restart, stop, and of unshare with the users: one pair, or one command for each.
pub(crate) fn aim(data: &SyncData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
    let pairs = pairs(data, tenants)?;
    let confirmed_users = confirmed(data, tenants, pairs.center())?;
    check_fields(data)?;
    let Pairs::To(source, targets) = &pairs else { return each(data, pairs, tenants) };
    let [target] = targets.as_slice() else { return each(data, pairs, tenants) };
    if data.action != SyncAction::Unshare {
        tenants.ours("data.source", data.source.as_ref().unwrap_or(&tenant_ref(*source)))?;
    }
    let action = match data.action {
        SyncAction::Configure => {
            ours_among(data, *target, tenants)?;
            let scope = scope(data, *source, tenants)?;
            Action::Configure(Configure { scope, user_type: data.user_type, confirmed_users })
        }
        SyncAction::Restart => {
            ours_among(data, *target, tenants)?;
            Action::Restart { confirmed_users }
        }
        SyncAction::Stop => Action::Stop,
        SyncAction::Unshare | SyncAction::Settings | SyncAction::Status => Action::Unshare(Unshare {
            both_directions: data.both_directions,
            confirmed_users,
            wanted: tenants.directory.settings(),
        }),
    };
    Ok(Aim::Pair(sync::Aim { source: *source, target: *target, action }))
}

fn tenant_ref(tenant: TenantId) -> mto_messages::TenantRef {
    mto_messages::TenantRef::from(tenant)
}

/// Nothing is opened unless both sides can be read.
fn ours_among(data: &SyncData, target: TenantId, tenants: &Tenants<'_>) -> Result<(), Reason> {
    let Some(SyncTargets::Tenants(targets)) = &data.targets else { return Ok(()) };
    match targets.first().filter(|_| tenants.directory.is_external(target)) {
        Some(named) => tenants.ours("data.targets[0]", named).map(drop),
        None => Ok(()),
    }
}

fn each(data: &SyncData, pairs: Pairs, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
    tenants.posts("data.targets", Verb::Sync)?;
    let scopes = tenants.directory.scopes();
    Ok(Aim::Each(Each { pairs, data: data.clone(), scopes }))
}

fn pairs(data: &SyncData, tenants: &Tenants<'_>) -> Result<Pairs, Reason> {
    match (&data.owner, &data.source, &data.targets) {
        (Some(owner), None, None) => Ok(Pairs::All(tenants.ours("data.owner", owner)?)),
        (None, Some(source), Some(SyncTargets::All)) => {
            Ok(Pairs::Around(tenants.ours("data.source", source)?))
        }
        (None, Some(source), Some(SyncTargets::Tenants(targets))) => {
            let id = tenants.id(source)?;
            Ok(Pairs::To(id, others(targets, id, tenants)?))
        }
        (Some(_), _, _) => Err(invalid(
            "data.owner",
            "is given beside data.source or data.targets",
            "give owner for the whole organization, or source and targets for some of its pairs",
        )),
        (None, None, _) => Err(invalid("data.source", "is missing", "name the tenant whose users go out")),
        (None, Some(_), None) => {
            Err(invalid("data.targets", "is missing", "list the tenants that users go to, or give \"all\""))
        }
    }
}

/// The number a command confirms; it has to name the tenant that users come from.
fn confirmed(data: &SyncData, tenants: &Tenants<'_>, center: TenantId) -> Result<Option<u64>, Reason> {
    let Some(Confirm { tenant, users }) = &data.confirm else { return Ok(None) };
    if tenants.id(tenant)? != center {
        return Err(Reason::NotConfirmed { tenant: center, given: Some(tenant.as_str().to_owned()) });
    }
    Ok(*users)
}

fn check_fields(data: &SyncData) -> Result<(), Reason> {
    let without = |given: bool, field: &str, problem: &str| {
        if given { Err(invalid(field, problem, "leave it out")) } else { Ok(()) }
    };
    let configures = data.action == SyncAction::Configure;
    let unshares = data.action == SyncAction::Unshare;
    let only_configure = "has no effect but with action configure";
    let only_unshare = "has no effect but with action unshare";
    without(data.scope.is_some() && !configures, "data.scope", only_configure)?;
    without(data.user_type.is_some() && !configures, "data.userType", only_configure)?;
    without(data.cleanup.is_some() && !unshares, "data.cleanup", only_unshare)?;
    without(data.both_directions && !unshares, "data.bothDirections", only_unshare)?;
    without(data.cleanup == Some(Cleanup::None), "data.cleanup", "is \"none\": nothing would be done")
}

/// The command's scope, else the directory's; one that shares nobody is a slip.
fn scope(data: &SyncData, source: TenantId, tenants: &Tenants<'_>) -> Result<Scope, Reason> {
    let scope = data.scope.clone().or_else(|| tenants.directory.scopes().remove(&source));
    let Some(scope) = scope else {
        return Err(invalid(
            "data.scope",
            "is missing, and the tenant directory has no syncScope for the source",
            "give users, groups or everyone; or set syncScope",
        ));
    };
    if !scope.everyone && scope.users.is_empty() && scope.groups.is_empty() {
        return Err(invalid(
            "data.scope",
            "shares nobody",
            "give users, groups or everyone; or send unshare",
        ));
    }
    Ok(scope)
}
