//! sync: users of one tenant in another.
//!
//! A *pair* is ordered: `source → target`. The engine runs in the source tenant, in a configuration named
//! `MTO_Sync_<target tenant id>`; the target has to allow it.
//!
//! **Invariant:** what shares somebody is written only while both tenants, read in the same look, list each other as
//! active in one organization. **Invariant:** what takes back is always allowed. **Invariant:** a configuration that
//! does not carry our tag is never deleted.

mod change;
mod configure;
mod control;
pub mod each;
mod observed;
pub(crate) mod progress;
mod reason;
pub mod status;
mod unshare;
mod watch;

use mto_messages::{Journal, Scope, TenantId, UserType};
use time::OffsetDateTime;
use uuid::Uuid;

pub use change::ConfigurationChange;
pub use observed::{
    Assignment, Configuration, Direction, Execution, Job, JobCode, OUR_TAG, Observed, Preflight, Quarantine,
    Schema, configuration_name,
};
pub use progress::SyncProgress;
pub use reason::SyncReason;
pub use watch::explain_quarantine;

use crate::settings::WantedSettings;
use crate::{Change, Decision, Mutation, Reading, Reason, Step, Timing, Unreadable, bear};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// The tenant whose users go out.
    pub source: TenantId,
    /// The tenant they go to.
    pub target: TenantId,
    /// What to do.
    pub action: Action,
}

/// What to do with a pair.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Make the synchronization exist as wanted, and watch it to its steady state.
    Configure(Configure),
    /// Restart the job.
    Restart {
        /// Let deletions through that the service holds back: how many users the command confirms.
        confirmed_users: Option<u64>,
    },
    /// Pause the job.
    Stop,
    /// Take the users back, delete what we made, and close the settings.
    Unshare(Unshare),
}

/// What a synchronization is to be like.
#[derive(Debug, Clone, PartialEq)]
pub struct Configure {
    /// Whom the source shares; desired state.
    pub scope: Scope,
    /// What users become; `None`: the schema is left alone (new ones become members, guests stay guests).
    pub user_type: Option<UserType>,
    /// The number of users that the command confirms.
    pub confirmed_users: Option<u64>,
}

/// How a synchronization is to be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Unshare {
    /// The other direction too.
    pub both_directions: bool,
    /// The number of users that the command confirms.
    pub confirmed_users: Option<u64>,
    /// What the directory's settings open beside synchronization, by tenant; closed with both directions.
    pub wanted: std::collections::BTreeMap<TenantId, WantedSettings>,
}

/// Decides the next step; the tables stand with each action.
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    match &aim.action {
        Action::Configure(configure) => configure::decide(aim, configure, observed, journal, timing),
        Action::Restart { confirmed_users } => {
            control::restart(aim, *confirmed_users, observed, journal, timing)
        }
        Action::Stop => control::stop(aim, observed, journal, timing),
        Action::Unshare(unshare) => unshare::decide(aim, unshare, observed, journal, timing),
    }
}

/// How many users the command is about, where this look counted them: those in scope, or those to be taken back.
/// Budgets and progress rest on it once it is in the journal.
pub fn users(aim: &Aim, observed: &Observed, journal: &Journal) -> Option<u64> {
    let remembered = journal.users.map(u64::from);
    let jobs = |direction: &Reading<Direction>| match direction {
        Reading::Seen(direction) => direction.chosen().and_then(|one| one.job.clone()),
        Reading::Unreadable(_) | Reading::NotNeeded => None,
    };
    match &aim.action {
        Action::Configure(_) => {
            let counted = observed.preflight.as_ref().map(|preflight| preflight.in_scope);
            let by_the_job = || jobs(&observed.forward).and_then(|job| job.in_scope);
            counted.or_else(|| if remembered.is_none() { by_the_job() } else { None })
        }
        // They get fewer as they go.
        Action::Unshare(_) => {
            let there = [&observed.forward, &observed.backward].into_iter().filter_map(jobs);
            let there: u64 = there.map(|job| job.users).sum();
            (there > remembered.unwrap_or(0)).then_some(there)
        }
        Action::Restart { .. } | Action::Stop => None,
    }
}

const RESTART: &str = "restart-job";

/// Whether these are more than the command confirms. A number that is given counts, however small the other one is;
/// without one the threshold counts.
fn exceeds(users: u64, confirmed: Option<u64>, timing: &Timing<'_>) -> bool {
    users > confirmed.unwrap_or(timing.limits.users_without_confirm)
}

/// One pair's writes in its source tenant.
#[derive(Clone, Copy)]
struct Pair {
    source: TenantId,
    target: TenantId,
}

impl Pair {
    fn change(self, configuration: &Configuration, change: ConfigurationChange) -> Mutation {
        Change::Configuration { target: self.target, configuration: configuration.id, change }
            .within(self.source)
    }

    fn act(self, configuration: &Configuration, change: ConfigurationChange) -> Decision {
        Decision::just(Step::Act(vec![self.change(configuration, change)]))
    }

