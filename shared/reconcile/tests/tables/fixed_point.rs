//! Properties of every decision, over observations and memories of all kinds.
//!
//! The walk: decide, assume that every write took effect at once, decide again. It has to come to rest, and a
//! world that is as wanted is left alone.
#![expect(clippy::wildcard_enum_match_arm, reason = "each verb names its own writes; any other is a failure")]

use crate::support::*;
use crate::worlds::*;
use mto_messages::{CommandData, Journal, LeaveMode, Membership, SyncAction, TenantId};
use mto_reconcile::{
    Change, Decision, Finish, JoinRequest, Limits, MemberState, OrganizationState, OrganizationView,
    OwnerView, Reading, Role, Step, Unreadable, create, leave,
};
use proptest::prelude::*;
use time::Duration;

/// The longest walk: join resets, sets templates, asks; leave demotes, removes the others, and then the owner.
const MAX_ACTS: usize = 3;

// Properties

fn mutations(decision: Decision) -> Vec<Change> {
    match decision.step {
        Step::Act(mutations) => mutations.into_iter().map(|mutation| mutation.change).collect(),
        Step::Remember(_) | Step::Wait(_) | Step::Finish(_) => Vec::new(),
    }
}

/// Walks until nothing is to be written; `noting` each write in the journal or not. A list that lacks those whom
/// nobody is noted to have deleted lasts until it is believed.
fn rest<L: Look>(mut look: L, mut journal: Journal, noting: bool) -> Result<L, TestCaseError> {
    for _ in 0..=MAX_ACTS {
        if let Step::Remember(membership) = look.decided(&journal).step {
            journal.membership = Some(membership);
        }
        if line(&look.decided(&journal).step) == format!("wait {OTHERS_MISSING}") {
            journal.waiting = Some(waiting(OTHERS_MISSING, Duration::minutes(5)));
        }
        let writes = mutations(look.decided(&journal));
        if writes.is_empty() {
            return Ok(look);
        }
        for mutation in writes {
            look = look.assume(&mutation);
            if noting {
                journal.resets += u32::from(mutation == Change::ResetJoin);
                journal.note_write(write(mutation.what(), mutation.about(), Duration::ZERO, Some(204)));
            }
        }
    }
    Err(TestCaseError::fail(format!("still writing: {:?}", look.decided(&journal))))
}

fn check_walk<L: Look>(look: &L, journal: Journal) -> Result<(), TestCaseError> {
    rest(look.clone(), journal.clone(), true)?;
    rest(look.clone(), journal, false)?;
    // With an empty memory, a plan that took effect is a plan that is done: for this command, for one that
    // was sent again, and for one that remembers the writes.
    let rested = rest(look.clone(), Journal::default(), false)?;
    prop_assert_eq!(&rest(look.clone(), Journal::default(), true)?, &rested);
    prop_assert_eq!(mutations(rested.decided(&Journal::default())), Vec::new());
    Ok(())
}

fn check_decision<L: Look>(look: &L, journal: &Journal) -> Result<Decision, TestCaseError> {
    let decision = look.decided(journal);
    prop_assert_eq!(&decision, &look.decided(journal), "the same twice");
    let fresh = look.decided(&Journal::default());
    if let Step::Finish(Finish::Succeeded { .. }) = decision.step {
        prop_assert_eq!(&decision, &fresh, "success is what is seen, not what is remembered");
    }
    if let Step::Act(mutations) = &decision.step {
        prop_assert!(!mutations.is_empty(), "an Act without a write");
    }
    for mutation in mutations(decision.clone()) {
        prop_assert_ne!(&look.clone().assume(&mutation), look, "{:?} is there already", mutation);
    }
    Ok(decision)
}

/// Memory only holds writes back: whatever it says, what is written is a part of what would be written without.
fn check_memory<L: Look>(look: &L, journal: &Journal) -> Result<(), TestCaseError> {
    let without = mutations(look.decided(&Journal::default()));
    for mutation in mutations(look.decided(journal)) {
        prop_assert!(without.contains(&mutation), "{:?} rests on {:?}", mutation, journal);
    }
    Ok(())
}

/// Whether everybody is remembered who could have something open with those that are to go.
fn is_covered(aim: &leave::Aim, own: &OrganizationView, known: &Membership) -> bool {
    let dissolves = aim.mode == LeaveMode::Dissolve;
    let concerned = dissolves || own.row(aim.tenant).is_some_and(|row| row.state != MemberState::Pending);
    let others = own.active().filter(|row| dissolves || row.tenant != aim.tenant);
    !concerned || others.into_iter().all(|row| known.tenants.contains(&row.tenant))
}

