//! An intake over queues in memory, at a time that stands still, and requests signed as the products sign them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mto_graph::Clock;
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Backends, HttpFunction as _, HttpRequest, HttpResponse, NoBackends, QueueUrl};
use mto_intake::{Config, Intake};
use ring::hmac;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// The time of all tests.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

/// Secrets by kind.
pub(crate) const SLACK: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub(crate) const TEAMS: &str = "vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=";
pub(crate) const JIRA: &str = "It's a Secret to Everybody";
pub(crate) const WEBHOOK: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const OLD_WEBHOOK: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub(crate) const SHARED_KEY: &str = "a shared key";

const VERBS: [&str; 5] = ["CREATE", "ADD", "JOIN", "LEAVE", "SYNC"];

/// A clock that stands still, and does not really wait.
#[derive(Clone, Copy)]
pub(crate) struct Still(pub(crate) OffsetDateTime);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
    async fn sleep(&self, _duration: Duration) {}
}

/// Queues of all verbs, and the secrets.
pub(crate) fn environment() -> BTreeMap<String, String> {
    let secrets = [
        ("MTO_SLACK_SIGNING_SECRET", SLACK),
        ("MTO_TEAMS_TOKEN", TEAMS),
        ("MTO_JIRA_SECRET", JIRA),
        ("MTO_PORTAL_SECRET", WEBHOOK),
        ("MTO_PORTAL_SECRET_BEFORE", OLD_WEBHOOK),
        ("MTO_SERVICENOW_SECRET", WEBHOOK),
        ("MTO_SERVICENOW_KEY", SHARED_KEY),
    ];
    let queues = VERBS.map(|verb| (format!("MTO_QUEUE_{verb}"), format!("https://sqs.example/{verb}")));
    let secrets = secrets.map(|(name, secret)| (name.to_owned(), secret.to_owned()));
    queues.into_iter().chain(secrets).collect()
}

pub(crate) struct World {
    pub(crate) intake: Intake,
    pub(crate) queues: MemoryQueues,
}

impl World {
    pub(crate) fn new(configuration: &Value) -> Self {
        Self::at(configuration, NOW)
    }

    pub(crate) fn at(configuration: &Value, now: OffsetDateTime) -> Self {
        Self::with(configuration, now, &NoBackends)
    }

    pub(crate) fn with(configuration: &Value, now: OffsetDateTime, backends: &dyn Backends) -> Self {
        let mut environment = environment();
        environment.insert("MTO_INTAKE".to_owned(), configuration.to_string());
        let config = Config::read(&environment, backends).unwrap();
        let clock = Arc::new(Still(now));
        let mut queues = MemoryQueues::new(clock.clone());
        for verb in VERBS {
            queues =
                queues.with(&QueueUrl::new(format!("https://sqs.example/{verb}")), QueueSettings::default());
        }
        Self { intake: Intake::new(config, Arc::new(queues.clone()), clock), queues }
    }

    /// The answer to a request, with thirty seconds left.
    pub(crate) async fn send(&self, request: HttpRequest) -> HttpResponse {
        self.intake.answer(request, NOW + Duration::from_secs(30)).await
    }

    /// What was posted, verb and body.
    pub(crate) fn posted(&self) -> Vec<(String, Value)> {
        let of = |verb: &str| self.queues.contents(&QueueUrl::new(format!("https://sqs.example/{verb}")));
        let all = VERBS.iter().flat_map(|verb| {
            of(verb)
                .into_iter()
                .map(|stored| (verb.to_lowercase(), serde_json::from_str(&stored.body).unwrap()))
        });
        all.collect()
    }
}

