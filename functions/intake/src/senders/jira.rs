//! Jira webhooks, of the Cloud and of Data Center.
//!
//! `X-Hub-Signature` is `sha256=` and the HMAC-SHA256, in hexadecimal, over the body (`WebSub`). Source: Atlassian's
//! "Webhooks" (secure admin webhooks).
//!
//! The scheme has no time of its own. The body's `timestamp`, milliseconds since 1970, is signed: where there is one, it
//! is at most two hours from ours. (Jira sends again up to five times, five to fifteen minutes apart, with the same
//! body.)
//!
//! The command's id is derived from the body. `X-Atlassian-Webhook-Identifier` names the delivery too, but it is not
//! signed: whoever has got hold of one request could send it again under any number of ids. A replay is the same command;
//! that is harmless as long as what the command brought about still stands.

use std::time::Duration;

use mto_handler::HttpRequest;
use serde_json::Value;
use time::OffsetDateTime;

use super::{Ask, Refusal, Signed, Unusable, header, id_of, in_window, json_body};

const SIGNATURE: &str = "x-hub-signature";

/// How old an event may be: longer than Jira goes on sending it.
const TOLERANCE: Duration = Duration::from_hours(2);

/// The longest part of an id that comes from the key, in characters.
const MAX_KEY_CHARS: usize = 60;

/// What was signed.
pub(crate) fn signed(request: &HttpRequest) -> Result<Signed, Refusal> {
    let signature =
        header(request, SIGNATURE)?.strip_prefix("sha256=").and_then(|text| hex::decode(text).ok());
    let signature = signature.ok_or_else(|| Refusal::BadHeader(SIGNATURE.to_owned()))?;
    Ok(Signed { text: request.body.to_vec(), signatures: vec![signature], time: None })
}

/// What a verified request asks for.
pub(crate) fn ask(request: &HttpRequest, now: OffsetDateTime) -> Result<Ask, Unusable> {
    let body = json_body(request)?;
    if let Some(milliseconds) = body.get("timestamp").and_then(Value::as_i64) {
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
            .map_err(|_| Unusable::Content("timestamp is no time in milliseconds since 1970".to_owned()))?;
        in_window(time, now, TOLERANCE).map_err(Unusable::Late)?;
    }
    let key = body.pointer("/issue/key").and_then(Value::as_str);
    let key = key.filter(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count())).unwrap_or("jira");
    let id = Some(id_of(key, &request.body));
    Ok(Ask::Ticket { body, id })
}
