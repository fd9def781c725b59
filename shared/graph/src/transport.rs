//! What carries requests: the client's only way to the outside.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// Carries one HTTP request and brings back its answer, whatever the status is.
///
/// An implementation neither retries nor follows redirects: the client knows which requests may be repeated, and a
/// redirect would carry the bearer token elsewhere. It should give up after the request's [`TimeLimit`].
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When there was no complete answer; the error's kind says whether the request can have reached the service.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
}

/// How long the sender of a request can wait for the answer; an extension of the `http::Request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(pub Duration);

/// What is known about a request without a complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// It never left: no connection, or not a request at all. It is safe to send it again.
    NotSent,
    /// No answer in time. The service can have acted on it.
    Timeout,
    /// The connection broke before the answer was complete. The service can have acted on it.
    Interrupted,
    /// The answer is larger than the transport takes. The service has acted on it.
    TooLarge {
        /// The transport's limit, in bytes.
        limit_bytes: usize,
    },
}

/// A request got no complete answer.
#[derive(Debug, thiserror::Error)]
#[error("{}", match .kind {
    TransportErrorKind::NotSent => "the request could not be sent",
    TransportErrorKind::Timeout => "no answer in time",
    TransportErrorKind::Interrupted => "the connection broke before the answer was complete",
    TransportErrorKind::TooLarge { .. } => "the answer is too large",
})]
pub struct TransportError {
    kind: TransportErrorKind,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl TransportError {
    /// An error of this kind; `source` may also be a text.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, source: source.into() }
    }

    /// Whether the request can have reached the service.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}
