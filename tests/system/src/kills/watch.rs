//! In front of the simulator.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use entra_simulator::{RequestLine, Simulator};

use super::{Killer, Point, Socket, Write};

/// What the layer in front of the simulator has to know.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) killer: Killer,
    pub(crate) simulator: Simulator,
    /// Where it is served.
    pub(crate) port: u16,
}

/// A layer around the simulator's router.
pub(crate) async fn watch(
    State(watch): State<Watch>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let socket = Socket { client: client.port(), server: watch.port };
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    let killer = &watch.killer;
    let struck = if is_token(parts.uri.path()) {
        killer.is_new(socket) && killer.at(Point::FirstRequest, socket).await
    } else {
        killer.at(Point::Request, socket).await
    };
    if struck {
        return std::future::pending().await;
    }
    let before = watch.simulator.requests().len();
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let done = watch.simulator.requests().split_off(before);
    if answered(killer, socket, &done).await { std::future::pending().await } else { response }
}

/// Whether the process was killed for what was done, so that it never reads the answer.
async fn answered(killer: &Killer, socket: Socket, done: &[RequestLine]) -> bool {
    let accepted: Vec<&RequestLine> = done.iter().filter(|line| line.status < 400).collect();
    let writes: Vec<&RequestLine> = accepted.iter().copied().filter(|line| is_write(line)).collect();
    if !writes.is_empty() {
        killer.note_writes(socket, &writes);
        return killer.at(Point::Write, socket).await;
    }
    if accepted.iter().any(|line| line.method == "GET")
        && let Some(occasion) = killer.claim(Point::Read)
    {
        // The answer is on its way while this waits for its turn.
        let killer = killer.clone();
        tokio::spawn(async move { killer.strike(Point::Read, occasion, socket).await });
    }
    false
}

fn is_token(path: &str) -> bool {
    path.ends_with("/oauth2/v2.0/token")
}

/// The parts of a `$batch` have lines of their own.
fn is_write(line: &RequestLine) -> bool {
    line.method != "GET" && !is_token(&line.path) && !line.path.ends_with("/$batch")
}

impl Killer {
    fn note_writes(&self, socket: Socket, lines: &[&RequestLine]) {
        let Some(process) = self.process(socket) else { return };
        let writes = lines.iter().map(|line| Write {
            process: process.id,
            look: line.client_request_id.clone(),
            tenant: line.tenant,
            what: format!("{} {}", line.method, line.path),
        });
        self.state().book.writes.extend(writes);
    }
}
