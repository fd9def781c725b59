//! The example of the seed documents: Annie (A), Bob and Barbara (B) and Charlie (C) are shared over A, B and C;
//! nobody of D.

use entra_simulator::Options;
use http::Method;
use serde_json::Value;

use super::support::{JOIN_SECONDS, Lab, MTO, assert_has};
use super::sync_support::{DAY, Sync, quick};

const PEOPLE: [(usize, &str); 4] =
    [(0, "Annie Adams"), (1, "Bob Baker"), (1, "Barbara Brown"), (2, "Charlie Clark")];

/// A, B and C in one organization, each with jobs to the two others for its group Shared.
fn shared() -> (Lab, Vec<Sync>) {
    let lab = Lab::new(4, Options { join_duration_seconds: JOIN_SECONDS, ..quick() });
    lab.put(0, MTO, serde_json::json!({"displayName": "Group"}), 201);
    for member in [1, 2] {
        lab.add(0, member);
        lab.join(member, 0);
    }
    lab.pass(JOIN_SECONDS);
    let mut syncs = Vec::new();
    for source in 0..3 {
        for target in (0..3).filter(|target| *target != source) {
            let sync = lab.configure(source, target, false);
            lab.assign(&sync, &lab.group(source, "Shared"));
            lab.start(&sync);
            syncs.push(sync);
        }
    }
    lab.cycle();
    (lab, syncs)
}

#[test]
fn everybody_who_is_shared_is_found_in_every_tenant_and_is_a_member_of_the_organization() {
    let (lab, _) = shared();
    lab.pass(DAY);
    for tenant in 0..3 {
        for (_, name) in PEOPLE {
            assert_eq!(lab.found_people(tenant, name), [name], "people search of {tenant}");
        }
        let elsewhere = PEOPLE.iter().filter(|(home, _)| *home != tenant).count();
        assert_has(
            &lab.segments(tenant),
            &serde_json::json!({"externalMemberInside": elsewhere, "externalGuestInside": 0,
                "externalMemberOutside": 0, "externalGuestOutside": 0}),
        );
        assert_eq!(lab.found_people(tenant, "Nadia"), ["Nadia Novak"], "the own one only: she is not shared");
    }
    assert_eq!(lab.found_people(3, "Annie"), Vec::<String>::new(), "D takes no part");
}

#[test]
fn nobody_is_found_before_people_search_knows_them() {
    let options = super::sync_support::quick_with(entra_simulator::DirectoryOptions {
        people_search_delay_seconds: 7 * DAY,
        ..entra_simulator::DirectoryOptions::default()
    });
    let lab = Lab::new(2, options);
    lab.running(Some(&["Annie Adams"]));
    assert!(lab.has(1, "Annie Adams"));
    lab.pass(7 * DAY - 10);
    assert_eq!(lab.found_people(1, "annie"), Vec::<String>::new());
    lab.pass(10);
    assert_eq!(lab.found_people(1, "annie"), ["Annie Adams"]);
    lab.patch(
        1,
        &format!("/users/{}", lab.user_id(1, "Annie Adams")),
        serde_json::json!({"showInAddressList": false}),
        204,
    );
    lab.pass(8 * DAY);
    assert_eq!(lab.found_people(1, "annie"), Vec::<String>::new(), "hidden from the address list");
}

#[test]
fn who_is_no_longer_shared_is_soft_deleted_elsewhere_and_stays_at_home() {
    let (lab, _) = shared();
    let member = format!("/groups/{}/members/{}/$ref", lab.group(1, "Shared"), lab.user_id(1, "Bob Baker"));
    assert_eq!(lab.call(1, Method::DELETE, &member, &Value::Null).status, 204);
    lab.cycle();
    for tenant in [0, 2] {
        assert_eq!(lab.deleted(tenant), ["Bob Baker"]);
        assert!(lab.has(tenant, "Barbara Brown"));
    }
    assert!(lab.has(1, "Bob Baker") && lab.deleted(1).is_empty());
}

#[test]
fn the_collaborating_user_set_says_who_is_represented_where() {
    let (lab, _) = shared();
    let path = format!("/_control/represented?tenant={}", lab.id(1));
    let reply = lab.send(http::Request::get(path).body(bytes::Bytes::new()).expect("a request"));
    let mut hosts: Vec<(String, u64)> = reply.body["value"]
        .as_array()
        .expect("tenants")
        .iter()
        .map(|one| {
            (one["tenantId"].as_str().expect("an id").to_owned(), one["count"].as_u64().expect("a number"))
        })
        .collect();
    hosts.sort();
    let mut wanted = vec![(lab.id(0).to_string(), 2), (lab.id(2).to_string(), 2)];
    wanted.sort();
    assert_eq!(hosts, wanted);
}

#[test]
fn who_is_restored_waits_for_people_search_again() {
    let lab = Lab::new(2, quick());
    lab.pass(DAY);
    assert_eq!(lab.found_people(0, "annie"), ["Annie Adams"]);
    let id = lab.user_id(0, "Annie Adams");
    lab.delete(0, &format!("/users/{id}"), 204);
    assert_eq!(lab.found_people(0, "annie"), Vec::<String>::new());
    lab.post(0, &format!("/directory/deletedItems/{id}/restore"), serde_json::json!({}), 200);
    assert_eq!(lab.found_people(0, "annie"), Vec::<String>::new());
    lab.pass(DAY);
    assert_eq!(lab.found_people(0, "annie"), ["Annie Adams"]);
}
