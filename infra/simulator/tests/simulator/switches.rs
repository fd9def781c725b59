//! Both sides of every switch that stands for a disagreement (9.4) or a silence in sections 1 to 5.

use entra_simulator::{ListOrder, Options};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{IDENTITY_TEMPLATE, JOIN, JOIN_SECONDS, Lab, MTO, PARTNER_TEMPLATE, PARTNERS, TENANTS};

fn with(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    change(&mut options);
    options
}

#[rstest]
#[case::two_hours(7_200)]
#[case::four_hours(14_400)]
#[case::minutes(120)]
#[case::at_once(0)]
fn row_1_a_join_takes_as_long_as_it_is_set(#[case] seconds: u64) {
    let lab = Lab::new(2, with(|options| options.join_duration_seconds = seconds));
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    if seconds > 0 {
        lab.pass(seconds - 1);
        assert_eq!(lab.get(1, JOIN)["memberState"], "pending");
        lab.pass(1);
    }
    assert_eq!(lab.get(1, JOIN)["memberState"], "active");
}

#[rstest]
#[case::none(0, "active")]
#[case::two_hours_and_more(JOIN_SECONDS + 1, "inactive")]
fn row_2_a_wait_before_the_join_may_be_asked_for(#[case] wait: u64, #[case] state: &str) {
    let lab = Lab::new(2, with(|options| options.add_to_join_wait_seconds = wait));
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(1, MTO)["state"], state);
}

#[rstest]
#[case(false, 204)]
#[case(true, 200)]
fn row_4_delete_answers_nothing_or_the_row(#[case] delete_answers_member: bool, #[case] status: u16) {
    let lab = Lab::formed(1, Options { delete_answers_member, ..Options::default() });
    let body = lab.delete(0, &lab.row(1), status);
    assert_eq!(body["tenantId"] == json!(lab.id(1)), status == 200);
}

#[rstest]
#[case(true)]
#[case(false)]
fn row_5_a_pending_row_shows_a_transition_or_none(#[case] pending_transition_in_list: bool) {
    let lab = Lab::formed(0, Options { pending_transition_in_list, ..Options::default() });
    assert_eq!(lab.add(0, 1)["transitionDetails"], Value::Null);
    assert_eq!(lab.get(0, TENANTS)["value"][1]["transitionDetails"].is_object(), pending_transition_in_list);
}

#[rstest]
#[case(false, "member")]
#[case(true, "owner")]
fn row_6_a_promotion_shows_the_old_role_or_the_new_one(
    #[case] wanted_role_at_once: bool,
    #[case] role: &str,
) {
    let lab = Lab::formed(1, Options { wanted_role_at_once, ..Options::default() });
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    assert_eq!(lab.get(0, &lab.row(1))["role"], role);
}

#[rstest]
#[case(false, "pending")]
#[case(true, "active")]
fn row_7_a_join_record_is_pending_or_active_at_first(
    #[case] join_record_active_at_once: bool,
    #[case] state: &str,
) {
    let lab = Lab::formed(0, Options { join_record_active_at_once, ..Options::default() });
    lab.add(0, 1);
    lab.join(1, 0);
    assert_eq!(lab.get(1, JOIN)["memberState"], state);
}

#[rstest]
#[case(true, json!(""), 204)]
#[case(true, Value::Null, 204)]
#[case(true, json!("none"), 204)]
#[case(false, json!(""), 400)]
#[case(false, Value::Null, 400)]
#[case(false, json!("none"), 204)]
fn row_8_an_empty_level_means_none_or_nothing(
    #[case] empty_template_level: bool,
    #[case] level: Value,
    #[case] status: u16,
) {
    let lab = Lab::new(1, Options { empty_template_level, ..Options::default() });
    for template in [PARTNER_TEMPLATE, IDENTITY_TEMPLATE] {
        lab.patch(0, template, json!({"templateApplicationLevel": level}), status);
    }
}

#[rstest]
#[case(true, 200)]
#[case(false, 405)]
fn row_11_a_cloud_has_organizations_or_not(#[case] organizations_available: bool, #[case] status: u16) {
    let lab = Lab::new(1, Options { organizations_available, ..Options::default() });
    for path in [MTO, TENANTS, JOIN, PARTNER_TEMPLATE, IDENTITY_TEMPLATE] {
        assert_eq!(lab.call(0, Method::GET, path, &Value::Null).status, status, "{path}");
    }
    lab.get(0, PARTNERS);
}

#[rstest]
#[case(true, true, 201, 204)]
#[case(false, true, 405, 204)]
#[case(true, false, 201, 404)]
fn row_20_put_and_patch_create_or_do_not(
    #[case] put_creates: bool,
    #[case] patch_creates: bool,
    #[case] put: u16,
    #[case] patch: u16,
) {
    let lab = Lab::new(2, Options { put_creates, patch_creates, ..Options::default() });
    lab.put(0, MTO, json!({"displayName": "Group"}), put);
    lab.patch(1, MTO, json!({"displayName": "Group"}), patch);
    assert_eq!(lab.get(0, MTO)["state"] == "active", put == 201);
    assert_eq!(lab.get(1, MTO)["state"] == "active", patch == 204);
}

#[rstest]
#[case(false, 404)]
#[case(true, 204)]
fn row_21_the_misspelt_path_works_or_not(#[case] singular_tenant_path: bool, #[case] status: u16) {
    let lab = Lab::formed(1, Options { singular_tenant_path, ..Options::default() });
    lab.patch(0, &lab.row(1).replace("/tenants/", "/tenant/"), json!({"role": "owner"}), status);
}

