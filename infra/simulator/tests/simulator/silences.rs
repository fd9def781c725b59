//! What the reference is silent about (12): there is an answer, marked (unverified) in the code, and nothing breaks.

use entra_simulator::Options;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{JOIN, JOIN_SECONDS, Lab, MTO, TENANTS, ZERO, assert_has, method};

#[test]
fn the_join_request_of_the_owner_looks_as_before_any_request_and_stays_so() {
    let lab = Lab::formed(1, Options::default());
    let empty =
        json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null});
    assert_has(&lab.get(0, JOIN), &empty);
    lab.join(0, 0);
    lab.join(0, 1);
    lab.reset_join(0);
    lab.pass(JOIN_SECONDS);
    assert_has(&lab.get(0, JOIN), &empty);
    assert_eq!(lab.listed(0).len(), 2);
}

#[test]
fn an_owner_that_asks_to_join_elsewhere_fails_and_keeps_its_organization() {
    let lab = Lab::formed(1, Options::default());
    lab.put(2, MTO, json!({"displayName": "Another"}), 201);
    lab.add(2, 0);
    lab.join(0, 2);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.join_status(0), "failed");
    assert_eq!(lab.get(0, MTO)["displayName"], "Group");
    lab.reset_join(0);
    assert_eq!(lab.get(0, JOIN)["addedByTenantId"], ZERO);
}

#[test]
fn a_second_join_request_while_one_is_pending_is_taken_and_changes_nothing() {
    let lab = Lab::new(3, Options::default());
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.put(2, MTO, json!({"displayName": "Another"}), 201);
    lab.add(0, 1);
    lab.add(2, 1);
    lab.join(1, 0);
    let queued = lab.get(1, JOIN);
    lab.join(1, 2);
    assert_eq!(lab.get(1, JOIN), queued);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.get(1, JOIN)["addedByTenantId"], json!(lab.id(0)));
    assert_eq!(lab.get(1, MTO)["displayName"], "Group");
}

#[rstest]
#[case::a_role_by_a_member("PATCH", "{row 2}", json!({"role": "owner"}), 403, "Authorization_RequestDenied")]
#[case::its_own_role_by_a_member("PATCH", "{row 1}", json!({"role": "owner"}), 403, "Authorization_RequestDenied")]
#[case::a_member_adds("POST", TENANTS, json!({"tenantId": ZERO, "displayName": "x"}), 403, "Authorization_RequestDenied")]
#[case::a_member_renames("PATCH", MTO, json!({"displayName": "x"}), 403, "Authorization_RequestDenied")]
#[case::a_member_removes("DELETE", "{row 2}", Value::Null, 403, "Authorization_RequestDenied")]
fn a_member_is_denied(
    #[case] verb: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let lab = Lab::formed(2, Options::default());
    let path = path.replace("{row 1}", &lab.row(1)).replace("{row 2}", &lab.row(2));
    let reply = lab.call(1, method(verb), &path, &body);
    assert_eq!((reply.status, reply.code()), (status, code));
}

#[rstest]
#[case::its_own_tenant("POST", TENANTS, json!({"tenantId": "{0}", "displayName": "x"}), 400)]
#[case::a_malformed_id("POST", TENANTS, json!({"tenantId": "not-a-guid", "displayName": "x"}), 400)]
#[case::a_number_for_an_id("POST", TENANTS, json!({"tenantId": 7, "displayName": "x"}), 400)]
#[case::no_name_for_a_row("POST", TENANTS, json!({"tenantId": "{2}"}), 400)]
#[case::no_role("PATCH", "{row 1}", json!({}), 400)]
#[case::its_own_role("PATCH", "{row 0}", json!({"role": "member"}), 400)]
#[case::a_malformed_row(
    "GET",
    "/tenantRelationships/multiTenantOrganization/tenants/not-a-guid",
    Value::Null,
    404
)]
#[case::a_malformed_row_to_remove(
    "DELETE",
    "/tenantRelationships/multiTenantOrganization/tenants/not-a-guid",
    Value::Null,
    404
)]
#[case::a_malformed_owner("PATCH", JOIN, json!({"addedByTenantId": "not-a-guid"}), 400)]
#[case::no_owner("PATCH", JOIN, json!({}), 400)]
#[case::null_for_an_owner("PATCH", JOIN, json!({"addedByTenantId": null}), 400)]
#[case::an_empty_rename("PATCH", MTO, json!({"displayName": ""}), 400)]
#[case::the_state("PATCH", MTO, json!({"state": "inactive"}), 400)]
fn a_wrong_request_of_the_owner_is_answered(
    #[case] verb: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
) {
    let lab = Lab::formed(1, Options::default());
    let before = (lab.get(0, MTO), lab.get(0, TENANTS));
    let path = path.replace("{row 0}", &lab.row(0)).replace("{row 1}", &lab.row(1));
    let text = body.to_string().replace("{0}", &lab.id(0).to_string()).replace("{2}", &lab.id(2).to_string());
    let reply = lab.call(0, method(verb), &path, &serde_json::from_str(&text).expect("JSON"));
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(["Request_BadRequest", "Request_ResourceNotFound"].contains(&reply.code()), "{}", reply.body);
    assert_eq!((lab.get(0, MTO), lab.get(0, TENANTS)), before, "nothing changed");
}

#[rstest]
#[case::nothing(json!({}))]
#[case::null(json!({"displayName": null}))]
#[case::empty(json!({"displayName": " "}))]
#[case::a_number(json!({"displayName": 1}))]
#[case::only_a_description(json!({"description": "x"}))]
fn a_put_or_patch_without_a_name_creates_nothing(#[case] body: Value) {
    let lab = Lab::new(1, Options::default());
    for verb in [Method::PUT, Method::PATCH] {
        let reply = lab.call(0, verb, MTO, &body);
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"));
    }
    assert_eq!(lab.get(0, MTO)["state"], "inactive");
}

#[test]
fn a_tenant_without_an_organization_lists_nothing_and_cannot_add() {
    let lab = Lab::new(2, Options::default());
    assert_eq!(lab.get(0, TENANTS)["value"], json!([]));
    let reply = lab.call(0, Method::POST, TENANTS, &json!({"tenantId": lab.id(1), "displayName": "x"}));
    assert_eq!((reply.status, reply.code()), (404, "Directory_ObjectNotFound"));
    assert_eq!(lab.call(0, Method::GET, &lab.row(0), &Value::Null).status, 404);
}
