//! Over HTTP, on a loopback port; and the control endpoints.

use std::sync::Arc;

use bytes::Bytes;
use entra_simulator::{Options, Seed, Simulator, SystemClock, router};
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::{JOIN, Lab, MTO};

fn control(lab: &Lab, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = Request::builder().method(method).uri(format!("/_control{path}")).body(bytes);
    let reply = lab.send(request.expect("a request"));
    (reply.status, reply.body)
}

/// One request on one connection, read to its end.
async fn exchange(address: std::net::SocketAddr, request: String) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn the_router_serves_tokens_and_graph_over_http() {
    let lab = Lab::new(2, Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(axum::serve(listener, router(lab.simulator.clone())).into_future());
    let application = &lab.seed.tenants[0].applications[0];
    let form = format!(
        "client_id={}&client_secret={}&grant_type=client_credentials&scope=https://graph.microsoft.com/.default",
        application.client_id,
        application.secrets[0].expose()
    );
    let answer = exchange(
        address,
        format!(
            "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            lab.id(0),
            form.len()
        ),
    )
    .await;
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
    let token = body["access_token"].as_str().expect("a token");
    let answer = exchange(
        address,
        format!(
            "GET /v1.0{MTO} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        ),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("\"state\":\"inactive\""), "{answer}");
    server.abort();
}

#[test]
fn control_moves_a_manual_clock_and_says_so_when_it_cannot() {
    let lab = Lab::formed(0, Options::default());
    lab.add(0, 1);
    lab.join(1, 0);
    let (status, body) = control(&lab, Method::POST, "/advance", &json!({"seconds": 7_200}));
    assert_eq!((status, &body["now"]), (200, &json!("2026-11-21T13:00:00Z")));
    assert_eq!(lab.get(1, JOIN)["memberState"], "active");
    assert_eq!(control(&lab, Method::POST, "/advance", &json!({"seconds": -1})).0, 400);
    let real = Simulator::new(Seed::demo(1), Options::default(), Arc::new(SystemClock)).expect("a seed");
    let request = Request::post("/_control/advance").body(Bytes::from_static(b"{\"seconds\":1}"));
    assert_eq!(real.handle(request.expect("a request")).status(), 409);
}

#[test]
fn control_takes_changes_as_json_and_names_what_is_wrong_with_them() {
    let lab = Lab::new(1, Options::default());
    let change = json!({"kind": "throttle", "count": 1, "retryAfterSeconds": 3});
    assert_eq!(control(&lab, Method::POST, "/change", &change).0, 204);
    assert_eq!(lab.call(0, Method::GET, MTO, &Value::Null).headers["retry-after"], "3");
    for (change, word) in [
        (json!({"kind": "nonsense"}), "nonsense"),
        (json!({"kind": "failJoins", "tenant": lab.id(0), "count": -1}), "-1"),
        (
            json!({"kind": "revokeTokens", "tenant": "11111111-2222-4333-8444-555555555555"}),
            "none of the simulator",
        ),
    ] {
        let (status, body) = control(&lab, Method::POST, "/change", &change);
        assert_eq!(status, 400);
        assert!(body["error"].as_str().expect("text").contains(word), "{body}");
    }
}

#[test]
fn control_shows_health_state_and_requests() {
    let lab = Lab::formed(1, Options::default());
    assert_eq!(control(&lab, Method::GET, "/health", &Value::Null).1["status"], "ok");
    let (_, state) = control(&lab, Method::GET, "/state", &Value::Null);
    assert_eq!(state, lab.simulator.state());
    assert_eq!(state["violations"], json!([]));
    let activities: Vec<&str> = state["audit"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["activity"].as_str())
        .collect();
    let wanted =
        ["Create a MultiTenantOrg", "Add MultiTenantOrg tenant", "Tenant joining MultiTenantOrg tenant"];
    assert_eq!(activities, wanted);
    let (_, requests) = control(&lab, Method::GET, "/requests", &Value::Null);
    assert_eq!(requests["counters"]["graphRequests"], 3);
    assert_eq!(requests["value"].as_array().expect("lines").len(), 6, "three requests and their tokens");
    assert_eq!(control(&lab, Method::DELETE, "/state", &Value::Null).0, 405);
    assert_eq!(control(&lab, Method::GET, "/nothing", &Value::Null).0, 404);
}
