//! leave: end a membership, and have closed what it opened.

mod ending;
mod users;

use std::collections::BTreeSet;

pub use ending::left_open;
use ending::{gone, name_of, never_there};
use mto_messages::{Cleanup, Journal, LeaveMode, Membership, TenantId, Write};
use serde::Serialize;
pub use users::{Synchronizations, users_to_take_back};

use crate::{
    Change, Decision, JoinRequest, MemberRow, MemberState, Note, OrganizationState, OrganizationView, Reason,
    Role, Step, Timing, Transition, add,
};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// The tenant that is to be out; the owner, where the organization is dissolved.
    pub tenant: TenantId,
    /// An owner of the organization.
    pub owner: TenantId,
    /// Who acts.
    pub mode: LeaveMode,
    /// What is cleaned up afterwards.
    pub cleanup: Cleanup,
    /// Users that may be deleted by the clean-up, each pair for itself, where that was confirmed.
    pub confirmed_users: Option<u64>,
    /// Tenants that are ours to act in: nothing can be cleaned up in others.
    pub ours: BTreeSet<TenantId>,
}

impl Aim {
    /// The tenant that writes.
    pub fn acting(&self) -> TenantId {
        match self.mode {
            LeaveMode::Leave => self.tenant,
            LeaveMode::Remove | LeaveMode::Dissolve => self.owner,
        }
    }
}

/// What is seen in the acting tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// The organization as the acting tenant sees it.
    pub own: OrganizationView,
    /// The leaving tenant's own join request; needed only while it is in no organization and leaves by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<JoinRequest>,
}

/// Decides the next step. The first row that matches wins; a removal is *under way* once we have made the DELETE or
/// the row shows that somebody has:
///
/// | Observed | Step |
/// |---|---|
/// | state of the organization unknown | wait: unrecognised |
/// | in none; who was active is remembered | *gone*, see below |
/// | in none; its join request is running (mode leave) | wait: joining |
/// | in none; its join request was accepted (mode leave) | wait: settling, as long as `confirm` |
/// | in none | succeeded: it was no member, nothing is cleaned up |
/// | row of the acting tenant not visible | wait: settling |
/// | mode leave, not under way: the owner is not in the organization | rejected: owner elsewhere |
/// | mode leave, not under way: last owner, others active | rejected; wait while somebody's promotion runs |
/// | mode remove, not under way; dissolve: the owner is none, or is on its way out or up | as in [`add::decide`] |
/// | mode remove: no row; who was active is remembered | *gone* |
/// | mode remove: no row | succeeded: it was no member, nothing is cleaned up |
/// | who is active is not remembered yet | remember it |
/// | mode remove: pending and not leaving, though we deleted it when it was active, or saw it leave | after `confirm`: succeeded, it was added again |
/// | removal running | wait: being removed |
/// | state of the row unknown | wait: unrecognised |
/// | we deleted the row a moment ago | wait: settling |
/// | the service refused to remove an active owner | make it a member first, and wait until it is |
/// | else | delete the row |
///
/// *Gone*: succeeded, and the clean-up is posted; at once if the removal of this very row was seen or made by us,
/// else after `confirm` (an old answer may lack a row that is there). Where the owner is in no organization any more
/// and we did not delete the row, nobody can tell who is: rejected. In mode dissolve it can be told all the same if the
/// owner's row was seen leaving as the last one, or, after `confirm`, if we deleted the rows of all others: else
/// another owner may have put this one out, and the others are fellows still.
///
/// Dissolving deletes the rows of all others at once, waits until the list holds the owner alone, and then deletes
/// the owner's. A list that lacks somebody who was active and whose row we did not delete has to last `confirm`: it may
/// be an old one.
///
/// Who may remove whom differs between Graph's reference and its walk-through (2.6): the service is asked, and a
/// demotion is only made where it refuses. The code of such a refusal is unverified, so any counts.
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let decision = match &observed.own.state {
        OrganizationState::Unrecognised(state) => {
            Decision::wait(Reason::Unrecognised(format!("organization state \"{state}\"")))
        }
        OrganizationState::Inactive => decide_outside(aim, observed, journal, timing),
        OrganizationState::Active => decide_inside(aim, &observed.own, journal, timing),
    };
    Decision { found: demoted(journal), ..decision }
}

