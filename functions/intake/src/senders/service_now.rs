//! `ServiceNow`, which signs as the script of its business rule or flow does: as Standard Webhooks do, or with a shared
//! key in a header of one's choice.
//!
//! With a shared key the HMAC-SHA256 is over the body, or over `<timestamp>.<body>` where a header carries the time
//! (seconds since 1970, at most 5 minutes from ours). The command's id is then the record's `sys_id` and
//! `sys_mod_count`, unless the mapping gives one.
//!
//! Without a time a request can be sent again at any time. It is the same command then, and harmless as long as what it
//! brought about still stands; so give it a time where it may take something away.
//!
//! That `GlideCertificateEncryption.generateMac` makes such a signature, in base64, is how the product's community
//! describes it; it could not be tried here.

use mto_handler::HttpRequest;
use serde_json::Value;

use super::{Ask, Refusal, Signed, Unusable, header, json_body, unix_time};
use crate::verification::from_base64;

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Encoding {
    /// Base64.
    Base64,
    /// Hexadecimal.
    Hex,
}

/// A signature with a shared key.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SharedKey {
    /// The header with the signature, in lower case.
    pub(crate) header: String,
    /// How it is written.
    pub(crate) encoding: Encoding,
    /// What stands before it: `sha256=`.
    #[serde(default)]
    pub(crate) prefix: String,
    /// The header with the time; it is signed too.
    #[serde(default)]
    pub(crate) timestamp_header: Option<String>,
}

impl SharedKey {
    /// What was signed.
    pub(crate) fn signed(&self, request: &HttpRequest) -> Result<Signed, Refusal> {
        let given = header(request, &self.header)?.strip_prefix(&self.prefix);
        let signature = given.and_then(|text| match self.encoding {
            Encoding::Base64 => from_base64(text),
            Encoding::Hex => hex::decode(text).ok(),
        });
        let signature = signature.ok_or_else(|| Refusal::BadHeader(self.header.clone()))?;
        let (mut text, time) = match &self.timestamp_header {
            None => (Vec::new(), None),
            Some(name) => {
                let (timestamp, time) = unix_time(request, name)?;
                (format!("{timestamp}.").into_bytes(), Some(time))
            }
        };
        text.extend_from_slice(&request.body);
        Ok(Signed { text, signatures: vec![signature], time })
    }
}

/// What a verified request asks for.
pub(crate) fn ask(request: &HttpRequest) -> Result<Ask, Unusable> {
    let body = json_body(request)?;
    let part = |name: &str| match body.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) | None => {
            None
        }
    };
    let id = part("sys_id").zip(part("sys_mod_count")).map(|(record, change)| format!("{record}/{change}"));
    Ok(Ask::Ticket { body, id })
}
