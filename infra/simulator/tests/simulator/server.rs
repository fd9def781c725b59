//! Over HTTP, on a loopback port; and the control endpoints.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use entra_simulator::{Options, Seed, Simulator, SystemClock, router};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::{JOIN, Lab, MTO, Way};

pub(crate) fn control(lab: &Lab, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = Request::builder().method(method).uri(format!("/_control{path}")).body(bytes);
    let reply = lab.send(request.expect("a request"));
    (reply.status, reply.body)
}

impl Lab {
    /// A laboratory whose every request goes over HTTP, to a loopback port.
    pub(crate) fn served(tenants: usize, options: Options) -> Self {
        let mut lab = Self::new(tenants, options);
        lab.way = over_http(&lab.simulator);
        lab
    }

    /// Moves the clock the way somebody outside the process does.
    pub(crate) fn advance(&self, seconds: u64) {
        let (status, body) = control(self, Method::POST, "/advance", &json!({"seconds": seconds}));
        assert_eq!(status, 200, "{body}");
    }
}

/// Serves the simulator, and sends it each request on a connection of its own. The server runs while a request waits,
/// and ends with the laboratory.
fn over_http(simulator: &Simulator) -> Way {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(axum::serve(listener, router(simulator.clone())).into_future());
    Box::new(move |request| read(&runtime.block_on(exchange(address, &written(address, &request)))))
}

/// One request on one connection, read to its end.
async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

fn written(address: SocketAddr, request: &Request<Bytes>) -> Vec<u8> {
    let (method, body) = (request.method(), request.body());
    let target = request.uri().path_and_query().expect("a path");
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("text")));
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{}",
        body.len(),
        fields.collect::<String>()
    );
    [head.as_bytes(), b"\r\n", body].concat()
}

/// What was answered: complete, and its body in one piece.
fn read(answer: &str) -> Response<Bytes> {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3));
    let mut response = Response::builder().status(status.expect("a status"));
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        response = response.header(name, value);
    }
    let response = response.body(Bytes::from(body.to_owned())).expect("a response");
    let length =
        response.headers().get("content-length").map_or("0", |length| length.to_str().expect("text"));
    assert_eq!(length, body.len().to_string(), "{answer}");
    response
}

#[test]
fn the_router_serves_tokens_and_graph_over_http() {
    let lab = Lab::served(2, Options::default());
    let reply = lab.call(0, Method::GET, MTO, &Value::Null);
    assert_eq!((reply.status, &reply.body["state"]), (200, &json!("inactive")));
    assert_eq!(reply.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(reply.headers["client-request-id"], "11111111-2222-4333-8444-555555555555");
    assert_eq!(reply.headers["date"], "Sat, 21 Nov 2026 09:00:00 GMT", "the simulated time");
    let log = lab.simulator.requests();
    assert_eq!(log.len(), 2, "the token and the organization: {log:?}");
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
    let joining = "Tenant joining MultiTenantOrg tenant";
    // the join stands in both tenants
    let wanted = ["Create a MultiTenantOrg", "Add MultiTenantOrg tenant", joining, joining];
    assert_eq!(activities, wanted);
    let (_, requests) = control(&lab, Method::GET, "/requests", &Value::Null);
    assert_eq!(requests["counters"]["graphRequests"], 3);
    assert_eq!(requests["value"].as_array().expect("lines").len(), 6, "three requests and their tokens");
    assert_eq!(control(&lab, Method::DELETE, "/state", &Value::Null).0, 405);
    assert_eq!(control(&lab, Method::GET, "/nothing", &Value::Null).0, 404);
}