    /// When this command last made this write, and it may have taken effect.
    fn wrote(self, journal: &Journal, what: &str) -> Option<OffsetDateTime> {
        journal.last_write_in(self.source, what, Some(self.target)).map(|write| write.at)
    }

    /// When this command last made this write with success.
    fn accepted(self, journal: &Journal, what: &str) -> Option<OffsetDateTime> {
        let last = journal.last_write_in(self.source, what, Some(self.target))?;
        last.was_accepted().then_some(last.at)
    }

    fn restart(self, configuration: &Configuration, job: &Job, force_deletes: bool) -> Decision {
        self.act(configuration, ConfigurationChange::Restart { job: job.id.clone(), force_deletes })
    }

    /// Whether it was made so recently that it may not show yet.
    fn is_settling(self, journal: &Journal, what: &str, timing: &Timing<'_>) -> bool {
        timing.is_settling_in(journal, self.source, what, Some(self.target))
    }

    /// The write, or a wait where it was made a moment ago and may not show yet.
    fn once(
        self,
        configuration: &Configuration,
        change: ConfigurationChange,
        journal: &Journal,
        timing: &Timing<'_>,
    ) -> Decision {
        if self.is_settling(journal, change.what(), timing) {
            Decision::wait(Reason::Settling(change.what()))
        } else {
            self.act(configuration, change)
        }
    }
}

/// What was read, or what to do while it was not.
fn seen<'a>(
    tenant: TenantId,
    reading: &'a Reading<Direction>,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Result<&'a Direction, Box<Decision>> {
    match reading {
        Reading::Seen(direction) => Ok(direction),
        Reading::Unreadable(Unreadable::Denied(words)) => {
            Err(Box::new(Decision::just(bear(Reason::Denied(tenant, words.clone()), journal, timing))))
        }
        Reading::Unreadable(Unreadable::Unreachable(words)) => {
            Err(Box::new(Decision::wait(Reason::Unavailable(tenant, words.clone()))))
        }
        Reading::Unreadable(Unreadable::External) | Reading::NotNeeded => {
            Err(Box::new(Decision::wait(Reason::Unavailable(tenant, "it was not looked at".to_owned()))))
        }
    }
}

/// What would be seen after `mutation`, if it took effect at once; for plans and for the fixed-point test.
#[must_use]
pub fn assume(aim: &Aim, mut observed: Observed, mutation: &Mutation) -> Observed {
    let backward = mutation.tenant == aim.target;
    let direction = if backward { &mut observed.backward } else { &mut observed.forward };
    if let (Reading::Seen(direction), Change::CreateConfiguration { .. }) =
        (&mut *direction, &mutation.change)
    {
        direction.configurations.push(Configuration {
            id: Uuid::nil(),
            app_id: Uuid::nil(),
            tags: std::collections::BTreeSet::new(),
            app_role: Some(Uuid::nil()),
            assignments: std::collections::BTreeMap::new(),
            job: None,
            schema: None,
        });
    } else if let (Reading::Seen(direction), Change::Configuration { configuration, change, .. }) =
        (&mut *direction, &mutation.change)
    {
        direction.assume(*configuration, change);
    } else {
        observed.sides = crate::settings::assume(observed.sides, mutation);
    }
    observed
}

impl Direction {
    fn assume(&mut self, id: Uuid, change: &ConfigurationChange) {
        if let ConfigurationChange::Delete { .. } = change {
            self.configurations.retain(|one| one.id != id);
        } else if let Some(one) = self.configurations.iter_mut().find(|one| one.id == id) {
            one.assume(change);
        }
    }
}

impl Configuration {
    fn assume(&mut self, change: &ConfigurationChange) {
        match change {
            ConfigurationChange::Tag { tags } => self.tags.clone_from(tags),
            ConfigurationChange::CreateJob => {
                self.job = Some(Job {
                    id: "new".to_owned(),
                    is_enabled: false,
                    code: JobCode::Paused,
                    steady_since: None,
                    quarantine: None,
                    last: None,
                    in_scope: None,
                    users: 0,
                });
            }
            ConfigurationChange::Assign { principal, .. } => {
                self.assignments.insert(*principal, Assignment { id: "new".to_owned(), is_group: false });
            }
            ConfigurationChange::Unassign { principal, .. } => {
                self.assignments.remove(principal);
            }
            ConfigurationChange::SetSchema { .. } => self.schema = None,
            ConfigurationChange::Start { .. } => self.set_enabled(true),
            ConfigurationChange::Pause { .. } => self.set_enabled(false),
            ConfigurationChange::Delete { .. }
            | ConfigurationChange::SetSecrets { .. }
            | ConfigurationChange::Validate
            | ConfigurationChange::Restart { .. } => {}
        }
    }

    fn set_enabled(&mut self, is_enabled: bool) {
        if let Some(job) = &mut self.job {
            job.is_enabled = is_enabled;
        }
    }
}
