use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

/// Answers one connection with these bytes and closes it.
async fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        stream.write_all(answer).await.unwrap();
    });
    address
}

/// Takes connections, one after the other, and answers this many requests on each before it closes it. Returns where it
/// is, and tells of each connection that it has closed.
async fn patient_server(requests: &'static [usize]) -> (SocketAddr, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (closed, is_closed) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for count in requests {
            let (mut stream, _) = listener.accept().await.unwrap();
            for _ in 0..*count {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await.unwrap();
            }
            drop(stream);
            let _ = closed.send(());
        }
    });
    (address, is_closed)
}

fn request(url: &str) -> http::Request<Bytes> {
    http::Request::builder().uri(url).body(Bytes::new()).unwrap()
}

async fn send(transport: &ReqwestTransport, url: &str) -> Result<http::Response<Bytes>, TransportErrorKind> {
    transport.send(request(url)).await.map_err(|error| error.kind())
}

#[tokio::test]
async fn an_answer_comes_back_whatever_its_status_and_redirects_are_not_followed() {
    let address =
        server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nrequest-id: r\r\nContent-Length: 2\r\n\r\nhi").await;
    let answer = send(&ReqwestTransport::new().unwrap(), &format!("http://{address}/")).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["request-id"], "r");
    assert_eq!(answer.body(), "hi");
}

#[tokio::test]
async fn a_refused_connection_is_a_request_that_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(&ReqwestTransport::new().unwrap(), &format!("http://{address}/")).await.unwrap_err();
    assert_eq!(error, TransportErrorKind::NotSent);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_fate_open() {
    for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        let address = server(answer).await;
        let error = send(&ReqwestTransport::new().unwrap(), &format!("http://{address}/")).await.unwrap_err();
        assert_eq!(error, TransportErrorKind::Interrupted);
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    let address = server(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong").await;
    let mut transport = ReqwestTransport::new().unwrap();
    transport.max_body_bytes = 3;
    let error = send(&transport, &format!("http://{address}/")).await.unwrap_err();
    assert_eq!(error, TransportErrorKind::TooLarge { limit_bytes: 3 });
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_left_when_the_callers_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut request = request(&format!("http://{}/", listener.local_addr().unwrap()));
    request.extensions_mut().insert(TimeLimit(Duration::from_millis(20)));
    let error = ReqwestTransport::new().unwrap().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}

#[tokio::test]
async fn clones_of_a_transport_that_is_made_when_needed_share_one_connection() {
    let (address, _) = patient_server(&[2]).await;
    let transport = ReqwestTransport::when_needed();
    for transport in [transport.clone(), transport] {
        let answer = send(&transport, &format!("http://{address}/")).await.unwrap();
        assert_eq!(answer.body(), "hi");
    }
}

/// As after a pause between two invocations, in which the process was frozen.
#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_costs_a_new_one_and_no_error() {
    let (address, mut closed) = patient_server(&[1, 1]).await;
    let transport = ReqwestTransport::new().unwrap();
    send(&transport, &format!("http://{address}/")).await.unwrap();
    closed.recv().await.unwrap();
    let answer = send(&transport, &format!("http://{address}/")).await.unwrap();
    assert_eq!(answer.body(), "hi");
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn without_tls_https_is_refused_with_the_reason() {
    let error = ReqwestTransport::new().unwrap().send(request("https://localhost/")).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("enable the feature `tls`"), "{source}");
}
