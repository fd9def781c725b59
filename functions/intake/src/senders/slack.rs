//! Slack slash commands.
//!
//! `X-Slack-Signature` is `v0=` and the HMAC-SHA256, in hexadecimal, over `v0:<timestamp>:<body>`;
//! `X-Slack-Request-Timestamp` is at most 5 minutes from our time. The body is a form: `command`, `text`, `user_id`,
//! `user_name`, `channel_id`, `trigger_id`, …. Source: Slack's "Verifying requests from Slack" and "Enabling
//! interactivity with slash commands". That a `trigger_id` is never used twice is taken from there too; ids of commands
//! are derived from it, so that the `trigger_id`, with which one can open dialogs for a while, stays here.
//!
//! Slack now and then checks the certificate with `ssl_check=1`. Such a request is answered if it is signed; whether it
//! is could not be verified here.

use std::collections::BTreeMap;

use mto_handler::HttpRequest;
use serde_json::Value;
use url::form_urlencoded;

use super::{Ask, Chat, Refusal, Signed, Unusable, header, id_of, unix_time};
use crate::chat::slack_text;

const TIMESTAMP: &str = "x-slack-request-timestamp";
const SIGNATURE: &str = "x-slack-signature";

/// What was signed.
pub(crate) fn signed(request: &HttpRequest) -> Result<Signed, Refusal> {
    let (timestamp, time) = unix_time(request, TIMESTAMP)?;
    let signature = header(request, SIGNATURE)?.strip_prefix("v0=").and_then(|text| hex::decode(text).ok());
    let signature = signature.ok_or_else(|| Refusal::BadHeader(SIGNATURE.to_owned()))?;
    let mut text = format!("v0:{timestamp}:").into_bytes();
    text.extend_from_slice(&request.body);
    Ok(Signed { text, signatures: vec![signature], time: Some(time) })
}

/// What a verified request asks for.
pub(crate) fn ask(request: &HttpRequest) -> Result<Ask, Unusable> {
    let mut form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
    if form.get("ssl_check").is_some_and(|value| value == "1") {
        return Ok(Ask::Nothing);
    }
    // Old verification token, and an address that can be posted to: neither is needed, so neither is kept.
    form.remove("token");
    form.remove("response_url");
    let field = |name: &str| form.get(name).filter(|value| !value.is_empty()).cloned();
    let Some(user) = field("user_id") else {
        return Err(Unusable::Content("user_id is missing; send a slash command".to_owned()));
    };
    // Without a trigger_id the bytes that were signed name the command; Slack signs its time with them.
    let id = match field("trigger_id") {
        Some(trigger) => id_of("slack", trigger.as_bytes()),
        None => id_of("slack", &signed(request).map(|signed| signed.text).unwrap_or_default()),
    };
    let line = slack_text(&field("text").unwrap_or_default());
    let (name, prefix) = (field("user_name"), field("command").unwrap_or_default());
    form.remove("trigger_id");
    let fields = form.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    Ok(Ask::Chat(Chat { line, user, name, id, prefix, fields: Value::Object(fields) }))
}