#[rstest]
#[case(false, 400, true)]
#[case(true, 204, false)]
fn row_23_the_last_owner_stays_or_leaves(
    #[case] last_owner_may_leave: bool,
    #[case] status: u16,
    #[case] sound: bool,
) {
    let lab = Lab::formed(1, Options { last_owner_may_leave, ..Options::default() });
    lab.delete(0, &lab.row(0), status);
    lab.pass(super::support::REMOVAL_SECONDS);
    assert_eq!(lab.simulator.violations().is_empty(), sound, "it breaks a design constraint");
}

#[rstest]
#[case(true, "failed")]
#[case(false, "notStarted")]
fn a_failed_join_needs_a_reset_or_not(#[case] retry_needs_reset: bool, #[case] status: &str) {
    let lab = Lab::formed(0, Options { retry_needs_reset, ..Options::default() });
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    lab.join(1, 0);
    assert_eq!(lab.join_status(1), status);
}

#[rstest]
#[case(true, 201)]
#[case(false, 400)]
fn a_tenant_the_simulator_does_not_hold_is_added_or_not(
    #[case] unknown_tenants_may_be_added: bool,
    #[case] status: u16,
) {
    let lab = Lab::formed(0, Options { unknown_tenants_may_be_added, ..Options::default() });
    let body = json!({"tenantId": "99999999-0000-4000-8000-000000000001", "displayName": "x"});
    lab.post(0, TENANTS, body, status);
}

#[rstest]
#[case(false, "active")]
#[case(true, "removed")]
fn a_removal_that_runs_shows_its_state_or_not(
    #[case] removed_state_while_running: bool,
    #[case] state: &str,
) {
    let lab = Lab::formed(1, Options { removed_state_while_running, ..Options::default() });
    lab.delete(0, &lab.row(1), 204);
    assert_eq!(lab.get(0, &lab.row(1))["state"], "active", "not before it runs");
    lab.pass(60);
    assert_eq!(lab.get(0, &lab.row(1))["state"], state);
}

#[rstest]
#[case(false)]
#[case(true)]
fn a_tenant_without_an_organization_shows_an_id_or_not(#[case] inactive_shows_id: bool) {
    let lab = Lab::new(1, Options { inactive_shows_id, ..Options::default() });
    assert_eq!(lab.get(0, MTO)["id"].is_string(), inactive_shows_id);
}

#[rstest]
#[case(false)]
#[case(true)]
fn rows_have_ids_of_their_own_or_not(#[case] member_ids: bool) {
    let lab = Lab::formed(0, Options { member_ids, ..Options::default() });
    let row = lab.get(0, &lab.row(0));
    assert_eq!((row.get("id").is_some(), row.get("deletedDateTime").is_some()), (member_ids, member_ids));
}

#[rstest]
#[case(true, "owner")]
#[case(false, "member")]
fn the_answer_to_an_added_owner_echoes_the_role_or_not(#[case] post_echoes_role: bool, #[case] role: &str) {
    let lab = Lab::formed(0, Options { post_echoes_role, ..Options::default() });
    let body = json!({"tenantId": lab.id(1), "displayName": "x", "role": "owner"});
    assert_eq!(lab.post(0, TENANTS, body, 201)["role"], role);
    assert_eq!(lab.get(0, &lab.row(1))["role"], "member", "a desire until the join");
}

#[rstest]
#[case(false)]
#[case(true)]
fn bodies_carry_undeclared_properties_or_not(#[case] undeclared_properties: bool) {
    let lab = Lab::formed(1, Options { undeclared_properties, ..Options::default() });
    let row = lab.get(0, &lab.row(1));
    assert_eq!(row.get("multiTenantOrgLabelType").is_some(), undeclared_properties);
    let partner = lab.get(0, &lab.partner(1));
    assert_eq!(partner.get("crossCloudMeetingConfiguration").is_some(), undeclared_properties);
}

#[rstest]
#[case(false, "inactive")]
#[case(true, "active")]
fn a_provider_and_its_customer_share_an_organization_or_not(
    #[case] provider_and_customer_may_share: bool,
    #[case] state: &str,
) {
    let lab = Lab::formed(0, Options { provider_and_customer_may_share, ..Options::default() });
    lab.post(1, PARTNERS, json!({"tenantId": lab.id(0), "isServiceProvider": true}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(1, MTO)["state"], state);
}

#[rstest]
#[case::in_the_default("/policies/crossTenantAccessPolicy/default")]
#[case::for_the_owner("")]
fn tenant_restrictions_hinder_a_join_only_in_the_preview(#[case] path: &str) {
    for (tenant_restrictions_block_join, state) in [(false, "active"), (true, "inactive")] {
        let lab = Lab::formed(0, Options { tenant_restrictions_block_join, ..Options::default() });
        lab.post(1, PARTNERS, json!({"tenantId": lab.id(0)}), 201);
        let own = lab.partner(0);
        let path = if path.is_empty() { &own } else { path };
        let restrictions = json!({"applications": {"accessType": "allowed", "targets": []}});
        lab.patch(1, path, json!({"tenantRestrictions": restrictions}), 204);
        lab.add(0, 1);
        lab.join(1, 0);
        lab.pass(JOIN_SECONDS);
        assert_eq!(lab.get(1, MTO)["state"], state);
    }
}

#[test]
fn the_order_of_rows_is_that_of_adding_or_of_ids() {
    for (list_order, sorted) in [(ListOrder::Added, false), (ListOrder::TenantId, true)] {
        let lab = Lab::formed(4, Options { list_order, ..Options::default() });
        let (listed, mut ids) = (lab.listed(0), lab.ids(&[0, 1, 2, 3, 4]));
        assert_eq!(listed == ids, !sorted);
        ids.sort();
        assert_eq!(listed == ids, sorted);
    }
}