/// A sender of each kind that may do everything.
pub(crate) fn open() -> Value {
    let ticket = json!({"type": "{/type}", "data": "{/data}"});
    let all = json!([{"verbs": ["*"]}]);
    let people = json!([{"verbs": ["*"], "users": ["*"]}]);
    let key = json!({"header": "x-mto-signature", "encoding": "hex", "prefix": "sha256="});
    json!({"senders": [
        {"name": "slack", "kind": "slack", "path": "/slack", "source": "/slack", "allow": people,
         "secrets": [{"env": "MTO_SLACK_SIGNING_SECRET"}]},
        {"name": "teams", "kind": "teams", "path": "/teams", "source": "/teams", "allow": people,
         "secrets": [{"env": "MTO_TEAMS_TOKEN"}]},
        {"name": "jira", "kind": "jira", "path": "/jira", "source": "/jira", "allow": all, "command": ticket,
         "secrets": [{"env": "MTO_JIRA_SECRET"}]},
        {"name": "servicenow", "kind": "servicenow", "path": "/servicenow", "source": "/servicenow", "allow": all,
         "command": ticket, "secrets": [{"env": "MTO_SERVICENOW_KEY"}], "signature": key},
        {"name": "webhook", "kind": "webhook", "path": "/webhook", "source": "/webhook", "allow": all,
         "command": ticket, "secrets": [{"env": "MTO_PORTAL_SECRET"}, {"env": "MTO_PORTAL_SECRET_BEFORE"}]},
    ]})
}

/// A request that is not signed.
pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpRequest { method: "POST".to_owned(), path: path.to_owned(), headers, body: body.to_vec().into() }
}

/// Signs as this kind does, at this time, with these keys where several are possible.
pub(crate) fn sign(kind: &str, mut request: HttpRequest, at: OffsetDateTime) -> HttpRequest {
    let seconds = at.unix_timestamp().to_string();
    let body = request.body.clone();
    let mut set = |name: &str, value: String| request.headers.insert(name.to_owned(), value);
    match kind {
        "slack" => {
            let signature = hex::encode(mac(SLACK.as_bytes(), &[b"v0:", seconds.as_bytes(), b":", &body]));
            set("x-slack-request-timestamp", seconds);
            set("x-slack-signature", format!("v0={signature}"));
        }
        "teams" => {
            let signature = mac(&STANDARD.decode(TEAMS).unwrap(), &[&body]);
            set("authorization", format!("HMAC {}", STANDARD.encode(signature)));
        }
        "jira" => {
            set("x-hub-signature", format!("sha256={}", hex::encode(mac(JIRA.as_bytes(), &[&body]))));
        }
        "servicenow" => {
            set("x-mto-signature", format!("sha256={}", hex::encode(mac(SHARED_KEY.as_bytes(), &[&body]))));
        }
        "servicenow with time" => {
            let signature = mac(SHARED_KEY.as_bytes(), &[seconds.as_bytes(), b".", &body]);
            set("x-mto-timestamp", seconds);
            set("x-mto-signature", STANDARD.encode(signature));
        }
        _ => return sign_webhook(request, at, WEBHOOK),
    }
    request
}

/// Signs as Standard Webhooks do.
pub(crate) fn sign_webhook(mut request: HttpRequest, at: OffsetDateTime, secret: &str) -> HttpRequest {
    let id = request.headers.entry("webhook-id".to_owned()).or_insert_with(|| "msg_1".to_owned()).clone();
    let seconds = at.unix_timestamp().to_string();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signature = mac(&key, &[id.as_bytes(), b".", seconds.as_bytes(), b".", &request.body]);
    let signature = format!("v1,{}", STANDARD.encode(signature));
    request.headers.insert("webhook-timestamp".to_owned(), seconds);
    request.headers.insert("webhook-signature".to_owned(), signature);
    request
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
}

/// A form as Slack sends it.
pub(crate) fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// A slash command.
pub(crate) fn slash(user: &str, text: &str) -> HttpRequest {
    let fields = [
        ("command", "/mto"),
        ("text", text),
        ("user_id", user),
        ("user_name", "kim"),
        ("channel_id", "C012"),
        ("trigger_id", "13345224609.738474920.8088930838d88f008e0"),
    ];
    sign("slack", post("/slack", &[], &form(&fields)), NOW)
}

/// The answer's JSON.
pub(crate) fn body(response: &HttpResponse) -> Value {
    serde_json::from_str(&response.body).unwrap()
}
