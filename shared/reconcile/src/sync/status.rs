//! How an organization stands: members, settings, synchronizations. Read-only.

mod shown;
mod standing;

use std::collections::BTreeMap;

use mto_messages::{Journal, TenantId};

pub use standing::{JobState, Standing, Synchronization};

use super::Configuration;
use super::progress::counted;
use crate::settings::{self, Difference, Open};
use crate::{Decision, Finish, MemberRow, Note, Reading, Step, Timing, Unreadable};

/// What is seen in all tenants. Its JSON is bounded: `members`, `differing` and `synchronizations` by source, each
/// with its `state`; what does not fit is counted in `leftOut`.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    sides: settings::Observed,
    synchronizations: BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>>,
    /// The list of the tenant from which the others are seen.
    members: Vec<MemberRow>,
    differing: Vec<Difference>,
}

impl Observed {
    /// Organizations and settings, and the synchronizations out of each tenant with the tenants they are for.
    pub fn of(
        open: &Open,
        sides: settings::Observed,
        synchronizations: BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>>,
    ) -> Self {
        let members = match sides.sides.get(&open.center()) {
            Some(Reading::Seen(side)) => side.own.members.clone(),
            Some(Reading::Unreadable(_) | Reading::NotNeeded) | None => Vec::new(),
        };
        let differing = settings::differences(open, &sides);
        Self { sides, synchronizations, members, differing }
    }
}

/// Tells how things stand.
///
/// | Observed | Step |
/// |---|---|
/// | the tenant is in no organization, or in none with the others | rejected, as [`settings::Open`] is |
/// | else | succeeded: a sentence with numbers; a note for each member with its role and state, for each ordered pair that differs with what is wanted, for each synchronization with its state and users; what could not be read by name |
///
/// Of each kind [`LINES`] are told one by one, the rest is counted; of synchronizations those that need attention come
/// first.
pub fn decide(open: &Open, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let compared = settings::decide(&settings::Aim::Open(open.clone()), &observed.sides, journal, timing);
    let (settings, mut notes) = match compared.step {
        Step::Act(writes) => {
            let differ = counted(writes.len() as u64, "setting differs", "settings differ");
            (format!("{differ} from what is wanted"), compared.found)
        }
        Step::Finish(Finish::Succeeded { notes, .. }) => ("all settings are as wanted".to_owned(), notes),
        Step::Wait(wait) => {
            let what = wait.reason.code();
            (format!("the settings could not all be compared ({what})"), compared.found)
        }
        step @ (Step::Finish(Finish::Rejected(_) | Finish::Failed(_)) | Step::Remember(_)) => {
            return Decision::just(step);
        }
    };
    let synchronizations = observed.pairs();
    let members = observed.members.iter().cloned().map(Standing::Member);
    notes.extend(lines("members", members.collect()));
    let differing = observed.differing.iter().cloned().map(Standing::Differs);
    notes.extend(lines("settings", differing.collect()));
    let summary = format!("{settings}; {}", numbers(&synchronizations));
    let pairs = synchronizations.into_iter().map(Standing::Synchronization);
    notes.extend(lines("synchronizations", pairs.collect()));
    notes.extend(observed.unread());
    Decision::just(Step::Finish(Finish::Succeeded { summary, notes }))
}

/// Lines of a kind that are told one by one: a ticket stays readable, and an outcome fits into a message.
pub const LINES: usize = 40;

fn lines(what: &'static str, mut all: Vec<Standing>) -> Vec<Note> {
    let count = all.len().saturating_sub(LINES);
    all.truncate(LINES);
    let more = (count > 0).then_some(Standing::More { what, count });
    all.into_iter().chain(more).map(Note::Standing).collect()
}

impl Observed {
    /// Every synchronization that was read; what needs attention first.
    fn pairs(&self) -> Vec<Synchronization> {
        let mut pairs = Vec::new();
        for (source, reading) in &self.synchronizations {
            if let Reading::Seen(found) = reading {
                pairs.extend(found.iter().map(|(target, one)| Synchronization::of(*source, *target, one)));
            }
        }
        pairs.sort_by_key(|one| (one.state, one.source, one.target));
        pairs
    }

    fn unread(&self) -> Option<Note> {
        let words = |(source, reading): (&TenantId, &Reading<_>)| match reading {
            Reading::Unreadable(Unreadable::Denied(words) | Unreadable::Unreachable(words)) => {
                Some((*source, words.clone()))
            }
            Reading::Unreadable(Unreadable::External) | Reading::NotNeeded | Reading::Seen(_) => None,
        };
        let unread: Vec<(TenantId, String)> = self.synchronizations.iter().filter_map(words).collect();
        (!unread.is_empty()).then_some(Note::CouldNotRead(unread))
    }
}

/// Jobs in numbers; a configuration without a job is none.
fn numbers(all: &[Synchronization]) -> String {
    let of = |state: JobState| all.iter().filter(|one| one.state == state).count();
    let users: u64 = all.iter().map(|one| one.users).sum();
    format!(
        "{} with {}: {} steady, {} on their way, {} stopped, {} in quarantine",
        counted((all.len() - of(JobState::NoJob)) as u64, "synchronization", "synchronizations"),
        counted(users, "user", "users"),
        of(JobState::Steady),
        of(JobState::Initial),
        of(JobState::Stopped),
        of(JobState::Quarantine)
    )
}
