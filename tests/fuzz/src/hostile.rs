//! A service that answers whatever the bytes say, and sees where our token goes.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use mto_graph::{
    AccessToken, Clock, TokenError, TokenProvider, Transport, TransportError, TransportErrorKind,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::{Uuid, uuid};

use crate::{Entropy, mutated, text_with};

/// When everything starts.
pub const START: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

/// What must not be seen anywhere: a token, a secret.
pub const CANARY: &str = "Xk3~canary-secret~8fQ";

/// The only place a token may go to.
pub const ORIGIN: &str = "graph.microsoft.com";

/// Values of `Retry-After`.
const RETRY_AFTER: [&str; 12] = [
    "0",
    "1",
    "29",
    "31",
    "4294967295",
    "4294967296",
    "-1",
    "soon",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Sat, 01 Jan 0000 00:00:00 +2359",
    "Sat, 21 Nov 2026 09:00:20 GMT",
];

/// Where a nextLink leads.
const LINKS: [&str; 12] = [
    "https://graph.microsoft.com/v1.0/users?$skiptoken=a",
    "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=a",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://graph.microsoft.com:pw@evil.example/",
    "https://graph.microsoft.com.evil.example/",
    "https://graph.microsoft.com\\@evil.example/",
    "https:\\\\evil.example/",
    "http://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com:8443/v1.0/users",
    "//evil.example/users",
    "https://user:pw@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com\t.evil.example/",
];

/// What golden answers of a path are called: the first piece of a path that fits counts.
const SHAPES: [(&str, &str); 15] = [
    ("joinRequest", "join_request"),
    ("multiTenantOrganization/tenants/", "member_"),
    ("multiTenantOrganization/tenants", "members_"),
    ("templates/multiTenantOrganizationIdentity", "template_identity"),
    ("templates/multiTenantOrganizationPartner", "template_partner"),
    ("multiTenantOrganization", "organization_"),
    ("identitySynchronization", "identity_"),
    ("partners", "partner"),
    ("findTenantInformation", "tenant_information"),
    ("/schema", "sync_schema"),
    ("synchronization/jobs", "sync_job"),
    ("appRoleAssignedTo", "app_role"),
    ("servicePrincipals", "service_principals"),
    ("/members", "group_members"),
    ("users", "user"),
];

const STATUS: [u16; 16] = [200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 410, 429, 503, 504];

/// Any tenant.
pub fn tenant() -> Uuid {
    uuid!("22222222-2222-4222-8222-222222222222")
}

/// Time that passes by sleeping, and a second with every look at it: a service takes its time.
pub struct Still(Mutex<OffsetDateTime>);

impl Still {
    /// Starts at [`START`].
    pub fn start() -> Self {
        Self(Mutex::new(START))
    }

    /// The time, without its passing.
    ///
    /// # Panics
    /// Where another thread panicked.
    pub fn time(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

#[async_trait]
impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        let mut now = self.0.lock().unwrap();
        *now += Duration::from_secs(1);
        *now
    }

    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

/// Hands out [`CANARY`].
pub struct OneToken;

#[async_trait]
impl TokenProvider for OneToken {
    async fn token(&self, _tenant: Uuid, _deadline: OffsetDateTime) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new(CANARY))
    }

    async fn invalidate(&self, _tenant: Uuid) {}
}

/// Answers by bytes.
pub struct HostileService {
    bytes: Mutex<Vec<u8>>,
    documents: Vec<(String, Value)>,
    requests: Mutex<Vec<String>>,
}

impl HostileService {
    /// Answers with mutations of these documents, most of the time of one whose name suits the path.
    pub fn new(bytes: &[u8], documents: &[(String, Value)]) -> Self {
        Self { bytes: Mutex::new(bytes.to_vec()), documents: documents.to_vec(), requests: Mutex::default() }
    }

    /// The URLs that were asked.
    ///
    /// # Panics
    /// Where another thread panicked.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    fn answer(&self, path: &str, asked: &Value) -> Result<Response<Bytes>, TransportErrorKind> {
        let mut bytes = self.bytes.lock().unwrap();
        let mut entropy = Entropy::new(&bytes);
        let answer = answer(&mut entropy, &self.documents, path, asked);
        let rest = entropy.rest().to_vec();
        *bytes = rest;
        answer
    }
}

#[async_trait]
impl Transport for HostileService {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.requests.lock().unwrap().push(request.uri().to_string());
        let asked = serde_json::from_slice(request.body()).unwrap_or_default();
        self.answer(request.uri().path(), &asked)
            .map_err(|kind| TransportError::new(kind, "the hostile service"))
    }
}

fn answer(
    entropy: &mut Entropy<'_>,
    documents: &[(String, Value)],
    path: &str,
    asked: &Value,
) -> Result<Response<Bytes>, TransportErrorKind> {
    match entropy.byte() {
        255 => return Err(TransportErrorKind::Timeout),
        254 => return Err(TransportErrorKind::NotSent),
        253 => return Err(TransportErrorKind::Interrupted),
        252 => return Err(TransportErrorKind::TooLarge { limit_bytes: 8 }),
        0..=251 => {}
    }
    let mut document = document_of(entropy, documents, path);
    if let Some(parts) = asked["requests"].as_array() {
        document = json!({"responses": parts.iter().map(|part| part_of(entropy, documents, part)).collect::<Vec<_>>()});
    } else if document.is_object() && entropy.byte() > 100 {
        let link = entropy.one_of(&LINKS);
        let name = entropy.one_of(&["@odata.nextLink", "@odata.deltaLink"]);
        document[*name] = json!(link);
    }
    let body = text_with(entropy, &document);
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(*entropy.one_of(&STATUS)).unwrap();
    for (name, value) in
        [("retry-after", (*entropy.one_of(&RETRY_AFTER)).to_owned()), ("request-id", entropy.text())]
    {
        if let (true, Ok(value)) = (entropy.byte() > 60, HeaderValue::from_str(&value)) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

/// Mutated; of the right shape three times of four.
fn document_of(entropy: &mut Entropy<'_>, documents: &[(String, Value)], path: &str) -> Value {
    let shape = SHAPES.iter().find(|(piece, _)| path.contains(piece)).map_or("", |(_, name)| name);
    let shape = if entropy.byte() < 192 { shape } else { "" };
    let suited = documents.iter().filter(|(name, _)| name.starts_with(shape));
    let suited: Vec<Value> = suited.map(|(_, document)| document.clone()).collect();
    mutated(entropy, &suited)
}

fn part_of(entropy: &mut Entropy<'_>, documents: &[(String, Value)], part: &Value) -> Value {
    let body = document_of(entropy, documents, part["url"].as_str().unwrap_or_default());
    let id = if entropy.byte() > 20 { part["id"].clone() } else { json!(entropy.text()) };
    let headers = json!({
        "Retry-After": if entropy.byte() > 127 { json!(entropy.one_of(&RETRY_AFTER)) } else { json!(entropy.number()) },
        "request-id": entropy.text(),
    });
    let status =
        if entropy.byte() > 20 { i64::from(*entropy.one_of(&STATUS)) } else { entropy.number() % 1_000 };
    json!({"id": id, "status": status, "headers": headers, "body": body})
}