fn decide_outside(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    if journal.membership.is_some() {
        return decide_gone(aim, &observed.own, journal, timing);
    }
    let Some(request) = &observed.request else { return never_there(aim) };
    if let Some(owner) = request.owner.filter(|_| request.is_running()) {
        return Decision::wait(Reason::Joining(owner));
    }
    let accepted = Reason::Settling("accepted join request of this tenant");
    if request.was_accepted() && timing.waited_for(journal, &accepted) < timing.limits.confirm {
        return Decision::wait(accepted);
    }
    never_there(aim)
}

fn decide_inside(aim: &Aim, own: &OrganizationView, journal: &Journal, timing: &Timing<'_>) -> Decision {
    if own.row(aim.acting()).is_none() {
        return Decision::wait(Reason::Settling("own row in the list"));
    }
    let objection = objection(aim, own);
    if let Some(decision) = objection.as_ref().filter(|_| !is_under_way(aim, own, journal)) {
        return decision.clone();
    }
    if aim.mode == LeaveMode::Remove && own.row(aim.tenant).is_none() {
        return decide_gone(aim, own, journal, timing);
    }
    if let Some(membership) = not_remembered(aim, own, journal) {
        return Decision::just(Step::Remember(membership));
    }
    if let Some(decision) = decide_added_again(aim, own, journal, timing) {
        return decision;
    }
    let plan = Plan::new(aim, own, journal, timing);
    match objection.filter(|_| !plan.writes.is_empty()) {
        Some(decision) => decision,
        None => plan.decision(aim),
    }
}

/// What speaks against beginning a removal.
fn objection(aim: &Aim, own: &OrganizationView) -> Option<Decision> {
    match aim.mode {
        LeaveMode::Leave if own.row(aim.owner).is_none() => {
            Some(Decision::reject(Reason::OwnerElsewhere { tenant: aim.tenant, owner: aim.owner }))
        }
        LeaveMode::Leave => decide_last_owner(aim, own),
        // The owner's own removal is the last step of dissolving; it is waited for as any other.
        LeaveMode::Dissolve if own.row(aim.owner).is_some_and(MemberRow::is_leaving) => None,
        LeaveMode::Remove | LeaveMode::Dissolve => add::decide_own_row(aim.owner, own),
    }
}

/// Whether the one row that is to go is on its way: then it is followed to its end, whatever else has changed.
fn is_under_way(aim: &Aim, own: &OrganizationView, journal: &Journal) -> bool {
    aim.mode != LeaveMode::Dissolve
        && (own.row(aim.tenant).is_some_and(MemberRow::is_leaving)
            || journal.last_write(REMOVE, Some(aim.tenant)).is_some())
}

fn decide_gone(aim: &Aim, own: &OrganizationView, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let Some(membership) = &journal.membership else { return never_there(aim) };
    let deleted = journal.last_write(REMOVE, Some(aim.tenant)).is_some();
    let settling = Reason::Settling("row in the list");
    let waited = timing.waited_for(journal, &settling);
    let seen = was_leaving(aim, journal);
    if !deleted && !seen && waited < timing.limits.confirm {
        return Decision::wait(settling);
    }
    let can_tell = match aim.mode {
        LeaveMode::Leave => true,
        LeaveMode::Remove => own.state == OrganizationState::Active,
        LeaveMode::Dissolve => seen || has_deleted_others(aim, journal),
    };
    if !deleted && !can_tell {
        return Decision::reject(Reason::OwnerHasNoOrganization(aim.owner));
    }
    let name = name_of(membership);
    let summary = match aim.mode {
        LeaveMode::Leave | LeaveMode::Remove => format!("the tenant is not in \"{name}\" any more"),
        LeaveMode::Dissolve => format!("\"{name}\" is dissolved"),
    };
    gone(aim, membership, summary)
}

