//! leave, row by row of the table in `src/leave.rs`.

use std::collections::BTreeSet;

use crate::support::*;
use mto_messages::{
    Cleanup, CommandData, Confirm, Journal, LeaveData, LeaveMode, Membership, Refusal, SyncAction, SyncData,
    SyncTargets, TenantId, TenantRef,
};
use mto_reconcile::leave::{Aim, Observed, decide, left_open};
use mto_reconcile::{
    Change, Decision, Finish, JoinRequest, MemberRow, MemberState, OrganizationView, Progress, Reason, Role,
    Step,
};
use rstest::rstest;
use time::Duration;

const REMOVE: &str = "remove-tenant";
const DEMOTE: &str = "change-role";
const SOMEBODY_LEAVING: &str = "being-removed";
const GONE: &str = "settling: row in the list";
const OTHERS: &str = "settling: others in the list";
const ENDED: &str = "settling: end of the removal";
const ACCEPTED: &str = "settling: accepted join request of this tenant";

/// One look. The plain one: an organization of the owner, us and another one, who are remembered.
#[derive(Clone)]
struct Scene {
    aim: Aim,
    observed: Observed,
    journal: Journal,
}

impl Remembers for Scene {
    fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }
}

fn scene(mode: LeaveMode) -> Scene {
    let tenant = if mode == LeaveMode::Dissolve { OWNER } else { US };
    let aim = Aim {
        tenant,
        owner: OWNER,
        mode,
        cleanup: Cleanup::Settings,
        confirmed_users: None,
        ours: [OWNER, US, OTHER, FOURTH].into(),
    };
    let own = organization(vec![owner(OWNER), active(US), active(OTHER)]);
    let scene = Scene { aim, observed: Observed { own, request: None }, journal: Journal::default() };
    if mode == LeaveMode::Dissolve {
        scene.knowing(&[OWNER, US, OTHER])
    } else {
        scene.knowing(&[OWNER, OTHER])
    }
}

/// We leave by ourselves.
fn leave() -> Scene {
    scene(LeaveMode::Leave)
}

/// The owner removes us.
fn remove() -> Scene {
    scene(LeaveMode::Remove)
}

/// The owner dissolves the organization.
fn dissolve() -> Scene {
    scene(LeaveMode::Dissolve)
}

impl Scene {
    fn own(mut self, own: OrganizationView) -> Self {
        self.observed.own = own;
        self
    }

    fn rows(self, rows: Vec<MemberRow>) -> Self {
        self.own(organization(rows))
    }

    /// The acting tenant is in no organization.
    fn outside(self) -> Self {
        self.own(OrganizationView::none())
    }

    fn request(mut self, request: JoinRequest) -> Self {
        self.observed.request = Some(request);
        self
    }

    fn knowing(mut self, tenants: &[TenantId]) -> Self {
        self.journal.membership = Some(membership(tenants));
        self
    }

    fn fresh(mut self) -> Self {
        self.journal = Journal::default();
        self
    }

    /// The service refused this write in the last delivery.
    fn refused(mut self, what: &str) -> Self {
        self.journal.refusal = Some(Refusal {
            what: what.to_owned(),
            status: Some(400),
            code: "Request_BadRequest".to_owned(),
            text: String::new(),
            request_id: None,
            seen: 0,
            since: NOW,
        });
        self
    }

    /// We deleted the rows of the two others.
    fn deleted_others(self) -> Self {
        self.wrote(REMOVE, Some(US), minutes(11)).wrote(REMOVE, Some(OTHER), minutes(11))
    }

    fn confirming(mut self, users: u64) -> Self {
        self.aim.confirmed_users = Some(users);
        self
    }

    fn cleaning(mut self, cleanup: Cleanup) -> Self {
        self.aim.cleanup = cleanup;
        self
    }

    fn external(mut self, tenants: &[TenantId]) -> Self {
        self.aim.ours.retain(|tenant| !tenants.contains(tenant));
        self
    }

    fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

/// The last look showed the removal of this one row.
fn leaving_key(tenant: TenantId) -> String {
    format!("being-removed: {tenant}")
}

fn membership(tenants: &[TenantId]) -> Membership {
    Membership { tenants: tenants.iter().copied().collect(), display_name: Some("Contoso group".to_owned()) }
}

fn check(scene: &Scene, expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

fn minutes(minutes: i64) -> Duration {
    Duration::minutes(minutes)
}

#[rstest]
#[case::an_unknown_state_of_the_organization(leave().own(odd_organization()), "wait unrecognised")]
#[case::a_list_without_us_is_an_old_one(
    leave().rows(vec![owner(OWNER)]), "wait settling: own row in the list"
)]
#[case::another_owner_than_the_named_one(
    leave().rows(vec![owner(OTHER), active(US)]), "rejected owner-elsewhere"
)]
#[case::who_is_active_comes_first(leave().fresh(), "remember 2")]
#[case::then_the_row(leave(), "act remove-tenant")]
#[case::an_owner_beside_another_owner(leave().rows(vec![owner(OWNER), owner(US), active(OTHER)]), "act remove-tenant")]
#[case::the_last_owner(leave().rows(vec![active(OWNER), owner(US)]), "rejected last-owner")]
#[case::the_last_owner_even_if_another_is_being_demoted(
    leave().rows(vec![becoming(owner(OWNER), Role::Member, Progress::Running), owner(US)]), "rejected last-owner"
)]
#[case::the_last_owner_even_if_another_is_leaving(
    leave().rows(vec![leaving(owner(OWNER)), owner(US), active(OTHER)]), "rejected last-owner"
)]
#[case::the_last_owner_waits_for_a_promotion(
    leave().rows(vec![becoming(active(OWNER), Role::Owner, Progress::Running), owner(US)]), "wait role-changing"
)]
#[case::a_promotion_that_failed_is_none(
    leave().rows(vec![becoming(active(OWNER), Role::Owner, Progress::Failed), owner(US)]), "rejected last-owner"
)]
#[case::a_pending_owner_is_none_yet(
    leave().rows(vec![active(OWNER), becoming(pending(OTHER), Role::Owner, Progress::NotStarted), owner(US)]),
    "rejected last-owner"
)]
#[case::the_last_owner_while_the_others_are_on_their_way_out(
    leave().rows(vec![leaving(active(OWNER)), owner(US), leaving(active(OTHER))]), "act remove-tenant"
)]
#[case::a_member_whose_promotion_runs_may_go(
    leave().rows(vec![owner(OWNER), becoming(active(US), Role::Owner, Progress::Running), active(OTHER)]),
    "act remove-tenant"
)]
#[case::a_removal_that_runs(leave().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER)]), "wait being-removed")]
#[case::a_row_that_is_shown_as_removed(leave().rows(vec![owner(OWNER), removed(US), active(OTHER)]), "wait being-removed")]
#[case::a_removal_that_runs_at_the_first_look_is_remembered_too(
    leave().fresh().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER)]), "remember 2"
)]
#[case::whatever_became_of_the_owner_meanwhile(leave().rows(vec![leaving(active(US)), owner(OTHER)]), "wait being-removed")]
#[case::our_delete_does_not_show_yet(
    leave().wrote(REMOVE, Some(US), minutes(9)), "wait settling: remove-tenant"
)]
#[case::not_even_if_the_owner_has_gone(
    leave().rows(vec![active(US), owner(OTHER)]).wrote(REMOVE, Some(US), minutes(9)), "wait settling: remove-tenant"
)]
#[case::but_it_is_not_made_again_then(
    leave().rows(vec![active(US), owner(OTHER)]).wrote(REMOVE, Some(US), minutes(10)), "rejected owner-elsewhere"
)]
#[case::our_delete_has_no_effect(leave().wrote(REMOVE, Some(US), minutes(10)), "act remove-tenant")]
#[case::a_delete_without_an_answer(leave().answered(REMOVE, Some(US), minutes(1), None), "act remove-tenant")]
#[case::a_removal_that_failed_is_made_again(
    leave().rows(vec![owner(OWNER), changing(active(US), Some(MemberState::Removed), None, Progress::Failed), active(OTHER)]),
    "act remove-tenant"
)]
#[case::an_unknown_state_of_the_row(
    leave().rows(vec![owner(OWNER), odd_state(active(US)), active(OTHER)]), "wait unrecognised"
)]
#[case::an_unknown_change_of_the_row(
    leave().rows(vec![owner(OWNER), changing(active(US), Some(MemberState::Removed), None, odd_progress()), active(OTHER)]),
    "wait unrecognised"
)]
#[case::a_refused_removal_never_demotes_the_leaver_itself(
    leave().rows(vec![owner(OWNER), owner(US), active(OTHER)]).refused(REMOVE), "act remove-tenant"
)]
fn a_tenant_that_leaves_by_itself(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::never_in_one(leave().fresh(), "succeeded")]
#[case::a_join_under_way(leave().fresh().request(asked(OWNER, Progress::Running)), "wait joining")]
#[case::a_join_that_failed(leave().fresh().request(asked(OWNER, Progress::Failed)), "succeeded")]
#[case::an_accepted_join_that_does_not_show(
    leave().fresh().request(request(OWNER, MemberState::Active, None)), "wait settling: accepted join request of this tenant"
)]
#[case::an_accepted_join_that_is_left_over(
    leave().fresh().request(request(OWNER, MemberState::Active, None)).waited(ACCEPTED, minutes(5)), "succeeded"
)]
#[case::gone_after_our_delete(leave().wrote(REMOVE, Some(US), minutes(1)), "succeeded")]
#[case::gone_after_a_removal_that_was_seen(leave().waited(&leaving_key(US), minutes(1)), "succeeded")]
#[case::gone_without_a_word_may_be_an_old_answer(leave(), "wait settling: row in the list")]
#[case::for_five_minutes(leave().waited(GONE, Duration::seconds(299)), "wait settling: row in the list")]
#[case::not_longer(leave().waited(GONE, minutes(5)), "succeeded")]
#[case::a_refused_delete_was_none(
    leave().answered(REMOVE, Some(US), minutes(1), Some(400)), "wait settling: row in the list"
)]
#[case::whatever_it_joins_next(
    leave().wrote(REMOVE, Some(US), minutes(1)).request(asked(OTHER, Progress::Running)), "succeeded"
)]
#[case::an_owner_that_never_had_one(remove().fresh(), "succeeded")]
#[case::an_owner_that_has_none_after_our_delete(remove().wrote(REMOVE, Some(US), minutes(1)), "succeeded")]
#[case::an_owner_that_has_none_may_be_an_old_answer(remove(), "wait settling: row in the list")]
#[case::an_owner_that_has_none_cannot_tell(remove().waited(GONE, minutes(5)), "rejected owner-has-no-organization")]
#[case::nor_by_its_own_removal(remove().waited(&leaving_key(OWNER), minutes(5)), "wait settling: row in the list")]
#[case::nor_by_a_removal_that_was_seen(remove().waited(&leaving_key(US), minutes(5)), "rejected owner-has-no-organization")]
#[case::nothing_to_dissolve(dissolve().fresh(), "succeeded")]
#[case::dissolved_by_us(dissolve().wrote(REMOVE, Some(OWNER), minutes(1)), "succeeded")]
#[case::dissolved_by_another_delivery_that_was_seen(dissolve().waited(&leaving_key(OWNER), minutes(1)), "succeeded")]
#[case::dissolved_without_a_word(dissolve(), "wait settling: row in the list")]
#[case::one_old_answer_while_the_others_leave(
    dissolve().deleted_others().waited(SOMEBODY_LEAVING, minutes(1)), "wait settling: row in the list"
)]
#[case::also_while_the_last_of_them_leaves(
    dissolve().deleted_others().waited(&leaving_key(OTHER), minutes(1)), "wait settling: row in the list"
)]
#[case::dissolved_once_it_lasts_and_nobody_else_was_left(
    dissolve().deleted_others().waited(GONE, minutes(5)), "succeeded"
)]
#[case::an_owner_of_one_is_dissolved_once_it_lasts(dissolve().knowing(&[OWNER]).waited(GONE, minutes(5)), "succeeded")]
#[case::put_out_by_another_owner(dissolve().waited(GONE, minutes(5)), "rejected owner-has-no-organization")]
#[case::put_out_while_one_was_left(
    dissolve().wrote(REMOVE, Some(US), minutes(9)).waited(GONE, minutes(5)), "rejected owner-has-no-organization"
)]
#[case::put_out_after_a_refused_delete(
    dissolve().wrote(REMOVE, Some(US), minutes(9)).answered(REMOVE, Some(OTHER), minutes(9), Some(400))
        .waited(GONE, minutes(5)),
    "rejected owner-has-no-organization"
)]
#[case::an_unknown_state(dissolve().own(odd_organization()), "wait unrecognised")]
fn an_acting_tenant_in_no_organization(#[case] scene: Scene, #[case] expected: &str) {
    let scene = if expected == "wait unrecognised" { scene } else { scene.outside() };
    check(&scene, expected);
}

