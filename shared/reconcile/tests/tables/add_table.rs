//! add, row by row of the tables in `src/add.rs`.

use crate::support::*;
use mto_messages::{
    CommandData, JoinData, JoinWish, Journal, SyncWish, Templates, TenantId, TenantRef, Then,
};
use mto_reconcile::add::{Aim, Observed, Wanted, decide};
use mto_reconcile::{
    Change, Decision, Finish, Limits, MemberRow, MemberState, OrganizationView, Progress, Reason, Role, Step,
    Timing,
};
use rstest::rstest;
use time::Duration;

const ADD: &str = "add-tenant";
const CHANGE: &str = "change-role";

/// One look. The plain one: an organization of the owner alone, which is to list [`US`].
type Scene = OneLook<Aim, Observed>;

fn scene() -> Scene {
    Scene {
        aim: Aim { owner: OWNER, tenants: vec![wanted(US)], then: None },
        observed: Observed { own: organization(vec![owner(OWNER)]) },
        journal: Journal::default(),
    }
}

fn wanted(tenant: TenantId) -> Wanted {
    Wanted { tenant, display_name: "Fabrikam".to_owned(), role: None, external: false }
}

fn as_owner(tenant: TenantId) -> Wanted {
    Wanted { role: Some(mto_messages::Role::Owner), ..wanted(tenant) }
}

fn as_member(tenant: TenantId) -> Wanted {
    Wanted { role: Some(mto_messages::Role::Member), ..wanted(tenant) }
}

fn external(tenant: TenantId) -> Wanted {
    Wanted { external: true, ..wanted(tenant) }
}

impl Scene {
    fn own(mut self, own: OrganizationView) -> Self {
        self.observed.own = own;
        self
    }

    /// The list holds an owner and these rows.
    fn listing(self, rows: Vec<MemberRow>) -> Self {
        self.own(organization([vec![owner(OWNER)], rows].concat()))
    }

    fn wanting(mut self, tenants: Vec<Wanted>) -> Self {
        self.aim.tenants = tenants;
        self
    }

    fn then(mut self, then: Then) -> Self {
        self.aim.then = Some(then);
        self
    }

    fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

#[rstest]
#[case::an_owner_in_no_organization_is_waited_for(
    scene().own(OrganizationView::none()), "wait owner-has-no-organization"
)]
#[case::an_unknown_state_of_the_organization(scene().own(odd_organization()), "wait unrecognised")]
#[case::an_own_row_that_does_not_show(scene().own(organization(vec![])), "wait settling: own row in the list")]
#[case::an_owner_that_is_being_removed(
    scene().own(organization(vec![leaving(owner(OWNER))])), "wait being-removed"
)]
#[case::an_unknown_role_of_the_owner(
    scene().own(organization(vec![odd_role(active(OWNER))])), "wait unrecognised"
)]
#[case::an_unknown_state_of_the_owner(
    scene().own(organization(vec![odd_state(owner(OWNER))])), "wait unrecognised"
)]
#[case::a_mere_member_may_not_add(scene().own(organization(vec![active(OWNER)])), "rejected not-an-owner")]
fn the_owner_comes_first(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

#[rstest]
#[case::absent_is_added(scene(), "act add-tenant")]
#[case::added_a_moment_ago_is_waited_for(
    scene().wrote(ADD, Some(US), Duration::minutes(9)), "wait settling: add-tenant"
)]
#[case::added_ten_minutes_ago_and_absent_may_be_an_old_answer(
    scene().wrote(ADD, Some(US), Duration::minutes(10)), "wait settling: listed row"
)]
#[case::added_without_an_answer_is_waited_for(
    scene().answered(ADD, Some(US), Duration::seconds(59), None), "wait settling: add-tenant"
)]
#[case::for_a_minute_only(scene().answered(ADD, Some(US), Duration::minutes(1), None), "act add-tenant")]
#[case::refused_is_added_again(scene().answered(ADD, Some(US), Duration::ZERO, Some(400)), "act add-tenant")]
#[case::another_tenant_added_is_no_hindrance(scene().wrote(ADD, Some(OTHER), Duration::ZERO), "act add-tenant")]
#[case::a_removal_under_way_is_waited_for(scene().listing(vec![leaving(active(US))]), "wait being-removed")]
#[case::a_removed_row_is_waited_for(scene().listing(vec![removed(US)]), "wait being-removed")]
#[case::a_removal_that_failed_leaves_it_listed(
    scene().listing(vec![changing(active(US), Some(MemberState::Removed), None, Progress::Failed)]),
    "succeeded"
)]
#[case::pending_is_enough(scene().listing(vec![pending(US)]), "succeeded")]
#[case::active_is_enough(scene().listing(vec![active(US)]), "succeeded")]
#[case::no_wanted_role_leaves_an_owner_alone(scene().listing(vec![owner(US)]), "succeeded")]
#[case::no_wanted_role_leaves_a_future_owner_alone(
    scene().listing(vec![becoming(pending(US), Role::Owner, Progress::NotStarted)]), "succeeded"
)]
#[case::an_unknown_role_does_not_matter_if_none_is_wanted(
    scene().listing(vec![odd_role(active(US))]), "succeeded"
)]
#[case::an_unknown_role_is_not_overwritten(
    scene().wanting(vec![as_owner(US)]).listing(vec![odd_role(active(US))]), "wait unrecognised"
)]
#[case::an_unknown_state_is_no_success(scene().listing(vec![odd_state(active(US))]), "wait unrecognised")]
#[case::an_unknown_change_is_no_success(
    scene().listing(vec![changing(active(US), Some(MemberState::Removed), None, odd_progress())]),
    "wait unrecognised"
)]
#[case::an_unknown_role_change_is_not_repeated(
    scene().wanting(vec![as_owner(US)]).listing(vec![becoming(active(US), Role::Owner, odd_progress())]),
    "wait unrecognised"
)]
#[case::an_owner_is_demoted_where_member_is_wanted(
    scene().wanting(vec![as_member(US)]).listing(vec![owner(US)]), "act change-role"
)]
#[case::a_member_is_promoted_where_owner_is_wanted(
    scene().wanting(vec![as_owner(US)]).listing(vec![active(US)]), "act change-role"
)]
#[case::a_pending_row_is_promoted(
    scene().wanting(vec![as_owner(US)]).listing(vec![pending(US)]), "act change-role"
)]
#[case::a_pending_row_that_is_to_be_owner_is_enough(
    scene().wanting(vec![as_owner(US)])
        .listing(vec![becoming(pending(US), Role::Owner, Progress::NotStarted)]),
    "succeeded"
)]
#[case::a_pending_row_that_never_shows_its_promotion_is_enough_after_a_while(
    scene().wanting(vec![as_owner(US)]).listing(vec![pending(US)]).wrote(CHANGE, Some(US), Duration::minutes(11)),
    "succeeded"
)]
#[case::an_active_row_that_does_not_show_it_is_promoted_again(
    scene().wanting(vec![as_owner(US)]).listing(vec![active(US)]).wrote(CHANGE, Some(US), Duration::minutes(11)),
    "act change-role"
)]
#[case::an_active_row_on_its_way_to_owner_is_waited_for(
    scene().wanting(vec![as_owner(US)]).listing(vec![becoming(active(US), Role::Owner, Progress::Running)]),
    "wait role-changing"
)]
#[case::an_owner_on_its_way_to_member_is_changed_back(
    scene().wanting(vec![as_owner(US)]).listing(vec![becoming(owner(US), Role::Member, Progress::Running)]),
    "act change-role"
)]
#[case::a_role_change_that_failed_is_made_again(
    scene().wanting(vec![as_owner(US)]).listing(vec![becoming(active(US), Role::Owner, Progress::Failed)]),
    "act change-role"
)]
#[case::a_role_change_that_does_not_show_yet_is_waited_for(
    scene().wanting(vec![as_owner(US)]).listing(vec![active(US)]).wrote(CHANGE, Some(US), Duration::minutes(1)),
    "wait settling: change-role"
)]
fn each_tenant_gets_what_it_lacks(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

#[test]
fn a_new_tenant_becomes_a_member_unless_asked_otherwise() {
    let scene = scene().wanting(vec![wanted(US), as_owner(OTHER)]);
    let expected = vec![
        Change::AddTenant {
            tenant: US,
            display_name: "Fabrikam".to_owned(),
            role: mto_messages::Role::Member,
        },
        Change::AddTenant {
            tenant: OTHER,
            display_name: "Fabrikam".to_owned(),
            role: mto_messages::Role::Owner,
        },
    ];
    assert_eq!(scene.decide().step, Step::act(OWNER, expected));
}

#[test]
fn everything_that_can_be_written_now_goes_into_one_act() {
    let scene = scene()
        .wanting(vec![wanted(US), as_owner(OTHER), wanted(FOURTH), wanted(tenant(5)), as_owner(tenant(6))])
        .listing(vec![
            active(OTHER),
            leaving(active(FOURTH)),
            becoming(active(tenant(6)), Role::Owner, Progress::Running),
        ])
        .wrote(ADD, Some(tenant(5)), Duration::ZERO);
    let decision = scene.decide();
    assert_eq!(line(&decision.step), "act add-tenant, change-role");
    let mutations = changes_in(OWNER, decision.step);
    assert_eq!(mutations[0].about(), Some(US));
    let expected = Change::ChangeRole { tenant: OTHER, role: mto_messages::Role::Owner };
    assert_eq!(mutations[1], expected);
}

#[test]
fn of_several_waits_the_one_that_does_not_pass_by_itself_is_told() {
    let rows = vec![odd_state(active(US)), leaving(active(OTHER))];
    let scene = scene().wanting(vec![wanted(US), wanted(OTHER)]).listing(rows);
    let Step::Wait(wait) = scene.decide().step else { panic!("it waits") };
    assert_eq!(wait.reason, Reason::Unrecognised(format!("state \"suspended\" of {US}")));
}

#[test]
fn a_wait_names_all_it_waits_for() {
    let rows = vec![leaving(active(US)), removed(OTHER)];
    let scene = scene().wanting(vec![wanted(US), wanted(OTHER)]).listing(rows);
    let Step::Wait(wait) = scene.decide().step else { panic!("it waits") };
    assert_eq!(wait.reason, Reason::BeingRemoved(vec![US, OTHER]));
}

// What somebody removed meanwhile

const GONE: &str = "settling: listed row";

impl Scene {
    /// The row has been missing for this long.
    fn missing_for(self, ago: Duration) -> Self {
        self.waited(GONE, ago)
    }

    fn posted(mut self, tenant: TenantId) -> Self {
        self.journal.posted.insert(format!("/join/{tenant}"));
        self
    }
}

#[rstest]
#[case::not_believed_at_once(scene().wrote(ADD, Some(US), Duration::hours(1)), "wait settling: listed row")]
#[case::nor_before_five_minutes(
    scene().wrote(ADD, Some(US), Duration::hours(1)).missing_for(Duration::seconds(299)), "wait settling: listed row"
)]
#[case::believed_when_it_lasts(
    scene().wrote(ADD, Some(US), Duration::hours(1)).missing_for(Duration::minutes(5)), "rejected removed-meanwhile"
)]
#[case::another_wait_is_no_such_wait(
    scene().wrote(ADD, Some(US), Duration::hours(1)).waited("being-removed", Duration::hours(1)),
    "wait settling: listed row"
)]
#[case::while_the_removal_runs(
    scene().listing(vec![leaving(active(US))]).wrote(ADD, Some(US), Duration::hours(1)), "wait settling: listed row"
)]
#[case::while_the_removal_runs_for_long(
    scene().listing(vec![removed(US)]).wrote(ADD, Some(US), Duration::hours(1)).missing_for(Duration::minutes(5)),
    "rejected removed-meanwhile"
)]
#[case::its_join_was_posted(scene().posted(US).missing_for(Duration::minutes(5)), "rejected removed-meanwhile")]
#[case::its_join_was_posted_a_moment_ago(
    scene().posted(US).wrote(ADD, Some(US), Duration::minutes(1)), "wait settling: listed row"
)]
#[case::its_role_was_changed(
    scene().wanting(vec![as_owner(US)]).wrote(CHANGE, Some(US), Duration::minutes(1)).missing_for(Duration::minutes(5)),
    "rejected removed-meanwhile"
)]
#[case::a_refused_adding_was_none(
    scene().answered(ADD, Some(US), Duration::hours(1), Some(400)).missing_for(Duration::minutes(5)), "act add-tenant"
)]
#[case::an_adding_without_an_answer_is_no_proof(
    scene().answered(ADD, Some(US), Duration::hours(1), None).missing_for(Duration::minutes(5)), "act add-tenant"
)]
#[case::the_removal_before_our_adding_may_still_be_shown(
    scene().listing(vec![leaving(active(US))]).wrote(ADD, Some(US), Duration::minutes(9)), "wait being-removed"
)]
#[case::a_removal_that_ran_at_the_first_look_is_none(
    scene().waited("being-removed", Duration::hours(1)), "act add-tenant"
)]
#[case::a_join_of_somebody_else(scene().posted(OTHER).missing_for(Duration::minutes(5)), "act add-tenant")]
#[case::a_row_that_is_back(
    scene().listing(vec![pending(US)]).posted(US).missing_for(Duration::minutes(5)), "succeeded"
)]
#[case::the_others_are_added_first(
    scene().wanting(vec![wanted(US), wanted(OTHER)]).posted(US).missing_for(Duration::minutes(5)), "act add-tenant"
)]
#[case::and_waited_for(
    scene().wanting(vec![wanted(US), as_owner(OTHER)]).posted(US).missing_for(Duration::minutes(5))
        .listing(vec![becoming(active(OTHER), Role::Owner, Progress::Running)]),
    "wait role-changing"
)]
fn what_was_removed_since_is_not_added_again(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

#[test]
fn the_tenant_that_was_removed_is_named_and_the_others_joins_are_posted() {
    let scene = scene().wanting(vec![wanted(US), wanted(OTHER)]).listing(vec![pending(OTHER)]).then(join());
    let decision = scene.posted(US).missing_for(Duration::minutes(5)).decide();
    let expected = Reason::RemovedMeanwhile { tenant: US, owner: OWNER };
    assert_eq!(decision.step, Step::Finish(Finish::Rejected(expected)));
    assert_eq!(joining(&decision), [OTHER]);
}

// What follows

fn join() -> Then {
    Then { join: Some(JoinWish::default()), sync: None }
}

fn join_and_sync() -> Then {
    Then { sync: Some(SyncWish::default()), ..join() }
}

fn joining(decision: &Decision) -> Vec<TenantId> {
    decision.children.iter().map(|child| child.about[0]).collect()
}

#[rstest]
#[case::nobody_unless_asked_for(scene().listing(vec![pending(US)]), &[])]
#[case::nobody_for_the_sake_of_sync_alone(
    scene().then(Then { join: None, ..join_and_sync() }).listing(vec![pending(US)]), &[]
)]
#[case::the_pending(scene().then(join()).listing(vec![pending(US)]), &[US])]
#[case::not_before_it_is_listed(scene().then(join()), &[])]
#[case::not_while_it_is_being_removed(scene().then(join()).listing(vec![leaving(pending(US))]), &[])]
#[case::not_in_an_unknown_state(scene().then(join()).listing(vec![odd_state(pending(US))]), &[])]
#[case::not_an_active_one(scene().then(join()).listing(vec![active(US)]), &[])]
#[case::an_active_one_for_what_follows_a_join(scene().then(join_and_sync()).listing(vec![active(US)]), &[US])]
#[case::not_an_active_one_that_is_being_removed(
    scene().then(join_and_sync()).listing(vec![leaving(active(US))]), &[]
)]
#[case::not_an_external_one(
    scene().wanting(vec![external(US), wanted(OTHER)]).then(join()).listing(vec![pending(US), pending(OTHER)]),
    &[OTHER]
)]
#[case::those_listed_while_others_are_being_added(
    scene().wanting(vec![wanted(US), wanted(OTHER)]).then(join()).listing(vec![pending(OTHER)]), &[OTHER]
)]
#[case::those_listed_while_others_are_waited_for(
    scene().wanting(vec![wanted(US), wanted(OTHER)]).then(join())
        .listing(vec![leaving(active(US)), pending(OTHER)]),
    &[OTHER]
)]
#[case::nobody_in_the_name_of_a_mere_member(
    scene().then(join()).own(organization(vec![active(OWNER), pending(US)])), &[]
)]
fn join_is_posted_for(#[case] scene: Scene, #[case] expected: &[TenantId]) {
    assert_eq!(joining(&scene.decide()), expected);
}

