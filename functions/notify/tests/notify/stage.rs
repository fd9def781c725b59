//! A stage: a recording server, queues and a clock that jumps.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use mto_graph::{Clock, ReqwestTransport};
use mto_handler::memory::{MemoryQueues, QueueSettings, Stored};
use mto_handler::{BatchFunction, ConfigError, Message, NoBackends, Queue, QueueUrl};
use mto_messages::Outcome;
use mto_notify::{Notify, NotifyConfig};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// When every test starts.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

/// How long an invocation lasts.
const INVOCATION: Duration = Duration::from_mins(2);

/// Time that moves by sleeping only.
pub(crate) struct ManualClock(Mutex<OffsetDateTime>);

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

/// A request as the server got it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Asked {
    /// The body as JSON; null if there is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// An answer of the server. `Silence` breaks the connection after the request was read.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(u16, Value),
    RetryAfter(u16, &'static str),
    Silence,
}

/// What a server answers: by the start of the path; the last answer of a list stays.
type Script = Vec<(String, VecDeque<Answer>)>;

#[derive(Clone, Default)]
pub(crate) struct Server {
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Script>>,
}

impl Server {
    /// Answers requests whose method and path start like this (`GET /api`), one answer after the other.
    pub(crate) fn answers(&self, start: impl Into<String>, answers: impl IntoIterator<Item = Answer>) {
        let start = start.into();
        let mut script = self.script.lock().unwrap();
        script.retain(|(other, _)| *other != start);
        script.insert(0, (start, answers.into_iter().collect()));
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Those with this method.
    pub(crate) fn asked_by(&self, method: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method == method).collect()
    }

    async fn start(&self) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(record).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    fn next(&self, request: &str) -> Answer {
        let mut script = self.script.lock().unwrap();
        let found = script.iter_mut().find(|(start, _)| request.starts_with(start.as_str()));
        match found {
            Some((_, answers)) if answers.len() > 1 => answers.pop_front().unwrap(),
            Some((_, answers)) => answers[0].clone(),
            None => Answer::Json(501, json!({"unexpected": request})),
        }
    }
}

async fn record(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let pairs = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let asked = Asked {
        method: method.to_string(),
        url: uri.to_string(),
        headers: pairs.collect(),
        text: String::from_utf8(body.to_vec()).unwrap(),
    };
    let request = format!("{method} {uri}");
    server.asked.lock().unwrap().push(asked);
    match server.next(&request) {
        Answer::Json(status, body) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("content-type", "application/json")], body.to_string()).into_response()
        }
        Answer::RetryAfter(status, after) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("retry-after", after)], r#"{"ok":false,"error":"ratelimited"}"#).into_response()
        }
        // A body that breaks off: the request was taken, its answer never comes.
        Answer::Silence => {
            let broken = futures_util::stream::once(async {
                Err::<Bytes, _>(std::io::Error::other("the connection breaks"))
            });
            axum::body::Body::from_stream(broken).into_response()
        }
    }
}

/// Everything a test needs.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) queues: MemoryQueues,
    pub(crate) notify: Notify,
    outcomes: QueueUrl,
    dead_letters: QueueUrl,
}

