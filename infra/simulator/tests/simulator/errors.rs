//! Reference 8.1 and 4A.

use bytes::Bytes;
use entra_simulator::{Change, Options, Seed};
use http::{Method, Request};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{IDENTITY_TEMPLATE, JOIN, Lab, MTO, PARTNERS, TENANTS};

#[test]
fn every_answer_carries_the_documented_headers() {
    let lab = Lab::new(1, Options::default());
    let reply = lab.call(0, Method::GET, MTO, &Value::Null);
    assert_eq!(reply.headers["client-request-id"], "11111111-2222-4333-8444-555555555555");
    assert_eq!(reply.headers["date"], "Sat, 21 Nov 2026 09:00:00 GMT");
    assert_eq!(reply.headers["x-ms-resource-unit"], "1");
    let diagnostic: Value =
        serde_json::from_slice(reply.headers["x-ms-ags-diagnostic"].as_bytes()).expect("JSON");
    assert!(diagnostic["ServerInfo"]["DataCenter"].is_string());
    let again = lab.call(0, Method::GET, MTO, &Value::Null);
    assert_ne!(reply.headers["request-id"], again.headers["request-id"]);
}

#[test]
fn an_error_names_date_and_request_ids() {
    let lab = Lab::new(2, Options::default());
    let reply = lab.call(0, Method::GET, &lab.row(1), &Value::Null);
    let inner = &reply.body["error"]["innerError"];
    assert_eq!(inner["date"], "2026-11-21T09:00:00");
    assert_eq!(inner["request-id"], reply.headers["request-id"].to_str().expect("text"));
    assert_eq!(inner["client-request-id"], "11111111-2222-4333-8444-555555555555");
}

#[test]
fn the_double_slash_of_official_clients_is_tolerated() {
    let lab = Lab::new(1, Options::default());
    assert_eq!(lab.call(0, Method::GET, &format!("/{MTO}"), &Value::Null).status, 200);
}

#[test]
fn wrong_methods_are_405_and_unknown_paths_404() {
    let lab = Lab::new(1, Options::default());
    for (method, path) in
        [(Method::DELETE, MTO), (Method::POST, MTO), (Method::DELETE, JOIN), (Method::PUT, TENANTS)]
    {
        let reply = lab.call(0, method, path, &Value::Null);
        assert_eq!((reply.status, reply.code()), (405, "Request_BadRequest"));
        assert_eq!(
            reply.body["error"]["message"],
            "Specified HTTP method is not allowed for the request target."
        );
    }
    assert_eq!(lab.call(0, Method::GET, "/me", &Value::Null).status, 404);
    let beta = Request::get(format!("/beta{MTO}")).body(Bytes::new()).expect("a request");
    assert_eq!(lab.send(beta).status, 404);
}

#[test]
fn a_cloud_without_organizations_answers_as_for_a_path_it_does_not_have() {
    let lab = Lab::new(1, Options { organizations_available: false, ..Options::default() });
    assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).status, 405);
    lab.get(0, PARTNERS);
}

/// One permission, one request: whether it is enough.
#[rstest]
#[case("MultiTenantOrganization.Read.All", Method::GET, MTO, true)]
#[case("MultiTenantOrganization.ReadWrite.All", Method::GET, MTO, true)]
#[case("MultiTenantOrganization.ReadBasic.All", Method::GET, MTO, false)]
#[case("MultiTenantOrganization.Read.All", Method::PUT, MTO, false)]
#[case("MultiTenantOrganization.ReadWrite.All", Method::PUT, MTO, true)]
#[case("MultiTenantOrganization.Read.All", Method::GET, JOIN, true)]
#[case("MultiTenantOrganization.Read.All", Method::GET, IDENTITY_TEMPLATE, true)]
#[case("Policy.Read.All", Method::GET, PARTNERS, true)]
#[case("MultiTenantOrganization.ReadWrite.All", Method::GET, PARTNERS, false)]
#[case("Policy.ReadWrite.CrossTenantAccess", Method::GET, PARTNERS, true)]
#[case("Directory.Read.All", Method::GET, TENANTS, false)]
fn one_of_the_documented_permissions_is_needed(
    #[case] permission: &str,
    #[case] method: Method,
    #[case] path: &str,
    #[case] enough: bool,
) {
    let mut seed = Seed::demo(1);
    seed.tenants[0].applications[0].permissions = vec![permission.to_owned()];
    let lab = Lab::with(seed, Options::default());
    let reply = lab.call(0, method, path, &json!({"displayName": "Group"}));
    if enough {
        assert!(reply.status < 300, "{}", reply.body);
    } else {
        assert_eq!((reply.status, reply.code()), (403, "Authorization_RequestDenied"));
        let text = "Insufficient privileges to complete the operation.";
        assert_eq!(reply.body["error"]["message"], text);
    }
}

#[test]
fn a_denied_permission_counts_at_once_and_a_granted_one_only_in_new_tokens() {
    let lab = Lab::new(1, Options::default());
    let token = lab.token(0);
    let permission = "MultiTenantOrganization.ReadWrite.All".to_owned();
    lab.script(Change::DenyPermission { tenant: lab.id(0), permission: permission.clone() });
    let put = |token: &str| lab.with_token(token, Method::PUT, MTO, &json!({"displayName": "Group"})).status;
    assert_eq!(put(&token), 403);
    let poor = lab.token(0);
    lab.script(Change::GrantPermission { tenant: lab.id(0), permission });
    assert_eq!(put(&poor), 403, "this token was made without it");
    assert_eq!(put(&lab.token(0)), 201);
}

#[test]
fn bodies_that_are_no_json_or_miss_what_is_required_are_bad_requests() {
    let lab = Lab::formed(0, Options::default());
    for (path, body) in [
        (TENANTS, json!([1])),
        (TENANTS, json!({"displayName": "x"})),
        (TENANTS, json!({"tenantId": lab.id(1)})),
        (TENANTS, json!({"tenantId": "not-a-guid", "displayName": "x"})),
        (TENANTS, json!({"tenantId": lab.id(1), "displayName": "x", "role": "king"})),
        (TENANTS, json!({"tenantId": lab.id(1), "displayName": "x", "state": "active"})),
        (PARTNERS, json!({"inboundTrust": null})),
    ] {
        let reply = lab.call(0, Method::POST, path, &body);
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"), "{body}");
    }
}

#[test]
fn a_body_above_the_bound_is_refused_unread() {
    let lab = Lab::new(1, Options { max_body_bytes: 500, ..Options::default() });
    let body = json!({"displayName": "x".repeat(600)});
    assert_eq!(lab.call(0, Method::PUT, MTO, &body).status, 413);
}
