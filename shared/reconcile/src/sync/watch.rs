//! Watch a job until every object was looked at once.

use mto_messages::{Journal, UserType};
use time::{Duration, OffsetDateTime};

use super::progress::counted;
use super::{
    Configuration, ConfigurationChange, Configure, Job, JobCode, Observed, Pair, Preflight, Quarantine,
    RESTART, SyncReason,
};
use crate::{Decision, Finish, Note, Reason, Step, Timing};

/// Not more often than this is a job restarted from here.
const RESTART_EVERY: Duration = Duration::hours(1);

/// Decides about a job that is enabled; the first row that matches wins.
///
/// | Observed | Step |
/// |---|---|
/// | quarantine, the secrets are missing and not set since our last restart, that an hour ago or longer | set them |
/// | quarantine, its cause mended from here, no restart of ours in the last hour | restart; deletions that the command confirms are let through |
/// | the same, restarted less than an hour ago | wait: quarantined |
/// | the same, restarted three times | failed, explained |
/// | quarantine | failed, explained |
/// | status unknown | wait: unrecognised |
/// | steady state reached, and a cycle began after our last write | succeeded, with a report |
/// | else | wait: synchronizing |
///
/// Mended from here are settings that do not allow it (they were switched on before a job is looked at), secrets that
/// the service misses, whatever the tag says, and whatever it was where this command has changed the scope or the schema
/// since; and held-back deletions, where the command confirms as many users as the target has beyond the scope.
pub(super) fn decide(
    pair: Pair,
    wanted: &Configure,
    configuration: &Configuration,
    job: &Job,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    if let Some(quarantine) = &job.quarantine {
        return decide_quarantine(pair, wanted, configuration, quarantine, observed, journal, timing);
    }
    match &job.code {
        JobCode::Unrecognised(code) => {
            Decision::wait(Reason::Unrecognised(format!("synchronization job with status \"{code}\"")))
        }
        JobCode::NotConfigured
        | JobCode::NotRun
        | JobCode::Active
        | JobCode::Paused
        | JobCode::Quarantine
            if is_done(pair, job, journal) =>
        {
            Decision::just(Step::Finish(finish(pair, wanted, job, observed, timing)))
        }
        JobCode::NotConfigured
        | JobCode::NotRun
        | JobCode::Active
        | JobCode::Paused
        | JobCode::Quarantine => Decision::wait(synchronizing(pair, job, observed, journal)),
    }
}

/// What a cycle has to have begun after: our last write that changes what it does.
const CHANGES: [&str; 5] = ["assign-scope", "unassign-scope", "set-schema", "start-job", RESTART];

/// Those of them that may take away what a quarantine came from.
const REMEDIES: [&str; 4] = ["assign-scope", "unassign-scope", "set-schema", "set-secrets"];

/// What a command waits for that finds the configuration changed by somebody else.
pub(super) const CHANGED: &str = "synchronization as it was";

/// What a command waits for that finds the job stopped by somebody else.
const STOPPED: &str = "stopped synchronization";

/// Whether this command waits for the job, having seen everything else as wanted.
pub(super) fn is_followed(journal: &Journal) -> bool {
    let jobs = [SyncReason::SYNCHRONIZING.to_owned(), SyncReason::QUARANTINED.to_owned()];
    let lasting = [CHANGED, STOPPED].map(|what| Reason::Settling(what).key());
    let waiting = journal.waiting.as_ref().map(|waiting| &waiting.key);
    waiting.is_some_and(|key| jobs.contains(key) || lasting.contains(key))
}

/// A job that this command has started, or restarted, and that is stopped: an old answer may show what was before, and
/// another delivery of the command may have stopped it on its way. So it has to last.
pub(super) fn stopped(pair: Pair, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let settling = Reason::Settling(STOPPED);
    if timing.waited_for(journal, &settling) < timing.limits.confirm {
        return Decision::wait(settling);
    }
    Decision::reject(Reason::Sync(SyncReason::StoppedMeanwhile { source: pair.source, target: pair.target }))
}

/// Whether this command has waited for the running job since this time.
pub(super) fn was_seen_running(journal: &Journal, since: OffsetDateTime) -> bool {
    let waiting = journal.waiting.as_ref().filter(|waiting| waiting.since >= since);
    let stopped = Reason::Settling(STOPPED).key();
    waiting.is_some_and(|waiting| waiting.key == SyncReason::SYNCHRONIZING || waiting.key == stopped)
}

