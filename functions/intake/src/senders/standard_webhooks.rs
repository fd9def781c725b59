//! [Standard Webhooks](https://www.standardwebhooks.com): the scheme for senders of one's own.
//!
//! | Header | Holds |
//! |---|---|
//! | `webhook-id` | the message's id, the same when it is sent again; the command's id unless the mapping gives one |
//! | `webhook-timestamp` | seconds since 1970; at most 5 minutes from ours |
//! | `webhook-signature` | `v1,<base64>`, several with blanks between; HMAC-SHA256 over `id.timestamp.body` |
//!
//! Source: the specification, version 1.0.0. Asymmetric signatures (`v1a`) are not known here and passed over.

use mto_handler::HttpRequest;

use super::{Ask, Refusal, Signed, Unusable, bounded, header, json_body, unix_time};
use crate::verification::from_base64;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// What was signed.
pub(crate) fn signed(request: &HttpRequest) -> Result<Signed, Refusal> {
    let id = header(request, ID)?;
    let (timestamp, time) = unix_time(request, TIMESTAMP)?;
    // A header that was sent twice comes with commas between its values.
    let parts = header(request, SIGNATURE)?.split(' ').map(|part| part.trim_end_matches(','));
    let signatures = bounded(parts.filter_map(|part| from_base64(part.strip_prefix("v1,")?)));
    if signatures.is_empty() {
        return Err(Refusal::BadHeader(SIGNATURE.to_owned()));
    }
    let mut text = format!("{id}.{timestamp}.").into_bytes();
    text.extend_from_slice(&request.body);
    Ok(Signed { text, signatures, time: Some(time) })
}

/// What a verified request asks for.
pub(crate) fn ask(request: &HttpRequest) -> Result<Ask, Unusable> {
    let id = header(request, ID).ok().map(str::to_owned);
    Ok(Ask::Ticket { body: json_body(request)?, id })
}
