//! Reference 3.

use entra_simulator::{Change, Options, Seed};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{JOIN, JOIN_SECONDS, Lab, MTO, REMOVAL_SECONDS, ZERO, assert_has};

fn failed(lab: &Lab, tenant: usize) -> Value {
    assert_has(
        &lab.get(tenant, JOIN),
        &json!({"memberState": "pending", "role": null, "transitionDetails":
            {"desiredMemberState": "active", "status": "failed", "details": "DirectoryService Exception"}}),
    );
    lab.simulator.state()["tenants"]
        .as_array()
        .expect("tenants")
        .iter()
        .find(|found| found["tenantId"] == json!(lab.id(tenant)))
        .expect("the tenant")["lastJoinFailure"]
        .clone()
}

#[test]
fn a_join_without_being_added_is_taken_and_fails_later() {
    let lab = Lab::formed(0, Options::default());
    lab.join(1, 0);
    assert_eq!(lab.join_status(1), "notStarted");
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 1), "not added by that owner");
}

#[test]
fn a_failed_join_has_to_be_reset_before_the_next_try_counts() {
    let lab = Lab::formed(0, Options::default());
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    lab.add(0, 1);
    lab.join(1, 0);
    assert_eq!(lab.join_status(1), "failed", "without a reset nothing happens");
    lab.reset_join(1);
    let reset =
        json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null});
    assert_has(&lab.get(1, JOIN), &reset);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_has(
        &lab.get(1, JOIN),
        &json!({"memberState": "active", "role": "member", "transitionDetails": null}),
    );
}

#[test]
fn a_second_request_and_a_reset_while_one_is_under_way_change_nothing() {
    let lab = Lab::formed(0, Options::default());
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS / 2);
    lab.join(1, 0);
    lab.reset_join(1);
    lab.pass(JOIN_SECONDS / 2);
    assert_eq!(lab.get(1, JOIN)["memberState"], "active");
}

#[test]
fn a_tenant_that_was_added_by_another_owner_is_not_added_by_this_one() {
    for (join_by_any_owner, joins) in [(false, false), (true, true)] {
        let lab = Lab::formed(1, Options { join_by_any_owner, ..Options::default() });
        lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
        lab.pass(120);
        lab.add(0, 2);
        lab.join(2, 1);
        lab.pass(JOIN_SECONDS);
        assert_eq!(lab.get(2, MTO)["state"] == "active", joins);
    }
}

#[test]
fn a_tenant_in_another_organization_fails_to_join() {
    let lab = Lab::formed(1, Options::default());
    lab.put(2, MTO, json!({"displayName": "Another"}), 201);
    lab.add(2, 1);
    lab.join(1, 2);
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 1), "already in a multi-tenant organization");
    assert_eq!(lab.listed(1), lab.ids(&[0, 1]));
}

#[test]
fn the_tenant_limit_is_enforced_at_join_and_not_when_adding() {
    let lab = Lab::formed(1, Options { tenant_limit: 2, ..Options::default() });
    lab.add(0, 2);
    lab.join(2, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 2), "the tenant limit would be exceeded");
}

#[test]
fn the_preview_takes_five_tenants_and_today_takes_a_hundred() {
    for (preview_limits, tenants, last_joins) in [(true, 6, false), (false, 6, true), (false, 101, false)] {
        let options =
            Options { preview_limits, list_order: entra_simulator::ListOrder::Added, ..Options::immediate() };
        let lab = Lab::formed(tenants - 1, options);
        let active = lab.listed(1).len();
        assert_eq!(active == tenants, last_joins, "{active} of {tenants}");
        assert_eq!(active, if preview_limits { 5 } else { tenants.min(100) });
    }
}

#[rstest]
#[case::off(Options::default(), true)]
#[case::switched_on(Options { internal_user_limit_at_join: true, ..Options::default() }, false)]
#[case::preview(Options { preview_limits: true, ..Options::default() }, false)]
fn the_internal_user_limit_counts_only_where_it_is_switched_on(
    #[case] options: Options,
    #[case] joins: bool,
) {
    let lab = Lab::formed(0, options);
    lab.script(Change::InternalUsers { tenant: lab.id(1), count: 100_001 });
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(1, MTO)["state"] == "active", joins);
}

