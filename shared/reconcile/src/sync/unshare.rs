//! Take users back, and close what let them go.

use mto_messages::Journal;

use super::{
    Aim, Configuration, ConfigurationChange, Direction, Job, Observed, Pair, RESTART, SyncReason, Unshare,
    exceeds, seen, watch,
};
use crate::settings::{self, Close};
use crate::{Decision, Finish, Note, Reading, Reason, Step, Timing, Unreadable};

/// Decides the next step: each direction by itself, and the settings when both are done.
///
/// | Observed, in one direction | Step |
/// |---|---|
/// | the tenant is external | done: what it shares is its own administrators' |
/// | no configuration | done |
/// | more users than the command confirms, or than the threshold where it confirms none | rejected: too many users |
/// | not ours, no users, and the target lets nobody in | done but for the last rows, whatever its job does |
/// | somebody in scope | unassign them all; set the secrets to share who is assigned |
/// | it never ran, or there is no job | done but for the last rows |
/// | not restarted by this command | restart, stopped or not: it takes them back |
/// | a cycle since the restart ended in quarantine | failed, explained |
/// | stopped after the restart, before a cycle | after `confirm`: rejected, stopped meanwhile |
/// | no cycle since the restart, or users still in the target | wait: taking back |
/// | job enabled | pause it |
/// | configuration of ours | delete it |
/// | else | done; the configuration is left, and named |
///
/// The target has to go on allowing synchronization until the users are gone: the settings come last, as in
/// [`settings::Close`]. They tell a repeated command that it has been here before: a configuration that somebody else
/// made stays, and its job is not started once more.
pub(super) fn decide(
    aim: &Aim,
    unshare: &Unshare,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let forward = Pair { source: aim.source, target: aim.target };
    let backward = Pair { source: aim.target, target: aim.source };
    let mut directions = vec![(forward, &observed.forward)];
    if unshare.both_directions {
        directions.push((backward, &observed.backward));
    }
    let mut writes = Vec::new();
    let mut stop = None;
    let mut left = Vec::new();
    for (pair, reading) in directions {
        if matches!(reading, Reading::Unreadable(Unreadable::External)) {
            continue;
        }
        let next = match seen(pair.source, reading, journal, timing) {
            Ok(direction) => {
                let is_closed = observed.sides.lets_nobody_in(pair.target, pair.source);
                direction_step(pair, unshare, direction, is_closed, journal, timing)
            }
            Err(decision) => Next::Stop(*decision),
        };
        match next {
            Next::Done(None) => {}
            Next::Done(Some(note)) => left.push(note),
            Next::Act(mutations) => writes.extend(mutations),
            Next::Stop(decision) => stop = stop.or(Some(decision)),
        }
    }
    if !writes.is_empty() {
        return Decision::just(Step::Act(writes));
    }
    if let Some(decision) = stop {
        return decision;
    }
    close(aim, unshare, observed, left, journal, timing)
}

enum Next {
    Done(Option<Note>),
    Act(Vec<crate::Mutation>),
    Stop(Decision),
}

