//! Those who send: how each signs, and what its requests ask for.

pub(crate) mod jira;
pub(crate) mod service_now;
pub(crate) mod slack;
pub(crate) mod standard_webhooks;
pub(crate) mod teams;

use std::time::Duration;

use mto_handler::HttpRequest;
use ring::digest::{SHA256, digest};
use serde_json::Value;
use time::OffsetDateTime;

use crate::verification::Writing;
use service_now::SharedKey;

/// How far a signed time may be from ours, both ways, where the scheme has a time of its own.
pub(crate) const TOLERANCE: Duration = Duration::from_mins(5);

/// Signatures of one request that are tried.
const MAX_SIGNATURES: usize = 16;

/// Hexadecimal digits of a digest that stand in an id.
const ID_DIGITS: usize = 24;

/// A product, and how it signs.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Standard Webhooks.
    Webhook,
    /// Slack slash commands.
    Slack,
    /// Outgoing webhooks of Microsoft Teams.
    Teams,
    /// Jira webhooks.
    Jira,
    /// `ServiceNow`; none: it signs as Standard Webhooks do.
    ServiceNow(Option<SharedKey>),
}

/// What was signed, and how.
pub(crate) struct Signed {
    /// The bytes that the signature is over.
    pub(crate) text: Vec<u8>,
    /// Any of them has to fit.
    pub(crate) signatures: Vec<Vec<u8>>,
    /// When it was signed, where the scheme tells.
    pub(crate) time: Option<OffsetDateTime>,
}

/// Why a request is refused. Its text is for the log: a stranger learns nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Not POST.
    #[error("the method is not POST")]
    Method,
    /// Nobody sends to this path.
    #[error("no sender has this path")]
    UnknownPath,
    /// A header is not there.
    #[error("the header {0} is missing")]
    MissingHeader(String),
    /// A header is not of the form it should have.
    #[error("the header {0} is not of the documented form")]
    BadHeader(String),
    /// The signature fits no secret.
    #[error("the signature does not fit any of the sender's secrets")]
    Signature,
    /// Signed too long ago, or in the future.
    #[error("it was signed {seconds} s away from now; is it a replay, or is a clock wrong?")]
    Late {
        /// Our time less theirs.
        seconds: i64,
    },
}

/// What a verified request asks for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Only an answer, such as a check of the certificate.
    Nothing,
    /// A line that a person typed.
    Chat(Chat),
    /// A record of a ticket system, or an event.
    Ticket {
        /// The body.
        body: Value,
        /// The command's id, unless the mapping gives another.
        id: Option<String>,
    },
}

/// A line that a person typed.
#[derive(Debug)]
pub(crate) struct Chat {
    /// As it was typed.
    pub(crate) line: String,
    /// The person's id, which allow-lists name.
    pub(crate) user: String,
    /// The person's name, for readers only: it can be chosen freely.
    pub(crate) name: Option<String>,
    /// The command's id.
    pub(crate) id: String,
    /// What stands before a line: `/mto`.
    pub(crate) prefix: String,
    /// All fields, for `replyTo`.
    pub(crate) fields: Value,
}

/// A verified request that cannot be read: what is wrong with it, for the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Signed too long ago, as the signed body says.
    Late(Refusal),
    /// The field, and the remedy.
    Content(String),
}

impl Kind {
    /// What was signed, from headers and body.
    pub(crate) fn signed(&self, request: &HttpRequest) -> Result<Signed, Refusal> {
        match self {
            Self::Webhook | Self::ServiceNow(None) => standard_webhooks::signed(request),
            Self::Slack => slack::signed(request),
            Self::Teams => teams::signed(request),
            Self::Jira => jira::signed(request),
            Self::ServiceNow(Some(shared_key)) => shared_key.signed(request),
        }
    }

    /// What a verified request asks for. `now` is for those whose time stands in the body.
    pub(crate) fn ask(&self, request: &HttpRequest, now: OffsetDateTime) -> Result<Ask, Unusable> {
        match self {
            Self::Webhook | Self::ServiceNow(None) => standard_webhooks::ask(request),
            Self::Slack => slack::ask(request),
            Self::Teams => teams::ask(request, now),
            Self::Jira => jira::ask(request, now),
            Self::ServiceNow(Some(_)) => service_now::ask(request),
        }
    }

    /// How its secrets are written.
    pub(crate) fn writing(&self) -> Writing {
        match self {
            Self::Webhook | Self::ServiceNow(None) => Writing::Whsec,
            Self::Slack | Self::Jira | Self::ServiceNow(Some(_)) => Writing::Text,
            Self::Teams => Writing::Base64,
        }
    }

    /// How long it waits for an answer: Slack 3 s, Teams 5 s (both documented). Of the others Jira documents 20 s at
    /// the time of writing; the rest is a matter of settings, and 10 s is less than the usual ones.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::Slack => Duration::from_secs(3),
            Self::Teams => Duration::from_secs(5),
            Self::Webhook | Self::Jira | Self::ServiceNow(_) => Duration::from_secs(10),
        }
    }

    /// Whether people type to it.
    pub(crate) fn is_chat(&self) -> bool {
        match self {
            Self::Slack | Self::Teams => true,
            Self::Webhook | Self::Jira | Self::ServiceNow(_) => false,
        }
    }
}

/// Whether a time is close enough to now.
pub(crate) fn in_window(
    time: OffsetDateTime,
    now: OffsetDateTime,
    tolerance: Duration,
) -> Result<(), Refusal> {
    let difference = now - time;
    if difference.unsigned_abs() <= tolerance {
        return Ok(());
    }
    Err(Refusal::Late { seconds: difference.whole_seconds() })
}

/// A header's text.
pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> Result<&'a str, Refusal> {
    let value = request.headers.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    value.ok_or_else(|| Refusal::MissingHeader(name.to_owned()))
}

/// A header that holds seconds since 1970, as digits.
pub(crate) fn unix_time(request: &HttpRequest, name: &str) -> Result<(String, OffsetDateTime), Refusal> {
    let text = header(request, name)?;
    let seconds = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let time = time.ok_or_else(|| Refusal::BadHeader(name.to_owned()))?;
    Ok((text.to_owned(), time))
}

/// At most so many signatures as are tried.
pub(crate) fn bounded(signatures: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    signatures.take(MAX_SIGNATURES).collect()
}

/// The body as JSON, an object.
pub(crate) fn json_body(request: &HttpRequest) -> Result<Value, Unusable> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| Unusable::Content(format!("the body is not JSON: {error}; send one JSON object")))?;
    if body.is_object() {
        return Ok(body);
    }
    Err(Unusable::Content("the body is not a JSON object; send one JSON object".to_owned()))
}

/// An id that is the same for the same bytes.
pub(crate) fn id_of(prefix: &str, bytes: &[u8]) -> String {
    let digest = hex::encode(digest(&SHA256, bytes));
    format!("{prefix}-{}", digest.get(..ID_DIGITS).unwrap_or(&digest))
}