#[test]
fn join_inherits_templates_and_sync() {
    let then = Then { join: Some(JoinWish { templates: Some(Templates::AdminCenter) }), ..join_and_sync() };
    let decision = scene().then(then).listing(vec![pending(US)]).decide();
    let expected = JoinData {
        tenant: TenantRef::from(US),
        owner: TenantRef::from(OWNER),
        templates: Some(Templates::AdminCenter),
        then: Some(Then { join: None, sync: Some(SyncWish::default()) }),
        dry_run: false,
    };
    assert_eq!(decision.children[0].data, CommandData::Join(expected));
}

#[rstest]
#[case::told_if_somebody_was_to_join(scene().then(join()), true)]
#[case::not_if_nobody_was(scene(), false)]
fn an_external_tenants_own_join_is(#[case] scene: Scene, #[case] told: bool) {
    let decision = scene.wanting(vec![external(US)]).listing(vec![pending(US)]).decide();
    assert_eq!(line(&decision.step), "succeeded");
    let note = |note: &String| note.contains("is external") && note.contains(&US.to_string());
    assert_eq!(notes(&decision).iter().any(note), told);
}

#[rstest]
#[case::not_told_while_all_may_be_active(3, false)]
#[case::told_above_it(2, true)]
fn the_limit_of_active_tenants_is(#[case] active_tenants: usize, #[case] told: bool) {
    let scene = scene().listing(vec![pending(US), pending(OTHER)]);
    let limits = Limits { active_tenants, ..Limits::default() };
    let decision = decide(&scene.aim, &scene.observed, &scene.journal, &Timing { now: NOW, limits: &limits });
    assert_eq!(line(&decision.step), "succeeded");
    assert_eq!(notes(&decision).iter().any(|note| note.contains("may be active")), told);
}

#[test]
fn the_limit_does_not_keep_anybody_from_being_added() {
    let scene = scene();
    let limits = Limits { active_tenants: 1, ..Limits::default() };
    let decision = decide(&scene.aim, &scene.observed, &scene.journal, &Timing { now: NOW, limits: &limits });
    assert_eq!(line(&decision.step), "act add-tenant");
}
