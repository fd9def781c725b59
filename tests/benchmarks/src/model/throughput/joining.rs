//! The function join, with a service that answers at once and queues that take everything.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use mto_graph::{
    Clock, Cloud, Credential, GraphClient, OAuthTokenProvider, TenantCredential, Transport, TransportError,
    TransportErrorKind,
};
use mto_handler::{
    Application, Config, CredentialReference, Directory, DirectoryDocument, Handler, JOURNAL_ATTRIBUTE,
    Message, Queue, QueueError, QueueUrl, Record, SecretReference, TenantEntry,
};
use mto_join::Join;
use mto_messages::{JOURNAL_VERSION, Journal, TenantId, Verb, Waiting, Write};
use mto_reconcile::Limits;
use secrecy::SecretString;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::model::Problem;

/// Where the virtual time stands still.
const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);

/// The template's `Concurrency` default: records of a batch that are worked on at the same time.
const CONCURRENCY: usize = 4;

struct StandingClock;

#[async_trait]
impl Clock for StandingClock {
    fn now(&self) -> OffsetDateTime {
        NOW
    }

    async fn sleep(&self, _duration: Duration) {}
}

/// Takes everything, keeps nothing.
#[derive(Default)]
struct Sink {
    delayed: AtomicUsize,
}

#[async_trait]
impl Queue for Sink {
    async fn send(&self, _queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        let delayed = messages.iter().filter(|message| !message.delay.is_zero()).count();
        self.delayed.fetch_add(delayed, Ordering::Relaxed);
        Ok(())
    }

    async fn delete(&self, _queue: &QueueUrl, _receipt_handle: &str) -> Result<(), QueueError> {
        Ok(())
    }
}

/// A service in which every tenant is joining its owner. The token is the tenant's id.
struct Service {
    /// The answer to a join's look, by token.
    looks: HashMap<String, Bytes>,
    asked: AtomicUsize,
}

#[async_trait]
impl Transport for Service {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let path = request.uri().path();
        if let Some(rest) = path.strip_suffix("/oauth2/v2.0/token") {
            let token = rest.trim_start_matches('/');
            let body =
                json!({"token_type": "Bearer", "expires_in": 3_600, "access_token": token}).to_string();
            return Ok(http::Response::new(Bytes::from(body)));
        }
        let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        let look = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).and_then(|id| self.looks.get(id));
        match look.filter(|_| path.ends_with("/$batch")) {
            Some(look) => Ok(http::Response::new(look.clone())),
            None => Err(TransportError::new(TransportErrorKind::NotSent, "a join's look is one $batch")),
        }
    }
}

/// One instance of the function, and the messages it is handed.
pub(super) struct Instance {
    handler: Handler<Join>,
    records: Vec<Record>,
    sink: Arc<Sink>,
    service: Arc<Service>,
}

impl Instance {
    /// With so many organizations of an owner and a tenant that is joining.
    pub(super) fn new(organizations: usize) -> Result<Self, Problem> {
        let pairs: Vec<(Uuid, Uuid)> =
            (0..organizations as u128).map(|one| (id(2 * one), id(2 * one + 1))).collect();
        let looks = pairs.iter().map(|(owner, tenant)| (tenant.to_string(), look(*owner))).collect();
        let service = Arc::new(Service { looks, asked: AtomicUsize::new(0) });
        let sink = Arc::new(Sink::default());
        let clock: Arc<dyn Clock> = Arc::new(StandingClock);
        let cloud = Cloud::custom("http://service.example/v1.0", "http://service.example")?;
        let credentials = pairs.iter().flat_map(|(one, two)| [*one, *two]).map(|one| (one, credential()));
        let transport: Arc<dyn Transport> = service.clone();
        let tokens = OAuthTokenProvider::new(
            transport.clone(),
            clock.clone(),
            cloud.login_root(),
            cloud.token_scope(),
            credentials.collect(),
        );
        let graph = GraphClient::new(cloud.clone(), transport, Arc::new(tokens), clock.clone());
        let config = config(&pairs, cloud)?;
        let handler = Handler::new(Join, config, graph, sink.clone(), clock);
        let records = pairs.iter().enumerate().map(|(index, (owner, tenant))| record(index, *owner, *tenant));
        Ok(Self { handler, records: records.collect(), sink, service })
    }

