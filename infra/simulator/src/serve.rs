//! The simulator as an axum application.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;

use crate::simulator::Simulator;

/// An application that hands every request to [`Simulator::handle`]; bodies are bounded by
/// `Options::max_body_bytes`.
pub fn router(simulator: Simulator) -> axum::Router {
    axum::Router::new().fallback(any(forward)).with_state(simulator)
}

async fn forward(State(simulator): State<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, simulator.max_body_bytes()).await else {
        let mut response = Response::new(Body::from("the body is too large, or was cut off"));
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    simulator.handle(http::Request::from_parts(parts, bytes)).map(Body::from)
}
