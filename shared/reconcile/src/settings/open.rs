//! Opening: every ordered pair of fellows gets what its tenants want.

use std::collections::{BTreeMap, BTreeSet};

use mto_messages::{Journal, TenantId};

use super::fellows::{Relation, relation};
use super::{Observed, Plan, Side, WantedSettings, could_not_read, unfinished};
use crate::{
    Decision, Finish, Note, OrganizationState, Partner, Reason, Step, Timing, Unreadable, templates,
};

/// Between whom, and what.
///
/// The tenant that the others are seen from, first; the first row that matches wins:
///
/// | Observed | Step |
/// |---|---|
/// | state of its organization unknown | wait: unrecognised |
/// | in none, where all its fellows are meant | rejected: no organization |
/// | own row not visible | wait: settling |
///
/// Then for each pair of tenants:
///
/// | Both sides | What is done |
/// |---|---|
/// | read; each lists the other and itself as active | compared, and what is missing is written |
/// | one read or both; one does not | nothing is opened; it is told, with who lists whom |
/// | one not read (external) | nothing; it is told |
/// | one not read (denied, not reached) | nothing; it is told, and waited for |
/// | state or change unknown | nothing; it is waited for |
///
/// Compared is what one fellow holds about the other:
///
/// | Record | Write |
/// |---|---|
/// | none | create it, with all that is wanted |
/// | consent, trust or direct connect differ | update it, with what differs |
/// | there, without a policy of synchronization | create the policy |
/// | with a policy that does not allow | update the policy |
///
/// and, in each tenant with a fellow, the templates. Where the tenants were named and none of the pairs is in one
/// organization: rejected.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Between whom.
    pub among: Among,
    /// What each tenant wants; the default, where nothing is said.
    pub wanted: BTreeMap<TenantId, WantedSettings>,
}

impl Open {
    /// The tenant from which the others are seen.
    pub fn center(&self) -> TenantId {
        self.among.center()
    }
}

/// Between whom. Every pair is meant in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Among {
    /// All active tenants, as the list of this one has them.
    Organization(TenantId),
    /// This tenant and all others that are active in its list.
    Around(TenantId),
    /// This tenant and each of the others.
    Pairs(TenantId, Vec<TenantId>),
}

impl Among {
    /// The tenant from which the others are seen.
    pub fn center(&self) -> TenantId {
        match self {
            Self::Organization(center) | Self::Around(center) | Self::Pairs(center, _) => *center,
        }
    }

    /// The tenants that have to be read beside the center, as its own side has them.
    pub fn others(&self, center: &Side) -> Vec<TenantId> {
        match self {
            Self::Pairs(_, others) => others.clone(),
            Self::Organization(_) | Self::Around(_) => {
                center.own.active().map(|row| row.tenant).filter(|one| *one != self.center()).collect()
            }
        }
    }

    /// The pairs that are meant, each once.
    pub(super) fn pairs(&self, center: &Side) -> Vec<(TenantId, TenantId)> {
        let others = self.others(center);
        let beside = others.iter().map(|other| (self.center(), *other));
        let between = others.iter().enumerate().flat_map(|(index, one)| {
            others.get(index + 1..).unwrap_or_default().iter().map(|other| (*one, *other))
        });
        match self {
            Self::Organization(_) => beside.chain(between).collect(),
            Self::Around(_) | Self::Pairs(..) => beside.collect(),
        }
    }
}

pub(super) fn decide(open: &Open, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let center = open.among.center();
    let Some(side) = observed.seen(center) else {
        let unread = observed.unreadable(center).map(|why| (center, why));
        let unread = Vec::from_iter(unread);
        let step = unfinished(&Plan::default(), &unread, &[], journal, timing);
        return step.map_or_else(|| Decision::wait(Reason::Settling("own organization")), Decision::just);
    };
    if let Some(decision) = decide_center(&open.among, side) {
        return decision;
    }
    let survey = Survey::of(&open.among.pairs(side), observed);
    if let Some(decision) = survey.decide_strangers(&open.among) {
        return decision;
    }
    let comparison = Comparison::of(open, &survey, observed, journal, timing);
    if !comparison.plan.writes.is_empty() {
        // Only before the first write it is what was found; later it is what is left.
        let found = if journal.changes_made() == 0 { comparison.found(&survey) } else { Vec::new() };
        return Decision { found, ..Decision::just(Step::Act(comparison.plan.writes)) };
    }
    match unfinished(&comparison.plan, &survey.unread, &survey.unclear, journal, timing) {
        Some(step) => {
            let momentary = survey.notes().into_iter().chain(could_not_read(&survey.unread)).collect();
            Decision { momentary, ..Decision::just(step) }
        }
        None => Decision::just(Step::Finish(finish(&survey, journal))),
    }
}

fn decide_center(among: &Among, side: &Side) -> Option<Decision> {
    let center = among.center();
    match &side.own.state {
        OrganizationState::Unrecognised(state) => {
            Some(Decision::wait(Reason::Unrecognised(format!("organization state \"{state}\""))))
        }
        OrganizationState::Inactive => match among {
            Among::Organization(_) | Among::Around(_) => {
                Some(Decision::reject(Reason::OwnerHasNoOrganization(center)))
            }
            Among::Pairs(..) => None,
        },
        OrganizationState::Active if side.own.row(center).is_none() => {
            Some(Decision::wait(Reason::Settling("own row in the list")))
        }
        OrganizationState::Active => None,
    }
}