#[rstest]
#[case::a_list_without_the_owner_is_an_old_one(remove().rows(vec![active(US)]), "wait settling: own row in the list")]
#[case::also_without_both(
    remove().rows(vec![active(OTHER)]).wrote(REMOVE, Some(US), minutes(1)), "wait settling: own row in the list"
)]
#[case::a_member_removes_nobody(remove().rows(vec![active(OWNER), active(US)]), "rejected not-an-owner")]
#[case::a_member_does_not_know_who_is_listed(remove().fresh().rows(vec![active(OWNER)]), "rejected not-an-owner")]
#[case::a_future_owner_waits(
    remove().rows(vec![becoming(active(OWNER), Role::Owner, Progress::Running), active(US)]), "wait role-changing"
)]
#[case::an_owner_that_is_being_removed(remove().rows(vec![leaving(owner(OWNER)), active(US)]), "wait being-removed")]
#[case::an_unknown_role_of_the_owner(remove().rows(vec![odd_role(active(OWNER)), active(US)]), "wait unrecognised")]
#[case::no_row_at_all(remove().fresh().rows(vec![owner(OWNER)]), "succeeded")]
#[case::who_is_active_comes_first(remove().fresh(), "remember 2")]
#[case::beside_a_pending_one_nobody(remove().fresh().rows(vec![owner(OWNER), pending(US), active(OTHER)]), "remember 0")]
#[case::then_the_row(remove(), "act remove-tenant")]
#[case::a_pending_row(remove().knowing(&[]).rows(vec![owner(OWNER), pending(US)]), "act remove-tenant")]
#[case::a_pending_row_that_joins_meanwhile(
    remove().knowing(&[]).rows(vec![owner(OWNER), leaving(active(US)), active(OTHER)]), "remember 2"
)]
#[case::an_owner_as_such(remove().rows(vec![owner(OWNER), owner(US), active(OTHER)]), "act remove-tenant")]
#[case::somebody_joins_meanwhile(
    remove().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER), active(FOURTH)]), "remember 3"
)]
#[case::somebody_who_left_meanwhile_is_not_forgotten(
    remove().rows(vec![owner(OWNER), leaving(active(US))]), "wait being-removed"
)]
#[case::a_pending_tenant_does_not_matter(
    remove().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER), pending(FOURTH)]), "wait being-removed"
)]
#[case::somebody_else_removes_it(remove().rows(vec![owner(OWNER), leaving(active(US))]), "wait being-removed")]
#[case::whatever_became_of_our_role(remove().rows(vec![active(OWNER), leaving(active(US))]), "wait being-removed")]
#[case::gone_after_our_delete(remove().rows(vec![owner(OWNER)]).wrote(REMOVE, Some(US), minutes(1)), "succeeded")]
#[case::gone_although_we_are_no_owner_any_more(
    remove().rows(vec![active(OWNER)]).wrote(REMOVE, Some(US), minutes(1)), "succeeded"
)]
#[case::gone_without_a_word(remove().rows(vec![owner(OWNER)]), "wait settling: row in the list")]
#[case::gone_after_a_removal_that_was_seen(remove().rows(vec![owner(OWNER)]).waited(&leaving_key(US), minutes(1)), "succeeded")]
#[case::the_removal_of_another_one_says_nothing(
    remove().rows(vec![owner(OWNER)]).waited(&leaving_key(OWNER), minutes(1)), "wait settling: row in the list"
)]
#[case::gone_without_a_word_for_five_minutes(remove().rows(vec![owner(OWNER)]).waited(GONE, minutes(5)), "succeeded")]
#[case::our_delete_does_not_show_yet(remove().wrote(REMOVE, Some(US), minutes(9)), "wait settling: remove-tenant")]
#[case::our_delete_has_no_effect(remove().wrote(REMOVE, Some(US), minutes(10)), "act remove-tenant")]
#[case::which_a_mere_member_does_not_repeat(
    remove().rows(vec![active(OWNER), active(US)]).wrote(REMOVE, Some(US), minutes(10)), "rejected not-an-owner"
)]
#[case::an_unknown_state_of_the_row(remove().rows(vec![owner(OWNER), odd_state(active(US))]), "wait unrecognised")]
fn a_tenant_that_is_removed(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::once_active_may_be_an_old_row(
    remove().rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(1)), "wait settling: end of the removal"
)]
#[case::once_active_is_believed_when_it_lasts(
    remove().rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(20)).waited(ENDED, minutes(5)),
    "succeeded"
)]
#[case::its_removal_was_seen(
    remove().knowing(&[]).rows(vec![owner(OWNER), pending(US)])
        .wrote(REMOVE, Some(US), minutes(11)).waited(&leaving_key(US), minutes(6)),
    "wait settling: end of the removal"
)]
#[case::its_removal_was_seen_before(
    remove().knowing(&[]).rows(vec![owner(OWNER), pending(US)])
        .wrote(REMOVE, Some(US), minutes(16)).waited(ENDED, minutes(4)),
    "wait settling: end of the removal"
)]
#[case::a_pending_row_whose_delete_does_not_show(
    remove().knowing(&[]).rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(9)),
    "wait settling: remove-tenant"
)]
#[case::a_pending_row_whose_delete_had_no_effect(
    remove().knowing(&[]).rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(10)),
    "act remove-tenant"
)]
#[case::a_pending_row_whose_removal_failed(
    remove().knowing(&[])
        .rows(vec![owner(OWNER), changing(pending(US), Some(MemberState::Removed), None, Progress::Failed)])
        .wrote(REMOVE, Some(US), minutes(11)).waited(&leaving_key(US), minutes(6)),
    "act remove-tenant"
)]
#[case::a_row_that_somebody_else_removed_and_added(
    remove().rows(vec![owner(OWNER), pending(US)]).waited(&leaving_key(US), minutes(6)), "act remove-tenant"
)]
fn a_tenant_that_is_added_again_meanwhile(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::is_removed_first_as_it_is(remove(), "act remove-tenant")]
#[case::is_demoted_once_that_is_refused(remove().refused(REMOVE), "act change-role")]
#[case::is_not_demoted_for_a_refused_read(remove().refused("read"), "act remove-tenant")]
#[case::the_demotion_does_not_show_yet(
    remove().wrote(DEMOTE, Some(US), minutes(9)), "wait settling: change-role"
)]
#[case::the_demotion_has_no_effect(remove().wrote(DEMOTE, Some(US), minutes(10)), "act change-role")]
#[case::the_demotion_is_refused_again_and_again(remove().refused(DEMOTE), "act change-role")]
#[case::is_not_demoted_while_our_delete_may_show(
    remove().refused(REMOVE).wrote(REMOVE, Some(US), minutes(1)), "wait settling: remove-tenant"
)]
fn an_owner_that_is_removed(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene.rows(vec![owner(OWNER), owner(US), active(OTHER)]), expected);
}

