//! Closing: what is open between one tenant and others.

use std::collections::BTreeMap;

use mto_messages::{Journal, TenantId};

use super::open::{record, writes_made};
use super::wanted::{Ends, closing};
use super::{Observed, Plan, WantedSettings, could_not_read, unfinished};
use crate::{Change, Decision, Finish, Note, Step, Timing, Unreadable};

/// What is to be closed.
///
/// Of each pair `source → target`, where it can be read; the sides do not wait for each other:
///
/// | In | Record | Write |
/// |---|---|---|
/// | the target, about the source | synchronization allowed | update the policy: not allowed |
/// | | inbound redemption on | update it: off, the other direction as it was |
/// | the source, about the target | outbound redemption on | update it: off, the other direction as it was |
/// | either | none, or nothing of this open | nothing |
///
/// In both directions, the same with the tenants exchanged, and
///
/// | Record | Write |
/// |---|---|
/// | proofs trusted, as the tenant's own settings or their templates open it | unset; off, where other proofs stay trusted |
/// | direct connect open, as the tenant's own settings open it | unset |
///
/// Records and policies are never deleted, and no organization is looked at. An external tenant is told of, and what its administrators have to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Close {
    /// The tenant whose users went out.
    pub source: TenantId,
    /// The tenants they went to.
    pub targets: Vec<TenantId>,
    /// The other direction too, as at the end of a membership.
    pub both_directions: bool,
    /// What each tenant's settings open beside synchronization, so that it is closed again.
    pub wanted: BTreeMap<TenantId, WantedSettings>,
}

impl Close {
    /// The tenants that have to be read.
    pub fn tenants(&self) -> Vec<TenantId> {
        std::iter::once(self.source).chain(self.targets.iter().copied()).collect()
    }

    /// The writes that close these ends of a record, where there is one.
    fn changes(&self, tenant: TenantId, partner: TenantId, ends: Ends, observed: &Observed) -> Vec<Change> {
        let opened = self.wanted.get(&tenant).filter(|_| self.both_directions);
        let record = record(observed, tenant, partner);
        record.map(|record| closing(partner, record, ends, opened)).unwrap_or_default()
    }

    /// The records in question: whose, about whom, and which ends they hold.
    fn records(&self) -> impl Iterator<Item = (TenantId, TenantId, Ends)> {
        self.targets.iter().flat_map(|target| {
            let receiving = Ends { receiving: true, sending: self.both_directions };
            let sending = Ends { receiving: self.both_directions, sending: true };
            [(*target, self.source, receiving), (self.source, *target, sending)]
        })
    }
}

pub(super) fn decide(close: &Close, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let mut plan = Plan::default();
    for (tenant, partner, ends) in close.records() {
        let changes = close.changes(tenant, partner, ends, observed);
        plan.add(tenant, changes, journal, timing);
    }
    let unread: Vec<(TenantId, &Unreadable)> =
        close.tenants().into_iter().filter_map(|one| Some((one, observed.unreadable(one)?))).collect();
    let left = Left::of(close, observed);
    let step = if plan.writes.is_empty() {
        unfinished(&plan, &unread, &[], journal, timing)
    } else {
        Some(Step::Act(plan.writes))
    };
    match step {
        Some(step) => {
            let momentary = could_not_read(&unread).into_iter().chain(left.notes(close)).collect();
            Decision { momentary, ..Decision::just(step) }
        }
        None => Decision::just(Step::Finish(finish(close, &left, journal))),
    }
}

/// What is left when everything is closed that can be.
struct Left {
    /// Records that stay: whose, about whom.
    records: Vec<(TenantId, TenantId)>,
    /// What is still open in them, and not ours to close.
    open: Vec<(TenantId, TenantId, String)>,
    /// What is ours to close, and does not show as closed.
    not_yet: Vec<(TenantId, TenantId, String)>,
    external: Vec<TenantId>,
}

impl Left {
    fn of(close: &Close, observed: &Observed) -> Self {
        let mut left =
            Self { records: Vec::new(), open: Vec::new(), not_yet: Vec::new(), external: Vec::new() };
        for (tenant, partner, ends) in close.records() {
            let Some(record) = record(observed, tenant, partner) else { continue };
            left.records.push((tenant, partner));
            let mut closed = record.clone();
            for change in close.changes(tenant, partner, ends, observed) {
                closed.assume(&change);
            }
            let (now, then) = (record.open_things(), closed.open_things());
            let not_yet: Vec<String> = now.into_iter().filter(|thing| !then.contains(thing)).collect();
            if !then.is_empty() {
                left.open.push((tenant, partner, then.join(", ")));
            }
            if !not_yet.is_empty() {
                left.not_yet.push((tenant, partner, not_yet.join(", ")));
            }
        }
        let is_external = |one: &TenantId| observed.unreadable(*one) == Some(&Unreadable::External);
        left.external = close.tenants().into_iter().filter(is_external).collect();
        left
    }

    /// Everything that is left.
    fn notes(&self, close: &Close) -> Vec<Note> {
        let mut notes = self.out_of_reach(close);
        if !self.records.is_empty() {
            notes.push(Note::PartnerRecordsStay(self.records.clone()));
        }
        if !self.not_yet.is_empty() {
            notes.push(Note::NotClosedYet(self.not_yet.clone()));
        }
        if !self.open.is_empty() {
            notes.push(Note::StillOpen(self.open.clone()));
        }
        notes
    }

    /// What stays open, unseen, in external tenants.
    fn out_of_reach(&self, close: &Close) -> Vec<Note> {
        let targets: Vec<TenantId> =
            self.external.iter().copied().filter(|one| *one != close.source).collect();
        let targets =
            (!targets.is_empty()).then(|| Note::NotClosedIn { tenants: targets, about: vec![close.source] });
        let source = self
            .external
            .contains(&close.source)
            .then(|| Note::NotClosedIn { tenants: vec![close.source], about: close.targets.clone() });
        source.into_iter().chain(targets).collect()
    }
}

fn finish(close: &Close, left: &Left, journal: &Journal) -> Finish {
    let directions = if close.both_directions { 2 } else { 1 };
    let pairs = match close.targets.len() * directions {
        1 => "1 ordered pair is closed".to_owned(),
        count => format!("{count} ordered pairs are closed"),
    };
    let reach = if left.external.is_empty() { "" } else { ", as far as we reach" };
    let summary = format!("{pairs}{reach}; {}", writes_made(journal));
    Finish::Succeeded { summary, notes: left.notes(close) }
}