/// What follows a leave closes, between tenants that are remembered, and follows nothing but a success.
fn check_clean_up(aim: &leave::Aim, decision: &Decision, journal: &Journal) -> Result<(), TestCaseError> {
    if decision.children.is_empty() {
        return Ok(());
    }
    prop_assert_eq!(line(&decision.step), "succeeded");
    let known = journal.membership.clone().unwrap_or_default();
    for child in &decision.children {
        let CommandData::Sync(data) = &child.data else {
            return Err(TestCaseError::fail(format!("{child:?} does not close")));
        };
        prop_assert_eq!((data.action, data.cleanup), (SyncAction::Unshare, Some(aim.cleanup)));
        prop_assert!(child.about.iter().all(|one| *one == aim.tenant || known.tenants.contains(one)));
    }
    Ok(())
}

/// A rename that was accepted is not made again, whatever the name is by now: from then on the command is one that
/// does not ask for it.
fn once_renamed(look: Create, journal: &Journal) -> Result<Create, TestCaseError> {
    let accepted =
        |w: &mto_messages::Write| w.what == "update-organization" && w.status.is_some_and(|s| s < 300);
    if !journal.writes.iter().any(accepted) {
        return Ok(look);
    }
    let renames = |mutation: &Change| matches!(mutation, Change::UpdateOrganization { .. });
    prop_assert!(!mutations(look.decided(journal)).iter().any(renames), "renamed twice");
    let Create(aim, observed) = look;
    Ok(Create(create::Aim { update: false, ..aim }, observed))
}