/// Whether the last look showed the removal of the very row that is to go; when dissolving, as the last one.
fn was_leaving(aim: &Aim, journal: &Journal) -> bool {
    let key = Reason::BeingRemoved(vec![aim.tenant]).key();
    journal.waiting.as_ref().is_some_and(|waiting| waiting.key == key)
}

/// Whether we deleted the row of everybody who was active beside the owner.
fn has_deleted_others(aim: &Aim, journal: &Journal) -> bool {
    let remembered = journal.membership.iter().flat_map(|membership| &membership.tenants);
    remembered
        .filter(|tenant| **tenant != aim.owner)
        .all(|tenant| journal.last_write(REMOVE, Some(*tenant)).is_some())
}

/// What the journal has to hold before a row is deleted: everybody who was active beside the leaver, once and for
/// all. Who joins while the removal runs is added.
fn not_remembered(aim: &Aim, own: &OrganizationView, journal: &Journal) -> Option<Membership> {
    let known = journal.membership.clone();
    let mut membership = known.clone().unwrap_or_default();
    let was_active = |row: &MemberRow| row.state != MemberState::Pending;
    // A tenant that never joined has nothing open with anybody.
    let concerned = aim.mode == LeaveMode::Dissolve || own.row(aim.tenant).is_some_and(was_active);
    let stays = |row: &&MemberRow| aim.mode == LeaveMode::Dissolve || row.tenant != aim.tenant;
    if concerned {
        let active = own.members.iter().filter(|row| was_active(row)).filter(stays);
        membership.tenants.extend(active.map(|row| row.tenant));
    }
    membership.display_name = membership.display_name.or_else(|| own.display_name.clone());
    (known.as_ref() != Some(&membership)).then_some(membership)
}

/// A pending row in the place of one that we deleted is a new one: somebody added the tenant again, and that is a
/// later wish than ours.
fn decide_added_again(
    aim: &Aim,
    own: &OrganizationView,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    let row = own.row(aim.tenant).filter(|_| aim.mode == LeaveMode::Remove)?;
    let leaves = |change: &Transition| change.desired_state == Some(MemberState::Removed);
    let is_new = row.state == MemberState::Pending && !row.transition.as_ref().is_some_and(leaves);
    let deleted = journal.last_write(REMOVE, Some(aim.tenant)).is_some();
    let membership = journal.membership.as_ref().filter(|_| is_new && deleted)?;
    let settling = Reason::Settling("end of the removal");
    let waited = timing.waited_for(journal, &settling);
    if waited >= timing.limits.confirm {
        let name = name_of(membership);
        let summary = format!("the tenant was removed from \"{name}\", and was added again since");
        return Some(gone(aim, membership, summary));
    }
    let is_other = !membership.tenants.is_empty() || was_leaving(aim, journal) || !waited.is_zero();
    is_other.then(|| Decision::wait(settling))
}

/// Design constraint: while tenants are active, one of them is an owner. The service's own refusal counts more.
fn decide_last_owner(aim: &Aim, own: &OrganizationView) -> Option<Decision> {
    let row = own.row(aim.tenant).filter(|_| aim.mode == LeaveMode::Leave)?;
    let others = || own.active().filter(|other| other.tenant != aim.tenant && !other.is_leaving());
    if row.role != Role::Owner || row.is_leaving() || others().next().is_none() {
        return None;
    }
    if others().any(|other| other.role == Role::Owner && *other.role_to_be() == Role::Owner) {
        return None;
    }
    let rising: Vec<TenantId> =
        others().filter(|other| *other.role_to_be() == Role::Owner).map(|other| other.tenant).collect();
    Some(if rising.is_empty() {
        Decision::reject(Reason::LastOwner(aim.tenant))
    } else {
        Decision::wait(Reason::RoleChanging(rising))
    })
}

#[derive(Default)]
struct Plan {
    writes: Vec<Change>,
    removing: Vec<TenantId>,
    changing: Vec<TenantId>,
    settling: Option<&'static str>,
    unknown: Vec<String>,
}

