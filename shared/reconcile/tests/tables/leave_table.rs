//! leave, row by row of the table in `src/leave.rs`.

use crate::leave_scene::*;

use crate::support::*;
use mto_reconcile::{MemberRow, MemberState, Progress, Role};
use rstest::rstest;
use time::Duration;

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
