//! sync restart, stop, unshare and the fan-out, row by row of the tables in `src/sync/`.

use std::collections::BTreeMap;

use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{CommandData, Confirm, SyncAction, SyncData, TenantId, TenantRef};
use mto_reconcile::sync::each::{Each, Pairs, decide as decide_each};
use mto_reconcile::sync::{Action, Configuration, OUR_TAG};
use mto_reconcile::{Change, Child, Finish, OrganizationView, Partner, Step, Unreadable};
use rstest::rstest;
use time::Duration;

// restart and stop

#[rstest]
#[case::none(restart(None).with(&[]), "rejected no-synchronization")]
#[case::no_job(restart(None).with(&[fresh()]), "rejected no-synchronization")]
#[case::done(restart(None).made("restart-job", MOMENT), "succeeded")]
#[case::unknown(restart(None).tried("restart-job", MOMENT), "act restart-job")]
#[case::running(restart(None), "act restart-job")]
#[case::held_back(restart(None).with(&[held_back()]), "act restart-job")]
#[case::held_back_and_confirmed(restart(Some(3)).with(&[held_back()]), "act restart-job")]
#[case::fewer_confirmed(restart(Some(2)).with(&[held_back()]), "rejected too-many-users")]
#[case::denied(restart(None).forward(denied()), "wait denied")]
fn restart_restarts_once(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

const MEMBERSHIP: &str = "settling: membership of both";

#[rstest]
#[case::apart(restart(None).apart(), "wait settling: membership of both")]
#[case::apart_for_long(restart(None).apart().waited(MEMBERSHIP, HOUR), "rejected not-in-one-organization")]
#[case::stopped_and_apart_for_long(
    restart(None).with(&[paused()]).apart().waited(MEMBERSHIP, HOUR),
    "rejected not-in-one-organization"
)]
#[case::held_back_and_apart_for_long(
    restart(Some(3)).with(&[held_back()]).apart().waited(MEMBERSHIP, HOUR),
    "rejected not-in-one-organization"
)]
#[case::source_denied(restart(None).unread(US, denied()), "wait denied")]
#[case::target_denied(restart(None).unread(OTHER, denied()), "wait denied")]
#[case::target_denied_for_long(
    restart(None).unread(OTHER, denied()).interrupted("denied", HOUR),
    "failed denied"
)]
#[case::target_away(restart(None).unread(OTHER, away()), "wait service-unavailable")]
#[case::target_external(
    restart(None).unread(OTHER, Unreadable::External),
    "rejected not-in-one-organization"
)]
#[case::done_and_apart_since(restart(None).made("restart-job", MOMENT).apart(), "succeeded")]
#[case::unknown_and_apart(restart(None).tried("restart-job", MOMENT).apart(), "wait settling: membership of both")]
#[case::nothing_there_and_apart(restart(None).with(&[]).apart(), "rejected no-synchronization")]
#[case::settings_closed(restart(None).record(OTHER, Partner::default()), "act restart-job")]
fn nothing_is_restarted_unless_both_are_in_one_organization(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

// `restart` asks for both in one organization; a tenant that has left is taken back from all the same.
#[test]
fn who_could_not_be_taken_back_is_not_sent_to_restart() {
    let scene = unshare().with(&[emptied(held_back())]).made("restart-job", HOUR).apart();
    let Step::Finish(Finish::Failed(reason)) = scene.decide().step else { panic!("it fails") };
    let remedy = reason.remedy(&mto_messages::Names::default());
    assert!(remedy.contains("unshare again under a new id"), "{remedy}");
}

#[rstest]
#[case::not_confirmed(None, false)]
#[case::fewer_than_there_are(Some(2), false)]
#[case::as_many(Some(3), true)]
fn deletions_are_let_through_only_where_they_are_confirmed(
    #[case] confirmed: Option<u64>,
    #[case] forced: bool,
) {
    let Step::Act(mutations) = restart(confirmed).decide().step else { panic!("it acts") };
    let text = serde_json::to_string(&mutations[0].change).unwrap();
    assert_eq!(text.contains("\"forceDeletes\":true"), forced, "{text}");
}

#[rstest]
#[case::none(scene(Action::Stop).with(&[]), "succeeded")]
#[case::no_job(scene(Action::Stop).with(&[fresh()]), "succeeded")]
#[case::stopped(scene(Action::Stop).with(&[paused()]), "succeeded")]
#[case::running(scene(Action::Stop), "act pause-job")]
#[case::paused_a_moment_ago(scene(Action::Stop).made("pause-job", MOMENT), "wait settling: pause-job")]
#[case::away(scene(Action::Stop).forward(away()), "wait service-unavailable")]
#[case::apart(scene(Action::Stop).apart(), "act pause-job")]
#[case::target_external(scene(Action::Stop).unread(OTHER, Unreadable::External), "act pause-job")]
fn stop_pauses(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

// unshare

/// The scope is zero.
fn emptied(configuration: Configuration) -> Configuration {
    Configuration { assignments: BTreeMap::new(), ..configuration }
}

/// After a cycle that took everybody back.
fn taken_back() -> Configuration {
    emptied(with_job(|job| job.users = 0))
}

/// What an unshare leaves of a configuration that somebody else made.
fn left_behind() -> Scene {
    let configuration = with_job_of(taken_back(), |job| job.is_enabled = false);
    unshare().with(&[Configuration { tags: tags(&[ASSIGNED]), ..configuration }])
}

/// The target lets nobody in any more.
const UNTRUSTING: &str = "act update-partner";

const CLOSING: &str = "act update-partner, update-identity-synchronization, update-partner";

#[rstest]
#[case::external(unshare().forward(Unreadable::External), CLOSING)]
#[case::none(unshare().with(&[]), CLOSING)]
#[case::too_many(unshare().with(&[with_job(|job| job.users = 501)]), "rejected too-many-users")]
#[case::confirmed(
    unsharing(false, Some(501)).with(&[with_job(|job| job.users = 501)]),
    "act unassign-scope"
)]
#[case::fewer_confirmed_than_there_are(unsharing(false, Some(2)), "rejected too-many-users")]
#[case::none_confirmed(unsharing(false, Some(0)), "rejected too-many-users")]
#[case::as_many_confirmed_as_there_are(unsharing(false, Some(3)), "act unassign-scope")]
#[case::fewer_confirmed_for_the_other_direction(
    unsharing(true, Some(3)).with(&[]).back(&[with_job(|job| job.users = 4)]),
    "rejected too-many-users"
)]
#[case::fewer_confirmed_but_restarted_already(
    unsharing(false, Some(2)).with(&[emptied(steady())]).made("restart-job", HOUR),
    "wait taking-back"
)]
#[case::somebody_in_scope(unshare(), "act unassign-scope")]
#[case::everybody_in_scope(
    unshare().with(&[Configuration { tags: tags(&[OUR_TAG, EVERYONE]), ..emptied(steady()) }]),
    "act set-secrets"
)]
#[case::both(unshare().with(&[Configuration { tags: tags(&[]), ..steady() }]), "act unassign-scope, set-secrets")]
#[case::never_ran(unshare().with(&[emptied(new_job())]), "act delete-configuration")]
#[case::no_job(unshare().with(&[Configuration { job: None, ..steady() }]), "act delete-configuration")]
#[case::in_its_first_cycle(
    unshare().with(&[emptied(with_job(|job| { job.users = 0; job.last = None; }))]),
    "act restart-job"
)]
#[case::never_ran_though_this_command_restarted_one(
    unshare().with(&[emptied(new_job())]).made("restart-job", MOMENT), "act delete-configuration"
)]
#[case::stopped(unshare().with(&[emptied(paused())]), "act restart-job")]
#[case::not_restarted_and_apart(unshare().with(&[emptied(steady())]).apart(), "act restart-job")]
#[case::not_restarted(unshare().with(&[emptied(steady())]), "act restart-job")]
#[case::restart_unknown(unshare().with(&[emptied(steady())]).tried("restart-job", MOMENT), "act restart-job")]
#[case::no_cycle_since(unshare().with(&[taken_back()]).made("restart-job", MOMENT), "wait taking-back")]
#[case::users_left(unshare().with(&[emptied(steady())]).made("restart-job", HOUR), "wait taking-back")]
#[case::quarantine(unshare().with(&[emptied(held_back())]).made("restart-job", HOUR), "failed quarantined")]
#[case::quarantine_before_the_restart(
    unshare().with(&[emptied(held_back())]).made("restart-job", MOMENT),
    "wait taking-back"
)]
#[case::taken_back(unshare().with(&[taken_back()]).made("restart-job", HOUR), "act pause-job")]
#[case::paused_a_moment_ago(
    unshare().with(&[taken_back()]).made("restart-job", HOUR).made("pause-job", MOMENT),
    "wait settling: pause-job"
)]
#[case::taken_back_and_paused(
    unshare().with(&[with_job_of(taken_back(), |job| job.is_enabled = false)]).made("restart-job", HOUR),
    "act delete-configuration"
)]
#[case::deleted_a_moment_ago(
    unshare().with(&[emptied(new_job())]).made("delete-configuration", MOMENT),
    "wait settling: delete-configuration"
)]
#[case::secrets_set_and_not_tagged(
    unshare().with(&[Configuration { tags: tags(&[OUR_TAG]), ..emptied(steady()) }]).made("set-secrets", MOMENT),
    "act restart-job"
)]
#[case::away(unshare().forward(away()), "wait service-unavailable")]
#[case::one_direction_waits_for_the_other(
    unsharing(true, None).with(&[]).back(&[taken_back()]).made("restart-job", HOUR),
    "act restart-job"
)]
#[case::not_ours(
    unshare().with(&[Configuration { tags: tags(&[ASSIGNED]), ..emptied(new_job()) }]),
    CLOSING
)]
#[case::not_ours_and_taken_back_and_closed_before(left_behind().record(OTHER, Partner::default()), UNTRUSTING)]
#[case::the_same_where_another_delivery_was_faster(
    left_behind().record(OTHER, Partner::default()).made("restart-job", MOMENT),
    UNTRUSTING
)]
#[case::the_same_where_another_delivery_restarted_it(
    unshare()
        .with(&[Configuration { tags: tags(&[ASSIGNED]), ..taken_back() }])
        .record(OTHER, Partner::default())
        .made("restart-job", MOMENT),
    "act pause-job"
)]
#[case::the_same_in_quarantine_for_the_closed_settings(
    unshare()
        .with(&[Configuration { tags: tags(&[ASSIGNED]), ..with_job_of(emptied(about_settings()), |job| job.users = 0) }])
        .record(OTHER, Partner::default())
        .made("restart-job", HOUR),
    "act pause-job"
)]
#[case::the_same_with_users_left(
    unshare().with(&[Configuration { tags: tags(&[ASSIGNED]), ..emptied(paused()) }]).record(OTHER, Partner::default()),
    "act restart-job"
)]
#[case::not_ours_and_taken_back_and_open(left_behind(), "act restart-job")]
#[case::stopped_after_the_restart(
    unshare().with(&[emptied(paused())]).made("restart-job", MOMENT),
    "wait settling: stopped synchronization"
)]
#[case::stopped_after_the_restart_for_good(
    unshare()
        .with(&[emptied(paused())])
        .made("restart-job", MOMENT)
        .waited("settling: stopped synchronization", Duration::minutes(5)),
    "rejected stopped-meanwhile"
)]
#[case::denied(unshare().forward(denied()), "wait denied")]
#[case::the_other_direction_goes_on(unsharing(true, None).forward(denied()).back(&[steady()]), "act unassign-scope")]
#[case::both_directions(
    unsharing(true, None).back(&[steady()]),
    "act unassign-scope, unassign-scope"
)]
fn unshare_takes_back_before_it_closes(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[test]
fn a_number_that_is_too_small_is_named_beside_the_number_there_is() {
    let Step::Finish(Finish::Rejected(reason)) = unsharing(false, Some(2)).decide().step else {
        panic!("it is rejected")
    };
    let names = mto_messages::Names::default();
    let text = reason.text(&names);
    assert!(text.contains("3 deleted") && text.contains("confirms 2"), "{text}");
    assert!(!text.contains("500"), "no threshold was reached: {text}");
    assert!(reason.remedy(&names).contains("\"users\": 3"), "{}", reason.remedy(&names));
}

#[test]
fn a_configuration_without_our_tag_is_never_deleted() {
    let foreign = Configuration { tags: tags(&[ASSIGNED]), ..emptied(new_job()) };
    let scene = unshare().with(&[foreign]);
    let decision = scene.decide();
    let Step::Act(mutations) = &decision.step else { panic!("it closes: {:?}", decision.step) };
    assert!(!mutations.iter().any(|one| matches!(one.change, Change::Configuration { .. })));
    assert_eq!(decision.found.len(), 1, "it is named");
}

// each

fn each(pairs: Pairs, scopes: &[TenantId]) -> Each {
    let confirm = Some(Confirm { tenant: TenantRef::from(OWNER), users: Some(7) });
    let scopes = scopes.iter().map(|tenant| (*tenant, group())).collect();
    Each { pairs, data: SyncData { confirm, ..SyncData::default() }, scopes }
}

/// The pairs that commands are posted for, and how the fan-out ends.
fn fanned_out(each: &Each, own: Option<&OrganizationView>) -> (Vec<(TenantId, TenantId)>, String) {
    let decision = decide_each(each, own);
    let pair = |child: &Child| (child.about[0], child.about[1]);
    (decision.children.iter().map(pair).collect(), line(&decision.step))
}

#[rstest]
#[case::named(Pairs::To(US, vec![OTHER]), None, &[(US, OTHER)], "succeeded")]
#[case::around(Pairs::Around(US), Some(crate::settings_scene::list()), &[(US, OWNER), (US, OTHER)], "succeeded")]
#[case::all(
    Pairs::All(OWNER),
    Some(organization(vec![owner(OWNER), active(US), pending(OTHER)])),
    &[(OWNER, US), (US, OWNER)],
    "succeeded"
)]
#[case::who_leaves_is_left_out(
    Pairs::Around(US),
    Some(organization(vec![owner(OWNER), active(US), leaving(active(OTHER))])),
    &[(US, OWNER)],
    "succeeded"
)]
#[case::no_organization(Pairs::All(OWNER), Some(OrganizationView::none()), &[], "rejected owner-has-no-organization")]
#[case::unknown(Pairs::All(OWNER), Some(odd_organization()), &[], "wait unrecognised")]
fn one_command_is_posted_a_pair(
    #[case] pairs: Pairs,
    #[case] own: Option<OrganizationView>,
    #[case] expected: &[(TenantId, TenantId)],
    #[case] step: &str,
) {
    let each = each(pairs, &[US, OWNER, OTHER]);
    assert_eq!(fanned_out(&each, own.as_ref()), (expected.to_vec(), step.to_owned()));
}

#[test]
fn a_source_without_a_scope_is_named_and_left_out_of_configure_alone() {
    let list = crate::settings_scene::list();
    let mut each = each(Pairs::All(OWNER), &[US]);
    assert_eq!(fanned_out(&each, Some(&list)).0, [(US, OWNER), (US, OTHER)]);
    assert_eq!(notes(&decide_each(&each, Some(&list))).len(), 1);
    each.data.action = SyncAction::Stop;
    assert_eq!(fanned_out(&each, Some(&list)).0.len(), 6);
    assert_eq!(notes(&decide_each(&each, Some(&list))).len(), 0);
}

#[test]
fn what_is_confirmed_is_confirmed_for_each_source() {
    let list = crate::settings_scene::list();
    for child in decide_each(&each(Pairs::All(OWNER), &[US, OTHER]), Some(&list)).children {
        let CommandData::Sync(data) = child.data else { panic!("it is a sync") };
        let confirm = data.confirm.unwrap();
        assert_eq!((Some(confirm.tenant), confirm.users), (data.source, Some(7)));
    }
}
