//! Make a synchronization exist as wanted.

use std::collections::BTreeSet;

use mto_messages::{Journal, UserType};
use time::OffsetDateTime;
use uuid::Uuid;

use super::observed::secrets_tag;
use super::{
    Aim, Configuration, ConfigurationChange, Configure, Direction, Job, OUR_TAG, Observed, Pair, Preflight,
    RESTART, SyncReason, exceeds, seen, watch,
};
use crate::settings::{self, Standing};
use crate::{Change, Decision, Finish, Mutation, Note, Reading, Reason, Step, Timing};

/// Decides the next step; the first row that matches wins.
///
/// | Observed | Step |
/// |---|---|
/// | one of the two cannot be read | wait; denied for the whole patience: failed |
/// | they do not list each other as active, for as long as a contradiction has to last | rejected: not in one organization |
/// | automatic redemption or inbound synchronization off, on either side | switch it on |
/// | no configuration | create it |
/// | several, ours without a job among them | delete those |
/// | we created it a moment ago, or it has no role yet | wait: settling |
/// | *followed*, and the configuration is gone, or not as wanted any more, for as long as a contradiction has to last | rejected: changed meanwhile |
/// | more users would be created or deleted than the command confirms, or than the threshold where it confirms none | rejected: too many users |
/// | wanted users or groups not assigned, others assigned | assign, unassign |
/// | secrets not known to be for this scope | set them |
/// | secrets set by this command, job ran before, not restarted since | restart: only then they count |
/// | secrets set by this command, tag does not say so | tag the configuration |
/// | no job | create it |
/// | the schema gives users another type than asked for | set it |
/// | job not enabled, started by this command a moment ago, and not seen running since | wait: settling |
/// | job not enabled, started by this command, seen running since or accepted long ago | after `confirm`: rejected, stopped meanwhile |
/// | job not enabled, credentials not checked | let the service check them |
/// | job not enabled | start it; again, where nobody knows what became of it |
/// | else | watch it; see [`watch::decide`] |
/// | it would end without success, and this command made the configuration, which does not say that it is ours | tag it first; wait, where it may not show yet |
///
/// *Followed*: this command has seen everything as wanted and waits for the job. What differs from then on is a later
/// wish of somebody else's, and is not written over; so it cannot bring back what an unshare takes back.
pub(super) fn decide(
    aim: &Aim,
    wanted: &Configure,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let pair = Pair { source: aim.source, target: aim.target };
    let decision = decide_pair(pair, aim, wanted, observed, journal, timing);
    match (&decision.step, &observed.forward) {
        (Step::Finish(Finish::Rejected(_) | Finish::Failed(_)), Reading::Seen(direction)) => {
            tagged_first(pair, direction, journal, timing).unwrap_or(decision)
        }
        (Step::Finish(_) | Step::Act(_) | Step::Wait(_) | Step::Remember(_), _) => decision,
    }
}

/// Before it gives up: what it made and did not tag would count as somebody else's for ever, and no unshare would delete
/// it.
fn tagged_first(
    pair: Pair,
    direction: &Direction,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    pair.wrote(journal, CREATE)?;
    let Some(configuration) = direction.chosen() else {
        let may_come = pair.is_settling(journal, CREATE, timing);
        return may_come.then(|| Decision::wait(Reason::Settling(CREATE)));
    };
    let mut tags = configuration.tags.clone();
    let is_new = tags.insert(OUR_TAG.to_owned());
    is_new.then(|| pair.once(configuration, ConfigurationChange::Tag { tags }, journal, timing))
}

fn decide_pair(
    pair: Pair,
    aim: &Aim,
    wanted: &Configure,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    match settings::open_direction(&observed.sides, aim.source, aim.target, journal, timing) {
        Standing::Open => {}
        Standing::Closed(decision) => return decision,
    }
    let direction = match seen(aim.source, &observed.forward, journal, timing) {
        Ok(direction) => direction,
        Err(decision) => return *decision,
    };
    let told = |decision: Decision| {
        let momentary = expected(pair, wanted, observed.preflight.as_ref());
        Decision { momentary: decision.momentary.into_iter().chain(momentary).collect(), ..decision }
    };
    let decision = match one_configuration(pair, direction, journal, timing) {
        Ok(configuration) => decide_configuration(pair, wanted, configuration, observed, journal, timing),
        Err(decision) => return told(*decision),
    };
    let decision = told(decision);
    let foreign: Vec<Uuid> = direction.foreign().into_iter().map(|one| one.id).collect();
    if foreign.is_empty() {
        return decision;
    }
    let note = Note::ForeignConfigurations { target: aim.target, configurations: foreign };
    Decision { found: decision.found.iter().cloned().chain([note]).collect(), ..decision }
}

