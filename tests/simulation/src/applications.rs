//! Applications of the functions' own: what each may do, and which of them made a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use entra_simulator::{ApplicationSeed, RequestLine, Secret};
use mto_graph::{Transport, TransportError};
use mto_messages::Verb;
use serde_json::Value;
use uuid::Uuid;

use crate::Stage;

impl Stage {
    /// Gives every function an application of its own in every tenant, with these permissions. The ledger tells
    /// afterwards which function made which request.
    #[must_use]
    pub fn applications(
        mut self,
        permissions: impl Fn(Verb, Uuid) -> BTreeSet<&'static str>,
    ) -> (Self, Ledger) {
        let ledger = Ledger::default();
        for tenant in &mut self.setup.seed.tenants {
            for (index, verb) in (1_u128..).zip(Verb::ALL) {
                let client_id = Uuid::from_u128(tenant.tenant_id.as_u128() ^ index);
                ledger.0.lock().unwrap().clients.insert(client_id.to_string(), verb);
                tenant.applications.push(ApplicationSeed {
                    client_id,
                    display_name: Some(verb.to_string()),
                    secrets: vec![Secret::new(format!("secret-of-{client_id}"))],
                    certificates: Vec::new(),
                    federated_credentials: Vec::new(),
                    permissions: permissions(verb, tenant.tenant_id).into_iter().map(str::to_owned).collect(),
                    delegated_permissions: Vec::new(),
                    roles: Vec::new(),
                });
            }
        }
        let (around, kept) = (self.setup.around_transport, ledger.clone());
        self.setup.around_transport =
            Arc::new(move |inner| Arc::new(Kept { inner: around(inner), ledger: kept.clone() }));
        (self, ledger)
    }
}

/// Which function made which request, by the token it bore.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    clients: BTreeMap<String, Verb>,
    tokens: BTreeMap<String, Verb>,
    requests: BTreeMap<String, Verb>,
}

impl Ledger {
    /// The function that made a request of the simulator's log; none where it was nobody of ours.
    pub fn function_of(&self, line: &RequestLine) -> Option<Verb> {
        self.0.lock().unwrap().requests.get(line.client_request_id.as_deref()?).copied()
    }
}

/// A transport that keeps the ledger.
struct Kept {
    inner: Arc<dyn Transport>,
    ledger: Ledger,
}

impl Kept {
    fn note_request(&self, request: &http::Request<Bytes>) {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let mut book = self.ledger.0.lock().unwrap();
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(function) = token.and_then(|token| book.tokens.get(token).copied()) else { return };
        book.requests.extend(header("client-request-id").map(|id| (id.to_owned(), function)));
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        for part in body["requests"].as_array().into_iter().flatten() {
            let id = part["headers"]["client-request-id"].as_str().unwrap();
            book.requests.insert(id.to_owned(), function);
        }
    }

    fn note_token(&self, form: &[u8], answer: &[u8]) {
        let mut book = self.ledger.0.lock().unwrap();
        let form = String::from_utf8_lossy(form);
        let client = form.split('&').find_map(|pair| pair.strip_prefix("client_id="));
        let function = client.and_then(|client| book.clients.get(client).copied());
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        if let (Some(function), Some(token)) = (function, answer["access_token"].as_str()) {
            book.tokens.insert(token.to_owned(), function);
        }
    }
}

#[async_trait]
impl Transport for Kept {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let form = request.uri().path().ends_with("/token").then(|| request.body().clone());
        self.note_request(&request);
        let answer = self.inner.send(request).await?;
        if let Some(form) = form {
            self.note_token(&form, answer.body());
        }
        Ok(answer)
    }
}