fn direction_step(
    pair: Pair,
    unshare: &Unshare,
    direction: &Direction,
    is_closed: bool,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Next {
    let Some(configuration) = direction.chosen() else { return Next::Done(None) };
    let Some(job) = &configuration.job else { return end(pair, configuration, journal, timing) };
    let confirmed = unshare.confirmed_users.unwrap_or(0);
    let threshold = timing.limits.users_without_confirm;
    let is_too_many = exceeds(job.users, unshare.confirmed_users, timing);
    if is_too_many && pair.accepted(journal, RESTART).is_none() {
        return Next::Stop(Decision::reject(Reason::Sync(SyncReason::TooManyUsers {
            new: 0,
            leaving: job.users,
            threshold,
            confirmed: unshare.confirmed_users,
        })));
    }
    // Whoever of this command's deliveries restarted it last: no cycle can bring or take anybody any more.
    if is_closed && job.users == 0 && !configuration.is_ours() {
        return wind_up(pair, configuration, job, journal, timing);
    }
    if let Some(next) = zero_scope(pair, configuration, journal) {
        return next;
    }
    take_back(pair, configuration, job, confirmed, journal, timing)
        .unwrap_or_else(|| wind_up(pair, configuration, job, journal, timing))
}

/// Nobody stays in scope: neither by assignment nor because everybody is.
fn zero_scope(pair: Pair, configuration: &Configuration, journal: &Journal) -> Option<Next> {
    let unassign = configuration.assignments.iter().map(|(principal, assignment)| {
        let (principal, assignment) = (*principal, assignment.id.clone());
        pair.change(configuration, ConfigurationChange::Unassign { principal, assignment })
    });
    let mut writes: Vec<_> = unassign.collect();
    let secrets = ConfigurationChange::SetSecrets { everyone: false };
    if !configuration.has_secrets(false) && pair.accepted(journal, secrets.what()).is_none() {
        writes.push(pair.change(configuration, secrets));
    }
    (!writes.is_empty()).then_some(Next::Act(writes))
}

/// Lets a cycle run that deletes the users in the target, and waits for it.
fn take_back(
    pair: Pair,
    configuration: &Configuration,
    job: &Job,
    confirmed: u64,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Next> {
    // Also where this command restarted another one, which is gone.
    if job.last.is_none() && !job.is_enabled && job.users == 0 {
        return None;
    }
    let Some(restarted) = pair.accepted(journal, RESTART) else {
        let force_deletes = confirmed > 0 && confirmed >= job.users;
        let restart = ConfigurationChange::Restart { job: job.id.clone(), force_deletes };
        return Some(Next::Act(vec![pair.change(configuration, restart)]));
    };
    let began = job.last.as_ref().and_then(|last| last.ended.and(last.began.or(last.ended)));
    let has_run = began.is_some_and(|began| began >= restarted);
    if let Some(quarantine) = job.quarantine.clone().filter(|_| has_run) {
        let target = pair.target;
        let reason = Reason::Sync(SyncReason::Quarantined { target, quarantine, takes_back: true });
        return Some(Next::Stop(Decision::just(Step::Finish(Finish::Failed(reason)))));
    }
    if has_run && job.users == 0 {
        return None;
    }
    if !job.is_enabled && !has_run {
        return Some(Next::Stop(watch::stopped(pair, journal, timing)));
    }
    let left = job.users;
    Some(Next::Stop(Decision::wait(Reason::Sync(SyncReason::TakingBack { target: pair.target, left }))))
}

fn wind_up(
    pair: Pair,
    configuration: &Configuration,
    job: &Job,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Next {
    if job.is_enabled {
        return settled(
            pair,
            configuration,
            ConfigurationChange::Pause { job: job.id.clone() },
            journal,
            timing,
        );
    }
    end(pair, configuration, journal, timing)
}

/// Only what we made is deleted.
fn end(pair: Pair, configuration: &Configuration, journal: &Journal, timing: &Timing<'_>) -> Next {
    if configuration.is_ours() {
        let delete = ConfigurationChange::Delete { app_id: configuration.app_id };
        return settled(pair, configuration, delete, journal, timing);
    }
    let configurations = vec![configuration.id];
    Next::Done(Some(Note::ForeignConfigurations { target: pair.target, configurations }))
}

fn settled(
    pair: Pair,
    configuration: &Configuration,
    change: ConfigurationChange,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Next {
    if pair.is_settling(journal, change.what(), timing) {
        return Next::Stop(Decision::wait(Reason::Settling(change.what())));
    }
    Next::Act(vec![pair.change(configuration, change)])
}

fn close(
    aim: &Aim,
    unshare: &Unshare,
    observed: &Observed,
    left: Vec<Note>,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let close = Close {
        source: aim.source,
        targets: vec![aim.target],
        both_directions: unshare.both_directions,
        wanted: unshare.wanted.clone(),
    };
    let mut decision = settings::decide(&settings::Aim::Close(close), &observed.sides, journal, timing);
    decision.found.extend(left);
    decision
}
