//! sync configure, row by row of the tables in `src/sync/configure.rs` and `src/sync/watch.rs`.

use crate::settings_scene::{open, with_consent, with_policy, without_policy};
use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{Scope, UserType};
use mto_reconcile::Unreadable;
use mto_reconcile::sync::{Configuration, Execution, JobCode, OUR_TAG, Schema};
use rstest::rstest;
use time::Duration;

// open_direction, and what both sides allow

#[rstest]
#[case::source_denied(configure().unread(US, denied()), "wait denied")]
#[case::target_denied(configure().unread(OTHER, denied()), "wait denied")]
#[case::denied_for_long(configure().unread(OTHER, denied()).interrupted("denied", HOUR), "failed denied")]
#[case::target_away(configure().unread(OTHER, away()), "wait service-unavailable")]
#[case::target_external(configure().unread(OTHER, Unreadable::External), "rejected not-in-one-organization")]
#[case::configurations_denied(configure().forward(denied()), "wait denied")]
#[case::configurations_denied_for_long(configure().forward(denied()).interrupted("denied", HOUR), "failed denied")]
#[case::configurations_away(configure().forward(away()), "wait service-unavailable")]
#[case::apart(configure().apart(), "wait settling: membership of both")]
#[case::apart_for_long(
    configure().apart().waited("settling: membership of both", HOUR),
    "rejected not-in-one-organization"
)]
#[case::source_lets_nobody_go(configure().record(US, with_consent(Some(true), None)), "act update-partner")]
#[case::source_takes_nobody(configure().record(US, with_consent(None, Some(true))), "succeeded")]
#[case::target_lets_nobody_in(configure().record(OTHER, with_consent(None, Some(true))), "act update-partner")]
#[case::target_allows_no_sync(configure().record(OTHER, with_policy(None)), "act update-identity-synchronization")]
#[case::target_has_no_policy(configure().record(OTHER, without_policy()), "act create-identity-synchronization")]
#[case::source_has_no_policy(configure().record(US, without_policy()), "succeeded")]
#[case::all_open(configure().record(US, open()).record(OTHER, open()), "succeeded")]
fn the_pair_has_to_be_in_one_organization_and_open(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

// configure

const SETTLING: &str = "wait settling: create-configuration";
const APART: &str = "rejected not-in-one-organization";
const STOPPED: &str = "rejected stopped-meanwhile";
const SYNCHRONIZING: &str = "wait synchronizing";

#[rstest]
#[case::none(configure().with(&[]), "act create-configuration")]
#[case::created_a_moment_ago(configure().with(&[]).made("create-configuration", MOMENT), SETTLING)]
#[case::created_long_ago(configure().with(&[]).made("create-configuration", HOUR), "act create-configuration")]
#[case::may_be_created(configure().with(&[]).tried("create-configuration", MOMENT), SETTLING)]
#[case::was_not_created(
    configure().with(&[]).tried("create-configuration", Duration::minutes(2)),
    "act create-configuration"
)]
#[case::fresh(configure().with(&[fresh()]).made("create-configuration", MOMENT), SETTLING)]
#[case::others_need_not_settle(configure().with(&[fresh()]), "act assign-scope")]
#[case::without_a_role(configure().with(&[Configuration { app_role: None, ..fresh() }]), SETTLING)]
#[case::ours_of_a_race(
    configure().with(&[steady(), numbered(2, Configuration { tags: tags(&[OUR_TAG]), ..fresh() })]),
    "act delete-configuration"
)]
#[case::made_by_us_in_a_race(
    configure().with(&[steady(), numbered(2, fresh())]).made("create-configuration", HOUR),
    "act delete-configuration"
)]
#[case::foreign_beside(configure().with(&[steady(), numbered(2, fresh())]), "succeeded")]
#[case::foreign_with_a_job(
    configure().with(&[steady(), numbered(2, Configuration { tags: tags(&[]), ..steady() })]),
    "succeeded"
)]
fn there_is_one_configuration(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

// Seed 2048: a leave crosses a configure, which had made the configuration and not tagged it.
#[rstest]
#[case::not_tagged(given_up().with(&[fresh()]).made("create-configuration", HOUR), "act tag-configuration")]
#[case::tagged_by_another(
    given_up().with(&[Configuration { tags: tags(&[ASSIGNED]), ..steady() }]).made("create-configuration", HOUR),
    "act tag-configuration"
)]
#[case::tagged_a_moment_ago(
    given_up().with(&[fresh()]).made("create-configuration", HOUR).made("tag-configuration", MOMENT),
    "wait settling: tag-configuration"
)]
#[case::may_come(given_up().with(&[]).made("create-configuration", MOMENT), SETTLING)]
#[case::never_came(given_up().with(&[]).made("create-configuration", HOUR), APART)]
#[case::ours(given_up().made("create-configuration", HOUR), APART)]
#[case::made_by_another(given_up().with(&[fresh()]), APART)]
#[case::too_many_users(
    configure().with(&[fresh()]).made("create-configuration", HOUR).counted(counting(501, 0)),
    "act tag-configuration"
)]
fn what_it_made_is_tagged_before_it_gives_up(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::new(configure().counted(counting(501, 0)), "rejected too-many-users")]
#[case::new_at_the_threshold(configure().counted(counting(500, 0)), "succeeded")]
#[case::leaving(configure().counted(counting(0, 501)), "rejected too-many-users")]
#[case::fewer_confirmed_than_leave(confirming(1).counted(counting(0, 2)), "rejected too-many-users")]
#[case::fewer_confirmed_than_come(confirming(1).counted(counting(2, 0)), "rejected too-many-users")]
#[case::confirmed(confirming(501).counted(counting(501, 501)), "succeeded")]
#[case::fewer_confirmed(confirming(500).counted(counting(501, 0)), "rejected too-many-users")]
fn users_in_number_need_confirmation(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::missing(scoped(Scope { users: vec![USER], groups: vec![GROUP], ..Scope::default() }), "act assign-scope")]
#[case::surplus(scoped(Scope { users: vec![USER], ..Scope::default() }), "act assign-scope, unassign-scope")]
#[case::everyone_leaves_assignments_alone(scoped(everyone()), "act set-secrets")]
#[case::before_the_secrets(scoped(group()).with(&[Configuration { tags: tags(&[EVERYONE]), ..fresh() }]), "act assign-scope")]
#[case::foreign_secrets(configure().with(&[Configuration { tags: tags(&[]), ..steady() }]), "act set-secrets")]
#[case::both_tags(configure().with(&[Configuration { tags: tags(&[ASSIGNED, EVERYONE]), ..steady() }]), "act set-secrets")]
#[case::refused_or_unknown(scoped(everyone()).tried("set-secrets", MOMENT), "act set-secrets")]
#[case::heeded_after_a_restart(scoped(everyone()).made("set-secrets", MOMENT), "act restart-job")]
#[case::restarted_before(
    scoped(everyone()).made("restart-job", HOUR).made("set-secrets", MOMENT),
    "act restart-job"
)]
#[case::restarted(
    scoped(everyone()).made("set-secrets", MOMENT).made("restart-job", MOMENT),
    "act tag-configuration"
)]
#[case::never_ran(
    scoped(everyone()).with(&[new_job()]).made("set-secrets", MOMENT),
    "act tag-configuration"
)]
#[case::set_for_a_configuration_that_is_gone(
    scoped(everyone()).with(&[new_job()]).made("set-secrets", MOMENT * 2).made("create-configuration", MOMENT),
    "act set-secrets"
)]
#[case::set_so_long_ago_that_it_may_be_gone(
    scoped(everyone()).with(&[new_job()]).made("set-secrets", HOUR),
    "act set-secrets"
)]
#[case::tagged_a_moment_ago(
    scoped(everyone()).with(&[new_job()]).made("set-secrets", MOMENT).made("tag-configuration", MOMENT),
    "wait settling: tag-configuration"
)]
#[case::made_by_us_and_tagged_by_another(
    configure().with(&[Configuration { tags: tags(&[ASSIGNED]), ..steady() }]).made("create-configuration", HOUR),
    "act tag-configuration"
)]
#[case::made_and_tagged_by_another(configure().with(&[Configuration { tags: tags(&[ASSIGNED]), ..steady() }]), "succeeded")]
#[case::no_job(configure().with(&[Configuration { job: None, ..steady() }]), "act create-job")]
#[case::job_a_moment_ago(
    configure().with(&[Configuration { job: None, ..steady() }]).made("create-job", MOMENT),
    "wait settling: create-job"
)]
fn scope_comes_first_then_the_secrets_then_the_job(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::not_asked_for(configure(), Some(schema(UserType::Guest, false)), "succeeded")]
#[case::as_asked_for(typed(UserType::Guest), Some(schema(UserType::Guest, false)), "succeeded")]
#[case::another(typed(UserType::Guest), Some(schema(UserType::Member, false)), "act set-schema")]
#[case::members_always(typed(UserType::Member), Some(schema(UserType::Member, true)), "succeeded")]
#[case::members_only_new(typed(UserType::Member), Some(schema(UserType::Member, false)), "act set-schema")]
#[case::no_constant(typed(UserType::Guest), Some(Schema { user_type: None, ..schema(UserType::Guest, false) }), "act set-schema")]
#[case::not_read(typed(UserType::Guest), None, "succeeded")]
fn the_schema_is_set_where_it_differs(
    #[case] scene: Scene,
    #[case] schema: Option<Schema>,
    #[case] expected: &str,
) {
    check(&scene.with(&[Configuration { schema, ..steady() }]), expected);
}

