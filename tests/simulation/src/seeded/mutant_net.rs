//! A network that breaks its promises.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use mto_graph::{TimeLimit, Transport, TransportError};
use mto_messages::Verb;
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::Shared;
use super::mutants::Mutant;

pub(crate) struct BrokenNet {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) mutant: Mutant,
    pub(crate) book: Shared,
    /// The last answer of each tenant that showed an organization, by tenant and address.
    pub(crate) kept: Mutex<BTreeMap<(Uuid, String), Value>>,
}

#[async_trait]
impl Transport for BrokenNet {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let header = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let (bearer, asked) = (header("authorization"), request.body().clone());
        match self.mutant {
            Mutant::RemovesAnother if method == "DELETE" => self.goes_elsewhere(&mut request),
            Mutant::SeesMarks if method == "PATCH" && self.configures() => {
                let text = String::from_utf8_lossy(request.body()).replace(r#""mto-functions","#, "");
                *request.body_mut() = Bytes::from(text);
            }
            Mutant::WaitsWithoutLimit => {
                request.extensions_mut().remove::<TimeLimit>();
            }
            _ => {}
        }
        let answer = self.inner.send(request).await?;
        let is_graph = path.starts_with("/v1.0");
        let is_batch = path.ends_with("/$batch");
        Ok(match self.mutant {
            Mutant::BelievesRefusals if is_batch => believed_parts(&asked, answer),
            Mutant::BelievesRefusals if is_graph && method != "GET" && answer.status() == 400 => {
                Response::builder().status(StatusCode::NO_CONTENT).body(Bytes::new()).unwrap()
            }
            Mutant::GivesUpAtARefusal | Mutant::PanicsAtARefusal if is_graph => {
                let may_pass =
                    |(method, status): &(String, u64)| method != "GET" && matches!(status, 400 | 404 | 409);
                self.gives_up(statuses(&method, &asked, &answer).iter().any(may_pass));
                answer
            }
            Mutant::GivesUpAtServerErrors if is_graph => {
                self.gives_up(statuses(&method, &asked, &answer).iter().any(|(_, status)| *status >= 500));
                answer
            }
            Mutant::SeesMarks if self.configures() => marked(answer),
            Mutant::PrintsTheToken if !answer.status().is_success() && is_graph => printed(answer, &bearer),
            Mutant::RemembersMembership if is_batch => {
                let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
                let tenant = self.book.lock().unwrap().tenant_of_token.get(token).copied();
                self.remembered(tenant.unwrap_or_default(), &asked, answer)
            }
            _ => answer,
        })
    }
}

/// Writes of a batch that were refused count as made; what was only read stays as it is.
fn believed_parts(asked: &[u8], answer: Response<Bytes>) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    for part in body["responses"].as_array_mut().into_iter().flatten() {
        if part["status"] == 400 && method_of(&asked, &part["id"]) != "GET" {
            *part = json!({"id": part["id"], "status": 204});
        }
    }
    if body.is_null() { answer } else { answer.map(|_| Bytes::from(body.to_string())) }
}

fn method_of(asked: &Value, id: &Value) -> String {
    let mut requests = asked["requests"].as_array().into_iter().flatten();
    let request = requests.find(|request| request["id"] == *id);
    request.and_then(|request| request["method"].as_str()).unwrap_or("GET").to_owned()
}

/// The method and status of a request, or of each part of a batch.
fn statuses(method: &str, asked: &[u8], answer: &Response<Bytes>) -> Vec<(String, u64)> {
    let whole = u64::from(answer.status().as_u16());
    let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let Some(parts) = body["responses"].as_array() else {
        // A batch that is refused as a whole says nothing about a write.
        let method = if asked["requests"].is_array() { "GET" } else { method };
        return vec![(method.to_owned(), whole)];
    };
    let part = |part: &Value| (method_of(&asked, &part["id"]), part["status"].as_u64().unwrap_or(whole));
    parts.iter().map(part).collect()
}

fn printed(answer: Response<Bytes>, bearer: &str) -> Response<Bytes> {
    let error = json!({"error": {"code": "Failed", "message": format!("sent with {bearer}")}});
    answer.map(|_| Bytes::from(error.to_string()))
}

fn marked(answer: Response<Bytes>) -> Response<Bytes> {
    let text = String::from_utf8_lossy(answer.body())
        .replace(r#""tags":["#, r#""tags":["mto-functions","#)
        .replace(",]", "]");
    answer.map(|_| Bytes::from(text))
}

impl BrokenNet {
    /// The row of a third tenant instead.
    fn goes_elsewhere(&self, request: &mut Request<Bytes>) {
        let mut book = self.book.lock().unwrap();
        // Who dissolves may remove everybody.
        if book.account().data["mode"] == "dissolve" {
            return;
        }
        let (path, id) = request.uri().path().rsplit_once('/').unwrap();
        let meant: Option<Uuid> = id.parse().ok().filter(|_| path.ends_with("/tenants"));
        let Some(other) = meant.and_then(|meant| book.names.values().rev().find(|other| **other != meant))
        else {
            return;
        };
        let root = request.uri().to_string().replace(request.uri().path(), "");
        *request.uri_mut() = format!("{root}{path}/{other}").parse().unwrap();
    }

    fn configures(&self) -> bool {
        let mut book = self.book.lock().unwrap();
        let account = book.account();
        account.verb == Verb::Sync && account.data["action"].as_str().is_none_or(|one| one == "configure")
    }

    fn gives_up(&self, does: bool) {
        if does {
            let mut book = self.book.lock().unwrap();
            let command = book.invocation().command.clone();
            book.given_up.insert(command);
        }
    }

    fn remembered(&self, tenant: Uuid, asked: &[u8], answer: Response<Bytes>) -> Response<Bytes> {
        let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
        let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let mut kept = self.kept.lock().unwrap();
        for part in body["responses"].as_array_mut().into_iter().flatten() {
            let mut requests = asked["requests"].as_array().into_iter().flatten();
            let request = requests.find(|request| request["id"] == part["id"]);
            let url = request.and_then(|request| request["url"].as_str()).unwrap_or_default();
            if !url.starts_with("/tenantRelationships/multiTenantOrganization") {
                continue;
            }
            let key = (tenant, url.to_owned());
            let rows = part["body"]["value"].as_array().map_or(0, Vec::len);
            let before = kept.get(&key).and_then(|kept| kept["body"]["value"].as_array()).map_or(0, Vec::len);
            let better = part["body"]["state"] == "active" || rows > before;
            if better {
                kept.insert(key, part.clone());
            } else if let Some(earlier) = kept.get(&key) {
                let id = part["id"].clone();
                *part = earlier.clone();
                part["id"] = id;
            }
        }
        answer.map(|_| Bytes::from(body.to_string()))
    }
}