    /// Hands over so many messages in batches of this size, organization after organization.
    ///
    /// # Errors
    /// If one of them does not wait again.
    pub(super) async fn work(&self, messages: usize, batch: usize) -> Result<(), Problem> {
        let before = self.waited();
        let end = NOW + time::Duration::seconds(60);
        let mut records = self.records.iter().cycle().take(messages).cloned().peekable();
        while records.peek().is_some() {
            let failed = self.handler.handle(records.by_ref().take(batch.max(1)).collect(), end).await;
            if !failed.is_empty() {
                return Err("a message was not dealt with".into());
            }
        }
        match self.waited() - before {
            waited if waited == messages => Ok(()),
            waited => Err(format!("{waited} of {messages} messages wait again").into()),
        }
    }

    /// Messages that were sent again with a delay.
    pub(super) fn waited(&self) -> usize {
        self.sink.delayed.load(Ordering::Relaxed)
    }

    /// Requests to the service, those for tokens too.
    pub(super) fn asked(&self) -> usize {
        self.service.asked.load(Ordering::Relaxed)
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x6d74_6f62_0000_4000_8000_0000_0000_0000 + number)
}

fn credential() -> TenantCredential {
    TenantCredential {
        client_id: Uuid::nil().to_string(),
        credential: Credential::ClientSecret(SecretString::from("of nothing")),
    }
}

fn config(pairs: &[(Uuid, Uuid)], cloud: Cloud) -> Result<Config, Problem> {
    let own = QueueUrl::new("local://join");
    let tenants = pairs.iter().flat_map(|(one, two)| [*one, *two]).map(|tenant_id| TenantEntry {
        tenant_id,
        name: format!("tenant-{}", tenant_id.simple()),
        display_name: None,
        domains: Vec::new(),
        cloud: None,
        external: false,
        application: Some(Application {
            client_id: Uuid::nil().to_string(),
            credential: CredentialReference::ClientSecret(SecretReference::Env("held in process".to_owned())),
        }),
        applications: BTreeMap::new(),
        sync_scope: None,
        settings: None,
    });
    Ok(Config {
        function: Verb::Join,
        queues: BTreeMap::from([(Verb::Join, own)]),
        outcomes: QueueUrl::new("local://outcomes"),
        dead_letters: QueueUrl::new("local://join-dead-letters"),
        directory: Directory::new(DirectoryDocument { tenants: tenants.collect() }, "benchmark", Verb::Join)?,
        cloud,
        limits: Limits::default(),
        concurrency: CONCURRENCY,
    })
}

/// Inactive, and a request that is running: as the reference has it (3.2).
fn look(owner: Uuid) -> Bytes {
    let organization = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/multiTenantOrganization/$entity",
        "id": null, "createdDateTime": null, "displayName": null, "description": null, "state": "inactive",
    });
    let request = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/multiTenantOrganization/joinRequest/$entity",
        "id": "aa87e8a4-9c88-4e67-971d-79c9e43319a3", "addedByTenantId": owner, "memberState": "pending", "role": null,
        "transitionDetails": {"desiredMemberState": "active", "status": "running", "details": ""},
    });
    let part = |id: &str, body| json!({"id": id, "status": 200, "headers": {"Cache-Control": "no-cache"}, "body": body});
    Bytes::from(json!({"responses": [part("1", organization), part("2", request)]}).to_string())
}

/// A join in the middle of its wait: asked an hour ago, told of once in this hour.
fn record(index: usize, owner: Uuid, tenant: Uuid) -> Record {
    let command = json!({
        "specversion": "1.0", "type": "mto.join.v1", "id": format!("F{index}/add/join/{tenant}"),
        "source": "/benchmarks", "time": "2026-11-20T09:00:00Z", "root": format!("F{index}"),
        "data": {"tenant": tenant, "owner": owner, "dryRun": false},
    });
    let asked = NOW - time::Duration::hours(1);
    let journal = Journal {
        v: JOURNAL_VERSION,
        first_look: Some(asked),
        last_change: Some(asked),
        next_look: Some(NOW),
        looks: 9,
        waiting: Some(Waiting { key: "joining".to_owned(), since: asked }),
        writes: vec![Write {
            at: asked,
            tenant: TenantId::new(tenant),
            what: "request-join".to_owned(),
            about: Some(TenantId::new(owner)),
            status: Some(204),
            request_id: Some(Uuid::nil().to_string()),
        }],
        reported: Some("1-1-joining".to_owned()),
        ..Journal::default()
    };
    let attributes = BTreeMap::from([(JOURNAL_ATTRIBUTE.to_owned(), journal.to_attribute())]);
    Record {
        message_id: format!("{index:08x}-0000-4000-8000-000000000000"),
        receipt_handle: index.to_string(),
        body: command.to_string(),
        attributes,
        receive_count: 1,
        sent_at: Some(asked),
        trace_header: None,
    }
}