fn is_done(pair: Pair, job: &Job, journal: &Journal) -> bool {
    let changed = CHANGES.iter().filter_map(|what| pair.wrote(journal, what)).max();
    let ended = job.last.as_ref().and_then(|last| last.ended);
    let began = job.last.as_ref().and_then(|last| last.began.or(last.ended));
    let is_over = ended.is_some() && changed.is_none_or(|at| began.is_some_and(|began| began >= at));
    job.steady_since.is_some() && (is_over || changed.is_none())
}

/// The scope is counted before the start; what the job counts while it runs comes second.
fn synchronizing(pair: Pair, job: &Job, observed: &Observed, journal: &Journal) -> Reason {
    let counted = observed.preflight.as_ref().map(|preflight| preflight.in_scope);
    let of = counted.or(journal.users.map(u64::from)).or(job.in_scope);
    Reason::Sync(SyncReason::Synchronizing { target: pair.target, done: job.users, of })
}

/// People search may take so long to show a user (reference 6.13).
const PEOPLE_SEARCH: Duration = Duration::days(7);

fn finish(pair: Pair, wanted: &Configure, job: &Job, observed: &Observed, timing: &Timing<'_>) -> Finish {
    let ended = job.last.as_ref().and_then(|last| last.ended).unwrap_or(timing.now);
    let mut notes = vec![
        Note::PeopleSearchLater { by: (ended + PEOPLE_SEARCH).date() },
        Note::NoApiForTheRest,
        Note::LicencesNotRead { source: pair.source, users: job.users },
    ];
    if let Some(preflight) = &observed.preflight {
        if preflight.guests > 0 && wanted.user_type != Some(UserType::Guest) {
            notes.push(Note::GuestsStayGuests { target: pair.target, guests: preflight.guests });
        }
        notes.extend(doubtful(pair, preflight));
    }
    if let Some(last) = job.last.as_ref().filter(|last| last.escrowed > 0) {
        notes.push(Note::EntriesFailed { entries: last.escrowed });
    }
    let are = if job.users == 1 { "is" } else { "are" };
    Finish::Succeeded {
        summary: format!("{} {are} synchronized", counted(job.users, "user", "users")),
        notes,
    }
}

/// Users whom the service may not bring over, or not to whom they are meant.
pub(super) fn doubtful(pair: Pair, preflight: &Preflight) -> Vec<Note> {
    let target = pair.target;
    let pending =
        (preflight.pending > 0).then_some(Note::InvitationsPending { target, users: preflight.pending });
    let ambiguous =
        (preflight.ambiguous > 0).then_some(Note::AmbiguousAddresses { target, users: preflight.ambiguous });
    pending.into_iter().chain(ambiguous).collect()
}

fn decide_quarantine(
    pair: Pair,
    wanted: &Configure,
    configuration: &Configuration,
    quarantine: &Quarantine,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    let failed = Reason::Sync(SyncReason::Quarantined {
        target: pair.target,
        quarantine: quarantine.clone(),
        takes_back: false,
    });
    let fail = |reason| Decision::just(Step::Finish(Finish::Failed(reason)));
    let Some(job) = &configuration.job else { return fail(failed) };
    let is_restart = |write: &&mto_messages::Write| {
        write.tenant == pair.source && write.what == RESTART && write.about == Some(pair.target)
    };
    let restarted = pair.wrote(journal, RESTART);
    let has_changed = REMEDIES.iter().filter_map(|what| pair.wrote(journal, what)).max() > restarted;
    let force_deletes = quarantine.holds_deletions_back() && is_confirmed(wanted, job, observed);
    let lacks_secrets = quarantine.lacks_secrets();
    if !quarantine.is_about_settings() && !lacks_secrets && !has_changed && !force_deletes {
        return fail(failed);
    }
    if journal.writes.iter().filter(is_restart).count() >= MAX_RESTARTS {
        return fail(failed);
    }
    // A remedy of this command counts at once; what it found mended has to be given time.
    let is_recent = restarted.is_some_and(|at| timing.now - at < RESTART_EVERY);
    if is_recent && !has_changed && !force_deletes {
        return Decision::wait(failed);
    }
    // The tag says that they are set, and the service that they are not.
    let set = ConfigurationChange::SetSecrets { everyone: wanted.scope.everyone };
    if lacks_secrets && pair.accepted(journal, set.what()) <= restarted {
        return pair.act(configuration, set);
    }
    pair.restart(configuration, job, force_deletes)
}