/// How the tenants of every pair stand to each other.
#[derive(Default)]
struct Survey<'a> {
    fellows: Vec<(TenantId, TenantId)>,
    /// The first lists the second, the second not the first.
    one_sided: Vec<(TenantId, TenantId)>,
    strangers: Vec<(TenantId, TenantId)>,
    external: Vec<TenantId>,
    unread: Vec<(TenantId, &'a Unreadable)>,
    unclear: Vec<String>,
}

impl<'a> Survey<'a> {
    fn of(pairs: &[(TenantId, TenantId)], observed: &'a Observed) -> Self {
        let mut survey = Self::default();
        let mut unread = BTreeSet::new();
        for (one, other) in pairs.iter().copied() {
            match relation(observed, one, other) {
                Relation::Fellows => survey.fellows.push((one, other)),
                Relation::OnlyFor(lister) => {
                    survey.one_sided.push(if lister == one { (one, other) } else { (other, one) });
                }
                Relation::Strangers => survey.strangers.push((one, other)),
                Relation::Unclear(seen) => survey.unclear.push(seen),
                Relation::Unread => unread.extend([one, other]),
            }
        }
        for (tenant, why) in unread.into_iter().filter_map(|one| Some((one, observed.unreadable(one)?))) {
            if *why == Unreadable::External {
                survey.external.push(tenant);
            } else {
                survey.unread.push((tenant, why));
            }
        }
        survey.unclear.sort();
        survey.unclear.dedup();
        survey
    }

    /// Tenants that were named, and none of which is in one organization with the other.
    fn decide_strangers(&self, among: &Among) -> Option<Decision> {
        let Among::Pairs(source, targets) = among else { return None };
        let undecided = !self.unread.is_empty() || !self.unclear.is_empty() || !self.fellows.is_empty();
        let target = targets.iter().find(|target| !self.external.contains(target)).or(targets.first())?;
        let rejection = Reason::NotInOneOrganization { source: *source, target: *target };
        (!undecided).then(|| Decision::reject(rejection))
    }

    /// What is not opened, and why.
    fn notes(&self) -> Vec<Note> {
        let one_sided = (!self.one_sided.is_empty()).then(|| Note::ListedOnOneSide(self.one_sided.clone()));
        let strangers = (!self.strangers.is_empty()).then(|| Note::NotFellows(self.strangers.clone()));
        let external = (!self.external.is_empty()).then(|| Note::NotComparedWith(self.external.clone()));
        one_sided.into_iter().chain(strangers).chain(external).collect()
    }
}

/// What the fellows hold about each other, beside what is wanted.
#[derive(Default)]
struct Comparison {
    plan: Plan,
    /// Ordered pairs that differ.
    differing: usize,
    /// Pairs of which one side is open and the other is not.
    asymmetric: Vec<(TenantId, TenantId)>,
}

impl Comparison {
    fn of(
        open: &Open,
        survey: &Survey<'_>,
        observed: &Observed,
        journal: &Journal,
        timing: &Timing<'_>,
    ) -> Self {
        let mut comparison = Self::default();
        let default = WantedSettings::default();
        let wanted = |tenant: TenantId| open.wanted.get(&tenant).unwrap_or(&default);
        let directions = survey.fellows.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
        for (tenant, fellow) in directions {
            let record = record(observed, tenant, fellow);
            let changes = wanted(tenant).opening(fellow, record);
            comparison.differing += usize::from(!changes.is_empty());
            comparison.plan.add(tenant, changes, journal, timing);
            if sends(record) != receives(self::record(observed, fellow, tenant)) {
                comparison.asymmetric.push((tenant, fellow));
            }
        }
        let tenants: BTreeSet<TenantId> =
            survey.fellows.iter().flat_map(|(one, other)| [*one, *other]).collect();
        for tenant in tenants {
            let seen = observed.seen(tenant).and_then(|side| side.templates.as_ref());
            let changes = wanted(tenant).templates.as_ref().zip(seen);
            let changes = changes.map(|(wanted, seen)| templates::missing(wanted, seen));
            comparison.plan.add(tenant, changes.unwrap_or_default(), journal, timing);
        }
        comparison
    }

    fn found(&self, survey: &Survey<'_>) -> Vec<Note> {
        let differing = (self.differing > 0)
            .then(|| Note::PairsDiffered { differing: self.differing, of: survey.fellows.len() * 2 });
        let asymmetric = (!self.asymmetric.is_empty()).then(|| Note::OpenOnOneSide(self.asymmetric.clone()));
        differing.into_iter().chain(asymmetric).collect()
    }
}

pub(super) fn record(observed: &Observed, tenant: TenantId, about: TenantId) -> Option<&Partner> {
    observed.seen(tenant)?.partners.get(&about)
}

/// Whether the source's record lets its users go.
fn sends(record: Option<&Partner>) -> bool {
    record.is_some_and(|record| record.automatic_user_consent_settings.outbound_allowed == Some(true))
}

/// Whether the target's record lets them come.
fn receives(record: Option<&Partner>) -> bool {
    record.is_some_and(|record| {
        record.automatic_user_consent_settings.inbound_allowed == Some(true) && record.is_sync_allowed()
    })
}

fn finish(survey: &Survey<'_>, journal: &Journal) -> Finish {
    let tenants: BTreeSet<_> = survey.fellows.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let summary = format!(
        "{} ordered pairs among {} tenants are as wanted; {}",
        survey.fellows.len() * 2,
        tenants.len(),
        writes_made(journal)
    );
    Finish::Succeeded { summary, notes: survey.notes() }
}

pub(super) fn writes_made(journal: &Journal) -> String {
    match journal.changes_made() {
        0 => "nothing was written".to_owned(),
        1 => "1 write was made".to_owned(),
        count => format!("{count} writes were made"),
    }
}