#[rstest]
#[case::waits_for_its_demotion(becoming(owner(US), Role::Member, Progress::Running), "wait role-changing")]
#[case::is_demoted_again_if_that_failed(
    becoming(owner(US), Role::Member, Progress::Failed),
    "act change-role"
)]
#[case::is_removed_once_it_is_a_member(active(US), "act remove-tenant")]
#[case::or_once_it_is_pending(pending(US), "act remove-tenant")]
#[case::or_leaves_all_the_same(leaving(owner(US)), "wait being-removed")]
fn an_owner_whose_removal_was_refused(#[case] row: MemberRow, #[case] expected: &str) {
    let scene = remove().refused(REMOVE).wrote(DEMOTE, Some(US), minutes(11));
    check(&scene.rows(vec![owner(OWNER), row, active(OTHER)]), expected);
}

#[rstest]
#[case::who_is_active_comes_first(dissolve().fresh(), "remember 3")]
#[case::then_all_others_at_once(dissolve(), "act remove-tenant, remove-tenant")]
#[case::pending_rows_too(
    dissolve().rows(vec![owner(OWNER), active(US), pending(OTHER)]), "act remove-tenant, remove-tenant"
)]
#[case::those_that_are_left(
    dissolve().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER)]), "act remove-tenant"
)]
#[case::waits_for_them(
    dissolve().rows(vec![owner(OWNER), leaving(active(US)), removed(OTHER)]), "wait being-removed"
)]
#[case::whom_we_deleted_a_moment_ago(
    dissolve().wrote(REMOVE, Some(US), minutes(1)).wrote(REMOVE, Some(OTHER), minutes(1)),
    "wait settling: remove-tenant"
)]
#[case::somebody_joins_meanwhile(
    dissolve().rows(vec![owner(OWNER), leaving(active(US)), active(FOURTH)]), "remember 4"
)]
#[case::somebody_is_added_meanwhile(
    dissolve().rows(vec![owner(OWNER), leaving(active(US)), pending(FOURTH)]), "act remove-tenant"
)]
#[case::an_unknown_row_among_them(
    dissolve().rows(vec![owner(OWNER), leaving(active(US)), odd_state(active(OTHER))]), "wait unrecognised"
)]
#[case::the_others_go_all_the_same(
    dissolve().rows(vec![owner(OWNER), active(US), odd_state(active(OTHER))]), "act remove-tenant"
)]
#[case::the_owner_last(dissolve().deleted_others().rows(vec![owner(OWNER)]), "act remove-tenant")]
#[case::a_list_that_lacks_the_others_may_be_an_old_one(
    dissolve().rows(vec![owner(OWNER)]), "wait settling: others in the list"
)]
#[case::that_lacks_one_of_them_too(
    dissolve().wrote(REMOVE, Some(US), minutes(11)).rows(vec![owner(OWNER)]), "wait settling: others in the list"
)]
#[case::for_five_minutes(
    dissolve().rows(vec![owner(OWNER)]).waited(OTHERS, Duration::seconds(299)), "wait settling: others in the list"
)]
#[case::not_longer(dissolve().rows(vec![owner(OWNER)]).waited(OTHERS, minutes(5)), "act remove-tenant")]
#[case::where_nobody_was_active_there_is_nothing_to_lack(
    dissolve().knowing(&[OWNER]).rows(vec![owner(OWNER)]), "act remove-tenant"
)]
#[case::whose_removal_runs(dissolve().rows(vec![leaving(owner(OWNER))]), "wait being-removed")]
#[case::a_mere_member_dissolves_nothing(dissolve().rows(vec![active(OWNER), owner(US)]), "rejected not-an-owner")]
#[case::an_own_row_that_does_not_show(dissolve().rows(vec![active(US)]), "wait settling: own row in the list")]
#[case::refused_owners_are_demoted_and_members_are_not(
    dissolve().rows(vec![owner(OWNER), owner(US), active(OTHER)]).refused(REMOVE), "act change-role, remove-tenant"
)]
#[case::a_demotion_under_way_is_told(
    dissolve().rows(vec![
        owner(OWNER), becoming(owner(US), Role::Member, Progress::Running), leaving(active(OTHER)),
    ]).wrote(DEMOTE, Some(US), minutes(1)),
    "wait role-changing"
)]
fn an_organization_that_is_dissolved(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

// Who writes what

#[rstest]
#[case::us(leave(), US, &[US])]
#[case::the_owner_for_us(remove(), OWNER, &[US])]
#[case::the_owner_for_all_others(dissolve(), OWNER, &[US, OTHER])]
#[case::the_owner_for_itself(dissolve().deleted_others().rows(vec![owner(OWNER)]), OWNER, &[OWNER])]
fn rows_are_deleted_by(#[case] scene: Scene, #[case] by: TenantId, #[case] rows: &[TenantId]) {
    let expected: Vec<Change> = rows.iter().map(|tenant| Change::RemoveTenant { tenant: *tenant }).collect();
    assert_eq!(changes_in(by, scene.decide().step), expected);
}

#[test]
fn an_owner_is_made_a_member_by_the_one_that_removes_it() {
    let scene = remove().rows(vec![owner(OWNER), owner(US), active(OTHER)]).refused(REMOVE);
    let expected = Change::ChangeRole { tenant: US, role: mto_messages::Role::Member };
    assert_eq!(changes_in(OWNER, scene.decide().step), vec![expected]);
}

// Memory

#[rstest]
#[case::of_who_stays(leave().fresh(), &[OWNER, OTHER])]
#[case::of_who_is_on_the_way_out_too(
    remove().fresh().rows(vec![owner(OWNER), active(US), leaving(active(OTHER)), removed(FOURTH)]),
    &[OWNER, OTHER, FOURTH]
)]
#[case::of_all_where_nobody_stays(dissolve().fresh(), &[OWNER, US, OTHER])]
#[case::of_nobody_who_is_pending(
    dissolve().fresh().rows(vec![owner(OWNER), active(US), pending(OTHER)]), &[OWNER, US]
)]
#[case::of_nobody_beside_a_pending_row(remove().fresh().rows(vec![owner(OWNER), pending(US), active(OTHER)]), &[])]
#[case::of_who_was_there_before(
    remove().knowing(&[OWNER, OTHER]).rows(vec![owner(OWNER), active(US), active(FOURTH)]), &[OWNER, OTHER, FOURTH]
)]
fn memory_is(#[case] scene: Scene, #[case] expected: &[TenantId]) {
    assert_eq!(scene.decide().step, Step::Remember(membership(expected)));
}

