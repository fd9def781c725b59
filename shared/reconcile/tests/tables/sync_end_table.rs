//! sync restart, stop, unshare, the fan-out and status, row by row of the tables in `src/sync/`.

use std::collections::BTreeMap;

use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{CommandData, Confirm, Journal, SyncAction, SyncData, TenantId, TenantRef};
use mto_reconcile::sync::each::{Each, Pairs, decide as decide_each};
use mto_reconcile::sync::{Action, Configuration, OUR_TAG, status};
use mto_reconcile::{Change, Child, Decision, Finish, OrganizationView, Reading, Step, Unreadable, settings};
use rstest::rstest;

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

const CLOSING: &str = "act update-partner, update-identity-synchronization, update-partner";

#[rstest]
#[case::external(unshare().forward(Unreadable::External), CLOSING)]
#[case::none(unshare().with(&[]), CLOSING)]
#[case::too_many(unshare().with(&[with_job(|job| job.users = 501)]), "rejected too-many-users")]
#[case::confirmed(
    unsharing(false, Some(501)).with(&[with_job(|job| job.users = 501)]),
    "act unassign-scope"
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
#[case::stopped(unshare().with(&[emptied(paused())]), "act restart-job")]
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
#[case::not_ours(
    unshare().with(&[Configuration { tags: tags(&[ASSIGNED]), ..emptied(new_job()) }]),
    CLOSING
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
fn a_configuration_without_our_tag_is_never_deleted() {
    let foreign = Configuration { tags: tags(&[ASSIGNED]), ..emptied(new_job()) };
    let scene = unshare().with(&[foreign]);
    let decision = scene.decide();
    let Step::Act(mutations) = &decision.step else { panic!("it closes: {:?}", decision.step) };
    assert!(!mutations.iter().any(|one| matches!(one.change, Change::Configuration { .. })));
    assert_eq!(decision.found.len(), 1, "it is named");
}

// each and status

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

fn standing(sides: settings::Observed, found: Vec<(TenantId, Configuration)>) -> Decision {
    let observed = status::Observed {
        sides,
        synchronizations: BTreeMap::from([
            (US, Reading::Seen(found)),
            (OTHER, Reading::Unreadable(denied())),
            (OWNER, Reading::Unreadable(Unreadable::External)),
        ]),
    };
    let open = settings::Open { among: settings::Among::Organization(OWNER), wanted: BTreeMap::new() };
    with_timing(|timing| status::decide(&open, &observed, &Journal::default(), timing))
}

fn summary(decision: &Decision) -> &str {
    let Step::Finish(Finish::Succeeded { summary, .. }) = &decision.step else {
        panic!("it succeeds: {:?}", decision.step)
    };
    summary
}

#[test]
fn status_counts_each_job_once_and_names_what_is_not_steady_or_not_read() {
    let found = [steady(), held_back(), paused(), with_job(|job| job.steady_since = None), fresh()];
    let found = found.into_iter().map(|one| (OTHER, one)).collect();
    let decision = standing(crate::settings_scene::mesh(), found);
    assert_eq!(
        summary(&decision),
        "all settings are as wanted; 4 synchronizations with 12 users: 1 steady, 1 on their way, 1 stopped, 1 in \
         quarantine"
    );
    assert_eq!(notes(&decision).len(), 3, "quarantine, stopped, not read: {:?}", notes(&decision));
}

#[test]
fn status_says_how_many_settings_differ_and_writes_none() {
    let mut sides = crate::settings_scene::mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&US) {
        side.partners.insert(OTHER, crate::settings_scene::blank());
    }
    let decision = standing(sides, Vec::new());
    assert!(summary(&decision).starts_with("2 settings differ"), "{}", summary(&decision));
}

#[test]
fn status_of_a_tenant_in_no_organization_is_rejected() {
    let mut sides = crate::settings_scene::mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&OWNER) {
        side.own = OrganizationView::none();
    }
    assert_eq!(line(&standing(sides, Vec::new()).step), "rejected owner-has-no-organization");
}
