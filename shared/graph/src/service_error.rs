//! What Graph says when it refuses.

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use crate::body::clip;
use crate::error::Class;

/// Longest text that is kept of a message: it is shown in a ticket.
const MAX_MESSAGE_CHARS: usize = 500;
/// Longest error code that is kept; Graph's are under 50.
const MAX_CODE_CHARS: usize = 100;
/// More details than this help nobody.
const MAX_DETAILS: usize = 10;

/// An answer of Graph that is not 2xx.
///
/// Judge it by `status` and `code`; the texts are for people, and known to mislead.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} {code}: {message} (request-id {})", .request_id.as_deref().unwrap_or("unknown"))]
pub struct ServiceError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Graph's error code, such as `Request_BadRequest`. Empty when the body had none (parts of a batch, gateways).
    pub code: String,
    /// The service's text: one line, at most 500 characters.
    pub message: String,
    /// When the service refused, by its own clock.
    pub date: Option<OffsetDateTime>,
    /// The service's id of the request, which its support asks for.
    pub request_id: Option<String>,
    /// The id that we gave the request.
    pub client_request_id: Uuid,
    /// More errors, if the service lists them.
    pub details: Vec<ErrorDetail>,
    /// How long the service asks us to wait.
    pub retry_after: Option<Duration>,
    /// Whether the request could have changed something.
    pub is_write: bool,
    /// For a 403: the least application permission that the request needs.
    pub missing_permission: Option<&'static str>,
}

/// One of the details of a [`ServiceError`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ErrorDetail {
    /// Such as `ConflictingObjects`.
    pub code: Option<String>,
    /// The service's text.
    pub message: Option<String>,
    /// Which property it is about.
    pub target: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    error: Body,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    code: Option<String>,
    message: Option<String>,
    details: Option<Vec<ErrorDetail>>,
    #[serde(rename = "innerError", alias = "innererror")]
    inner: Option<Inner>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner {
    date: Option<String>,
    #[serde(rename = "request-id")]
    request_id: Option<String>,
}

impl ServiceError {
    pub(crate) fn read(response: &crate::GraphResponse) -> Self {
        // a gateway's HTML is as good an error as a body of Graph: the status decides
        let Envelope { error } = serde_json::from_slice(&response.body).unwrap_or_default();
        let inner = error.inner.unwrap_or_default();
        let message = error.message.as_deref().or(response.status.canonical_reason()).unwrap_or_default();
        Self {
            status: response.status,
            code: clip(error.code.as_deref().unwrap_or_default(), MAX_CODE_CHARS),
            message: clip(message, MAX_MESSAGE_CHARS),
            date: inner.date.as_deref().and_then(read_date),
            request_id: response.request_id.clone().or(inner.request_id.map(|id| clip(&id, MAX_CODE_CHARS))),
            client_request_id: response.client_request_id,
            details: error.details.unwrap_or_default().into_iter().take(MAX_DETAILS).map(clipped).collect(),
            retry_after: response.retry_after,
            is_write: response.is_write,
            missing_permission: Some(response.permission)
                .filter(|name| response.status == StatusCode::FORBIDDEN && !name.is_empty()),
        }
    }

    /// What the caller can do about it; see [`Class`].
    pub fn class(&self) -> Class {
        match self.status.as_u16() {
            429 => Class::Throttled(self.retry_after),
            // "not implemented" does not change by looking again
            501 => Class::Permanent,
            408 | 500..=599 if self.is_write => Class::Ambiguous,
            408 | 500..=599 => match self.retry_after {
                Some(after) => Class::Throttled(Some(after)),
                None => Class::Transient,
            },
            _ => Class::Permanent,
        }
    }
}

fn clipped(detail: ErrorDetail) -> ErrorDetail {
    ErrorDetail {
        code: detail.code.map(|code| clip(&code, MAX_CODE_CHARS)),
        message: detail.message.map(|message| clip(&message, MAX_MESSAGE_CHARS)),
        target: detail.target.map(|target| clip(&target, MAX_CODE_CHARS)),
    }
}

/// `2024-05-07T06:59:51`: UTC, without saying so.
fn read_date(text: &str) -> Option<OffsetDateTime> {
    let seconds = text.get(..19)?;
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    PrimitiveDateTime::parse(seconds, format).ok().map(PrimitiveDateTime::assume_utc)
}
