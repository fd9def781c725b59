//! Looking at a pair, at an organization's list, and at everything.

use std::collections::BTreeMap;

use mto_graph::GraphError;
use mto_handler::{Look, PairSettings, PairSide, preflight, synchronization, views};
use mto_messages::{Scope, TenantId};
use mto_reconcile::settings::{self, Open};
use mto_reconcile::sync::each::Each;
use mto_reconcile::sync::{Action, Aim, Configuration, Direction, Observed, Preflight, status};
use mto_reconcile::{OrganizationView, Reading, Unreadable};

/// Both sides of a pair, and what the source does about it: no more than the action's decision rests on.
pub(crate) async fn pair(aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
    let (settings, backward, schema) = match &aim.action {
        Action::Configure(configure) => {
            (PairSettings::RecordAndOrganization, false, configure.user_type.is_some())
        }
        Action::Unshare(unshare) => (PairSettings::Record, unshare.both_directions, false),
        Action::Restart { .. } => (PairSettings::RecordAndOrganization, false, false),
        Action::Stop => (PairSettings::NotNeeded, false, false),
    };
    let source = PairSide { tenant: aim.source, other: aim.target, settings, configurations: true, schema };
    let target =
        PairSide { tenant: aim.target, other: aim.source, settings, configurations: backward, schema: false };
    let [(source, forward), (target, backward)] = mto_handler::pair(look, source, target).await;
    let are_seen = matches!((&source, &target), (Reading::Seen(_), Reading::Seen(_)));
    let sides = settings::Observed { sides: BTreeMap::from([(aim.source, source), (aim.target, target)]) };
    let preflight = match (&aim.action, &forward) {
        (Action::Configure(configure), Reading::Seen(direction)) if are_seen => {
            counted(aim, &configure.scope, direction, look).await?
        }
        (Action::Configure(_) | Action::Restart { .. } | Action::Stop | Action::Unshare(_), _) => None,
    };
    Ok(Observed { sides, forward, backward, preflight })
}

/// Counting people is dear: only where something is about to change for them, once it is done, and where it went wrong.
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
    let starts = configuration
        .job
        .as_ref()
        .is_none_or(|job| !job.is_enabled || job.steady_since.is_some() || job.quarantine.is_some());
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
pub(crate) async fn status(open: &Open, sides: settings::Observed, look: &Look<'_>) -> status::Observed {
    let mut synchronizations: BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>> = BTreeMap::new();
    for (tenant, side) in &sides.sides {
        let reading = match side {
            Reading::Seen(_) => synchronization::directions(look, *tenant).await,
            Reading::Unreadable(why) => Reading::Unreadable(why.clone()),
            Reading::NotNeeded => Reading::Unreadable(Unreadable::External),
        };
        synchronizations.insert(*tenant, reading);
    }
    status::Observed::of(open, sides, synchronizations)
}
