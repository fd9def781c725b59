//! The proxy.

use entra_simulator::SERVED_HOSTS;
use tokio::io::AsyncReadExt as _;

use super::support::{Served, body, exchange, shake_hands};

#[tokio::test]
async fn graph_and_the_login_service_are_the_simulator_behind_the_proxy() {
    let served = Served::start().await;
    for host in SERVED_HOSTS {
        let head = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
        let (answer, stream) = served.ask_proxy(&head).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let stream = shake_hands(stream, host, served.authority.pem()).await.expect("TLS");
        let head = format!("GET /_control/health HTTP/1.1\r\nHost: {host}");
        assert_eq!(body(&exchange(stream, &head, b"").await)["status"], "ok");
    }
}

#[tokio::test]
async fn both_doors_lead_to_one_world() {
    let served = Served::start().await;
    let (_, stream) = served.ask_proxy("CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n").await;
    let stream = shake_hands(stream, "graph.microsoft.com", served.authority.pem()).await.expect("TLS");
    let head = "GET /v1.0/policies?$top=1 HTTP/1.1\r\nHost: graph.microsoft.com";
    assert!(exchange(stream, head, b"").await.starts_with("HTTP/1.1 401 "));
    let requests = served.simulator.requests();
    assert_eq!(requests.iter().map(|line| line.path.as_str()).collect::<Vec<_>>(), ["/v1.0/policies?$top=1"]);
}

#[tokio::test]
async fn whatever_else_is_asked_of_the_proxy_is_refused_in_words() {
    let served = Served::start().await;
    for (line, named) in [
        ("CONNECT example.com:443", "example.com:443"),
        ("CONNECT graph.microsoft.com:80", "graph.microsoft.com:80"),
        ("CONNECT graph.microsoft.com.example.com:443", "graph.microsoft.com.example.com:443"),
        ("CONNECT 127.0.0.1:443", "127.0.0.1:443"),
        ("GET http://graph.microsoft.com/v1.0/organization", "http://graph.microsoft.com/v1.0/organization"),
        ("GET /v1.0/organization", "/v1.0/organization"),
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n");
        let (answer, mut stream) = served.ask_proxy(&head).await;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("a body");
        assert!(answer.starts_with("HTTP/1.1 403 "), "{line}: {answer}");
        assert!(text.contains(named) && text.contains("login.microsoftonline.com"), "{line}: {text}");
    }
    assert_eq!(served.simulator.requests(), []);
}
