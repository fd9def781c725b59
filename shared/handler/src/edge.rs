//! The functions at the edges: `intake` answers HTTP requests, `notify` takes batches of outcomes. Neither is a
//! [`Function`](crate::Function): they decide nothing about tenants.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::queue::Record;

/// A request as a Lambda function URL, or a local server, hands it on.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `POST`.
    pub method: String,
    /// The path, as it was sent: `/slack`.
    pub path: String,
    /// Headers, names in lower case. Of a header that was sent twice, the values with a comma between.
    pub headers: BTreeMap<String, String>,
    /// The body's bytes as they were sent: signatures are over these.
    pub body: Bytes,
}

/// Headers and body can hold secrets and personal data.
impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { method, path, headers, body } = self;
        let names: Vec<&String> = headers.keys().collect();
        write!(formatter, "{method} {path} {names:?}, {} bytes", body.len())
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status: 200.
    pub status: u16,
    /// `application/json`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// A function that answers HTTP requests.
#[async_trait]
pub trait HttpFunction: Send + Sync + 'static {
    /// Answers, at the latest by `end`, the end of the invocation.
    async fn answer(&self, request: HttpRequest, end: OffsetDateTime) -> HttpResponse;
}

/// A function that takes batches of messages.
#[async_trait]
pub trait BatchFunction: Send + Sync + 'static {
    /// Works on a batch until `end`, the end of the invocation. Returns the ids of the messages that were not dealt
    /// with (`batchItemFailures`); all others may be deleted.
    async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String>;
}
