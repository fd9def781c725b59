//! Reference 8.4.

use entra_simulator::{Change, Options};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{Lab, MTO, TENANTS};

fn add(lab: &Lab, id: &str, tenant: usize) -> Value {
    json!({"id": id, "method": "POST", "url": TENANTS, "headers": {"Content-Type": "application/json"},
        "body": {"tenantId": lab.id(tenant), "displayName": "New"}})
}

fn batch(lab: &Lab, requests: Vec<Value>) -> Vec<Value> {
    let reply = lab.call(0, Method::POST, "/$batch", &json!({"requests": requests}));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["responses"].as_array().expect("responses").clone()
}

fn statuses(responses: &[Value]) -> Vec<u64> {
    responses.iter().map(|part| part["status"].as_u64().expect("a status")).collect()
}

#[test]
fn parts_are_judged_one_by_one_while_the_batch_succeeds() {
    let lab = Lab::formed(1, Options::default());
    let get =
        json!({"id": "list", "method": "GET", "url": "tenantRelationships/multiTenantOrganization/tenants"});
    let responses = batch(&lab, vec![add(&lab, "a", 2), add(&lab, "b", 2), get]);
    assert_eq!(statuses(&responses), [201, 400, 200]);
    assert_eq!(responses[1]["body"]["error"]["code"], "Request_BadRequest");
    assert_eq!(responses[2]["body"]["value"].as_array().expect("rows").len(), 3);
    assert_eq!(responses[0]["headers"]["Content-Type"], "application/json");
    let counters = lab.simulator.counters();
    assert_eq!(counters.batch_calls, 1);
    let parts = lab.simulator.requests().into_iter().filter(|line| line.in_batch).count();
    assert_eq!(parts, 3);
}

#[test]
fn each_part_is_throttled_alone_with_its_own_retry_after() {
    let lab = Lab::formed(0, Options::default());
    lab.script(Change::Throttle { tenant: Some(lab.id(0)), count: 1, retry_after_seconds: Some(7) });
    let responses = batch(&lab, vec![add(&lab, "a", 0), add(&lab, "b", 1)]);
    assert_eq!(statuses(&responses), [429, 201]);
    assert_eq!(responses[0]["headers"]["Retry-After"], "7");
}

#[test]
fn a_failed_prerequisite_fails_its_dependants_and_order_is_kept() {
    let lab = Lab::formed(0, Options::default());
    let mut read = json!({"id": "read", "method": "GET", "url": lab.row(1), "dependsOn": ["ADD"]});
    let responses = batch(&lab, vec![read.clone(), add(&lab, "add", 1)]);
    let by_id = |id: &str| responses.iter().find(|part| part["id"] == id).expect("a part")["status"].clone();
    assert_eq!((by_id("add"), by_id("read")), (json!(201), json!(200)));
    read["dependsOn"] = json!(["add"]);
    let responses = batch(&lab, vec![add(&lab, "add", 1), read]);
    assert_eq!(statuses(&responses), [400, 424]);
    assert_eq!(responses[1]["body"]["error"]["code"], "FailedDependency");
}

#[test]
fn a_part_with_a_body_needs_a_content_type_and_an_action_needs_a_body() {
    let lab = Lab::formed(0, Options::default());
    let mut bare = add(&lab, "bare", 1);
    bare.as_object_mut().expect("an object").remove("headers");
    let reset = format!("{}/resetToDefaultSettings", super::support::PARTNER_TEMPLATE);
    let action = json!({"id": "action", "method": "POST", "url": reset});
    let full = json!({"id": "full", "method": "POST", "url": reset, "body": {},
        "headers": {"content-type": "application/json"}});
    assert_eq!(statuses(&batch(&lab, vec![bare, action, full])), [400, 400, 204]);
}

#[rstest]
#[case::more_than_twenty((0..21).map(|id| json!({"id": id.to_string(), "method": "GET", "url": MTO})).collect())]
#[case::the_same_id_in_another_case(vec![json!({"id": "a", "method": "GET", "url": MTO}), json!({"id": "A", "method": "GET", "url": MTO})])]
#[case::a_batch_in_a_batch(vec![json!({"id": "a", "method": "POST", "url": "/$batch", "body": {}})])]
#[case::an_unknown_dependency(vec![json!({"id": "a", "method": "GET", "url": MTO, "dependsOn": ["b"]})])]
#[case::a_part_without_an_id(vec![json!({"method": "GET", "url": MTO})])]
fn a_malformed_envelope_is_a_bad_request_as_a_whole(#[case] requests: Vec<Value>) {
    let lab = Lab::new(1, Options::default());
    let reply = lab.call(0, Method::POST, "/$batch", &json!({"requests": requests}));
    assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"));
    assert_eq!(lab.simulator.counters().graph_requests, 0);
}
