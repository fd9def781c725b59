//! The cross-tenant settings between the tenants of an organization: compared and opened, or closed again.
//!
//! A *pair* is ordered, and lives in two tenants: of `source → target`, the source's partner record about the target
//! says whether its users may go (outbound redemption), the target's record about the source whether they may come
//! (inbound redemption, identity synchronization).
//!
//! **Invariant:** what opens something is written only while both tenants, read in the same look, list each other
//! and themselves as active in an active organization. **Invariant:** what closes something is always allowed.
//! **Invariant:** "could not read" is never "differs": such a pair is neither judged nor opened from the other side.

mod close;
mod differing;
mod direction;
mod fellows;
mod observed;
mod open;
mod wanted;

use mto_messages::{Journal, TenantId};

pub use close::Close;
pub use differing::{Difference, differences};
pub(crate) use direction::{Standing, not_fellows, open_direction};
pub use observed::{Observed, Side};
pub use open::{Among, Open};
pub use wanted::{DirectConnect, WantedSettings};

use crate::{
    Change, Decision, Mutation, Note, Reading, Reason, Step, Timing, Unreadable, Wait, bear, templates,
};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Aim {
    /// Let every pair have what its tenants want.
    Open(Open),
    /// Close what is open between one tenant and others.
    Close(Close),
}

impl Aim {
    /// The tenant from which the others are seen.
    pub fn center(&self) -> TenantId {
        match self {
            Self::Open(open) => open.among.center(),
            Self::Close(close) => close.source,
        }
    }
}

/// Decides the next step. Each half has its own table: [`Open`], [`Close`]. Common to both, once nothing is left to
/// write; the first row that matches wins:
///
/// | Observed | Step |
/// |---|---|
/// | a write of ours, made a moment ago, does not show | wait: settling |
/// | a tenant does not let us in | wait: denied; after the patience with refusals, failed |
/// | a tenant was not reached | wait: unavailable |
/// | something unknown | wait: unrecognised |
/// | else | succeeded |
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    match aim {
        Aim::Open(open) => open::decide(open, observed, journal, timing),
        Aim::Close(close) => close::decide(close, observed, journal, timing),
    }
}

/// The writes that are wanted, less those that may only not show yet.
#[derive(Default)]
struct Plan {
    writes: Vec<Mutation>,
    settling: bool,
}

impl Plan {
    fn add(&mut self, tenant: TenantId, changes: Vec<Change>, journal: &Journal, timing: &Timing<'_>) {
        for change in changes {
            if timing.is_settling_in(journal, tenant, change.what(), change.about()) {
                self.settling = true;
            } else {
                self.writes.push(change.within(tenant));
            }
        }
    }
}

/// Why it cannot end yet, though nothing is left to write.
fn unfinished(
    plan: &Plan,
    unread: &[(TenantId, &Unreadable)],
    unclear: &[String],
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Step> {
    let wait = |reason| Some(Step::Wait(Wait { reason, not_before: None }));
    if plan.settling {
        return wait(Reason::Settling("settings of a partner"));
    }
    if let Some((tenant, words)) = unread.iter().find_map(|(tenant, why)| denied(*tenant, why)) {
        return Some(bear(Reason::Denied(tenant, words), journal, timing));
    }
    if let Some((tenant, words)) = unread.iter().find_map(|(tenant, why)| unreachable(*tenant, why)) {
        return wait(Reason::Unavailable(tenant, words));
    }
    if unclear.is_empty() { None } else { wait(Reason::Unrecognised(unclear.join(", "))) }
}

fn denied(tenant: TenantId, why: &Unreadable) -> Option<(TenantId, String)> {
    match why {
        Unreadable::Denied(words) => Some((tenant, words.clone())),
        Unreadable::External | Unreadable::Unreachable(_) => None,
    }
}

fn unreachable(tenant: TenantId, why: &Unreadable) -> Option<(TenantId, String)> {
    match why {
        Unreadable::Unreachable(words) => Some((tenant, words.clone())),
        Unreadable::External | Unreadable::Denied(_) => None,
    }
}

/// The tenants that ought to be readable and are not, with the reason.
fn could_not_read(unread: &[(TenantId, &Unreadable)]) -> Option<Note> {
    let words: Vec<_> = unread
        .iter()
        .filter_map(|(tenant, why)| denied(*tenant, why).or_else(|| unreachable(*tenant, why)))
        .collect();
    (!words.is_empty()).then_some(Note::CouldNotRead(words))
}

/// What would be seen after `mutation`, if it took effect at once: for plans, and where accepted writes are believed.
#[must_use]
pub fn assume(mut observed: Observed, mutation: &Mutation) -> Observed {
    if let Some(Reading::Seen(side)) = observed.sides.get_mut(&mutation.tenant) {
        side.assume(&mutation.change);
    }
    observed
}

impl Side {
    fn assume(&mut self, change: &Change) {
        if let Change::CreatePartner { partner, .. }
        | Change::UpdatePartner { partner, .. }
        | Change::CreateIdentitySynchronization { partner, .. }
        | Change::UpdateIdentitySynchronization { partner, .. } = change
        {
            self.partners.entry(*partner).or_default().assume(change);
        } else {
            self.templates = self.templates.take().map(|seen| templates::assume(seen, change));
        }
    }
}
