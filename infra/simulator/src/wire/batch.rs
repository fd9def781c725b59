//! POST /$batch (8.4).

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Answer, Body};
use super::authentication::caller;
use super::call::Call;
use super::errors::GraphError;
use super::graph;
use crate::world::{Refusal, World};

const MAX_PARTS: usize = 20;
/// Part headers that were seen (8.4).
const PART_HEADERS: [(&str, &str); 4] = [
    ("cache-control", "Cache-Control"),
    ("x-ms-resource-unit", "x-ms-resource-unit"),
    ("odata-version", "OData-Version"),
    ("retry-after", "Retry-After"),
];

#[derive(Deserialize)]
struct Envelope {
    requests: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

impl Part {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The whole batch: 200 although parts fail, 400 for a malformed envelope. Gives the caller's tenant for the log.
pub(super) fn serve(world: &mut World, call: &Call, request_id: Uuid) -> (Option<Uuid>, Answer) {
    let tenant = match caller(world, call) {
        Ok(caller) => caller.tenant,
        Err(error) => return (None, error.answer(call, world.now, request_id)),
    };
    let answer = match read(call) {
        Ok(parts) => Answer::ok(run(world, call, &parts)),
        Err(error) => error.answer(call, world.now, request_id),
    };
    (Some(tenant), answer)
}

/// The parts in an order in which every part comes after those it depends on.
fn read(call: &Call) -> Result<Vec<Part>, GraphError> {
    let bad = |text: &str| GraphError::from(Refusal::Bad(text.to_owned()));
    if call.method != Method::POST {
        return Err(Refusal::Method.into());
    }
    let envelope: Envelope = serde_json::from_slice(&call.body)
        .map_err(|error| bad(&format!("Invalid batch payload format: {error}")))?;
    let mut waiting = envelope.requests;
    if waiting.len() > MAX_PARTS {
        return Err(bad("Number of batch request steps exceeds the maximum value of 20."));
    }
    for (index, part) in waiting.iter().enumerate() {
        if waiting.iter().take(index).any(|other| other.id.eq_ignore_ascii_case(&part.id)) {
            return Err(bad(&format!("Request Id {} has to be unique in a batch.", part.id)));
        }
        if part.url.trim_start_matches('/').to_lowercase().starts_with("$batch") {
            return Err(bad("Nested batch requests are not allowed."));
        }
    }
    let mut ordered: Vec<Part> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let done = |id: &String| ordered.iter().any(|part: &Part| part.id.eq_ignore_ascii_case(id));
        let Some(next) = waiting.iter().position(|part| part.depends_on.iter().all(done)) else {
            return Err(bad("The dependsOn of a request names an unknown request, or goes in a circle."));
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

/// The answers as they are written: those of the parts stand in them as text.
fn run(world: &mut World, envelope: &Call, parts: &[Part]) -> Body {
    let mut failed: Vec<&str> = Vec::new();
    let mut json = br#"{"responses":["#.to_vec();
    for (index, part) in parts.iter().enumerate() {
        let blocked =
            part.depends_on.iter().any(|id| failed.iter().any(|other| other.eq_ignore_ascii_case(id)));
        let answer = if blocked { dependency_failed(world, envelope) } else { one(world, envelope, part) };
        if answer.status >= 400 {
            failed.push(&part.id);
        }
        if index > 0 {
            json.push(b',');
        }
        write(&mut json, &part.id, answer);
    }
    json.extend(b"]}");
    Body::Text { json: json.into(), rows: 0 }
}

fn dependency_failed(world: &mut World, envelope: &Call) -> Answer {
    let request_id = world.fresh_id("request");
    let text = "The request was not carried out because a request it depends on failed.";
    GraphError::new(424, "FailedDependency", text).answer(envelope, world.now, request_id)
}

fn one(world: &mut World, envelope: &Call, part: &Part) -> Answer {
    let request_id = world.fresh_id("request");
    let refused =
        |text: &str| GraphError::from(Refusal::Bad(text.to_owned())).answer(envelope, world.now, request_id);
    let Ok(method) = Method::from_bytes(part.method.to_uppercase().as_bytes()) else {
        return refused("Invalid method in a batch request.");
    };
    let is_json = part.header("content-type").is_some_and(|value| value.starts_with("application/json"));
    let needs_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    if part.body.is_some() && !is_json || needs_body && part.body.is_none() {
        // also a POST action without a body wants `body: {}` and the header (8.4)
        return refused("Write request id does not contain Content-Type header or body.");
    }
    let body = part.body.as_ref().map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    let id = part.header("client-request-id").map(str::to_owned);
    let mut call = Call::part(envelope, method, &part.url, body, id);
    super::headers::remember_with(&mut call, |name| part.header(name).map(str::to_owned));
    graph::serve(world, &call, request_id)
}

/// Body, headers, id and status of a part, in this order.
fn write(json: &mut Vec<u8>, id: &str, answer: Answer) {
    let seen = |name: &str| PART_HEADERS.iter().find(|(known, _)| *known == name).map(|(_, spelt)| *spelt);
    let headers = answer.headers.iter().filter_map(|(name, value)| Some((seen(name)?, value.as_str())));
    let mut headers: BTreeMap<&str, &str> = headers.collect();
    json.push(b'{');
    if let Some(body) = answer.body {
        headers.insert("Content-Type", "application/json");
        json.extend(br#""body":"#);
        json.extend_from_slice(&body.into_text());
        json.push(b',');
    }
    let rest = json!({"headers": headers, "id": id, "status": answer.status}).to_string();
    json.extend(rest.trim_start_matches('{').as_bytes());
}
