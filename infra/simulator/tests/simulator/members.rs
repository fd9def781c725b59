//! Reference 1 and 2.

use entra_simulator::{ListOrder, Options, Seed};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{JOIN_SECONDS, Lab, MTO, REMOVAL_SECONDS, TENANTS, assert_has};

#[test]
fn a_second_put_is_a_bad_request_with_the_observed_text() {
    let lab = Lab::formed(0, Options::default());
    let reply = lab.call(0, Method::PUT, MTO, &json!({"displayName": "Again"}));
    assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"));
    assert_eq!(reply.body["error"]["message"], "Method not supported for update operation.");
}

#[test]
fn patch_creates_an_organization_where_there_is_none_and_renames_it_afterwards() {
    let lab = Lab::new(1, Options::default());
    lab.patch(0, MTO, json!({"displayName": "Made by PATCH"}), 204);
    lab.patch(0, MTO, json!({"description": "text"}), 204);
    assert_has(
        &lab.get(0, MTO),
        &json!({"displayName": "Made by PATCH", "description": "text", "state": "active"}),
    );
}

#[test]
fn a_member_tenant_cannot_rename_add_promote_or_remove_others() {
    let lab = Lab::formed(2, Options::default());
    lab.patch(1, MTO, json!({"displayName": "Mine"}), 403);
    lab.post(1, TENANTS, json!({"tenantId": lab.id(3), "displayName": "New"}), 403);
    lab.patch(1, &lab.row(2), json!({"role": "owner"}), 403);
    lab.delete(1, &lab.row(2), 403);
}

#[test]
fn a_creation_that_is_not_visible_yet_reads_as_inactive_and_refuses_a_second_put() {
    let lab = Lab::new(1, Options { creation_visible_after_seconds: 120, ..Options::default() });
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    assert_eq!(lab.get(0, MTO)["state"], "inactive");
    lab.put(0, MTO, json!({"displayName": "Group"}), 400);
    lab.pass(120);
    assert_eq!(lab.get(0, MTO)["state"], "active");
}

#[test]
fn two_tenants_see_the_same_organization_under_different_ids() {
    let lab = Lab::formed(1, Options::default());
    assert_ne!(lab.get(0, MTO)["id"], lab.get(1, MTO)["id"]);
    let (mine, theirs) = (lab.get(0, &lab.row(1)), lab.get(1, &lab.row(1)));
    assert_ne!(mine["id"], theirs["id"]);
    assert_eq!(mine["tenantId"], theirs["tenantId"]);
}

#[test]
fn adding_a_listed_tenant_again_is_refused_with_the_observed_text() {
    let lab = Lab::formed(1, Options::default());
    lab.add(0, 2);
    for tenant in [0, 1, 2] {
        let reply =
            lab.call(0, Method::POST, TENANTS, &json!({"tenantId": lab.id(tenant), "displayName": "x"}));
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"), "tenant {tenant}");
        assert_eq!(
            reply.body["error"]["message"],
            "Tenant is already being added in Multi-Tenant Organization."
        );
        assert_eq!(
            reply.body["error"]["innerError"]["client-request-id"],
            "11111111-2222-4333-8444-555555555555"
        );
    }
}

#[test]
fn what_is_gone_and_what_never_was_have_different_codes() {
    let lab = Lab::formed(1, Options::default());
    lab.delete(0, &lab.row(1), 204);
    let again = lab.call(0, Method::DELETE, &lab.row(1), &Value::Null);
    assert_eq!(again.status, 400, "the misleading answer while the removal runs");
    assert_eq!(again.body["error"]["message"], "Tenant is already being added in Multi-Tenant Organization.");
    lab.pass(REMOVAL_SECONDS);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(lab.call(0, method.clone(), &lab.row(1), &Value::Null).code(), "Directory_ObjectNotFound");
        let never = lab.call(0, method, &lab.row(2), &Value::Null);
        assert_eq!((never.status, never.code()), (404, "Request_ResourceNotFound"));
    }
    lab.add(0, 1);
}

#[test]
fn a_role_change_shows_the_old_role_and_the_desire_until_it_is_done() {
    let lab = Lab::formed(1, Options::default());
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    assert_has(
        &lab.get(0, &lab.row(1)),
        &json!({"role": "member", "state": "active", "transitionDetails":
            {"desiredState": "active", "desiredRole": "owner", "status": "notStarted", "details": null}}),
    );
    lab.pass(60);
    assert_eq!(lab.get(0, &lab.row(1))["transitionDetails"]["status"], "running");
    lab.pass(60);
    assert_has(&lab.get(0, &lab.row(1)), &json!({"role": "owner", "transitionDetails": null}));
}

#[test]
fn a_pending_tenant_promoted_to_owner_arrives_as_owner() {
    let lab = Lab::formed(0, Options::default());
    lab.add(0, 1);
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_has(&lab.get(1, &lab.row(1)), &json!({"role": "owner", "state": "active"}));
    lab.delete(1, &lab.row(0), 204);
}