// What follows

/// Source and targets of every clean-up, all of them `unshare` in both directions.
fn closing(decision: &Decision) -> Vec<(TenantId, Vec<TenantId>)> {
    let id = |text: &str| text.parse::<uuid::Uuid>().map(TenantId::new).expect("an id");
    decision
        .children
        .iter()
        .map(|child| {
            let CommandData::Sync(data) = &child.data else { panic!("it is a sync: {child:?}") };
            assert_eq!(data.action, SyncAction::Unshare);
            assert!(data.both_directions && !data.dry_run && data.owner.is_none());
            let source = id(data.source.as_ref().expect("a source").as_str());
            assert_eq!(child.about, vec![source]);
            let Some(SyncTargets::Tenants(targets)) = &data.targets else { panic!("a list: {data:?}") };
            (source, targets.iter().map(|target| id(target.as_str())).collect())
        })
        .collect()
}

/// The row is gone, after our DELETE.
fn gone(scene: Scene) -> Scene {
    let (tenant, mode) = (scene.aim.tenant, scene.aim.mode);
    let scene = scene.wrote(REMOVE, Some(tenant), minutes(6));
    if mode == LeaveMode::Remove { scene.rows(vec![owner(OWNER), active(OTHER)]) } else { scene.outside() }
}

#[rstest]
#[case::for_the_leaver_and_all_who_stay(gone(leave()), vec![(US, vec![OTHER, OWNER])])]
#[case::for_a_removed_one_too(gone(remove()), vec![(US, vec![OTHER, OWNER])])]
#[case::for_every_pair_of_a_dissolved_organization_once(
    gone(dissolve().knowing(&[OWNER, US, OTHER, FOURTH])),
    vec![(FOURTH, vec![OTHER, OWNER, US]), (OTHER, vec![OWNER, US]), (OWNER, vec![US])]
)]
#[case::for_nobody_unless_asked(gone(leave().cleaning(Cleanup::None)), vec![])]
#[case::for_nobody_beside_a_pending_one(gone(remove().knowing(&[])), vec![])]
#[case::for_nobody_in_an_organization_of_one(gone(dissolve().knowing(&[OWNER])), vec![])]
#[case::for_nobody_if_there_was_no_membership(leave().fresh().outside(), vec![])]
#[case::for_nobody_while_it_is_leaving(leave().rows(vec![owner(OWNER), leaving(active(US)), active(OTHER)]), vec![])]
#[case::for_one_that_was_added_again(
    remove().rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(20)).waited(ENDED, minutes(5)),
    vec![(US, vec![OTHER, OWNER])]
)]
fn the_clean_up_is_posted(#[case] scene: Scene, #[case] expected: Vec<(TenantId, Vec<TenantId>)>) {
    assert_eq!(closing(&scene.decide()), expected);
}

