//! join, row by row of the table in `src/join.rs`.

use crate::join_scene::*;

use crate::support::*;
use mto_messages::{TemplateValues, Templates};
use mto_reconcile::join::needs_owner;
use mto_reconcile::{
    Change, Finish, JoinFailure, JoinRequest, MemberState, OwnerView, Progress, Reading, Reason, Role, Step,
    Unreadable,
};
use rstest::rstest;
use time::Duration;

#[rstest]
#[case::row_1_a_tenant_cannot_join_itself(scene().owned_by(US), "rejected same-tenant")]
#[case::row_1_not_even_when_it_is_active(
    scene().owned_by(US).inside(vec![owner(US)]), "rejected same-tenant"
)]
#[case::row_1_an_owner_in_no_organization_is_waited_for(
    scene().owner(Reading::Seen(OwnerView::InNone)), "wait owner-has-no-organization"
)]
#[case::row_1_comes_before_a_join_elsewhere(
    scene().owner(Reading::Seen(OwnerView::InNone)).request(asked(OTHER, Progress::Running)),
    "wait owner-has-no-organization"
)]
#[case::row_2_both_active_is_success(scene().inside(vec![owner(OWNER), active(US)]), "succeeded")]
#[case::row_2_a_demoted_owner_still_counts(scene().inside(vec![active(OWNER), active(US)]), "succeeded")]
#[case::row_2_we_may_be_an_owner(scene().inside(vec![owner(OWNER), owner(US)]), "succeeded")]
#[case::row_2_whatever_an_old_request_says(
    scene().inside(vec![owner(OWNER), active(US)]).request(asked(OTHER, Progress::Failed)), "succeeded"
)]
#[case::row_2_not_while_our_role_changes(
    scene().inside(vec![owner(OWNER), becoming(active(US), Role::Owner, Progress::Running)]),
    "wait role-changing"
)]
#[case::row_2_a_finished_role_change_is_none(
    scene().inside(vec![owner(OWNER), becoming(active(US), Role::Owner, Progress::Succeeded)]), "succeeded"
)]
#[case::row_2_a_failed_removal_leaves_us_in(
    scene().inside(vec![
        owner(OWNER),
        changing(active(US), Some(MemberState::Removed), None, Progress::Failed),
    ]),
    "succeeded"
)]
#[case::row_2_not_while_our_row_is_pending(
    scene().inside(vec![owner(OWNER), pending(US)]), "wait settling: membership"
)]
#[case::row_2_not_while_the_owners_row_is_pending(
    scene().inside(vec![pending(OWNER), active(US)]), "wait settling: owner in the list"
)]
#[case::row_2_not_while_our_row_does_not_show(
    scene().inside(vec![owner(OWNER)]), "wait settling: own row in the list"
)]
#[case::row_3_active_elsewhere_is_rejected(
    scene().inside(vec![owner(OTHER), active(US)]), "rejected in-another-organization"
)]
#[case::row_3_also_as_an_owner(scene().inside(vec![owner(US)]), "rejected in-another-organization")]
#[case::row_3_a_list_without_the_owner_after_our_request_may_be_an_old_one(
    scene().inside(vec![active(US)]).wrote(REQUEST, Some(OWNER), Duration::hours(3)),
    "wait settling: owner in the list"
)]
#[case::row_3_still_not_believed_before_five_minutes(
    scene().inside(vec![active(US)])
        .wrote(REQUEST, Some(OWNER), Duration::hours(3)).waited(NO_OWNER, Duration::seconds(299)),
    "wait settling: owner in the list"
)]
#[case::row_3_believed_once_it_lasted(
    scene().inside(vec![active(US)])
        .wrote(REQUEST, Some(OWNER), Duration::hours(3)).waited(NO_OWNER, Duration::minutes(5)),
    "rejected in-another-organization"
)]
#[case::row_3_an_owner_who_is_only_listed_for_long_is_not_in_it(
    scene().inside(vec![pending(OWNER), active(US)]).waited(NO_OWNER, Duration::minutes(5)),
    "rejected in-another-organization"
)]
#[case::row_4_removal_seen_by_us(
    scene().inside(vec![owner(OWNER), leaving(active(US))]), "wait being-removed"
)]
#[case::row_4_removal_from_another_organization(
    scene().inside(vec![owner(OTHER), leaving(active(US))]), "wait being-removed"
)]
#[case::row_4_a_removed_row_of_ours(
    scene().inside(vec![owner(OWNER), removed(US)]), "wait being-removed"
)]
#[case::row_4_removal_seen_by_the_owner(scene().owner(listed(leaving(pending(US)))), "wait being-removed")]
#[case::row_4_a_removed_row_at_the_owner(scene().owner(listed(removed(US))), "wait being-removed")]
#[case::row_4_comes_before_a_failed_request(
    scene().owner(listed(leaving(active(US)))).request(asked(OWNER, Progress::Failed)), "wait being-removed"
)]
#[case::row_5_queued(scene().request(asked(OWNER, Progress::NotStarted)), "wait joining")]
#[case::row_5_running(scene().request(asked(OWNER, Progress::Running)), "wait joining")]
#[case::row_5_the_2023_sample_state_active_and_queued(
    scene().request(request(OWNER, MemberState::Active, Some(Progress::NotStarted))), "wait joining"
)]
#[case::row_5_the_owner_need_not_be_looked_at(
    scene().request(asked(OWNER, Progress::Running)).owner(Reading::NotNeeded), "wait joining"
)]
#[case::row_6_a_join_elsewhere_is_rejected(
    scene().request(asked(OTHER, Progress::Running)), "rejected join-elsewhere"
)]
#[case::row_6_not_once_it_failed(scene().request(asked(OTHER, Progress::Failed)), "act reset-join")]
#[case::row_6_accepted_elsewhere_may_not_show_yet(
    scene().request(request(OTHER, MemberState::Active, None)),
    "wait settling: accepted join request of this tenant"
)]
#[case::row_6_not_once_it_is_over(
    scene().request(request(OTHER, MemberState::Active, None))
        .waited("settling: accepted join request of this tenant", Duration::minutes(5)),
    "act request-join"
)]
#[case::row_7_a_failure_found_at_first_look_is_reset_at_once(
    scene().request(asked(OWNER, Progress::Failed)), "act reset-join"
)]
#[case::row_7_also_when_the_owner_cannot_be_read(
    scene().request(asked(OWNER, Progress::Failed)).owner(unreadable(Unreadable::External)), "act reset-join"
)]
#[case::row_7_a_request_to_somebody_else_was_not_this_one(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OTHER), Duration::hours(1)),
    "act reset-join"
)]
#[case::row_7_a_refused_request_was_none(
    scene().request(asked(OWNER, Progress::Failed))
        .answered(REQUEST, Some(OWNER), Duration::hours(1), Some(400)),
    "act reset-join"
)]
#[case::row_7_a_failure_after_our_own_request_pauses(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(1)),
    "wait pausing-after-failure"
)]
#[case::row_7_also_after_a_request_of_unknown_fate(
    scene().request(asked(OWNER, Progress::Failed))
        .answered(REQUEST, Some(OWNER), Duration::hours(1), None),
    "wait pausing-after-failure"
)]
#[case::row_7_the_pause_is_not_over_sixteen_seconds_early(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(3))
        .waited(PAUSE, Duration::hours(2) - Duration::seconds(16)),
    "wait pausing-after-failure"
)]
#[case::row_7_another_wait_is_no_pause(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(9))
        .waited("joining", Duration::hours(4)),
    "wait pausing-after-failure"
)]
#[case::row_7_after_the_pause_it_is_reset(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(3))
        .waited(PAUSE, Duration::hours(2)).resets(1),
    "act reset-join"
)]
#[case::row_7_our_reset_may_not_show_yet(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(3))
        .wrote(RESET, None, Duration::minutes(9)).waited(PAUSE, Duration::hours(2)).resets(1),
    "wait settling: reset of the join request"
)]
#[case::row_7_a_reset_that_never_showed_is_made_again(
    scene().request(asked(OWNER, Progress::Failed))
        .wrote(RESET, None, Duration::minutes(10)).resets(1),
    "act reset-join"
)]
#[case::row_7_a_failure_of_a_request_that_was_reset_is_none(
    scene().request(JoinRequest { owner: None, ..asked(OWNER, Progress::Failed) }), "act request-join"
)]
#[case::row_8_no_resets_left(
    scene().request(asked(OWNER, Progress::Failed)).wrote(REQUEST, Some(OWNER), Duration::hours(3)).resets(2),
    "failed join-failed"
)]
#[case::row_8_holds_for_a_failure_that_no_reset_of_ours_takes_away(
    scene().request(asked(OWNER, Progress::Failed)).wrote(RESET, None, Duration::minutes(10)).resets(2),
    "failed join-failed"
)]
#[case::row_9_a_row_that_is_gone_may_be_an_old_answer(
    scene().owner(not_listed(Some(Role::Owner))).wrote(REQUEST, Some(OWNER), Duration::hours(1)),
    "wait settling: row in the owner's list"
)]
#[case::row_9_still_not_believed_before_five_minutes(
    scene().owner(not_listed(Some(Role::Owner))).wrote(REQUEST, Some(OWNER), Duration::hours(1))
        .waited(VANISHED, Duration::seconds(299)),
    "wait settling: row in the owner's list"
)]
#[case::row_9_rejected_once_it_lasted(
    scene().owner(not_listed(Some(Role::Owner))).wrote(REQUEST, Some(OWNER), Duration::hours(1))
        .waited(VANISHED, Duration::minutes(5)),
    "rejected removed-meanwhile"
)]
#[case::row_9_a_long_wait_for_something_else_does_not_count(
    scene().owner(not_listed(Some(Role::Owner))).wrote(REQUEST, Some(OWNER), Duration::hours(1))
        .waited("joining", Duration::hours(1)),
    "wait settling: row in the owner's list"
)]
#[case::row_9_a_demoted_owner_lists_nobody_it_can_vouch_for(
    scene().owner(not_listed(Some(Role::Member))).wrote(REQUEST, Some(OWNER), Duration::hours(1))
        .waited(VANISHED, Duration::hours(1)),
    "wait owner-is-no-owner"
)]
#[case::row_10_not_added_yet(scene().owner(not_listed(Some(Role::Owner))), "wait not-added-yet")]
#[case::row_10_the_failure_of_another_command_is_left_alone_until_it_stands_in_the_way(
    scene().owner(not_listed(Some(Role::Owner))).request(asked(OTHER, Progress::Failed)), "wait not-added-yet"
)]
#[case::row_12_the_failure_of_another_command_is_reset_before_asking(
    scene().request(asked(OTHER, Progress::Failed)), "act reset-join"
)]
#[case::row_10_whatever_the_owners_role(scene().owner(not_listed(None)), "wait not-added-yet")]
#[case::row_10_an_owner_that_was_demoted(
    scene().owner(not_listed(Some(Role::Member))), "wait owner-is-no-owner"
)]
#[case::row_11_templates_come_first(
    scene().templates(Templates::AdminCenter, TemplateValues::default()),
    "act set-partner-template, set-identity-template"
)]
#[case::row_11_templates_that_are_set_are_left_alone(
    scene().templates(Templates::AdminCenter, Templates::AdminCenter.values()), "act request-join"
)]
#[case::row_11_templates_that_do_not_show_yet_are_waited_for(
    scene().templates(Templates::AdminCenter, TemplateValues::default())
        .wrote("set-partner-template", None, Duration::minutes(1))
        .wrote("set-identity-template", None, Duration::minutes(1)),
    "wait settling: change of the templates"
)]
#[case::row_11_one_that_was_refused_is_sent_again(
    scene().templates(Templates::AdminCenter, TemplateValues::default())
        .wrote("set-partner-template", None, Duration::minutes(1))
        .answered("set-identity-template", None, Duration::minutes(1), Some(403)),
    "act set-identity-template"
)]
#[case::row_11_not_before_the_owner_lists_us(
    scene().templates(Templates::AdminCenter, TemplateValues::default())
        .owner(not_listed(Some(Role::Owner))),
    "wait not-added-yet"
)]
#[case::row_12_the_owner_lists_us_pending(scene(), "act request-join")]
#[case::row_12_as_future_owner(
    scene().owner(listed(becoming(pending(US), Role::Owner, Progress::NotStarted))), "act request-join"
)]
#[case::row_12_with_the_transition_of_a_row_just_added(
    scene().owner(listed(changing(
        pending(US), Some(MemberState::Active), Some(Role::Member), Progress::NotStarted,
    ))),
    "act request-join"
)]
#[case::row_12_an_external_owner_is_not_looked_at(
    scene().owner(unreadable(Unreadable::External)), "act request-join"
)]
#[case::row_12_an_owner_that_denies_us_a_look(
    scene().owner(unreadable(Unreadable::Denied("403".to_owned()))), "act request-join"
)]
#[case::row_12_an_unreachable_owner_is_waited_for(
    scene().owner(unreadable(Unreadable::Unreachable("time-out".to_owned()))), "wait owner-unreachable"
)]
#[case::row_12_an_owner_nobody_looked_at_is_no_invitation(
    scene().owner(Reading::NotNeeded), "wait owner-unreachable"
)]
#[case::row_12_the_record_of_an_earlier_membership_does_not_stand_in_the_way(
    scene().request(request(OWNER, MemberState::Active, None)), "act request-join"
)]
#[case::row_12_nor_if_it_says_succeeded(
    scene().request(request(OWNER, MemberState::Active, Some(Progress::Succeeded))), "act request-join"
)]
#[case::row_12_nor_if_it_was_a_removal(
    scene().request(request(OWNER, MemberState::Removed, None)), "act request-join"
)]
#[case::row_12_the_owner_sees_us_active_before_we_do(
    scene().owner(listed(active(US))), "wait settling: membership"
)]
#[case::row_12_our_request_may_not_show_yet(
    scene().wrote(REQUEST, Some(OWNER), Duration::minutes(9)), "wait settling: join request"
)]
#[case::row_12_asked_again_after_ten_minutes(
    scene().wrote(REQUEST, Some(OWNER), Duration::minutes(10)), "act request-join"
)]
#[case::row_12_one_without_an_answer_settles_for_a_minute(
    scene().answered(REQUEST, Some(OWNER), Duration::seconds(59), None), "wait settling: join request"
)]
#[case::row_12_and_is_then_sent_again(
    scene().answered(REQUEST, Some(OWNER), Duration::minutes(1), None), "act request-join"
)]
#[case::row_12_a_server_error_settles_for_a_minute(
    scene().answered(REQUEST, Some(OWNER), Duration::seconds(59), Some(504)), "wait settling: join request"
)]
#[case::row_12_and_no_longer(
    scene().answered(REQUEST, Some(OWNER), Duration::minutes(1), Some(504)), "act request-join"
)]
#[case::row_12_a_refusal_does_not_settle(
    scene().answered(REQUEST, Some(OWNER), Duration::ZERO, Some(400)), "act request-join"
)]
#[case::row_12_a_request_to_somebody_else_does_not_settle(
    scene().wrote(REQUEST, Some(OTHER), Duration::ZERO), "act request-join"
)]
#[case::row_13_state_of_the_organization(scene().own(odd_organization()), "wait unrecognised")]
#[case::row_13_state_of_our_own_row(
    scene().inside(vec![owner(OWNER), odd_state(active(US))]), "wait unrecognised"
)]
#[case::row_13_change_of_our_own_row(
    scene().inside(vec![
        owner(OWNER),
        changing(active(US), Some(MemberState::Removed), None, odd_progress()),
    ]),
    "wait unrecognised"
)]
#[case::row_13_state_of_the_owners_row(
    scene().inside(vec![odd_state(owner(OWNER)), active(US)]), "wait unrecognised"
)]
#[case::row_13_the_role_of_an_active_owner_does_not_matter(
    scene().inside(vec![odd_role(owner(OWNER)), odd_role(active(US))]), "succeeded"
)]
#[case::row_13_status_of_the_request(scene().request(asked(OWNER, odd_progress())), "wait unrecognised")]
#[case::row_13_status_of_a_request_elsewhere(
    scene().request(asked(OTHER, odd_progress())), "wait unrecognised"
)]
#[case::row_13_state_of_our_row_at_the_owner(
    scene().owner(listed(odd_state(pending(US)))), "wait unrecognised"
)]
#[case::row_13_role_of_an_owner_that_does_not_list_us(
    scene().owner(not_listed(Some(Role::Unrecognised("auditor".to_owned()))))
        .wrote(REQUEST, Some(OWNER), Duration::hours(1)).waited(VANISHED, Duration::hours(1)),
    "wait unrecognised"
)]
#[case::row_13_change_of_our_row_at_the_owner(
    scene().owner(listed(changing(pending(US), Some(MemberState::Removed), None, odd_progress()))),
    "wait unrecognised"
)]
#[case::row_13_aim_of_a_change_at_the_owner(
    scene().owner(listed(changing(
        pending(US), Some(MemberState::Unrecognised("suspended".to_owned())), None, Progress::Running,
    ))),
    "wait unrecognised"
)]
fn the_first_row_that_matches_wins(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::the_owner_lists_us_no_more(not_listed(Some(Role::Owner)), JoinFailure::NotAdded(OWNER))]
#[case::the_organization_is_full(full(100), JoinFailure::Full { active: 100 })]
#[case::there_is_room_for_one(full(99), JoinFailure::NothingVisible)]
#[case::nobody_counted(listed(pending(US)), JoinFailure::NothingVisible)]
#[case::the_owner_is_external(unreadable(Unreadable::External), JoinFailure::OwnerNotReadable(OWNER))]
#[case::the_owner_denies_us_a_look(
    unreadable(Unreadable::Denied("403".to_owned())), JoinFailure::OwnerNotReadable(OWNER)
)]
#[case::the_owner_is_unreachable(
    unreadable(Unreadable::Unreachable("time-out".to_owned())), JoinFailure::OwnerNotReadable(OWNER)
)]
fn a_join_that_fails_for_good_names_the_cause_that_fits(
    #[case] seen: Reading<OwnerView>,
    #[case] cause: JoinFailure,
) {
    let failed = JoinRequest { details: Some("no".to_owned()), ..asked(OWNER, Progress::Failed) };
    let scene = scene().owner(seen).request(failed).wrote(REQUEST, Some(OWNER), Duration::hours(9)).resets(2);
    let reason = Reason::JoinFailed { details: "no".to_owned(), cause };
    assert_eq!(scene.decide().step, Step::Finish(Finish::Failed(reason)));
}