#[rstest]
#[case::new(configure().with(&[new_job()]), "act validate-credentials")]
#[case::not_valid(configure().with(&[new_job()]).tried("validate-credentials", MOMENT), "act validate-credentials")]
#[case::valid(configure().with(&[new_job()]).made("validate-credentials", MOMENT), "act start-job")]
#[case::paused_by_somebody_before(configure().with(&[paused()]), "act validate-credentials")]
#[case::started_a_moment_ago(
    configure().with(&[new_job()]).made("start-job", MOMENT),
    "wait settling: start-job"
)]
#[case::may_be_started(
    configure().with(&[new_job()]).tried("start-job", MOMENT),
    "wait settling: start-job"
)]
#[case::was_not_started(configure().with(&[new_job()]).tried("start-job", HOUR), "act start-job")]
#[case::seen_running(
    configure().with(&[paused()]).made("start-job", Duration::minutes(2)).waited("synchronizing", Duration::minutes(1)),
    "wait settling: stopped synchronization"
)]
#[case::seen_stopped_for_long(
    configure().with(&[paused()]).made("start-job", HOUR).waited("settling: stopped synchronization", Duration::minutes(5)),
    STOPPED
)]
#[case::seen_stopped_a_moment_too_short(
    configure().with(&[paused()]).made("start-job", HOUR).waited("settling: stopped synchronization", Duration::seconds(299)),
    "wait settling: stopped synchronization"
)]
#[case::stopped_in_an_old_answer_only(
    configure().made("start-job", Duration::minutes(2)).waited("settling: stopped synchronization", Duration::minutes(1)),
    "succeeded"
)]
#[case::seen_running_before_that(
    configure().with(&[paused()]).made("restart-job", Duration::minutes(1)).waited("synchronizing", Duration::minutes(2)),
    "wait settling: start-job"
)]
#[case::started_long_ago(configure().with(&[paused()]).made("start-job", HOUR), "wait settling: stopped synchronization")]
fn a_job_is_started_once(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

const CHANGED: &str = "settling: synchronization as it was";

#[rstest]
#[case::gone(configure().with(&[]), "wait settling: synchronization as it was")]
#[case::scope(scoped(Scope { users: vec![USER], ..Scope::default() }), "wait settling: synchronization as it was")]
#[case::secrets(scoped(everyone()), "wait settling: synchronization as it was")]
#[case::job(configure().with(&[Configuration { job: None, ..steady() }]), "wait settling: synchronization as it was")]
#[case::as_wanted(configure(), "succeeded")]
fn what_somebody_else_changes_while_the_job_is_waited_for_is_not_written_over(
    #[case] scene: Scene,
    #[case] expected: &str,
) {
    check(&scene.clone().waited("synchronizing", MOMENT), expected);
    check(&scene.clone().waited("quarantined", HOUR), expected);
    check(&scene.clone().waited(CHANGED, MOMENT), expected);
    let rejected = if expected == "succeeded" { expected } else { "rejected changed-meanwhile" };
    check(&scene.waited(CHANGED, HOUR), rejected);
}

#[test]
fn users_do_not_need_confirmation_again_once_the_job_runs() {
    check(&configure().counted(counting(501, 0)).waited("synchronizing", MOMENT), "succeeded");
}

// watch

#[rstest]
#[case::steady(configure(), "succeeded")]
#[case::not_steady(configure().with(&[with_job(|job| job.steady_since = None)]), SYNCHRONIZING)]
#[case::no_cycle_since(configure().made("assign-scope", Duration::minutes(1)), SYNCHRONIZING)]
#[case::began_before(configure().made("unassign-scope", Duration::seconds(90)), SYNCHRONIZING)]
#[case::cycle_since(configure().made("assign-scope", Duration::minutes(3)), "succeeded")]
#[case::cycle_under_way(
    configure().with(&[with_job(|job| job.last = Some(Execution { ended: None, ..cycle(MOMENT) }))]).made("assign-scope", HOUR),
    SYNCHRONIZING
)]
#[case::unknown(
    configure().with(&[with_job(|job| job.code = JobCode::Unrecognised("odd".to_owned()))]),
    "wait unrecognised"
)]
fn a_running_job_is_watched(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

#[rstest]
#[case::of_the_settings(configure().with(&[about_settings()]), "act restart-job")]
#[case::of_secrets_that_the_tag_lies_about(configure().with(&[without_secrets()]), "act set-secrets")]
#[case::of_secrets_that_are_set_now(
    configure().with(&[without_secrets()]).made("restart-job", HOUR).made("set-secrets", MOMENT),
    "act restart-job"
)]
#[case::of_secrets_that_were_refused(configure().with(&[without_secrets()]).tried("set-secrets", MOMENT), "act set-secrets")]
#[case::of_secrets_and_restarted(
    configure().with(&[without_secrets()]).made("set-secrets", MOMENT).made("restart-job", MOMENT),
    "wait quarantined"
)]
#[case::of_secrets_and_restarted_often(
    configure().with(&[without_secrets()])
        .made("restart-job", HOUR * 3).made("restart-job", HOUR * 2).made("restart-job", HOUR),
    "failed quarantined"
)]
#[case::schema_set_since(
    configure().with(&[quarantined("Unknown", "x")]).made("set-schema", MOMENT),
    "act restart-job"
)]
#[case::restarted_a_moment_ago(configure().with(&[about_settings()]).made("restart-job", MOMENT), "wait quarantined")]
#[case::restarted_long_ago(configure().with(&[about_settings()]).made("restart-job", HOUR), "act restart-job")]
#[case::restarted_often(
    configure().with(&[about_settings()]).made("restart-job", HOUR * 3).made("restart-job", HOUR * 2).made("restart-job", HOUR),
    "failed quarantined"
)]
#[case::of_something_else(configure().with(&[quarantined("Unknown", "x")]), "failed quarantined")]
#[case::scope_changed_since(
    configure().with(&[quarantined("Unknown", "x")]).made("unassign-scope", MOMENT),
    "act restart-job"
)]
#[case::scope_changed_before_the_restart(
    configure().with(&[quarantined("Unknown", "x")]).made("unassign-scope", HOUR).made("restart-job", MOMENT),
    "failed quarantined"
)]
#[case::deletions_held_back(configure().with(&[held_back()]).counted(counting(0, 0)), "failed quarantined")]
#[case::deletions_confirmed(confirming(2).with(&[held_back()]).counted(counting(0, 0)), "act restart-job")]
#[case::fewer_confirmed(confirming(1).with(&[held_back()]).counted(counting(0, 0)), "failed quarantined")]
#[case::not_counted(confirming(100).with(&[held_back()]), "failed quarantined")]
fn a_quarantine_is_mended_or_explained(#[case] scene: Scene, #[case] expected: &str) {
    check(&scene, expected);
}

/// The two have not been in one organization for long.
fn given_up() -> Scene {
    configure().apart().waited("settling: membership of both", HOUR)
}