const CREATE: &str = "create-configuration";

/// Exactly one configuration, visible to everybody who might make another.
fn one_configuration<'a>(
    pair: Pair,
    direction: &'a Direction,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Result<&'a Configuration, Box<Decision>> {
    let created = pair.wrote(journal, CREATE);
    let Some(chosen) = direction.chosen() else {
        if watch::is_followed(journal) {
            return Err(Box::new(changed_meanwhile(pair, journal, timing)));
        }
        if pair.is_settling(journal, CREATE, timing) {
            return Err(Box::new(Decision::wait(Reason::Settling(CREATE))));
        }
        let create = Change::CreateConfiguration { target: pair.target };
        return Err(Box::new(Decision::act(pair.source, vec![create])));
    };
    // Another delivery may have created one at the same time: both have to be seen before one gets a job.
    let is_fresh = created.is_some_and(|at| timing.since(at) < timing.limits.settle_unknown);
    if chosen.app_role.is_none() || is_fresh && chosen.job.is_none() {
        return Err(Box::new(Decision::wait(Reason::Settling(CREATE))));
    }
    let surplus = direction.surplus(created.is_some());
    if surplus.is_empty() {
        return Ok(chosen);
    }
    let delete = |one: &Configuration| pair.change(one, ConfigurationChange::Delete { app_id: one.app_id });
    Err(Box::new(Decision::just(Step::Act(surplus.into_iter().map(delete).collect()))))
}

fn decide_configuration(
    pair: Pair,
    wanted: &Configure,
    configuration: &Configuration,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let is_followed = watch::is_followed(journal);
    if let Some(rejection) = too_many(wanted, observed.preflight.as_ref(), timing).filter(|_| !is_followed) {
        return Decision::reject(rejection);
    }
    if let Some(decision) = prepare(pair, wanted, configuration, journal, timing) {
        return if is_followed { changed_meanwhile(pair, journal, timing) } else { decision };
    }
    match &configuration.job {
        Some(job) if job.is_enabled => {
            watch::decide(pair, wanted, configuration, job, observed, journal, timing)
        }
        Some(job) => start(pair, configuration, job, journal, timing),
        None => Decision::wait(Reason::Settling("create-job")),
    }
}

/// What is to be written before the job may run; none, where all is as wanted.
fn prepare(
    pair: Pair,
    wanted: &Configure,
    configuration: &Configuration,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    // First who is assigned: where everybody was in scope, the others go as soon as the secrets count.
    if let Some(decision) = decide_scope(pair, wanted, configuration) {
        return Some(decision);
    }
    if let Some(decision) = decide_secrets(pair, wanted, configuration, journal, timing) {
        return Some(decision);
    }
    let Some(job) = &configuration.job else {
        return Some(pair.once(configuration, ConfigurationChange::CreateJob, journal, timing));
    };
    let schema = schema_to_set(wanted, configuration, job)?;
    Some(pair.once(configuration, schema, journal, timing))
}

/// What the count before the start shows, for every word but a success: that one counts again.
fn expected(pair: Pair, wanted: &Configure, preflight: Option<&Preflight>) -> Vec<Note> {
    let Some(preflight) = preflight else { return Vec::new() };
    let stay = wanted.user_type.is_none() && preflight.guests > 0;
    let guests = stay.then_some(Note::GuestsStayGuests { target: pair.target, guests: preflight.guests });
    guests.into_iter().chain(watch::doubtful(pair, preflight)).collect()
}

/// An old answer may show what was before: it has to last.
fn changed_meanwhile(pair: Pair, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let settling = Reason::Settling(watch::CHANGED);
    if timing.waited_for(journal, &settling) < timing.limits.confirm {
        return Decision::wait(settling);
    }
    Decision::reject(Reason::Sync(SyncReason::ChangedMeanwhile { source: pair.source, target: pair.target }))
}

/// Users created or deleted in number need somebody's word for exactly that number, or a larger one.
fn too_many(wanted: &Configure, preflight: Option<&Preflight>, timing: &Timing<'_>) -> Option<Reason> {
    let Preflight { new, leaving, .. } = preflight?;
    let users = *new.max(leaving);
    exceeds(users, wanted.confirmed_users, timing).then_some(Reason::Sync(SyncReason::TooManyUsers {
        new: *new,
        leaving: *leaving,
        threshold: timing.limits.users_without_confirm,
        confirmed: wanted.confirmed_users,
    }))
}