fn full(active: usize) -> Reading<OwnerView> {
    Reading::Seen(OwnerView::InOne { role: Some(Role::Owner), row: Some(pending(US)), active: Some(active) })
}

#[test]
fn the_pause_after_a_failure_ends_two_hours_after_it_was_seen() {
    let failed = scene().request(asked(OWNER, Progress::Failed));
    let scene = failed.wrote(REQUEST, Some(OWNER), Duration::hours(3)).waited(PAUSE, Duration::minutes(30));
    let Step::Wait(wait) = scene.decide().step else { panic!("it waits") };
    assert_eq!(wait.not_before, Some(NOW + Duration::minutes(90)));
}

#[test]
fn the_request_names_the_owner() {
    assert_eq!(scene().decide().step, Step::act(US, vec![Change::RequestJoin { owner: OWNER }]));
}

#[test]
fn a_rejection_names_the_owner_of_the_join_elsewhere() {
    let scene = scene().request(asked(OTHER, Progress::Running));
    let reason = Reason::JoinElsewhere { tenant: US, owner: OTHER };
    assert_eq!(scene.decide().step, Step::Finish(Finish::Rejected(reason)));
}

#[rstest]
#[case::while_we_are_in_none(scene(), true)]
#[case::after_a_failure(scene().request(asked(OWNER, Progress::Failed)), true)]
#[case::while_a_join_elsewhere_runs(scene().request(asked(OTHER, Progress::Running)), true)]
#[case::with_a_stale_record(scene().request(request(OWNER, MemberState::Active, None)), true)]
#[case::not_while_our_request_runs(scene().request(asked(OWNER, Progress::Running)), false)]
#[case::not_once_we_are_inside(scene().inside(vec![owner(OWNER), active(US)]), false)]
#[case::not_in_a_state_nobody_knows(scene().own(odd_organization()), false)]
#[case::not_by_itself(scene().owned_by(US), false)]
fn the_owner_is_looked_at(#[case] scene: Scene, #[case] needed: bool) {
    assert_eq!(needs_owner(&scene.aim, &scene.observed.own, &scene.observed.request), needed);
}
