//! Where outcomes can be told: one product a file.

mod jira;
mod servicenow;
mod slack;
mod slack_blocks;
mod teams;
#[cfg(feature = "signing")]
mod webhook;

use async_trait::async_trait;
use mto_messages::{Outcome, clip};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;

pub(crate) use jira::Jira;
pub(crate) use servicenow::{ServiceNow, ServiceNowCredential};
pub(crate) use slack::Slack;
pub(crate) use teams::Teams;
#[cfg(feature = "signing")]
pub(crate) use webhook::Webhook;

use crate::mark::Told;
use crate::trouble::Trouble;

/// What a path segment leaves as it is: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An outcome to be told.
pub(crate) struct Telling<'a> {
    pub(crate) outcome: &'a Outcome,
    /// The event as it came.
    #[cfg_attr(not(feature = "signing"), expect(dead_code, reason = "only webhooks send it as it is"))]
    pub(crate) body: &'a str,
    /// Allowed by [`Destination::check`].
    pub(crate) address: &'a str,
    /// No request goes on beyond.
    pub(crate) deadline: OffsetDateTime,
}

/// A product that outcomes are told in.
#[async_trait]
pub(crate) trait Destination: Send + Sync {
    /// Whether an address may be used.
    ///
    /// # Errors
    /// What an address looks like here, and which are allowed.
    fn check(&self, address: &str) -> Result<(), String>;

    /// Tells an outcome once. Where the product can be read it looks first whether it was told already, so an attempt
    /// whose fate is unknown can be followed by another one.
    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble>;
}

/// Percent-encodes one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A query, form-encoded.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// `Basic` of RFC 7617.
pub(crate) fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}

/// An address where the destination leads to one place only: empty, or a label for the reader.
pub(crate) fn check_label(address: &str) -> Result<(), String> {
    if address.chars().count() <= 100 && !address.contains(char::is_control) {
        return Ok(());
    }
    Err("the address is a label of at most 100 characters, or empty".to_owned())
}

/// A refused address, as far as it can be shown.
pub(crate) fn quoted(address: &str) -> String {
    format!("{:?}", clip(address, 100))
}