#[test]
fn a_provider_and_its_customer_cannot_share_an_organization() {
    let lab = Lab::formed(0, Options::default());
    lab.post(0, super::support::PARTNERS, json!({"tenantId": lab.id(1), "isServiceProvider": true}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 1), "a cloud solution provider and its customer cannot share an organization");
}

#[test]
fn a_join_fails_when_its_row_is_removed_while_it_runs() {
    let lab = Lab::formed(0, Options::default());
    lab.add(0, 1);
    lab.join(1, 0);
    lab.delete(0, &lab.row(1), 204);
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 1), "not added by that owner");
}

#[test]
fn a_join_survives_the_demotion_of_the_owner_that_added_the_tenant() {
    let lab = Lab::formed(1, Options::default());
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    lab.pass(120);
    lab.add(0, 2);
    lab.join(2, 0);
    lab.patch(1, &lab.row(0), json!({"role": "member"}), 204);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(2, MTO)["state"], "active");
}

#[test]
fn nobody_joins_an_organization_that_is_being_dissolved() {
    let lab = Lab::formed(0, Options::default());
    lab.script(Change::JoinDuration { tenant: lab.id(1), seconds: Some(REMOVAL_SECONDS - 1) });
    lab.add(0, 1);
    lab.join(1, 0);
    lab.delete(0, &lab.row(0), 204);
    lab.pass(REMOVAL_SECONDS - 1);
    assert_eq!(failed(&lab, 1), "the organization is being dissolved");
}

#[test]
fn scripted_failures_hit_so_many_joins_and_no_more() {
    let lab = Lab::formed(0, Options::default());
    lab.script(Change::FailJoins { tenant: lab.id(1), count: 1 });
    lab.script(Change::JoinDuration { tenant: lab.id(1), seconds: Some(10) });
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(10);
    assert_eq!(failed(&lab, 1), "scripted failure");
    lab.reset_join(1);
    lab.join(1, 0);
    lab.pass(10);
    assert_eq!(lab.get(1, JOIN)["memberState"], "active");
}

#[test]
fn the_preview_wait_between_adding_and_joining_is_a_switch() {
    let lab = Lab::formed(0, Options { add_to_join_wait_seconds: 2 * JOIN_SECONDS, ..Options::default() });
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(failed(&lab, 1), "joined too early after being added");
}

#[test]
fn the_join_record_of_2023_shows_active_at_once() {
    let lab = Lab::formed(0, Options { join_record_active_at_once: true, ..Options::default() });
    lab.add(0, 1);
    lab.join(1, 0);
    let record = lab.get(1, JOIN);
    assert_has(&record, &json!({"memberState": "active", "role": "member"}));
    assert_eq!(record["transitionDetails"]["status"], "notStarted");
    assert_eq!(lab.get(1, MTO)["state"], "inactive");
}

#[test]
fn leaving_touches_nothing_but_the_flag_and_joining_again_works() {
    let lab = Lab::formed(1, Options::default());
    lab.patch(0, &lab.partner(1), json!({"inboundTrust": {"isMfaAccepted": true}}), 204);
    let organization_id = lab.get(1, MTO)["id"].clone();
    lab.delete(1, &lab.row(1), 204);
    lab.pass(REMOVAL_SECONDS);
    let kept = lab.get(0, &lab.partner(1));
    assert_has(
        &kept,
        &json!({"isInMultiTenantOrganization": false, "inboundTrust": {"isMfaAccepted": true}}),
    );
    lab.get(1, &format!("{}/identitySynchronization", lab.partner(0)));
    assert_eq!(lab.get(1, JOIN)["addedByTenantId"], ZERO);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(1, MTO)["id"], organization_id, "ids stay");
    assert_eq!(lab.get(0, &lab.partner(1))["isInMultiTenantOrganization"], true);
}

#[test]
fn transitions_happen_in_the_order_of_time_however_late_one_looks() {
    let seed = Seed::demo(3);
    let lab = Lab::with(seed, Options::default());
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(10);
    lab.add(0, 2);
    lab.join(2, 0);
    lab.pass(30 * 24 * 3_600);
    let (first, second) = (lab.get(0, &lab.row(1)), lab.get(0, &lab.row(2)));
    assert_eq!(first["joinedDateTime"], "2026-11-21T11:00:00Z");
    assert_eq!(second["joinedDateTime"], "2026-11-21T11:00:10Z");
}
