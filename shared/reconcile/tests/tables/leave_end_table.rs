//! leave: who writes, what is remembered, what follows, what is told.

use crate::leave_scene::*;
use std::collections::BTreeSet;

use crate::support::*;
use mto_messages::{
    Cleanup, CommandData, Confirm, Journal, LeaveData, LeaveMode, SyncAction, SyncData, SyncTargets,
    TenantId, TenantRef,
};
use mto_reconcile::leave::left_open;
use mto_reconcile::{Change, Decision, Finish, Progress, Reason, Step};
use rstest::rstest;

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
