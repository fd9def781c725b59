//! What stands for the products that outcomes are told to: servers that hold every request against the documented shape
//! of the product, keep what they are told, and can fail as services do.

mod jira;
mod receiver;
mod servicenow;
mod slack;
mod teams;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

pub use jira::Jira;
pub use receiver::Receiver;
pub use servicenow::ServiceNow;
pub use slack::Slack;
pub use teams::TeamsWorkflow;

/// More than any product here takes.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;

/// A request, as a product sees it.
#[derive(Debug, Clone)]
pub struct Call {
    /// `POST`.
    pub method: String,
    /// Decoded: `/rest/api/3/issue/OPS-1/comment`.
    pub path: String,
    /// Decoded.
    pub query: BTreeMap<String, String>,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it was sent.
    pub body: String,
}

/// What a product answers.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Null for no body.
    pub body: Value,
}

/// What a product was told.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where: a channel, an issue, a record.
    pub address: String,
    /// Everything a person reads, or the whole body.
    pub text: String,
    /// The outcome's id, where the product can keep it out of people's sight.
    pub outcome: Option<String>,
}

/// How a service fails, once.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// It refuses for now, and says for how many seconds.
    Busy(u32),
    /// It takes the message, but whoever sent it is not told so.
    AnswerLost,
    /// It refuses for good.
    Refuses(u16),
}

/// A product's behaviour.
pub trait Product: Send + 'static {
    /// Answers. What is not as documented is a complaint, which fails the test.
    ///
    /// # Errors
    /// The complaint.
    fn answer(&mut self, call: &Call) -> Result<Reply, String>;
}

struct Kept<P> {
    product: P,
    complaints: Vec<String>,
    faults: VecDeque<Fault>,
    calls: Vec<Call>,
}

/// A product on loopback.
pub struct Served<P> {
    root: String,
    kept: Arc<Mutex<Kept<P>>>,
}

impl<P: Product> Served<P> {
    /// Serves it on a free port.
    ///
    /// # Panics
    /// If the system has none.
    pub async fn serve(product: P) -> Self {
        let kept = Kept { product, complaints: Vec::new(), faults: VecDeque::new(), calls: Vec::new() };
        let kept = Arc::new(Mutex::new(kept));
        let router = axum::Router::new().fallback(take::<P>).with_state(Arc::clone(&kept));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { root, kept }
    }

    /// `http://127.0.0.1:<port>`
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The next write meets this fault, the one after it the next.
    pub fn fail(&self, fault: Fault) {
        lock(&self.kept).faults.push_back(fault);
    }

    /// What was not as documented.
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.kept).complaints.clone()
    }

    /// Every request so far.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.kept).calls.clone()
    }

    /// Looks at the product.
    pub fn look<T>(&self, at: impl FnOnce(&P) -> T) -> T {
        at(&lock(&self.kept).product)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take<P: Product>(State(kept): State<Arc<Mutex<Kept<P>>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY_BYTES).await.unwrap_or_else(|_| Bytes::new());
    let header = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let call = Call {
        method: head.method.to_string(),
        path: decoded(head.uri.path()),
        query: query(head.uri.query().unwrap_or_default()),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), header(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let mut kept = lock(&kept);
    kept.calls.push(call.clone());
    let fault = if head.method == Method::GET { None } else { kept.faults.pop_front() };
    match fault {
        Some(Fault::Busy(seconds)) => {
            let mut response = respond(&Reply { status: 429, body: Value::Null });
            response.headers_mut().insert("retry-after", seconds.into());
            return response;
        }
        Some(Fault::Refuses(status)) => return respond(&Reply { status, body: Value::Null }),
        Some(Fault::AnswerLost) | None => {}
    }
    match (kept.product.answer(&call), fault) {
        (Ok(_), Some(_)) => respond(&Reply { status: 502, body: Value::Null }),
        (Ok(reply), None) => respond(&reply),
        (Err(complaint), _) => {
            kept.complaints.push(format!("{} {}: {complaint}\n{}", call.method, call.path, call.body));
            respond(&Reply { status: 400, body: Value::String(complaint) })
        }
    }
}

fn respond(reply: &Reply) -> Response {
    let body = if reply.body.is_null() { Body::empty() } else { Body::from(reply.body.to_string()) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("content-type", "application/json".parse().expect("plain text"));
    response
}

/// A form, or the query of a URL.
fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Call {
    /// The body, if it is said to be JSON, and is.
    fn json(&self) -> Result<Value, String> {
        let kind = self.headers.get("content-type").map(String::as_str).unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Err(format!("content-type {kind:?}"));
        }
        serde_json::from_str(&self.body).map_err(|error| error.to_string())
    }

    fn expect_authorization(&self, wanted: &str) -> Result<(), String> {
        if self.headers.get("authorization").is_some_and(|found| found == wanted) {
            return Ok(());
        }
        Err("another authorization".to_owned())
    }

    fn expect_query(&self, known: &[&str]) -> Result<(), String> {
        match self.query.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(format!("no such parameter: {unknown}")),
            None => Ok(()),
        }
    }
}

/// The names of an object are among those.
fn expect_names(value: &Value, known: &[&str]) -> Result<(), String> {
    let object = value.as_object().ok_or("no object")?;
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(format!("no such field: {unknown}")),
        None => Ok(()),
    }
}

/// Every text below `value` that is called `text` or `title` or `value`, one a line.
fn texts(value: &Value) -> String {
    let mut lines = Vec::new();
    collect(value, &mut lines);
    lines.join("\n")
}

fn collect<'a>(value: &'a Value, lines: &mut Vec<&'a str>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, lines)),
        Value::Object(values) => {
            for (name, value) in values {
                match value.as_str() {
                    Some(text) if ["text", "title", "value"].contains(&name.as_str()) => lines.push(text),
                    _ => collect(value, lines),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
