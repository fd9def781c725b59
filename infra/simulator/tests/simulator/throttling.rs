//! Reference 8.2, 8.3, and scripted faults.

use entra_simulator::{Change, Options, Throttling};
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, MTO};

#[test]
fn a_scripted_429_has_the_documented_body_and_retry_after() {
    let lab = Lab::new(2, Options::default());
    lab.script(Change::Throttle { tenant: Some(lab.id(0)), count: 1, retry_after_seconds: Some(2) });
    assert_eq!(lab.call(1, Method::GET, MTO, &Value::Null).status, 200, "only the named tenant");
    let reply = lab.call(0, Method::GET, MTO, &Value::Null);
    assert_eq!((reply.status, reply.code()), (429, "TooManyRequests"));
    assert_eq!(reply.headers["retry-after"], "2");
    assert_eq!(reply.body["error"]["message"], "Please retry again later.");
    assert_eq!(reply.body["error"]["innerError"]["status"], "429");
    assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).status, 200);
    lab.script(Change::Throttle { tenant: None, count: 1, retry_after_seconds: None });
    assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).headers.get("retry-after"), None);
}

#[test]
fn the_limit_holds_for_its_window_and_for_one_application_in_one_tenant() {
    let limits = Throttling { enabled: true, small_tenant_units: 3, ..Throttling::default() };
    let lab = Lab::new(2, Options { throttling: limits, ..Options::default() });
    lab.pass(4);
    for _ in 0..3 {
        assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).status, 200);
    }
    lab.pass(6);
    let reply = lab.call(0, Method::GET, MTO, &Value::Null);
    assert_eq!((reply.status, &reply.headers["retry-after"]), (429, &"4".parse().expect("a header")));
    assert_eq!(reply.headers["x-ms-throttle-information"], "ResourceUnitLimitExceeded");
    assert_eq!(lab.call(1, Method::GET, MTO, &Value::Null).status, 200);
    lab.pass(4);
    assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).status, 200);
    assert_eq!(lab.simulator.counters().throttled, 1);
}

#[test]
fn writes_have_a_limit_of_their_own() {
    let limits = Throttling { enabled: true, writes: 1, ..Throttling::default() };
    let lab = Lab::new(1, Options { throttling: limits, ..Options::default() });
    lab.patch(0, MTO, json!({"displayName": "Group"}), 204);
    let reply = lab.call(0, Method::PATCH, MTO, &json!({"displayName": "Other"}));
    assert_eq!((reply.status, &reply.headers["retry-after"]), (429, &"150".parse().expect("a header")));
    assert_eq!(lab.get(0, MTO)["displayName"], "Group", "reads go on");
}

#[test]
fn a_server_error_comes_before_or_after_the_effect() {
    let lab = Lab::new(1, Options::default());
    let errors =
        |after_effect| Change::ServerErrors { tenant: None, count: 1, after_effect, writes_only: true };
    lab.script(errors(false));
    let reply = lab.call(0, Method::PUT, MTO, &json!({"displayName": "Group"}));
    assert_eq!((reply.status, reply.code()), (503, "serviceNotAvailable"));
    assert_eq!(lab.get(0, MTO)["state"], "inactive");
    lab.script(errors(true));
    let reply = lab.call(0, Method::PUT, MTO, &json!({"displayName": "Group"}));
    assert_eq!((reply.status, reply.code()), (504, "gatewayTimeout"));
    assert_eq!(lab.get(0, MTO)["state"], "active");
}

#[test]
fn stale_reads_give_the_last_answer_again() {
    let lab = Lab::formed(0, Options::default());
    assert_eq!(lab.listed(0).len(), 1);
    lab.add(0, 1);
    lab.script(Change::StaleReads { tenant: lab.id(0), count: 1 });
    assert_eq!(lab.listed(0).len(), 1, "as before the adding");
    assert_eq!(lab.listed(0).len(), 2);
}
