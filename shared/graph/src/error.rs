//! Why a call failed, and what the caller can do about it.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::service_error::ServiceError;
use crate::token::TokenError;
use crate::transport::{TransportError, TransportErrorKind};

/// What the caller can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing has happened; the same again, later, can work.
    Transient,
    /// Nothing has happened; the same again, not before this time, can work.
    Throttled(Option<Duration>),
    /// Refused, or not understood: the same again will not work while nothing else changes.
    ///
    /// A 4xx to a write (other than 401, 403 and 429) is of this class and still a reason to look again: Graph answers
    /// 400 for "already there", for "still being removed" and for "not visible yet".
    Permanent,
    /// A write of which nobody knows whether it happened: look before doing it again.
    Ambiguous,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Graph answered, and not with 2xx.
    #[error(transparent)]
    Service(Box<ServiceError>),
    /// There was no complete answer.
    #[error("no answer from Graph")]
    Transport {
        /// Whether the request could change something.
        is_write: bool,
        /// What the transport says.
        #[source]
        source: TransportError,
    },
    /// There is no token to ask with.
    #[error("no access token")]
    Token(#[from] TokenError),
    /// A 2xx answer is not what the documentation says.
    #[error("unreadable answer at {path}: {message} (request-id {})", .request_id.as_deref().unwrap_or("unknown"))]
    Decode {
        /// Whether the request could change something.
        is_write: bool,
        /// Where in the JSON.
        path: String,
        /// What was found and what was expected.
        message: String,
        /// The service's id of the request.
        request_id: Option<String>,
    },
    /// The pause that is needed before the next attempt does not fit into the time left, or no time is left at all.
    #[error("the deadline is too close: {} s of waiting do not fit", .retry_after.as_secs_f32())]
    DeadlineTooClose {
        /// How long to wait from now; zero when the deadline had passed before anything was sent.
        retry_after: Duration,
        /// Why there has to be another attempt.
        #[source]
        cause: Option<Box<GraphError>>,
    },
    /// The collection does not end.
    #[error("more than {limit} pages")]
    TooManyPages {
        /// How many were read.
        limit: usize,
    },
    /// The answer is larger than the transport takes, or a collection larger than a function can hold.
    #[error("an answer of more than {limit_bytes} bytes")]
    TooLarge {
        /// Whether the request could change something.
        is_write: bool,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// A nextLink leads away from the Graph we were told to use. Our token stays here.
    #[error("a nextLink leads to another origin: {origin}")]
    ForeignNextLink {
        /// Where it leads.
        origin: String,
    },
    /// A part of a batch got no answer.
    #[error("the answer of the batch has no part {id} (request-id {})", .request_id.as_deref().unwrap_or("unknown"))]
    MissingPart {
        /// The id of the part in the batch.
        id: String,
        /// Whether the part could change something.
        is_write: bool,
        /// The service's id of the batch.
        request_id: Option<String>,
    },
    /// The batch that this request was a part of failed as a whole.
    #[error("the batch failed")]
    Batch(#[source] Arc<GraphError>),
    /// What an endpoint gave is not an HTTP request.
    #[error("not an HTTP request")]
    Request(#[from] http::Error),
}

impl GraphError {
    pub(crate) fn transport(is_write: bool, source: TransportError) -> Self {
        match source.kind() {
            TransportErrorKind::TooLarge { limit_bytes } => Self::TooLarge { is_write, limit_bytes },
            TransportErrorKind::NotSent | TransportErrorKind::Timeout | TransportErrorKind::Interrupted => {
                Self::Transport { is_write, source }
            }
        }
    }

    /// What the caller can do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::Service(error) => error.class(),
            Self::Transport { is_write, source } => transport_class(*is_write, source.kind()),
            Self::Token(TokenError::Unavailable { retry_after: Some(after), .. }) => {
                Class::Throttled(Some(*after))
            }
            Self::DeadlineTooClose { retry_after, .. } if retry_after.is_zero() => Class::Transient,
            Self::DeadlineTooClose { retry_after, .. } => Class::Throttled(Some(*retry_after)),
            Self::Token(TokenError::Unavailable { retry_after: None, .. })
            | Self::MissingPart { is_write: false, .. } => Class::Transient,
            Self::MissingPart { is_write: true, .. }
            | Self::Decode { is_write: true, .. }
            | Self::TooLarge { is_write: true, .. } => Class::Ambiguous,
            Self::Batch(whole) => whole.class(),
            Self::Token(
                TokenError::NoCredential(_) | TokenError::Refused { .. } | TokenError::Unusable { .. },
            )
            | Self::Decode { is_write: false, .. }
            | Self::TooLarge { is_write: false, .. }
            | Self::TooManyPages { .. }
            | Self::ForeignNextLink { .. }
            | Self::Request(_) => Class::Permanent,
        }
    }

    /// What Graph answered, if it did; the reason of the last attempt when the deadline ended the attempts.
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::DeadlineTooClose { cause, .. } => cause.as_ref().and_then(|cause| cause.service()),
            Self::Batch(whole) => whole.service(),
            Self::Transport { .. }
            | Self::Token(_)
            | Self::Decode { .. }
            | Self::TooManyPages { .. }
            | Self::TooLarge { .. }
            | Self::ForeignNextLink { .. }
            | Self::MissingPart { .. }
            | Self::Request(_) => None,
        }
    }

    /// The HTTP status, if Graph answered.
    pub fn status(&self) -> Option<StatusCode> {
        self.service().map(|error| error.status)
    }

    /// Graph's error code, if Graph answered and gave one.
    pub fn code(&self) -> Option<&str> {
        self.service().map(|error| error.code.as_str()).filter(|code| !code.is_empty())
    }

    /// The service's id of the request, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Decode { request_id, .. } | Self::MissingPart { request_id, .. } => request_id.as_deref(),
            Self::Batch(whole) => whole.request_id(),
            Self::Service(_)
            | Self::DeadlineTooClose { .. }
            | Self::Transport { .. }
            | Self::Token(_)
            | Self::TooManyPages { .. }
            | Self::TooLarge { .. }
            | Self::ForeignNextLink { .. }
            | Self::Request(_) => self.service()?.request_id.as_deref(),
        }
    }

    /// How long to wait before the next attempt, if somebody said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::DeadlineTooClose { retry_after, .. } => Some(*retry_after).filter(|after| !after.is_zero()),
            Self::Token(TokenError::Unavailable { retry_after, .. }) => *retry_after,
            Self::Batch(whole) => whole.retry_after(),
            Self::Service(_)
            | Self::Transport { .. }
            | Self::Token(_)
            | Self::Decode { .. }
            | Self::TooManyPages { .. }
            | Self::TooLarge { .. }
            | Self::ForeignNextLink { .. }
            | Self::MissingPart { .. }
            | Self::Request(_) => self.service()?.retry_after,
        }
    }

    /// Status 404: there is no such thing (any more).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Status 409: there is one already.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Status 403: a permission or a role is missing.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Status 401: the token is refused, also after it was renewed.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Status 429: too many requests.
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }
}

fn transport_class(is_write: bool, kind: TransportErrorKind) -> Class {
    match kind {
        TransportErrorKind::NotSent => Class::Transient,
        TransportErrorKind::Timeout
        | TransportErrorKind::Interrupted
        | TransportErrorKind::TooLarge { .. } => {
            if is_write {
                Class::Ambiguous
            } else {
                Class::Transient
            }
        }
    }
}
