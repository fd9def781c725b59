//! Reference 2.2 and 5.4: what may stand behind the question mark.

use entra_simulator::Options;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{JOIN, Lab, MTO, PARTNERS, TENANTS};

/// Owner 0, owner 1, member 2, pending 3.
fn lab() -> Lab {
    let lab = Lab::formed(2, Options::default());
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    lab.pass(120);
    lab.add(0, 3);
    lab
}

#[rstest]
#[case::documented("tenantId+eq+'{1}'", &[1])]
#[case::without_quotes("tenantId+eq+{1}", &[1])]
#[case::state("state+eq+'pending'", &[3])]
#[case::role("role+eq+'owner'", &[0, 1])]
#[case::name("displayName+eq+'tailspin'", &[2])]
#[case::or("tenantId+eq+'{0}'+or+tenantId+eq+'{3}'", &[0, 3])]
#[case::and("role+eq+'member'+and+state+eq+'active'", &[2])]
#[case::in_list("displayName+in+('Contoso','Tailspin')", &[0, 2])]
#[case::not("not(state+eq+'active')", &[3])]
#[case::a_transition("transitionDetails/desiredState+eq+'active'", &[3])]
#[case::nothing("tenantId+eq+'x'", &[])]
fn rows_are_filtered(#[case] filter: &str, #[case] wanted: &[usize]) {
    let lab = lab();
    let mut filter = filter.to_owned();
    for tenant in 0..4 {
        filter = filter.replace(&format!("{{{tenant}}}"), &lab.id(tenant).to_string());
    }
    let list = lab.get(0, &format!("{TENANTS}?$count=true&$select=tenantId&$filter={filter}"));
    let rows: Vec<Value> = lab.ids(wanted).iter().map(|id| json!({"tenantId": id})).collect();
    assert_eq!(list["value"], json!(rows));
    assert_eq!(list["@odata.count"], rows.len());
}

#[rstest]
#[case::top("$top=1", "Request_UnsupportedQuery")]
#[case::skip("$skip=1", "Request_UnsupportedQuery")]
#[case::another_property("$filter=nickname+eq+'x'", "Request_UnsupportedQuery")]
#[case::another_function("$filter=contains(displayName,'x')", "Request_UnsupportedQuery")]
#[case::no_sentence("$filter=state+eq", "Request_BadRequest")]
#[case::no_answer("$count=perhaps", "Request_BadRequest")]
fn what_rows_do_not_take_is_400(#[case] query: &str, #[case] code: &str) {
    let reply = lab().call(0, Method::GET, &format!("{TENANTS}?{query}"), &Value::Null);
    assert_eq!((reply.status, reply.code()), (400, code));
}

#[test]
fn expand_is_tolerated_and_select_works_on_every_single_thing() {
    let lab = lab();
    assert_eq!(lab.get(0, &format!("{TENANTS}?$expand=x"))["value"].as_array().map(Vec::len), Some(4));
    for (path, property, value) in [
        (MTO.to_owned(), "state", json!("active")),
        (lab.row(2), "role", json!("member")),
        (JOIN.to_owned(), "memberState", Value::Null),
        (lab.partner(1), "tenantId", json!(lab.id(1))),
        ("/policies/crossTenantAccessPolicy".to_owned(), "allowedCloudEndpoints", json!([])),
        ("/policies/crossTenantAccessPolicy/default".to_owned(), "isServiceDefault", json!(true)),
        (format!("{}/identitySynchronization", lab.partner(1)), "displayName", Value::Null),
    ] {
        let mut shown = lab.get(0, &format!("{path}?$select={property}"));
        let shown = shown.as_object_mut().expect("an object");
        shown.remove("@odata.context");
        assert_eq!(Value::Object(shown.clone()), json!({property: value}), "{path}");
    }
}

#[rstest]
#[case::by_id("tenantId+eq+'{1}'", &[1])]
#[case::in_list("tenantId+in+('{1}','{2}')", &[1, 2])]
#[case::inside("isInMultiTenantOrganization+eq+true", &[1, 2])]
#[case::not_inside("isInMultiTenantOrganization+ne+true", &[3])]
#[case::provider("isServiceProvider+eq+true", &[3])]
#[case::trust("inboundTrust/isMfaAccepted+eq+true", &[3])]
#[case::no_trust("inboundTrust+eq+null", &[1, 2])]
fn partners_are_filtered(#[case] filter: &str, #[case] wanted: &[usize]) {
    let lab = lab();
    let body =
        json!({"tenantId": lab.id(3), "isServiceProvider": true, "inboundTrust": {"isMfaAccepted": true}});
    lab.post(0, PARTNERS, body, 201);
    let mut filter = filter.to_owned();
    for tenant in 0..4 {
        filter = filter.replace(&format!("{{{tenant}}}"), &lab.id(tenant).to_string());
    }
    let list = lab.get(0, &format!("{PARTNERS}?$count=true&$select=tenantId&$filter={filter}"));
    let mut ids = lab.ids(wanted);
    ids.sort();
    let rows: Vec<Value> = ids.iter().map(|id| json!({"tenantId": id})).collect();
    assert_eq!(list["value"], json!(rows));
    assert_eq!(list["@odata.count"], rows.len());
}

#[test]
fn partners_are_taken_in_pieces_by_top_and_skip() {
    let lab = Lab::formed(4, Options::default());
    let mut wanted = lab.ids(&[1, 2, 3, 4]);
    wanted.sort();
    let ids = |query: &str| -> Vec<String> {
        let list = lab.get(0, &format!("{PARTNERS}?{query}"));
        let rows = list["value"].as_array().expect("rows").iter();
        rows.filter_map(|row| row["tenantId"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(ids("$top=2"), wanted[..2]);
    assert_eq!(ids("$skip=3"), wanted[3..]);
    assert_eq!(ids("$top=2&$skip=1"), wanted[1..3]);
    assert_eq!(lab.call(0, Method::GET, &format!("{PARTNERS}?$top=x"), &Value::Null).status, 400);
}
