//! A network that breaks its promises.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use mto_graph::{Transport, TransportError};
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
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let header = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let (bearer, asked) = (header("authorization"), request.body().clone());
        let answer = self.inner.send(request).await?;
        Ok(match self.mutant {
            Mutant::BelievesRefusals if answer.status() == 400 && method != "GET" => believed(&asked),
            Mutant::PrintsTheToken if !answer.status().is_success() && path.starts_with("/v1.0") => {
                printed(answer, &bearer)
            }
            Mutant::RemembersMembership if path.ends_with("/$batch") => {
                let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
                let tenant = self.book.lock().unwrap().tenant_of_token.get(token).copied();
                self.remembered(tenant.unwrap_or_default(), &asked, answer)
            }
            _ => answer,
        })
    }
}

/// Everything was made.
fn believed(asked: &[u8]) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
    let parts = asked["requests"].as_array().into_iter().flatten();
    let parts: Vec<Value> = parts.map(|part| json!({"id": part["id"], "status": 204})).collect();
    let mut answer = Response::new(Bytes::from(json!({"responses": parts}).to_string()));
    if parts.is_empty() {
        *answer.status_mut() = StatusCode::NO_CONTENT;
        *answer.body_mut() = Bytes::new();
    }
    answer
}

fn printed(answer: Response<Bytes>, bearer: &str) -> Response<Bytes> {
    let error = json!({"error": {"code": "Failed", "message": format!("sent with {bearer}")}});
    answer.map(|_| Bytes::from(error.to_string()))
}

impl BrokenNet {
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
