//! The API: what is asked over HTTP, handed to the desk.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, Uri};
use mto_messages::{MAX_BODY_BYTES, ParseError};
use serde_json::json;
use tokio::sync::Semaphore;

use super::desk::{Desk, Refused};
use super::guard::{is_json, json_answer, refusal};
use super::{assets, events, guard};

/// Listeners of `/events` at the same time.
pub(super) const MAX_LISTENERS: usize = 32;

/// What the handlers have.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) desk: Desk,
    pub(super) listeners: Arc<Semaphore>,
}

/// The page and the API.
pub(super) fn router(desk: Desk) -> Router {
    let api = Api { desk, listeners: Arc::new(Semaphore::new(MAX_LISTENERS)) };
    let router = Router::new()
        .route("/healthz", get(async || json_answer(StatusCode::OK, &json!({"status": "ok"}))))
        .route("/state", get(state))
        .route("/events", get(events::listen))
        .route("/commands", post(command))
        .route("/outcomes", get(outcomes))
        .route("/dead-letters", get(dead_letters))
        .with_state(api)
        .merge(assets::router())
        .fallback(async || {
            refusal(StatusCode::NOT_FOUND, "there is nothing here; see docs/local.md for what there is")
        })
        .method_not_allowed_fallback(async || {
            refusal(StatusCode::METHOD_NOT_ALLOWED, "POST goes to /commands, GET to everything else")
        });
    guard::with_headers(guard::loopback_names(router))
}

async fn state(State(api): State<Api>) -> Response {
    match api.desk.state().await {
        Ok(state) => json_answer(StatusCode::OK, &state),
        Err(refused) => answer(&refused),
    }
}

async fn command(State(api): State<Api>, headers: HeaderMap, request: Request) -> Response {
    if !is_json(&headers) {
        let error = "Content-Type: send the command as application/json";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, error);
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES).await else {
        let error =
            format!("the body is longer than {MAX_BODY_BYTES} bytes, or was cut off; send smaller commands");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, &error);
    };
    let Ok(body) = String::from_utf8(body.into()) else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "the body is not UTF-8; send one CloudEvents event in structured JSON",
        );
    };
    match api.desk.post(body).await {
        Ok(posted) => json_answer(StatusCode::ACCEPTED, &json!(posted)),
        Err(refused) => answer(&refused),
    }
}

async fn outcomes(State(api): State<Api>, uri: Uri) -> Response {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut after = 0;
    for (name, value) in query {
        match (name.as_ref(), value.parse()) {
            ("after", Ok(number)) => after = number,
            ("after", Err(_)) => {
                let error = format!(
                    "after: {value:?} is no number; give the \"next\" of the last answer, or leave it out"
                );
                return refusal(StatusCode::BAD_REQUEST, &error);
            }
            (_, _) => {
                let error = format!("{name:?} is not known here; there is \"after\"");
                return refusal(StatusCode::BAD_REQUEST, &error);
            }
        }
    }
    match api.desk.outcomes(after).await {
        Ok(outcomes) => json_answer(StatusCode::OK, &json!(outcomes)),
        Err(refused) => answer(&refused),
    }
}

async fn dead_letters(State(api): State<Api>) -> Response {
    match api.desk.dead_letters().await {
        Ok(letters) => json_answer(StatusCode::OK, &json!(letters)),
        Err(refused) => answer(&refused),
    }
}

/// Why not.
pub(super) fn answer(refused: &Refused) -> Response {
    let status = match refused {
        Refused::Parse(ParseError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        Refused::Parse(
            ParseError::NotJson(_)
            | ParseError::NotAnObject(_)
            | ParseError::Missing(_)
            | ParseError::Field { .. }
            | ParseError::UnknownType(_)
            | ParseError::UnknownVersion { .. },
        ) => StatusCode::BAD_REQUEST,
        Refused::Full(_) | Refused::Queue(_) | Refused::Ended => StatusCode::SERVICE_UNAVAILABLE,
    };
    refusal(status, &refused.to_string())
}

/// A text of ours.
pub(super) fn text(kind: &'static str, text: &'static str) -> Response {
    ([(http::header::CONTENT_TYPE, kind)], Body::from(text)).into_response()
}
