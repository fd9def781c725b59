//! join: what follows, and what is told.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::join_scene::*;

use crate::support::*;
use mto_messages::{CommandData, Scope, SyncAction, SyncTargets, SyncWish, TenantId, TenantRef, UserType};
use mto_reconcile::Decision;
use rstest::rstest;
use uuid::Uuid;

// What follows

fn group(number: u128) -> Scope {
    Scope { groups: vec![Uuid::from_u128(number)], ..Scope::default() }
}

/// Each child as source, target and scope.
fn pairs(decision: &Decision) -> Vec<(TenantId, TenantId, Scope)> {
    let pair = |child: &mto_reconcile::Child| {
        let CommandData::Sync(data) = &child.data else { panic!("join posts only sync") };
        let [source, target] = child.about[..] else { panic!("a pair") };
        assert_eq!(data.action, SyncAction::Configure);
        assert_eq!(data.source, Some(TenantRef::from(source)));
        assert_eq!(data.targets, Some(SyncTargets::Tenants(vec![TenantRef::from(target)])));
        (source, target, data.scope.clone().unwrap())
    };
    decision.children.iter().map(pair).collect()
}

fn four_members() -> Scene {
    scene().inside(vec![owner(OWNER), active(US), active(OTHER), pending(FOURTH)])
}

#[test]
fn sync_is_posted_both_ways_with_every_active_member_whose_source_has_a_scope() {
    let scopes = [(OWNER, group(1)), (US, group(2)), (FOURTH, group(4))];
    let decision = four_members().syncing(SyncWish::default(), &scopes).decide();
    let expected = vec![(US, OWNER, group(2)), (OWNER, US, group(1)), (US, OTHER, group(2))];
    assert_eq!(pairs(&decision), expected);
}

#[test]
fn those_without_a_scope_are_named_in_the_notes() {
    let decision = four_members().syncing(SyncWish::default(), &[(OWNER, group(1))]).decide();
    let note = notes(&decision).into_iter().find(|note| note.contains("not synchronised")).unwrap();
    assert!(note.contains(&US.to_string()) && note.contains(&OTHER.to_string()), "{note}");
    assert!(!note.contains(&OWNER.to_string()) && !note.contains(&FOURTH.to_string()), "{note}");
}

#[test]
fn nobody_is_named_if_all_have_a_scope() {
    let scopes = [(OWNER, group(1)), (US, group(2)), (OTHER, group(3))];
    let decision = four_members().syncing(SyncWish::default(), &scopes).decide();
    assert!(!notes(&decision).iter().any(|note| note.contains("not synchronised")));
}

#[test]
fn the_commands_scope_is_that_of_the_joining_tenant_only() {
    let wish = SyncWish { scope: Some(group(9)), user_type: Some(UserType::Guest) };
    let scene = scene().inside(vec![owner(OWNER), active(US)]).syncing(wish, &[(OWNER, group(1))]);
    let decision = scene.decide();
    assert_eq!(pairs(&decision), vec![(US, OWNER, group(9)), (OWNER, US, group(1))]);
    for child in &decision.children {
        let CommandData::Sync(data) = &child.data else { panic!("join posts only sync") };
        assert_eq!(data.user_type, Some(UserType::Guest));
    }
}

#[rstest]
#[case::unless_it_is_wished(four_members())]
#[case::before_we_are_active(scene().syncing(SyncWish::default(), &[(US, group(2)), (OWNER, group(1))]))]
#[case::while_we_are_being_removed(
    scene().inside(vec![owner(OWNER), leaving(active(US))])
        .syncing(SyncWish::default(), &[(US, group(2)), (OWNER, group(1))])
)]
#[case::in_another_organization(
    scene().inside(vec![owner(OTHER), active(US)]).syncing(SyncWish::default(), &[(US, group(2))])
)]
fn no_sync_is_posted(#[case] scene: Scene) {
    assert_eq!(scene.decide().children, Vec::new());
}

#[test]
fn success_says_what_it_does_not_do() {
    let decision = scene().inside(vec![owner(OWNER), active(US)]).decide();
    assert!(notes(&decision).iter().any(|note| note.contains("Teams external access")));
}