/// The only writes that memory brings forth: creating or joining in spite of the accepted join request of an
/// earlier membership, once that has been seen, with no organization, for the time of `confirm`.
fn outlasts_an_accepted_request(
    own: &OrganizationView,
    request: Option<&JoinRequest>,
    journal: &Journal,
) -> bool {
    own.state == OrganizationState::Inactive
        && request.is_some_and(JoinRequest::was_accepted)
        && journal.waiting.as_ref().is_some_and(|waiting| {
            waiting.key.contains("accepted join request") && NOW - waiting.since >= Limits::default().confirm
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn create_comes_to_rest(look in any_create(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn add_comes_to_rest(look in any_add(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn join_comes_to_rest(look in any_join(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn create_writes_only_what_is_missing_where_it_may(look in any_create(), journal in any_journal()) {
        let look = once_renamed(look, &journal)?;
        let own = &look.1.own;
        let may_act = own.row(OWNER).is_some_and(|row| row.role == Role::Owner && !row.is_leaving());
        let decision = check_decision(&look, &journal)?;
        if !decision.children.is_empty() {
            prop_assert!(own.state == OrganizationState::Active && may_act);
        }
        for mutation in mutations(decision) {
            match mutation {
                Change::CreateOrganization { .. } => {
                    prop_assert_eq!(&own.state, &OrganizationState::Inactive);
                    prop_assert!(!look.1.request.as_ref().is_some_and(JoinRequest::is_running));
                }
                Change::UpdateOrganization { .. } => prop_assert!(look.0.update && may_act),
                Change::SetPartnerTemplate(_) | Change::SetIdentityTemplate(_) => {
                    prop_assert!(look.0.templates.is_some() && may_act);
                }
                other => prop_assert!(false, "{other:?} is not create's"),
            }
        }
    }

    #[test]
    fn add_writes_only_what_is_missing_where_it_may(look in any_add(), journal in any_journal()) {
        let own = &look.1.own;
        for mutation in mutations(check_decision(&look, &journal)?) {
            prop_assert_eq!(&own.state, &OrganizationState::Active);
            let us = own.row(OWNER).unwrap();
            prop_assert!(us.role == Role::Owner && !us.is_leaving());
            let wanted = look.0.tenants.iter().find(|w| Some(w.tenant) == mutation.about()).unwrap();
            match mutation {
                Change::AddTenant { tenant, .. } => prop_assert_eq!(own.row(tenant), None),
                Change::ChangeRole { tenant, role } => {
                    let row = own.row(tenant).unwrap();
                    prop_assert_eq!(wanted.role, Some(role));
                    prop_assert!(!row.is_leaving() && *row.role_to_be() != Role::from(role));
                }
                other => prop_assert!(false, "{other:?} is not add's"),
            }
        }
    }

    #[test]
    fn join_writes_only_what_is_missing_where_it_may(look in any_join(), journal in any_journal()) {
        let Join(aim, observed) = &look;
        let invited = match &observed.owner {
            Reading::Seen(OwnerView::InOne { row: Some(row), .. }) => {
                row.state == MemberState::Pending && !row.is_leaving()
            }
            Reading::Unreadable(Unreadable::External | Unreadable::Denied(_)) => true,
            Reading::Seen(_) | Reading::Unreadable(Unreadable::Unreachable(_)) | Reading::NotNeeded => false,
        };
        let decision = check_decision(&look, &journal)?;
        if !decision.children.is_empty() {
            prop_assert_eq!(line(&decision.step), "succeeded");
        }
        for mutation in mutations(decision) {
            prop_assert_eq!(&observed.own.state, &OrganizationState::Inactive);
            prop_assert!(aim.tenant != aim.owner && !observed.request.is_running());
            match mutation {
                Change::RequestJoin { owner } => {
                    prop_assert!(invited && owner == aim.owner && !observed.request.has_failed());
                }
                Change::SetPartnerTemplate(_) | Change::SetIdentityTemplate(_) => {
                    prop_assert!(invited && aim.templates.is_some());
                }
                Change::ResetJoin => prop_assert!(observed.request.has_failed()),
                other => prop_assert!(false, "{other:?} is not join's"),
            }
        }
    }

    #[test]
    fn leave_comes_to_rest(look in any_leave(), journal in any_journal_of_a_removal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn leave_remembers_before_it_writes_and_only_ever_closes(
        look in any_leave(),
        journal in any_journal_of_a_removal(),
    ) {
        let Leave(aim, observed) = &look;
        let decision = look.decided(&journal);
        prop_assert_eq!(&decision, &look.decided(&journal), "the same twice");
        check_clean_up(aim, &decision, &journal)?;
        if let Step::Remember(membership) = &decision.step {
            prop_assert_ne!(Some(membership), journal.membership.as_ref(), "remembered once");
            let known = journal.membership.clone().unwrap_or_default();
            prop_assert!(known.tenants.is_subset(&membership.tenants), "nobody is forgotten");
        }
        let aims_at = |tenant: TenantId| tenant == aim.tenant || aim.mode == LeaveMode::Dissolve;
        for mutation in mutations(decision) {
            let row = mutation.about().and_then(|tenant| observed.own.row(tenant)).unwrap();
            prop_assert!(aims_at(row.tenant) && !row.is_leaving());
            prop_assert!(journal.membership.as_ref().is_some_and(|known| is_covered(aim, &observed.own, known)));
            match mutation {
                Change::RemoveTenant { .. } => {}
                Change::ChangeRole { role, .. } => {
                    prop_assert_eq!(role, mto_messages::Role::Member);
                    prop_assert!(row.role == Role::Owner && row.tenant != aim.acting());
                }
                other => prop_assert!(false, "{other:?} is not leave's"),
            }
        }
    }

    #[test]
    fn memory_only_holds_the_removals_of_leave_back(
        look in any_leave(),
        journal in any_journal_of_a_removal(),
    ) {
        // Who is not listed any more has to be deleted, or missing for long, before an owner deletes itself.
        let mut membership = journal.membership.clone();
        if let Some(known) = &mut membership {
            known.tenants.retain(|tenant| look.1.own.row(*tenant).is_some());
        }
        let known = Journal { membership, ..Journal::default() };
        let without = mutations(look.decided(&known));
        let removals = mutations(look.decided(&journal)).into_iter();
        for removal in removals.filter(|write| matches!(write, Change::RemoveTenant { .. })) {
            prop_assert!(without.contains(&removal), "{:?} rests on {:?}", removal, journal);
        }
    }

    #[test]
    fn memory_only_holds_the_writes_of_create_back(look in any_create(), journal in any_journal()) {
        let look = once_renamed(look, &journal)?;
        if !outlasts_an_accepted_request(&look.1.own, look.1.request.as_ref(), &journal) {
            check_memory(&look, &journal)?;
        }
    }

    #[test]
    fn memory_only_holds_the_writes_of_add_back(look in any_add(), journal in any_journal()) {
        check_memory(&look, &journal)?;
    }

    #[test]
    fn memory_only_holds_the_writes_of_join_back(look in any_join(), journal in any_journal()) {
        if !outlasts_an_accepted_request(&look.1.own, Some(&look.1.request), &journal) {
            check_memory(&look, &journal)?;
        }
    }
}
