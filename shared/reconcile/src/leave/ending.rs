//! How a leave ends: the clean-up that follows it, and what is said where none does.

use std::collections::BTreeSet;

use mto_messages::{
    Cleanup, CommandData, Confirm, Journal, LeaveData, LeaveMode, Membership, SyncAction, SyncData,
    SyncTargets, TenantId, TenantRef,
};

use super::Aim;
use crate::{Child, Decision, Finish, Note, Step};

pub(super) fn name_of(membership: &Membership) -> &str {
    membership.display_name.as_deref().unwrap_or("the organization")
}

/// Nothing was there to be removed. Cleaning up without a membership is `sync` unshare, asked for by name.
pub(super) fn never_there(aim: &Aim) -> Decision {
    let summary = match aim.mode {
        LeaveMode::Leave => "the tenant is in no organization",
        LeaveMode::Remove => "the owner does not list the tenant",
        LeaveMode::Dissolve => "the owner is in no organization",
    };
    let notes = match aim.cleanup {
        Cleanup::None => Vec::new(),
        Cleanup::Settings | Cleanup::Users => vec![Note::NothingCleanedUp],
    };
    Decision::just(Step::Finish(Finish::Succeeded { summary: summary.to_owned(), notes }))
}

/// The row is gone: the clean-up is posted, and what stays is said.
pub(super) fn gone(aim: &Aim, membership: &Membership, summary: String) -> Decision {
    let remaining: Vec<TenantId> = membership.tenants.iter().copied().collect();
    let concerned: BTreeSet<TenantId> = membership.tenants.iter().copied().chain([aim.tenant]).collect();
    let external: Vec<TenantId> = concerned.difference(&aim.ours).copied().collect();
    let mut notes = Vec::new();
    let is_a_pair = concerned.len() > 1;
    if aim.cleanup != Cleanup::None && !external.is_empty() && is_a_pair {
        notes.push(Note::NotCleanedUpAt(external));
    }
    if is_a_pair {
        let tenant = (aim.mode != LeaveMode::Dissolve).then_some(aim.tenant);
        notes.push(Note::StaysBehind { tenant, others: remaining, cleanup: aim.cleanup });
    }
    Decision::just(Step::Finish(Finish::Succeeded { summary, notes })).with(clean_up(aim, membership))
}

/// One `sync` unshare for the leaver and everybody who stays; where nobody stays, one for each tenant and those
/// after it, so that every pair is closed once, in both directions.
fn clean_up(aim: &Aim, membership: &Membership) -> Vec<Child> {
    if aim.cleanup == Cleanup::None {
        return Vec::new();
    }
    let tenants: Vec<TenantId> = membership.tenants.iter().copied().collect();
    let groups: Vec<(TenantId, &[TenantId])> = match aim.mode {
        LeaveMode::Leave | LeaveMode::Remove => vec![(aim.tenant, tenants.as_slice())],
        LeaveMode::Dissolve => {
            let after = |index: usize| tenants.get(index + 1..).unwrap_or_default();
            tenants.iter().enumerate().map(|(index, tenant)| (*tenant, after(index))).collect()
        }
    };
    groups
        .into_iter()
        .filter(|(_, others)| !others.is_empty())
        .map(|(one, others)| unshare(aim, one, others))
        .collect()
}

fn unshare(aim: &Aim, one: TenantId, others: &[TenantId]) -> Child {
    let targets = others.iter().copied();
    let data = closing(TenantRef::from(one), targets, aim.cleanup, aim.confirmed_users);
    Child { data: CommandData::Sync(data), about: vec![one] }
}

/// What closes every pair of the source with a target. Only the end of synchronization asks for a number of users.
fn closing(
    source: TenantRef,
    targets: impl Iterator<Item = TenantId>,
    cleanup: Cleanup,
    users: Option<u64>,
) -> SyncData {
    let users = users.filter(|_| cleanup == Cleanup::Users);
    let confirm = users.map(|users| Confirm { tenant: source.clone(), users: Some(users) });
    SyncData {
        action: SyncAction::Unshare,
        source: Some(source),
        targets: Some(SyncTargets::Tenants(targets.map(TenantRef::from).collect())),
        cleanup: Some(cleanup),
        both_directions: true,
        confirm,
        ..SyncData::default()
    }
}

/// For an end without success: who was there stands in the journal, which ends with the command, and the row may go,
/// or have gone, all the same. The delivery that deleted it may be lost, so what is remembered counts, not what was
/// written. `tenant` is the one that the command names, where it can be told.
pub fn left_open(data: &LeaveData, tenant: Option<TenantId>, journal: &Journal) -> Option<Note> {
    let membership = journal.membership.as_ref().filter(|_| data.cleanup != Cleanup::None)?;
    let others: Vec<TenantId> =
        membership.tenants.iter().copied().filter(|other| Some(*other) != tenant).collect();
    if others.is_empty() {
        return None;
    }
    let users = data.confirm.as_ref().and_then(|confirm| confirm.users);
    let closing = Box::new(closing(data.tenant.clone(), others.into_iter(), data.cleanup, users));
    Some(Note::CloseByHand { closing, dissolves: data.mode == LeaveMode::Dissolve })
}
