//! Restart and stop a job.

use mto_messages::Journal;

use super::{
    Aim, Configuration, ConfigurationChange, Job, Observed, Pair, Quarantine, RESTART, SyncReason, seen,
};
use crate::settings;
use crate::{Decision, Finish, Reason, Step, Timing};

/// Restarts the job once; what it then does is what `status` and `configure` tell. A stopped job shares again once it is
/// restarted, so both have to be fellows; what the settings are is left to `configure`.
///
/// | Observed | Step |
/// |---|---|
/// | no configuration, or no job | rejected |
/// | restarted by this command | succeeded |
/// | one of the two cannot be read | wait; denied for the whole patience: failed |
/// | they do not list each other as active, for as long as a contradiction has to last | rejected: not in one organization |
/// | deletions held back, and the command confirms fewer users than the target has | rejected: too many users |
/// | else | restart; with confirmed users, letting held-back deletions through |
pub(super) fn restart(
    aim: &Aim,
    confirmed_users: Option<u64>,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let pair = Pair { source: aim.source, target: aim.target };
    let (configuration, job) = match job(aim, observed, journal, timing) {
        Ok(found) => found,
        Err(decision) => return *decision,
    };
    if pair.accepted(journal, RESTART).is_some() {
        return succeeded("the synchronization was restarted");
    }
    if let Some(decision) = settings::not_fellows(&observed.sides, aim.source, aim.target, journal, timing) {
        return decision;
    }
    let force_deletes = confirmed_users.is_some_and(|users| users >= job.users);
    let held_back = job.quarantine.as_ref().is_some_and(Quarantine::holds_deletions_back);
    if held_back && confirmed_users.is_some() && !force_deletes {
        return Decision::reject(Reason::Sync(SyncReason::TooManyUsers {
            new: 0,
            leaving: job.users,
            threshold: timing.limits.users_without_confirm,
            confirmed: confirmed_users,
        }));
    }
    pair.restart(configuration, job, force_deletes)
}

/// Pauses the job. A `configure` that waits for it notices at its next look. It takes back, so nobody is asked who is in
/// which organization.
///
/// | Observed | Step |
/// |---|---|
/// | no configuration, or no job | succeeded: nothing runs |
/// | job not enabled | succeeded |
/// | else | pause |
pub(super) fn stop(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let pair = Pair { source: aim.source, target: aim.target };
    let direction = match seen(aim.source, &observed.forward, journal, timing) {
        Ok(direction) => direction,
        Err(decision) => return *decision,
    };
    let running = direction.chosen().and_then(|one| Some((one, one.job.as_ref()?)));
    match running {
        None => succeeded("there is no synchronization to stop"),
        Some((_, job)) if !job.is_enabled => succeeded("the synchronization is stopped"),
        Some((configuration, job)) => {
            let pause = ConfigurationChange::Pause { job: job.id.clone() };
            pair.once(configuration, pause, journal, timing)
        }
    }
}

fn job<'a>(
    aim: &Aim,
    observed: &'a Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Result<(&'a Configuration, &'a Job), Box<Decision>> {
    let direction = seen(aim.source, &observed.forward, journal, timing)?;
    let missing = || {
        Box::new(Decision::reject(Reason::Sync(SyncReason::NoSynchronization {
            source: aim.source,
            target: aim.target,
        })))
    };
    let configuration = direction.chosen().ok_or_else(missing)?;
    Ok((configuration, configuration.job.as_ref().ok_or_else(missing)?))
}

fn succeeded(summary: &str) -> Decision {
    Decision::just(Step::Finish(Finish::Succeeded { summary: summary.to_owned(), notes: Vec::new() }))
}