#[rstest]
#[case(Cleanup::Settings)]
#[case(Cleanup::Users)]
fn the_clean_up_goes_as_far_as_asked(#[case] cleanup: Cleanup) {
    let decision = gone(leave().cleaning(cleanup)).decide();
    let CommandData::Sync(data) = &decision.children[0].data else { panic!("it is a sync") };
    assert_eq!(data.cleanup, Some(cleanup));
}

#[rstest]
#[case::of_the_leaver(gone(leave().cleaning(Cleanup::Users).confirming(70)), Some(70))]
#[case::of_each_source_of_a_dissolved_organization(gone(dissolve().cleaning(Cleanup::Users).confirming(70)), Some(70))]
#[case::only_if_there_is_a_number(gone(leave().cleaning(Cleanup::Users)), None)]
#[case::only_if_users_go(gone(leave().confirming(70)), None)]
fn the_number_of_users_is_confirmed_in_the_name(#[case] scene: Scene, #[case] expected: Option<u64>) {
    let children = scene.decide().children;
    assert!(!children.is_empty());
    for child in children {
        let CommandData::Sync(data) = child.data else { panic!("it is a sync") };
        let tenant = data.source.expect("a source");
        let users = expected.map(|users| Confirm { tenant, users: Some(users) });
        assert_eq!(data.confirm, users);
    }
}