/// Secrets cannot be read back: a tag says what they hold. It is set last, when a job that ran before was restarted,
/// since only then it heeds them (reference 6.8).
fn decide_secrets(
    pair: Pair,
    wanted: &Configure,
    configuration: &Configuration,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    let everyone = wanted.scope.everyone;
    let ours = configuration.is_ours() || pair.wrote(journal, CREATE).is_some();
    let tag = |tags| pair.once(configuration, ConfigurationChange::Tag { tags }, journal, timing);
    if configuration.has_secrets(everyone) {
        // Another command can have tagged it first: that it is ours, only the one that made it knows.
        let is_unmarked = ours && !configuration.is_ours();
        return is_unmarked.then(|| tag(configuration.tags_with(everyone, true)));
    }
    let set = ConfigurationChange::SetSecrets { everyone };
    // Those of a configuration that was deleted meanwhile say nothing about the one that came after it: only what was
    // set after our own last creation, and a moment ago, counts. Setting them twice does no harm.
    let made = pair.wrote(journal, CREATE);
    let is_for_this = |at: &OffsetDateTime| {
        made.is_none_or(|made| made <= *at) && pair.is_settling(journal, set.what(), timing)
    };
    let Some(set_at) = pair.accepted(journal, set.what()).filter(is_for_this) else {
        return Some(pair.act(configuration, set));
    };
    let ran = configuration.job.as_ref().filter(|job| job.is_enabled || job.last.is_some());
    if let Some(job) = ran.filter(|_| pair.accepted(journal, RESTART).is_none_or(|at| at < set_at)) {
        return Some(pair.restart(configuration, job, false));
    }
    let tags = configuration.tags_with(everyone, ours);
    debug_assert!(tags.contains(secrets_tag(everyone)));
    Some(tag(tags))
}

/// Desired state: who is missing is assigned, who is surplus is unassigned. With everybody in scope assignments say
/// nothing, and are left alone.
fn decide_scope(pair: Pair, wanted: &Configure, configuration: &Configuration) -> Option<Decision> {
    if wanted.scope.everyone {
        return None;
    }
    let principals: BTreeSet<Uuid> = wanted.scope.users.iter().chain(&wanted.scope.groups).copied().collect();
    let app_role = configuration.app_role?;
    let missing = principals.iter().filter(|principal| !configuration.assignments.contains_key(principal));
    let assign = missing.map(|principal| ConfigurationChange::Assign { app_role, principal: *principal });
    let surplus = configuration.assignments.iter().filter(|(principal, _)| !principals.contains(principal));
    let unassign = surplus.map(|(principal, assignment)| ConfigurationChange::Unassign {
        principal: *principal,
        assignment: assignment.id.clone(),
    });
    let writes: Vec<Mutation> =
        assign.chain(unassign).map(|change| pair.change(configuration, change)).collect();
    (!writes.is_empty()).then(|| Decision::just(Step::Act(writes)))
}

/// The schema, where users are to get another type than it gives them. Members are asked for in so many words: then
/// guests that exist become members too.
fn schema_to_set(
    wanted: &Configure,
    configuration: &Configuration,
    job: &Job,
) -> Option<ConfigurationChange> {
    let user_type = wanted.user_type?;
    let schema = configuration.schema.as_ref()?;
    let always = user_type == UserType::Member;
    if schema.user_type == Some(user_type) && schema.always == always {
        return None;
    }
    Some(ConfigurationChange::SetSchema {
        job: job.id.clone(),
        user_type,
        always,
        schema: schema.whole.clone(),
    })
}

fn start(
    pair: Pair,
    configuration: &Configuration,
    job: &Job,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let start = ConfigurationChange::Start { job: job.id.clone() };
    let begun = [start.what(), RESTART];
    let Some(started) = begun.iter().filter_map(|what| pair.wrote(journal, what)).max() else {
        let validate = ConfigurationChange::Validate;
        let is_valid = pair.accepted(journal, validate.what()).is_some();
        return pair.act(configuration, if is_valid { start } else { validate });
    };
    let was_running = watch::was_seen_running(journal, started);
    if !was_running && begun.iter().any(|what| pair.is_settling(journal, what, timing)) {
        return Decision::wait(Reason::Settling(start.what()));
    }
    if !was_running && begun.iter().all(|what| pair.accepted(journal, what).is_none()) {
        return pair.act(configuration, start);
    }
    // It ran, and somebody stopped it: that is a later wish than ours.
    watch::stopped(pair, journal, timing)
}
