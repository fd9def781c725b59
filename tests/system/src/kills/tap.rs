//! Between the functions and the emulator's SQS: hands every request on, and every answer back.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{Killer, Point, Socket};
use crate::Ministack;
use crate::http::exchange;

/// What the functions get as `AWS_ENDPOINT_URL`.
#[derive(Clone)]
pub(crate) struct Tap {
    killer: Killer,
    port: u16,
    emulator: Arc<OnceLock<String>>,
}

impl Tap {
    /// Serves one on a free port, before the emulator is there.
    pub(crate) async fn serve(killer: Killer) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let tap = Self { killer, port, emulator: Arc::default() };
        let router = axum::Router::new().fallback(hand_on).with_state(tap.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        tap
    }

    /// `http://127.0.0.1:<port>`
    pub(crate) fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Says where the emulator is.
    pub(crate) fn leads_to(&self, ministack: &Ministack) {
        let _ = self.emulator.set(ministack.endpoint().trim_start_matches("http://").to_owned());
    }
}

async fn hand_on(
    State(tap): State<Tap>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let socket = Socket { client: client.port(), server: tap.port };
    let call = Call::read(&headers, &body);
    let killer = &tap.killer;
    if matches!(call, Call::Delete) && killer.at(Point::Delete, socket).await {
        return std::future::pending().await;
    }
    let Some(emulator) = tap.emulator.get() else { return StatusCode::BAD_GATEWAY.into_response() };
    // The host as well: it is signed, and the emulator looks.
    let named = headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH);
    let named: Vec<(&str, &str)> =
        named.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let Ok((status, answer)) = exchange(emulator, "POST", "/", &named, &body).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    if status == 200 && done(killer, socket, &call).await {
        return std::future::pending().await;
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer).into_response()
}

/// Whether the process was killed for what was done, so that it never reads the answer.
async fn done(killer: &Killer, socket: Socket, call: &Call) -> bool {
    let point = match call {
        Call::Again => Point::Hop,
        Call::Commands(bodies) => {
            for body in bodies {
                killer.state().book.note_command(body);
            }
            Point::Post
        }
        Call::Outcomes => Point::Outcome,
        Call::Delete => Point::Deleted,
        Call::Other => return false,
    };
    killer.at(point, socket).await
}

/// What is asked of SQS (its API reference, the JSON protocol).
enum Call {
    /// The command in hand, with its journal.
    Again,
    /// Commands that follow.
    Commands(Vec<String>),
    Outcomes,
    Delete,
    Other,
}

impl Call {
    fn read(headers: &HeaderMap, body: &str) -> Self {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let queue = body["QueueUrl"].as_str().unwrap_or_default();
        let messages = match target.strip_prefix("AmazonSQS.").unwrap_or_default() {
            "SendMessage" => std::slice::from_ref(&body),
            "SendMessageBatch" => body["Entries"].as_array().map(Vec::as_slice).unwrap_or_default(),
            "DeleteMessage" => return Self::Delete,
            _ => return Self::Other,
        };
        if queue.ends_with("-outcomes") {
            return Self::Outcomes;
        }
        if queue.ends_with("-dead-letters") {
            return Self::Other;
        }
        let has_journal = |message: &Value| message["MessageAttributes"].get("journal").is_some();
        if messages.iter().any(has_journal) {
            return Self::Again;
        }
        let bodies = messages.iter().filter_map(|message| message["MessageBody"].as_str());
        Self::Commands(bodies.map(str::to_owned).collect())
    }
}