// What is left open

fn command(mode: LeaveMode, cleanup: Cleanup) -> LeaveData {
    LeaveData {
        tenant: TenantRef::from(US),
        owner: TenantRef::from(OWNER),
        mode,
        cleanup,
        confirm: Some(Confirm { tenant: TenantRef::from(US), users: Some(70) }),
        dry_run: false,
    }
}

fn told_open(data: &LeaveData, journal: &Journal) -> Option<String> {
    left_open(data, Some(US), journal).map(|note| note.text(&mto_messages::Names::default()))
}

#[rstest]
#[case::settings(LeaveMode::Leave, Cleanup::Settings, "]")]
#[case::users_with_their_number(LeaveMode::Remove, Cleanup::Users, "70")]
#[case::the_owner_of_a_dissolved_organization(
    LeaveMode::Dissolve,
    Cleanup::Settings,
    "each other tenant that is out"
)]
fn an_end_without_success_names_what_to_send(
    #[case] mode: LeaveMode,
    #[case] cleanup: Cleanup,
    #[case] says: &str,
) {
    let tenants: Vec<TenantId> = (1..=99).map(|n| TenantId::new(uuid::Uuid::from_u128(n))).collect();
    let tenants: Vec<TenantId> = tenants.into_iter().chain([US]).collect();
    let journal = Journal { membership: Some(membership(&tenants)), ..Journal::default() };
    let text = told_open(&command(mode, cleanup), &journal).expect("a note");
    assert!(text.contains("mto.sync.v1") && text.contains(says), "{text}");
    let body = &text[text.find('{').expect("a body")..=text.rfind('}').expect("its end")];
    let data: SyncData = serde_json::from_str(body).expect("data of a sync");
    assert_eq!((data.action, data.cleanup, data.both_directions), (SyncAction::Unshare, Some(cleanup), true));
    assert_eq!(data.source, Some(TenantRef::from(US)));
    let others: BTreeSet<TenantId> = tenants.into_iter().filter(|tenant| *tenant != US).collect();
    let targets = others.into_iter().map(TenantRef::from).collect();
    assert_eq!(data.targets, Some(SyncTargets::Tenants(targets)));
    let users = data.confirm.and_then(|confirm| confirm.users);
    assert_eq!(users, (cleanup == Cleanup::Users).then_some(70));
}

#[rstest]
#[case::nobody_was_remembered(Cleanup::Settings, None)]
#[case::nobody_was_active(Cleanup::Settings, Some(vec![]))]
#[case::only_itself_was(Cleanup::Settings, Some(vec![US]))]
#[case::nothing_was_to_be_cleaned_up(Cleanup::None, Some(vec![OWNER, OTHER]))]
fn an_end_without_success_has_nothing_to_name_where(
    #[case] cleanup: Cleanup,
    #[case] remembered: Option<Vec<TenantId>>,
) {
    let membership = remembered.map(|tenants| membership(&tenants));
    let journal = Journal { membership, ..Journal::default() };
    assert_eq!(told_open(&command(LeaveMode::Remove, cleanup), &journal), None);
}

// What is told

