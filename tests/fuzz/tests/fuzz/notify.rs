//! Outcomes full of markup, told in products that answer whatever they like.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use mto_fuzz_tests::{Entropy, START, Still, mutated, text_with};
use mto_graph::{Clock, Transport, TransportError, TransportErrorKind};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{BatchFunction as _, Message, NoBackends, Queue as _, QueueUrl};
use mto_notify::{Notify, NotifyConfig};
use serde_json::{Value, json};

use crate::outcomes::full;
use crate::support::{RUNS, run, target};

const SECRETS: [(&str, &str); 5] = [
    ("SLACK", "xoxb-canary-secret"),
    ("JIRA", "jira-canary-secret"),
    ("SNOW", "snow-canary-secret"),
    ("HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("TEAMS", "https://teams.example/workflows/1?sig=canary-secret"),
];

const PLACES: [&str; 7] = [
    "slack:C0123",
    "slack:C0123/1700000000.1",
    "teams",
    "jira:OPS-1",
    "snow:incident/9d385017c611228701d22104cc95c371",
    "hook:x",
    "slack:https://evil.example/",
];

const RETRY_AFTER: [&str; 6] =
    ["0", "5", "4294967295", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"];

fn configuration() -> Value {
    json!({"destinations": [
        {"name": "slack", "kind": "slack", "baseUrl": "https://slack.example", "token": {"env": "SLACK"},
         "channels": ["C0123"]},
        {"name": "teams", "kind": "teams", "url": {"env": "TEAMS"}},
        {"name": "jira", "kind": "jira", "baseUrl": "https://jira.example", "email": "b@x.example",
         "token": {"env": "JIRA"}, "projects": ["OPS"]},
        {"name": "snow", "kind": "servicenow", "baseUrl": "https://snow.example", "tables": ["incident"],
         "credential": {"basic": {"user": "mto", "password": {"env": "SNOW"}}}},
        {"name": "hook", "kind": "webhook", "url": "https://hook.example/", "secret": {"env": "HOOK"}},
    ]})
}

/// Answers by bytes, and sometimes repeats the credential it was sent.
struct Products {
    bytes: Mutex<Vec<u8>>,
    asked: Mutex<Vec<(String, Value)>>,
}

fn answers() -> Vec<Value> {
    let payload = json!({"outcome": "INC1/succeeded", "source": "/mto-functions/join?of=/servicenow/prod", "root": "INC0",
                         "kind": "succeeded", "time": "2026-11-21T08:00:00Z"});
    let message = json!({"ts": "1.1", "metadata": {"event_type": "mto_outcome", "event_payload": payload}});
    vec![
        json!({"ok": true, "messages": [message], "response_metadata": {"next_cursor": "c"}}),
        json!({"ok": true, "messages": []}),
        json!({"ok": false, "error": "ratelimited"}),
        json!({"comments": [{"body": {}, "properties": [{"key": "mto-outcome", "value": payload}]}], "total": 9_999}),
        json!({"comments": [], "total": 0}),
        json!({"result": []}),
        json!({"result": [{"sys_id": "a"}]}),
    ]
}

impl Products {
    fn answer(&self, authorization: &str, url: &str) -> Result<Response<Bytes>, TransportErrorKind> {
        let mut bytes = self.bytes.lock().unwrap();
        let mut entropy = Entropy::new(&bytes);
        let kind = entropy.byte();
        let mut body = text_with_document(&mut entropy);
        let bare = authorization.split_once(' ').map_or(authorization, |(_, bare)| bare);
        match kind {
            200..=219 => body = format!("{{\"ok\":false,\"error\":\"{bare}\"}}").into_bytes(),
            220..=239 => body = format!("no: {authorization} {bare} {url}").into_bytes(),
            0..=199 | 240..=255 => {}
        }
        let status = *entropy.one_of(&[200, 200, 200, 201, 202, 302, 400, 401, 404, 410, 429, 503]);
        let retry_after = *entropy.one_of(&RETRY_AFTER);
        let with_header = entropy.byte() > 100;
        let rest = entropy.rest().to_vec();
        *bytes = rest;
        if kind > 247 {
            return Err(TransportErrorKind::Timeout);
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if with_header {
            response.headers_mut().insert("retry-after", HeaderValue::from_static(retry_after));
        }
        Ok(response)
    }
}

fn text_with_document(entropy: &mut Entropy<'_>) -> Vec<u8> {
    let document = mutated(entropy, &answers());
    text_with(entropy, &document)
}

#[async_trait]
impl Transport for Products {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let url = request.uri().to_string();
        let body = if request.method() == http::Method::GET {
            Value::Null
        } else {
            serde_json::from_slice(request.body()).unwrap()
        };
        self.asked.lock().unwrap().push((url.clone(), body));
        let authorization =
            request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let answered = self.answer(&authorization.unwrap_or_default(), &url);
        answered.map_err(|kind| TransportError::new(kind, "the product"))
    }
}

/// Every text of a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Nothing of an outcome's text is a mention, a link or a command to the product.
fn check_still(url: &str, body: &Value) {
    let host = url.split('/').nth(2).unwrap_or_default();
    match host {
        "slack.example" => {
            let blocks = body["blocks"].to_string();
            assert!(!blocks.contains(['<', '>']), "{blocks}");
            assert!(!body["text"].as_str().unwrap().contains(['<', '>']), "{body}");
            assert_eq!((&body["parse"], &body["link_names"]), (&json!("none"), &json!(false)));
            assert!(blocks.chars().count() <= 13_000);
        }
        "teams.example" => {
            let card = &body["attachments"][0]["content"];
            for text in texts(&card["body"]) {
                assert!(!text.contains("{{") && !text.contains("${"), "{text:?}");
                assert!(!text.to_lowercase().contains("<at"), "{text:?}");
            }
            assert!(card.get("msteams").is_none() && card.get("actions").is_none());
            assert!(body.to_string().len() <= 28 * 1_024);
        }
        "jira.example" => {
            let content = body["body"].to_string();
            for kind in ["mention", "link", "inlineCard", "media"] {
                assert!(!content.contains(&format!("\"type\":\"{kind}\"")), "{content}");
            }
        }
        "snow.example" => {
            let note = body["work_notes"].as_str().unwrap();
            assert!(!note.contains(['[', ']']) && note.chars().count() <= 4_000, "{note}");
        }
        "hook.example" => assert!(body["data"].is_object(), "the event itself"),
        other => panic!("{other} is not configured"),
    }
}

async fn tell(bytes: &[u8]) {
    let mut entropy = Entropy::new(bytes);
    let kind = entropy.one_of(&["succeeded", "failed", "planned", "waiting", "accepted"]);
    let place = entropy.one_of(&PLACES);
    let body = mutated(&mut entropy, &[full(kind, place)]);
    let products = Arc::new(Products { bytes: Mutex::new(entropy.rest().to_vec()), asked: Mutex::default() });
    let clock: Arc<dyn Clock> = Arc::new(Still::start());
    let (outcomes, letters) =
        (QueueUrl::new("https://sqs.example/o"), QueueUrl::new("https://sqs.example/d"));
    let mut environment: BTreeMap<String, String> =
        SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    environment.insert("MTO_NOTIFY".to_owned(), configuration().to_string());
    environment.insert("MTO_QUEUE_OUTCOMES".to_owned(), outcomes.to_string());
    environment.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), letters.to_string());
    let config = NotifyConfig::read(&environment, &NoBackends, products.clone(), &clock).unwrap();
    let queues = MemoryQueues::new(clock.clone())
        .with(&outcomes, QueueSettings::default())
        .with(&letters, QueueSettings::default());
    let notify = Notify::new(config, Arc::new(queues.clone()), clock);
    let message = Message { body: body.to_string(), ..Message::default() };
    queues.send(&outcomes, vec![message]).await.unwrap();
    let failed = notify.handle(queues.receive(&outcomes, 10), START + Duration::from_mins(2)).await;
    assert_eq!(failed, Vec::<String>::new(), "a record panicked, or a queue refused what followed");
    for (url, body) in products.asked.lock().unwrap().iter() {
        assert!(PRODUCTS.iter().any(|root| url.starts_with(root)), "{url}");
        if !body.is_null() {
            check_still(url, body);
        }
    }
    let stored = queues.contents(&outcomes).into_iter().chain(queues.contents(&letters));
    for stored in stored {
        let seen = format!("{:?}", stored.attributes);
        let bare = "bXRvOnNub3ctY2FuYXJ5LXNlY3JldA";
        assert!(!seen.contains("canary-secret") && !seen.contains(bare), "a secret is in {seen}");
    }
}

const PRODUCTS: [&str; 5] = [
    "https://slack.example/api/",
    "https://teams.example/workflows/1?sig=",
    "https://jira.example/rest/api/3/issue/OPS-1/comment",
    "https://snow.example/api/now/table/",
    "https://hook.example/",
];

#[test]
fn no_outcome_is_markup_and_no_answer_gives_a_secret_away() {
    target!(RUNS, |bytes: &[u8]| run(tell(bytes)));
}