/// The secrets of the environment; none may be seen anywhere.
pub(crate) const SECRETS: [(&str, &str); 4] = [
    ("SLACK_TOKEN", "xoxb-very-secret"),
    ("JIRA_TOKEN", "jira-very-secret"),
    ("SNOW_PASSWORD", "snow-very-secret"),
    ("HOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
];

/// The URL of the Teams workflow ends so.
pub(crate) const TEAMS_SIGNATURE: &str = "sig=teams-very-secret";

/// All five kinds, all at one server.
pub(crate) fn document(port: u16, default: Option<&str>) -> Value {
    let root = format!("http://127.0.0.1:{port}");
    json!({
        "destinations": [
            {"name": "slack", "kind": "slack", "baseUrl": root, "token": {"env": "SLACK_TOKEN"},
             "channels": ["C0123", "C0999"]},
            {"name": "teams", "kind": "teams", "url": {"env": "TEAMS_URL"}},
            {"name": "jira", "kind": "jira", "baseUrl": root, "email": "bot@contoso.example",
             "token": {"env": "JIRA_TOKEN"}, "projects": ["OPS"]},
            {"name": "desk", "kind": "jira", "baseUrl": root, "email": "bot@contoso.example",
             "token": {"env": "JIRA_TOKEN"}, "projects": ["HELP"], "internal": true},
            {"name": "snow", "kind": "servicenow", "baseUrl": format!("{root}/"), "tables": ["incident"],
             "credential": {"basic": {"user": "mto", "password": {"env": "SNOW_PASSWORD"}}}},
            {"name": "hook", "kind": "webhook", "url": format!("{root}/hook?a=b"), "secret": {"env": "HOOK_SECRET"}},
            {"name": "ends", "kind": "webhook", "url": format!("{root}/ends"), "secret": {"env": "HOOK_SECRET"},
             "tell": ["succeeded", "failed"]},
        ],
        "default": default,
    })
}

/// The environment of a document.
pub(crate) fn environment(document: &str, port: u16) -> BTreeMap<String, String> {
    let pairs = [
        ("MTO_NOTIFY", document.to_owned()),
        ("MTO_QUEUE_OUTCOMES", "https://sqs.example/outcomes".to_owned()),
        ("MTO_QUEUE_DEAD_LETTERS", "https://sqs.example/letters".to_owned()),
        ("TEAMS_URL", format!("http://127.0.0.1:{port}/workflows/1?{TEAMS_SIGNATURE}")),
    ];
    let secrets = SECRETS.map(|(name, value)| (name, value.to_owned()));
    pairs.into_iter().chain(secrets).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads a configuration.
pub(crate) fn configure(
    environment: &BTreeMap<String, String>,
    clock: &Arc<dyn Clock>,
) -> Result<NotifyConfig, ConfigError> {
    NotifyConfig::read(environment, &NoBackends, Arc::new(ReqwestTransport::new().unwrap()), clock)
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with_default(None).await
    }

    pub(crate) async fn with_default(default: Option<&str>) -> Self {
        let server = Server::default();
        let port = server.start().await;
        let clock = Arc::new(ManualClock(Mutex::new(NOW)));
        let shared: Arc<dyn Clock> = clock.clone();
        let environment = environment(&document(port, default).to_string(), port);
        let config = configure(&environment, &shared).unwrap();
        let outcomes = QueueUrl::new("https://sqs.example/outcomes");
        let dead_letters = QueueUrl::new("https://sqs.example/letters");
        let queues = MemoryQueues::new(Arc::clone(&shared))
            .with(&outcomes, QueueSettings::default())
            .with(&dead_letters, QueueSettings::default());
        let notify = Notify::new(config, Arc::new(queues.clone()), shared);
        Self { server, clock, queues, notify, outcomes, dead_letters }
    }

    /// Puts an outcome into the queue.
    pub(crate) async fn post(&self, outcome: &Outcome) {
        self.post_text(&outcome.to_json()).await;
    }

    pub(crate) async fn post_text(&self, body: &str) {
        let message = Message { body: body.to_owned(), ..Message::default() };
        self.queues.send(&self.outcomes, vec![message]).await.unwrap();
    }

    /// One invocation over what is visible; deletes what was dealt with, as the event source mapping does.
    pub(crate) async fn run(&self) -> Vec<String> {
        let records = self.queues.receive(&self.outcomes, 10);
        let receipts: Vec<(String, String)> =
            records.iter().map(|record| (record.message_id.clone(), record.receipt_handle.clone())).collect();
        let failed = self.notify.handle(records, self.clock.now() + INVOCATION).await;
        for (message_id, receipt) in receipts {
            if !failed.contains(&message_id) {
                self.queues.delete(&self.outcomes, &receipt).await.unwrap();
            }
        }
        failed
    }

    /// Tells one outcome, and expects nothing to be left behind.
    pub(crate) async fn tell(&self, outcome: &Outcome) {
        self.post(outcome).await;
        assert_eq!(self.run().await, Vec::<String>::new());
        assert!(self.waiting().is_empty(), "{:?}", self.waiting());
        assert!(self.letters().is_empty(), "{:?}", self.letters());
    }

    /// What stands in the outcomes queue.
    pub(crate) fn waiting(&self) -> Vec<Stored> {
        self.queues.contents(&self.outcomes)
    }

    /// What stands in the dead-letter queue.
    pub(crate) fn letters(&self) -> Vec<Stored> {
        self.queues.contents(&self.dead_letters)
    }

    /// Reason and text of the only dead letter.
    pub(crate) fn letter(&self) -> (String, String) {
        let letters = self.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        (letters[0].attributes["reason"].clone(), letters[0].attributes["reasonText"].clone())
    }

    /// Jumps to when the next message shows.
    pub(crate) fn jump(&self) {
        let next = self.queues.next_visible(std::slice::from_ref(&self.outcomes)).unwrap();
        self.clock.advance(Duration::try_from(next - self.clock.now()).unwrap_or_default());
    }
}

/// Compares with a golden file.
pub(crate) fn golden(name: &str, made: &Value) {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let wanted: Value = serde_json::from_str(&text).unwrap_or_default();
    assert_eq!(
        made,
        &wanted,
        "{path} says otherwise; made was:\n{}",
        serde_json::to_string_pretty(made).unwrap()
    );
}
