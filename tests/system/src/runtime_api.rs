//! The Lambda Runtime API, as a function sees it (AWS Lambda developer guide, "Using the Lambda runtime API").

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::sync::{Mutex, mpsc, oneshot};

/// How long a test waits for a function's answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a function answered to one invocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `…/response`
    Response(Value),
    /// `…/error`, or `init/error`
    Error(Value),
}

struct Invocation {
    event: Value,
    answer: oneshot::Sender<Answer>,
    timeout: Duration,
}

struct Shared {
    next: Mutex<mpsc::Receiver<Invocation>>,
    running: Mutex<Option<oneshot::Sender<Answer>>>,
    polls: mpsc::UnboundedSender<Instant>,
}

/// A Runtime API on loopback.
pub struct RuntimeApi {
    address: String,
    invocations: mpsc::Sender<Invocation>,
    polls: Mutex<mpsc::UnboundedReceiver<Instant>>,
}

impl RuntimeApi {
    /// Serves one on a free port.
    ///
    /// # Panics
    /// If the system has no free port.
    pub async fn serve() -> Self {
        let (invocations, next) = mpsc::channel(1);
        let (polled, polls) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { next: Mutex::new(next), running: Mutex::new(None), polls: polled });
        let router = axum::Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_invocation))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(shared);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address").to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, invocations, polls: Mutex::new(polls) }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// When the function polled: the first time it is asked, its first poll, and so on. Waits for a poll that is yet to
    /// come.
    ///
    /// # Panics
    /// If none comes in a minute.
    pub async fn polled(&self) -> Instant {
        let mut polls = self.polls.lock().await;
        let poll = tokio::time::timeout(PATIENCE, polls.recv()).await.expect("the function polls in time");
        poll.expect("the Runtime API is being served")
    }

    /// Invokes the function and waits for its answer.
    ///
    /// # Panics
    /// If none comes in a minute.
    pub async fn invoke(&self, event: Value) -> Answer {
        let (answer, received) = oneshot::channel();
        let timeout = Duration::from_secs(30);
        let sent = self.invocations.send(Invocation { event, answer, timeout });
        let both = async {
            sent.await.expect("the Runtime API is being served");
            received.await.expect("the function answers before its next poll")
        };
        tokio::time::timeout(PATIENCE, both).await.expect("the function answers in time")
    }
}

async fn next_invocation(State(shared): State<Arc<Shared>>) -> Response {
    let _ = shared.polls.send(instant());
    let Some(invocation) = shared.next.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    *shared.running.lock().await = Some(invocation.answer);
    let deadline = (now() + invocation.timeout).unix_timestamp_nanos() / 1_000_000;
    let mut headers = HeaderMap::new();
    let mut header = |name: &'static str, value: &str| {
        headers.insert(name, HeaderValue::from_str(value).expect("plain text"));
    };
    header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    header("lambda-runtime-deadline-ms", &deadline.to_string());
    header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:mto");
    header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0");
    header("content-type", "application/json");
    (headers, invocation.event.to_string()).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, Path(_id): Path<String>, body: String) -> StatusCode {
    settle(&shared, Answer::Response(serde_json::from_str(&body).unwrap_or(Value::String(body)))).await
}

async fn error(State(shared): State<Arc<Shared>>, Path(_id): Path<String>, body: String) -> StatusCode {
    settle(&shared, Answer::Error(serde_json::from_str(&body).unwrap_or(Value::String(body)))).await
}

async fn init_error(State(shared): State<Arc<Shared>>, body: String) -> StatusCode {
    settle(&shared, Answer::Error(Value::String(body))).await
}

async fn settle(shared: &Shared, answer: Answer) -> StatusCode {
    match shared.running.lock().await.take().map(|running| running.send(answer)) {
        Some(Ok(())) => StatusCode::ACCEPTED,
        Some(Err(_)) | None => StatusCode::BAD_REQUEST,
    }
}

#[expect(clippy::disallowed_methods, reason = "real processes run in real time")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[expect(clippy::disallowed_methods, reason = "real processes run in real time")]
fn instant() -> Instant {
    Instant::now()
}