impl Plan {
    fn new(aim: &Aim, own: &OrganizationView, journal: &Journal, timing: &Timing<'_>) -> Self {
        let mut plan = Self::default();
        let others = || own.members.iter().filter(|row| row.tenant != aim.owner);
        let dissolves_others = aim.mode == LeaveMode::Dissolve && others().next().is_some();
        if dissolves_others {
            others().for_each(|row| plan.take(aim, row, journal, timing));
        } else if let Some(row) = own.row(aim.tenant) {
            let alone = Reason::Settling(OTHERS);
            let is_sure = aim.mode != LeaveMode::Dissolve
                || row.is_leaving()
                || has_deleted_others(aim, journal)
                || timing.waited_for(journal, &alone) >= timing.limits.confirm;
            if is_sure {
                plan.take(aim, row, journal, timing);
            } else {
                plan.settling = Some(OTHERS);
            }
        }
        plan
    }

    /// What one row needs on its way out.
    fn take(&mut self, aim: &Aim, row: &MemberRow, journal: &Journal, timing: &Timing<'_>) {
        let tenant = row.tenant;
        if row.is_leaving() {
            self.removing.push(tenant);
        } else if let Some(unknown) = row.unknown() {
            self.unknown.push(format!("{unknown} of {tenant}"));
        } else if timing.is_settling(journal, REMOVE, Some(tenant)) {
            self.settling = Some(REMOVE);
        } else if !is_demoted_first(aim, row, journal) {
            self.writes.push(Change::RemoveTenant { tenant });
        } else if *row.role_to_be() == Role::Member {
            self.changing.push(tenant);
        } else if timing.is_settling(journal, CHANGE_ROLE, Some(tenant)) {
            self.settling = Some(CHANGE_ROLE);
        } else {
            self.writes.push(Change::ChangeRole { tenant, role: mto_messages::Role::Member });
        }
    }

    fn decision(self, aim: &Aim) -> Decision {
        if !self.writes.is_empty() {
            return Decision::act(aim.acting(), self.writes);
        }
        Decision::wait(if !self.unknown.is_empty() {
            Reason::Unrecognised(self.unknown.join(", "))
        } else if !self.changing.is_empty() {
            Reason::RoleChanging(self.changing)
        } else if !self.removing.is_empty() {
            Reason::BeingRemoved(self.removing)
        } else {
            Reason::Settling(self.settling.unwrap_or("own row in the list"))
        })
    }
}

/// An active owner that the service refused to remove, or that we have begun to demote for that reason. A refused
/// demotion is not answered by another try of the removal: the same refusal, again and again, ends the command.
fn is_demoted_first(aim: &Aim, row: &MemberRow, journal: &Journal) -> bool {
    let refusal = journal.refusal.as_ref().map(|refusal| refusal.what.as_str());
    let refused = refusal.is_some_and(|what| what == REMOVE || what == CHANGE_ROLE);
    let begun = journal.last_write(CHANGE_ROLE, Some(row.tenant)).is_some();
    let is_owner = row.state == MemberState::Active && row.role == Role::Owner;
    row.tenant != aim.acting() && is_owner && (refused || begun)
}

/// Who was made a member on the way: it stays one, if its removal fails.
fn demoted(journal: &Journal) -> Vec<Note> {
    let accepted = |write: &&Write| write.what == CHANGE_ROLE && write.was_accepted();
    let tenants: BTreeSet<TenantId> =
        journal.writes.iter().filter(accepted).filter_map(|write| write.about).collect();
    tenants.into_iter().map(Note::MadeMember).collect()
}

const REMOVE: &str = "remove-tenant";
const CHANGE_ROLE: &str = "change-role";
/// They are missing in the list, and not by our hand.
const OTHERS: &str = "others in the list";

/// What would be seen after `change`, if it took effect at once; for plans and for the fixed-point test.
#[must_use]
pub fn assume(aim: &Aim, mut observed: Observed, change: &Change) -> Observed {
    if let Change::RemoveTenant { tenant } = change {
        observed.own.members.retain(|row| row.tenant != *tenant);
        if *tenant == aim.acting() {
            observed.own = OrganizationView::none();
        }
    } else if let Change::ChangeRole { tenant, role } = change {
        add::change_role(&mut observed.own, *tenant, Role::from(*role));
    }
    observed
}
