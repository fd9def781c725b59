//! Who is let in, and what browsers are told.

use crate::support::{plan, send, start};

const COMMAND: &str =
    r#"{"type":"mto.join.v1","id":"J","source":"/t","data":{"tenant":"fabrikam","owner":"contoso"}}"#;

#[tokio::test]
async fn another_name_for_this_host_is_refused_everywhere() {
    let server = start(plan(2)).await;
    let state = server.state().await;
    let graph = state["graph"].as_str().unwrap().trim_start_matches("http://");
    for host in ["attacker.example", "127.0.0.1.attacker.example:80", ""] {
        let headers = [("Host", host), ("Content-Type", "application/json")];
        for request in
            ["GET /", "GET /state", "GET /events", "GET /page.js", "GET /nothing", "POST /commands"]
        {
            let answer = send(&server.address, request, &headers, COMMAND).await;
            assert_eq!(answer.status, 403, "{request} as {host:?}: {}", answer.body);
            assert!(answer.error().starts_with("Host:"));
        }
        assert_eq!(
            send(graph, "GET /_control/state", &headers, "").await.status,
            403,
            "nor the simulated Graph"
        );
    }
    assert_eq!(server.state().await["commands"].as_array().unwrap().len(), 0);
    for host in ["localhost", "127.0.0.1:9", "[::1]:8620"] {
        assert_eq!(send(&server.address, "GET /state", &[("Host", host)], "").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn what_a_form_on_another_page_could_send_is_refused() {
    let server = start(plan(2)).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let headers = [("Host", "localhost"), ("Content-Type", kind)];
        let answer = send(&server.address, "POST /commands", &headers, COMMAND).await;
        assert_eq!((answer.status, answer.error().starts_with("Content-Type:")), (415, true), "{kind}");
    }
    let headers = [("Host", "localhost"), ("Origin", "http://attacker.example")];
    let preflight = send(&server.address, "OPTIONS /commands", &headers, "").await;
    assert_eq!(preflight.status, 403);
    assert!(!preflight.head.contains("access-control"), "{}", preflight.head);
    assert_eq!(server.get("/outcomes").await.json()["next"], 0, "nothing was taken");
}

#[tokio::test]
async fn a_page_from_elsewhere_is_refused_whatever_it_sends_and_the_simulated_graph_too() {
    let server = start(plan(2)).await;
    let state = server.state().await;
    let graph = state["graph"].as_str().unwrap().trim_start_matches("http://");
    for origin in ["https://attacker.example", "null", "http://127.0.0.1.attacker.example", "file://"] {
        let headers = [("Host", "localhost"), ("Origin", origin), ("Content-Type", "text/plain")];
        let advance = send(graph, "POST /_control/advance", &headers, r#"{"seconds":1}"#).await;
        assert_eq!((advance.status, advance.error().starts_with("Origin:")), (403, true), "{origin}");
        assert_eq!(send(&server.address, "GET /state", &headers, "").await.status, 403, "{origin}");
    }
    for origin in ["http://localhost:5173", "http://127.0.0.1", "http://[::1]:8620"] {
        let headers = [("Host", "localhost"), ("Origin", origin)];
        assert_eq!(send(&server.address, "GET /state", &headers, "").await.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn the_page_and_its_parts_are_served_with_a_strict_policy() {
    let server = start(plan(2)).await;
    let page = server.get("/").await;
    assert!(page.head.contains("content-type: text/html; charset=utf-8"), "{}", page.head);
    let policy = page.head.lines().find(|line| line.starts_with("content-security-policy:")).unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for other in ["://", "onclick", "style=", "<style", "<script>"] {
        assert!(!page.body.contains(other), "the page has {other:?}");
    }
    let named = |attribute: &str| {
        let parts = page.body.split(attribute).skip(1);
        parts.filter_map(|rest| rest.split('"').nth(1).map(str::to_owned)).collect::<Vec<_>>()
    };
    let paths: Vec<String> = named(" src=").into_iter().chain(named("<link rel=\"icon\" href=")).collect();
    assert!(paths.len() >= 2, "{paths:?}");
    for path in
        paths.iter().map(String::as_str).chain(["/page.css", "/parts.js", "/healthz", "/state", "/nothing"])
    {
        let answer = server.get(path).await;
        assert_eq!(answer.status, if path == "/nothing" { 404 } else { 200 }, "{path}");
        for header in
            ["x-content-type-options: nosniff", "content-security-policy:", "cache-control: no-store"]
        {
            assert!(answer.head.contains(header), "{path} has no {header}");
        }
    }
    let wrong = send(&server.address, "DELETE /state", &[("Host", "localhost")], "").await;
    assert_eq!((wrong.status, wrong.error().is_empty()), (405, false));
}