fn summary(decision: &Decision) -> &str {
    let Step::Finish(Finish::Succeeded { summary, .. }) = &decision.step else { panic!("{decision:?}") };
    summary
}

#[rstest]
#[case::left(gone(leave()), "the tenant is not in \"Contoso group\" any more")]
#[case::dissolved(gone(dissolve()), "\"Contoso group\" is dissolved")]
#[case::added_again(
    remove().rows(vec![owner(OWNER), pending(US)]).wrote(REMOVE, Some(US), minutes(20)).waited(ENDED, minutes(5)),
    "the tenant was removed from \"Contoso group\", and was added again since"
)]
#[case::never_in_one(leave().fresh().outside(), "the tenant is in no organization")]
#[case::never_listed(remove().fresh().rows(vec![owner(OWNER)]), "the owner does not list the tenant")]
#[case::nothing_to_dissolve(dissolve().fresh().outside(), "the owner is in no organization")]
fn success_says(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(summary(&scene.decide()), expected);
}

#[rstest]
#[case::what_stays_open(gone(leave().cleaning(Cleanup::None)), &["and open, between"])]
#[case::what_stays_closed(gone(leave()), &["are being switched off"])]
#[case::that_users_are_taken_back(gone(leave().cleaning(Cleanup::Users)), &["users are taken back"])]
#[case::where_nobody_can_clean_up(gone(leave().external(&[OTHER, FOURTH])), &["not cleaned up in", "are being switched off"])]
#[case::not_that_if_nothing_is_cleaned_up(
    gone(leave().cleaning(Cleanup::None).external(&[OTHER])), &["and open, between"]
)]
#[case::that_of_a_leaver_too(gone(remove().external(&[US])), &["not cleaned up in", "are being switched off"])]
#[case::nothing_beside_a_pending_one(gone(remove().knowing(&[]).external(&[US])), &[])]
#[case::nothing_in_an_organization_of_one(gone(dissolve().knowing(&[OWNER])), &[])]
#[case::how_to_clean_up_without_a_membership(leave().fresh().outside(), &["action unshare"])]
#[case::not_if_that_was_not_asked_for(leave().fresh().outside().cleaning(Cleanup::None), &[])]
fn notes_say(#[case] scene: Scene, #[case] expected: &[&str]) {
    let notes = notes(&scene.decide());
    assert_eq!(notes.len(), expected.len(), "{notes:?}");
    for (note, expected) in notes.iter().zip(expected) {
        assert!(note.contains(expected), "{note}");
    }
}

#[test]
fn notes_name_the_tenants_that_are_concerned() {
    let notes = notes(&gone(remove().external(&[OTHER, FOURTH])).decide());
    assert!(notes[0].contains(&OTHER.to_string()) && !notes[0].contains(&FOURTH.to_string()), "{notes:?}");
    for tenant in [OWNER, US, OTHER] {
        assert!(notes[1].contains(&tenant.to_string()), "{notes:?}");
    }
}

#[rstest]
#[case::told_once_it_was_made(Some(204), true)]
#[case::not_told_if_it_was_refused(Some(400), false)]
#[case::not_told_if_nobody_knows(None, false)]
fn a_demotion_is(#[case] status: Option<u16>, #[case] told: bool) {
    let rows = vec![owner(OWNER), active(US), active(OTHER)];
    let scene = remove().rows(rows).answered(DEMOTE, Some(US), minutes(11), status);
    let decision = scene.decide();
    assert_eq!(line(&decision.step), "act remove-tenant");
    let names = mto_messages::Names::default();
    let notes: Vec<String> = decision.found.iter().map(|note| note.text(&names)).collect();
    let is_told =
        notes.iter().any(|note| note.contains("was made a member") && note.contains(&US.to_string()));
    assert_eq!(is_told, told, "{notes:?}");
}

#[test]
fn reasons_name_the_tenants() {
    let reason = |scene: Scene| match scene.decide().step {
        Step::Finish(Finish::Rejected(reason)) => Some(reason),
        Step::Wait(wait) => Some(wait.reason),
        Step::Act(_) | Step::Remember(_) | Step::Finish(Finish::Succeeded { .. } | Finish::Failed(_)) => None,
    };
    let last = leave().rows(vec![active(OWNER), owner(US)]);
    assert_eq!(reason(last), Some(Reason::LastOwner(US)));
    let elsewhere = leave().rows(vec![owner(OTHER), active(US)]);
    assert_eq!(reason(elsewhere), Some(Reason::OwnerElsewhere { tenant: US, owner: OWNER }));
    let removing = dissolve().rows(vec![owner(OWNER), leaving(active(US)), leaving(active(OTHER))]);
    assert_eq!(reason(removing), Some(Reason::BeingRemoved(vec![US, OTHER])));
    let joining = leave().fresh().outside().request(asked(OTHER, Progress::Running));
    assert_eq!(reason(joining), Some(Reason::Joining(OTHER)));
}