/// Restarts of one command, before the cause counts as another one.
const MAX_RESTARTS: usize = 3;

/// Whether the command confirms the users that the target has beyond the scope.
fn is_confirmed(wanted: &Configure, job: &Job, observed: &Observed) -> bool {
    let leaving = observed.preflight.as_ref().map(|preflight| job.users.saturating_sub(preflight.in_scope));
    leaving.zip(wanted.confirmed_users).is_some_and(|(leaving, confirmed)| confirmed >= leaving)
}

impl Quarantine {
    /// The settings do not allow it.
    fn is_about_settings(&self) -> bool {
        self.code.as_deref() == Some("AzureDirectoryB2BManagementPolicyCheckFailure")
    }

    /// The secrets are not set, or not those of cross-tenant synchronization. (That this is the code is unverified.)
    fn lacks_secrets(&self) -> bool {
        self.code.as_deref() == Some("InvalidCredentials")
    }

    /// More users would be deleted than the service does without being told.
    pub(super) fn holds_deletions_back(&self) -> bool {
        self.reason == "TooManyDeletes"
    }
}

/// What a quarantine means, and what to do (Microsoft Entra docs, troubleshooting of cross-tenant synchronization and
/// of application provisioning).
pub fn explain_quarantine(quarantine: &Quarantine) -> (&'static str, &'static str) {
    let by_code = |code: &str| CODES.iter().find(|(known, ..)| *known == code);
    let known = quarantine.code.as_deref().and_then(by_code).or_else(|| by_code(&quarantine.reason));
    known.map_or(
        (
            "the service gives no reason we know of",
            "look at the provisioning logs of the configuration; once mended, send mto.sync.v1 with action restart",
        ),
        |(_, means, fix)| (means, fix),
    )
}

const CODES: [(&str, &str, &str); 17] = [
    (
        "InvalidCredentials",
        "the secrets of the configuration are not those of cross-tenant synchronization",
        "send mto.sync.v1 with action configure: it sets them and restarts the job",
    ),
    (
        "AzureDirectoryB2BManagementPolicyCheckFailure",
        "automatic redemption is off on one of the two sides",
        "send mto.sync.v1 with action configure: it switches it on and restarts the job",
    ),
    (
        "AzureActiveDirectoryForbidden",
        "the target does not allow guest invitations, or not from this domain",
        "change the target's external collaboration settings, then send action restart",
    ),
    (
        "Forbidden",
        "the target does not allow guest invitations, or not from this domain",
        "change the target's external collaboration settings, then send action restart",
    ),
    (
        "AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService",
        "mail or showInAddressList of users is managed by another service in the target",
        "remove the conflicting proxy addresses in the target, then send action restart",
    ),
    (
        "AzureActiveDirectoryQuotaLimitExceeded",
        "the target's directory is full",
        "delete objects in the target or raise its quota, then send action restart",
    ),
    (
        "InvitationCreationFailure",
        "users' sign-in names or addresses cannot be invited",
        "correct their mail in the source",
    ),
    (
        "InvitationCreationFailureInvalidPropertyValue",
        "a property of users has a value that the target refuses",
        "correct it in the source",
    ),
    (
        "InvitationCreationFailureAmbiguousUser",
        "several objects of the target hold a user's address",
        "remove the duplicates in the target",
    ),
    (
        "CannotUpdateObjectsMasteredOnPremises",
        "users of the target come from its own on-premises directory",
        "take these users out of scope",
    ),
    (
        "TooManyDeletes",
        "more users would be deleted at once than the threshold allows",
        "if this is meant, send mto.sync.v1 with action restart and confirm.users; else put the scope right again",
    ),
    (
        "EncounteredBaseEscrowThreshold",
        "too many users could not be synchronized",
        "look at the provisioning logs, mend what they say, then send action restart",
    ),
    (
        "EncounteredTotalEscrowThreshold",
        "too many users could not be synchronized",
        "look at the provisioning logs, mend what they say, then send action restart",
    ),
    (
        "EncounteredEscrowProportionThreshold",
        "most of the users could not be synchronized",
        "look at the provisioning logs, mend what they say, then send action restart",
    ),
    (
        "EncounteredQuarantineException",
        "the service could not reach the target, or is not let in",
        "check both sides' settings with action settings, then send action restart",
    ),
    ("QuarantinedOnDemand", "somebody put the job into quarantine", "ask them; then send action restart"),
    ("IngestionInterrupted", "the service was interrupted while reading the source", "send action restart"),
];
