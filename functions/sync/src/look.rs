//! Looking at a pair, at an organization's list, and at everything.

use std::collections::BTreeMap;

use mto_graph::GraphError;
use mto_handler::{Look, SideToRead, preflight, synchronization, views};
use mto_messages::{Scope, TenantId};
use mto_reconcile::settings;
use mto_reconcile::sync::each::Each;
use mto_reconcile::sync::{Action, Aim, Configuration, Direction, Observed, Preflight, status};
use mto_reconcile::{OrganizationView, Reading, Unreadable};

/// Both sides of a pair, and what the source does about it.
pub(crate) async fn pair(aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
    let to_read = match aim.action {
        Action::Configure(_) => SideToRead::with_organization,
        Action::Restart { .. } | Action::Stop | Action::Unshare(_) => SideToRead::partners,
    };
    let tenants = [aim.source, aim.target].map(to_read);
    let sides = settings::Observed { sides: mto_handler::sides(look, tenants.to_vec()).await };
    let (schema, backward) = match &aim.action {
        Action::Configure(configure) => (configure.user_type.is_some(), false),
        Action::Unshare(unshare) => (false, unshare.both_directions),
        Action::Restart { .. } | Action::Stop => (false, false),
    };
    let forward = synchronization::direction(look, aim.source, aim.target, schema).await;
    let backward = if backward {
        synchronization::direction(look, aim.target, aim.source, false).await
    } else {
        Reading::NotNeeded
    };
    let are_seen = sides.sides.values().all(|side| matches!(side, Reading::Seen(_)));
    let preflight = match (&aim.action, &forward) {
        (Action::Configure(configure), Reading::Seen(direction)) if are_seen => {
            counted(aim, &configure.scope, direction, look).await?
        }
        (Action::Configure(_) | Action::Restart { .. } | Action::Stop | Action::Unshare(_), _) => None,
    };
    Ok(Observed { sides, forward, backward, preflight })
}

/// Counting people is dear: only where something is about to change for them, and once it is done.
async fn counted(
    aim: &Aim,
    scope: &Scope,
    direction: &Direction,
    look: &Look<'_>,
) -> Result<Option<Preflight>, GraphError> {
    let chosen = direction.chosen();
    if !chosen.is_none_or(|one| changes_for_people(one, scope)) {
        return Ok(None);
    }
    preflight::preflight(look, aim.source, aim.target, scope, chosen).await.map(Some)
}

fn changes_for_people(configuration: &Configuration, scope: &Scope) -> bool {
    let wanted = || scope.users.iter().chain(&scope.groups);
    let is_assigned = scope.everyone
        || configuration.assignments.len() == wanted().count()
            && wanted().all(|principal| configuration.assignments.contains_key(principal));
    let starts = configuration.job.as_ref().is_none_or(|job| !job.is_enabled || job.steady_since.is_some());
    starts || !is_assigned || configuration.shares_everyone() != scope.everyone
}

/// The list of the tenant that says who is active.
pub(crate) async fn list(each: &Each, look: &Look<'_>) -> Result<Option<OrganizationView>, GraphError> {
    if !each.pairs.needs_list() {
        return Ok(None);
    }
    views::organization(look, each.pairs.center()).await.map(Some)
}

/// The synchronizations out of every tenant that was read.
pub(crate) async fn status(sides: settings::Observed, look: &Look<'_>) -> status::Observed {
    let mut synchronizations: BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>> = BTreeMap::new();
    for (tenant, side) in &sides.sides {
        let reading = match side {
            Reading::Seen(_) => synchronization::directions(look, *tenant).await,
            Reading::Unreadable(why) => Reading::Unreadable(why.clone()),
            Reading::NotNeeded => Reading::Unreadable(Unreadable::External),
        };
        synchronizations.insert(*tenant, reading);
    }
    status::Observed { sides, synchronizations }
}