#[test]
fn every_switch_of_the_row_shapes_changes_what_it_names() {
    let options = Options {
        delete_answers_member: true,
        pending_transition_in_list: false,
        wanted_role_at_once: true,
        removed_state_while_running: true,
        member_ids: false,
        undeclared_properties: true,
        post_echoes_role: false,
        ..Options::default()
    };
    let lab = Lab::formed(0, options);
    let body = json!({"tenantId": lab.id(1), "displayName": "Fabrikam", "role": "owner"});
    let made = lab.post(0, TENANTS, body, 201);
    assert_eq!(made["role"], "owner", "the wanted role at once");
    assert_eq!(made["multiTenantOrgLabelType"], "none");
    assert_eq!(made.get("id"), None);
    assert_eq!(lab.get(0, &lab.row(1))["transitionDetails"], Value::Null);
    assert_eq!(lab.delete(0, &lab.row(1), 200)["tenantId"], json!(lab.id(1)));
    lab.pass(60);
    assert_eq!(lab.get(0, &lab.row(1))["state"], "removed");
}

#[test]
fn the_list_filters_by_tenant_id_selects_properties_and_refuses_top_and_skip() {
    let lab = Lab::formed(2, Options::default());
    let one =
        lab.get(0, &format!("{TENANTS}?$filter=tenantId%20eq%20'{}'&$select=tenantId,state", lab.id(2)));
    assert_eq!(one["value"], json!([{"tenantId": lab.id(2), "state": "active"}]));
    for option in ["$top=1", "$skip=1", "$filter=nickname%20eq%20'x'"] {
        let reply = lab.call(0, Method::GET, &format!("{TENANTS}?{option}"), &Value::Null);
        assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"), "{option}");
    }
}

#[test]
fn the_order_of_rows_is_a_switch() {
    let lab = Lab::formed(3, Options { list_order: ListOrder::TenantId, ..Options::default() });
    let mut sorted = lab.ids(&[0, 1, 2, 3]);
    sorted.sort();
    assert_eq!(lab.listed(1), sorted);
}

/// Who is removed by whom (2.6): 0 is the creator and owner, 1 an owner, 2 a member.
#[rstest]
#[case::a_member_leaves(2, 2, 204, 204)]
#[case::an_owner_removes_a_member(0, 2, 204, 204)]
#[case::an_owner_removes_an_owner(0, 1, 204, 400)]
#[case::an_owner_removes_the_creator(1, 0, 204, 400)]
#[case::an_owner_leaves_another_remains(1, 1, 204, 204)]
#[case::a_member_removes_another(2, 1, 403, 403)]
fn removals_follow_the_table_in_both_variants(
    #[case] caller: usize,
    #[case] target: usize,
    #[case] reference: u16,
    #[case] strict: u16,
) {
    for (strict_removal, status) in [(false, reference), (true, strict)] {
        let lab = Lab::formed(2, Options { strict_removal, ..Options::default() });
        lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
        lab.pass(120);
        lab.delete(caller, &lab.row(target), status);
        lab.pass(REMOVAL_SECONDS);
        assert_eq!(lab.simulator.violations(), Vec::<String>::new());
    }
}

#[test]
fn in_the_strict_variant_a_demoted_creator_still_cannot_be_removed() {
    for (strict_removal, status) in [(false, 204), (true, 400)] {
        let lab = Lab::formed(1, Options { strict_removal, ..Options::default() });
        lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
        lab.pass(120);
        lab.patch(1, &lab.row(0), json!({"role": "member"}), 204);
        lab.pass(120);
        lab.delete(1, &lab.row(0), status);
    }
}

#[test]
fn the_last_owner_can_neither_leave_nor_be_demoted_while_members_remain() {
    let lab = Lab::formed(1, Options::default());
    lab.delete(0, &lab.row(0), 400);
    lab.patch(0, &lab.row(0), json!({"role": "member"}), 400);
    let lab = Lab::formed(1, Options { last_owner_may_leave: true, ..Options::default() });
    lab.delete(0, &lab.row(0), 204);
}

#[test]
fn the_only_active_tenant_may_leave_although_others_are_pending_and_the_organization_ends() {
    let lab = Lab::formed(0, Options::default());
    lab.add(0, 1);
    lab.join(1, 0);
    lab.delete(0, &lab.row(0), 204);
    lab.pass(REMOVAL_SECONDS);
    assert_eq!(lab.get(0, MTO)["state"], "inactive");
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.join_status(1), "failed");
    assert_eq!(lab.simulator.violations(), Vec::<String>::new());
}

#[test]
fn a_seeded_organization_is_there_with_its_settings_from_the_start() {
    let mut seed = Seed::demo(3);
    let [owner, member, pending] = [0, 1, 2].map(|index| seed.tenants[index].tenant_id);
    seed.organizations = vec![
        serde_json::from_value(json!({"owner": owner, "displayName": "Old group", "members": [
            {"tenantId": member, "displayName": "Fabrikam", "state": "active", "role": "owner"},
            {"tenantId": pending, "displayName": "Tailspin"},
        ]}))
        .expect("an organization"),
    ];
    let lab = Lab::with(seed, Options::default());
    assert_eq!(lab.listed(1), lab.ids(&[0, 1, 2]));
    assert_eq!(lab.get(1, &lab.row(1))["role"], "owner");
    assert_eq!(lab.simulator.violations(), Vec::<String>::new());
}
