//! leave: how many users a plan says would be taken back.

use std::collections::BTreeMap;

use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{Names, TenantId};
use mto_reconcile::leave::{Synchronizations, users_to_take_back};
use mto_reconcile::sync::Configuration;
use mto_reconcile::{Reading, Unreadable};
use uuid::Uuid;

fn keeping(users: u64) -> Configuration {
    with_job(|job| job.users = users)
}

fn told(pairs: &[(TenantId, TenantId)], seen: &Synchronizations) -> Vec<String> {
    users_to_take_back(pairs, seen).iter().map(|note| note.text(&Names::default())).collect()
}

#[test]
fn each_ordered_pair_is_told_and_the_number_to_confirm_is_the_largest_of_them() {
    let seen = BTreeMap::from([
        (US, Reading::Seen(vec![(OTHER, keeping(2)), (OWNER, keeping(9))])),
        (OTHER, Reading::Seen(vec![(US, keeping(5))])),
    ]);
    let told = told(&[(US, OTHER), (OTHER, US)], &seen);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("\"users\": 5") && told[0].contains("at most 5 synchronized users"),
        "{}",
        told[0]
    );
    assert_eq!(
        told[1],
        format!("would be taken back: 5 users from {OTHER} in {US}; 2 users from {US} in {OTHER}")
    );
}

#[test]
fn where_nobody_is_synchronized_the_number_is_zero() {
    let seen =
        BTreeMap::from([(US, Reading::Seen(vec![(OTHER, fresh())])), (OTHER, Reading::Seen(Vec::new()))]);
    let told = told(&[(US, OTHER), (OTHER, US)], &seen);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("\"users\": 0"), "{}", told[0]);
}

#[test]
fn the_job_is_counted_that_would_be_restarted() {
    let running = keeping(3);
    let stopped = with_job_of(numbered(0, keeping(8)), |job| job.is_enabled = false);
    let seen = BTreeMap::from([(US, Reading::Seen(vec![(OTHER, stopped), (OTHER, running)]))]);
    assert!(told(&[(US, OTHER)], &seen)[0].contains("\"users\": 3"));
}

#[test]
fn a_tenant_that_could_not_be_read_is_named_and_the_number_may_be_larger() {
    let seen = BTreeMap::from([
        (US, Reading::Seen(vec![(OTHER, keeping(2))])),
        (OTHER, Reading::Unreadable(denied())),
        (OWNER, Reading::Unreadable(Unreadable::External)),
    ]);
    let told = told(&[(US, OTHER), (OTHER, US), (OWNER, US)], &seen);
    assert!(told[0].contains("or a larger one"), "{}", told[0]);
    assert!(told[1].contains("could not be seen") && told[1].contains(&OTHER.to_string()), "{}", told[1]);
    assert!(
        !told.join(" ").contains(&OWNER.to_string()),
        "an external tenant keeps what it shares: {told:?}"
    );
}

#[test]
fn many_pairs_fit_a_plan_the_largest_first_and_the_rest_is_counted() {
    let tenant = |number: u128| TenantId::new(Uuid::from_u128(number));
    let pairs: Vec<_> = (1..=60).map(|number| (tenant(number), US)).collect();
    let seen = pairs
        .iter()
        .zip(1_u64..)
        .map(|((source, _), users)| (*source, Reading::Seen(vec![(US, keeping(users))])));
    let told = told(&pairs, &seen.collect());
    assert!(told.len() <= 8 && told.iter().all(|note| note.chars().count() < 1_000), "{told:?}");
    assert!(told[0].contains("\"users\": 60") && told[1].contains("60 users from"), "{told:?}");
    assert!(told.last().unwrap().ends_with("and 30 pairs with no more users than these"), "{told:?}");
}
