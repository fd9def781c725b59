//! Budgets, patience and the delay rule.

use std::time::Duration;

use mto_messages::{Journal, Verb};
use time::OffsetDateTime;

use crate::Reason;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The least time the service takes for an object of the initial cycle: 0.01 min (design 6, after Microsoft's numbers
/// for provisioning; unverified for cross-tenant synchronization).
pub(crate) const OBJECT_LEAST: Duration = Duration::from_millis(600);

/// The most time it takes for one: 0.08 min; see [`OBJECT_LEAST`].
pub(crate) const OBJECT_MOST: Duration = Duration::from_millis(4_800);

/// No budget grows past this, however many users there are: whoever waits longer looks himself.
const LONGEST_GROWN: Duration = Duration::from_hours(30 * 24);

/// How long things may take. Everything is configurable, because the service's own times are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The shortest delay between looks. Default 15 s.
    pub shortest_delay: Duration,
    /// The longest delay between looks. Default 15 min: SQS's limit for `DelaySeconds`.
    pub longest_delay: Duration,
    /// Budget of create. With `then.join` it has those of add and join too. Default 2 h.
    pub create: Duration,
    /// Budget of add. Default 2 h.
    pub add: Duration,
    /// Budget of join. Default 12 h: the documents' worst is 4 h, two hours' pause, 4 h again.
    pub join: Duration,
    /// Budget of leave. Default 4 h.
    pub leave: Duration,
    /// Least budget of sync; it grows with the number of users, see [`Limits::grown`]. Default 4 h.
    pub sync: Duration,
    /// How long a refusal of the same write in the same state is borne. Default 30 min.
    pub refusal_patience: Duration,
    /// How long a write of ours may take to show before it is made again. Default 10 min.
    pub settle: Duration,
    /// The same for a write whose fate is unknown: no answer, or a server error. Default 1 min.
    pub settle_unknown: Duration,
    /// How long a contradiction (a row that was there is gone) must last to be believed. Default 5 min.
    pub confirm: Duration,
    /// Pause between a failed join and its reset. Default 2 h (Microsoft 365's join page).
    pub pause_after_failure: Duration,
    /// How often a failed join is reset. Default 2.
    pub resets: u32,
    /// Users that a command may create or delete in one tenant without `confirm`. Default 500: the service's own
    /// threshold for deletions.
    pub users_without_confirm: u64,
    /// Active tenants an organization may have. Default 100; enforced by the service at join.
    pub active_tenants: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            shortest_delay: Duration::from_secs(15),
            longest_delay: 15 * MINUTE,
            create: 2 * HOUR,
            add: 2 * HOUR,
            join: 12 * HOUR,
            leave: 4 * HOUR,
            sync: 4 * HOUR,
            refusal_patience: 30 * MINUTE,
            settle: 10 * MINUTE,
            settle_unknown: MINUTE,
            confirm: 5 * MINUTE,
            pause_after_failure: 2 * HOUR,
            resets: 2,
            users_without_confirm: 500,
            active_tenants: 100,
        }
    }
}

impl Limits {
    /// The budget of a command from its first look. `aims_at_members`: a create whose aim is that all its
    /// tenants are active lives as long as its children may.
    pub fn budget(&self, verb: Verb, aims_at_members: bool) -> Duration {
        match verb {
            Verb::Create if aims_at_members => self.create + self.add + self.join,
            Verb::Create => self.create,
            Verb::Add => self.add,
            Verb::Join => self.join,
            Verb::Leave => self.leave,
            Verb::Sync => self.sync,
        }
    }

    /// A budget, grown with the users that the journal says the command is about: twice the most that the service takes
    /// for so many, and no more than 30 days. It never gets shorter than it was; without users it stays.
    ///
    /// ```
    /// # use mto_reconcile::Limits;
    /// # use mto_messages::Journal;
    /// # use std::time::Duration;
    /// let (limits, mut journal) = (Limits::default(), Journal::default());
    /// journal.note_users(5_000);
    /// assert_eq!(limits.grown(limits.sync, &journal), Duration::from_mins(800));
    /// ```
    pub fn grown(&self, budget: Duration, journal: &Journal) -> Duration {
        let needed = journal.users.map_or(Duration::ZERO, |users| OBJECT_MOST.saturating_mul(users));
        budget.max(needed.saturating_mul(2).min(LONGEST_GROWN))
    }
}

/// What a decision knows about time.
#[derive(Debug, Clone)]
pub struct Timing<'a> {
    /// Now.
    pub now: OffsetDateTime,
    /// The limits in force.
    pub limits: &'a Limits,
}

impl Timing<'_> {
    /// How long ago `then` was; never negative.
    pub fn since(&self, then: OffsetDateTime) -> Duration {
        Duration::try_from(self.now - then).unwrap_or_default()
    }

    /// How long the command has been waiting for this reason; zero if it waits for another.
    pub fn waited_for(&self, journal: &Journal, reason: &Reason) -> Duration {
        let key = reason.key();
        journal.waiting.as_ref().filter(|w| w.key == key).map_or(Duration::ZERO, |w| self.since(w.since))
    }

    /// Whether we made this write so recently that it may not show yet.
    pub fn is_settling(&self, journal: &Journal, what: &str, about: Option<mto_messages::TenantId>) -> bool {
        journal.last_write(what, about).is_some_and(|write| self.is_recent(write))
    }

    /// The same in one tenant, where a command makes the same write about the same tenant in several.
    pub fn is_settling_in(
        &self,
        journal: &Journal,
        tenant: mto_messages::TenantId,
        what: &str,
        about: Option<mto_messages::TenantId>,
    ) -> bool {
        journal.last_write_in(tenant, what, about).is_some_and(|write| self.is_recent(write))
    }

    fn is_recent(&self, write: &mto_messages::Write) -> bool {
        let limits = self.limits;
        let patience = if write.was_accepted() { limits.settle } else { limits.settle_unknown };
        self.since(write.at) < patience
    }
}

/// The delay rule: wait as long again as since the last change, at least the shortest and at most the longest
/// delay, plus up to 10 % jitter, never before `not_before`, never past the deadline.
///
/// `jitter` is any number drawn from the message id; the same one gives the same delay. About fifteen looks in
/// two hours.
///
/// ```
/// # use mto_reconcile::{Limits, next_look};
/// # use time::{OffsetDateTime, Duration};
/// let (start, limits) = (OffsetDateTime::UNIX_EPOCH, Limits::default());
/// let now = start + Duration::minutes(4);
/// let next = next_look(now, start, None, start + Duration::hours(12), 0, &limits);
/// assert_eq!(next - now, Duration::minutes(4));
/// ```
pub fn next_look(
    now: OffsetDateTime,
    last_change: OffsetDateTime,
    not_before: Option<OffsetDateTime>,
    deadline: OffsetDateTime,
    jitter: u64,
    limits: &Limits,
) -> OffsetDateTime {
    let quiet = Duration::try_from(now - last_change).unwrap_or_default();
    let delay = quiet.clamp(limits.shortest_delay, limits.longest_delay.max(limits.shortest_delay));
    let percent = u32::try_from(jitter % 11).unwrap_or(0);
    let jittered = (delay + delay * percent / 100).min(limits.longest_delay.max(limits.shortest_delay));
    let next = (now + jittered).max(not_before.unwrap_or(now));
    next.min(deadline.max(now))
}
