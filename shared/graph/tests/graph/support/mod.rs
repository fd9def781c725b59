//! A scripted service, a manual clock and golden files.

#![expect(clippy::unwrap_used, clippy::unnecessary_wraps, reason = "test code fails by panicking")]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use mto_graph::{
    AccessToken, Call, Clock, Cloud, GraphClient, TokenError, TokenProvider, Transport, TransportError,
    TransportErrorKind,
};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::{Uuid, uuid};

pub(crate) const START: OffsetDateTime = datetime!(2026-11-21 08:00:00 UTC);
pub(crate) const OWNER: Uuid = uuid!("11111111-1111-1111-1111-111111111111");
pub(crate) const FABRIKAM: Uuid = uuid!("22222222-2222-2222-2222-222222222222");
pub(crate) const CORRELATION: Uuid = uuid!("c0ffee00-0000-4000-8000-000000000001");
pub(crate) const ROOT: &str = "https://graph.microsoft.com/v1.0";

/// Time that passes only when somebody sleeps.
#[derive(Clone)]
pub(crate) struct ManualClock {
    now: Arc<Mutex<OffsetDateTime>>,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self { now: Arc::new(Mutex::new(START)), slept: Arc::default() }
    }

    pub(crate) fn advance(&self, duration: time::Duration) {
        *self.now.lock().unwrap() += duration;
    }

    /// Every pause so far.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        *self.now.lock().unwrap() += duration;
        tokio::task::yield_now().await;
    }
}

/// What was sent, for a test to look at.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Sent {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

type Answer = Result<Response<Bytes>, TransportErrorKind>;

/// Expects exactly these requests, in this order. Another one fails the test, and so does one that does not come.
#[derive(Clone, Default)]
pub(crate) struct Script {
    expected: Arc<Mutex<VecDeque<(String, Answer)>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Expects `METHOD path-or-URL` and answers like this.
    pub(crate) fn on(self, request: &str, answer: Answer) -> Self {
        self.expected.lock().unwrap().push_back((request.to_owned(), answer));
        self
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// The tokens that the requests came with.
    pub(crate) fn bearers(&self) -> Vec<String> {
        self.sent().iter().map(|sent| sent.header("authorization").unwrap_or("none").to_owned()).collect()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let left = self.expected.lock().unwrap();
        if Arc::strong_count(&self.expected) == 1 && !std::thread::panicking() {
            let left: Vec<_> = left.iter().map(|(request, _)| request).collect();
            assert!(left.is_empty(), "these requests were expected and never came: {left:?}");
        }
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let uri = request.uri().to_string();
        let what = format!("{} {}", request.method(), uri.strip_prefix(ROOT).unwrap_or(&uri));
        let next = self.expected.lock().unwrap().pop_front();
        let (parts, body) = request.into_parts();
        self.sent.lock().unwrap().push(Sent { headers: parts.headers, body });
        // a service takes a moment: whoever wants the same thing meanwhile has to wait
        tokio::task::yield_now().await;
        let (expected, answer) = next.unwrap_or_else(|| panic!("unexpected request: {what}"));
        assert_eq!(what, expected, "another request was expected");
        answer.map_err(|kind| TransportError::new(kind, "scripted"))
    }
}

/// A status with a JSON body.
pub(crate) fn json(status: u16, body: &Value) -> Answer {
    respond(status, &[("request-id", "req-1")], body.to_string())
}

/// A status with headers and a body.
pub(crate) fn respond(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Answer {
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Bytes::from(body.into())).unwrap())
}

pub(crate) fn throttled(retry_after: Option<&str>) -> Answer {
    let headers: Vec<_> = retry_after.map(|value| ("Retry-After", value)).into_iter().collect();
    respond(429, &headers, golden("error_429_throttled").to_string())
}

/// Hands out `token-1`, and the next number after each refusal.
#[derive(Clone, Default)]
pub(crate) struct NumberedTokens {
    refused: Arc<Mutex<u32>>,
}

#[async_trait]
impl TokenProvider for NumberedTokens {
    async fn token(&self, _tenant: Uuid, _deadline: OffsetDateTime) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new(format!("token-{}", *self.refused.lock().unwrap() + 1)))
    }

    async fn invalidate(&self, _tenant: Uuid) {
        *self.refused.lock().unwrap() += 1;
    }
}

/// A client on a script, with five minutes to the deadline.
pub(crate) fn client(script: &Script, clock: &ManualClock) -> (GraphClient, Call) {
    let tokens = NumberedTokens::default();
    let client = GraphClient::new(
        Cloud::global(),
        Arc::new(script.clone()),
        Arc::new(tokens),
        Arc::new(clock.clone()),
    );
    (client, Call::new(OWNER, CORRELATION, START + time::Duration::minutes(5)))
}

/// The body of a golden file.
pub(crate) fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/golden/graph/{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut fixture: Value = serde_json::from_str(&text).unwrap();
    assert!(fixture["source"].is_string(), "{name}: a fixture names its source");
    fixture["body"].take()
}
