//! Outgoing webhooks of Microsoft Teams.
//!
//! `Authorization` is `HMAC ` and the base64 of the HMAC-SHA256 over the body; the security token that Teams shows once
//! is the key, in base64. The body is an activity: `text` with the mention (`<at>mto</at>`) in HTML, `from.aadObjectId`,
//! `from.name`, `id`, `timestamp`. The answer stands in the thread and has to come within 5 s. Source: Microsoft's
//! "Create Outgoing Webhooks".
//!
//! The scheme has no time of its own. The activity's `timestamp` is signed with the body: where there is one, it is at
//! most 5 minutes from ours. The conversation's and the activity's id are the command's id, so a replay in this
//! time is the same command.

use mto_handler::HttpRequest;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Ask, Chat, Refusal, Signed, TOLERANCE, Unusable, header, id_of, in_window, json_body};
use crate::chat::teams_text;
use crate::verification::from_base64;

const AUTHORIZATION: &str = "authorization";

/// The longest id of a command, in characters, as in every command; of a longer one there is a digest.
const MAX_ID_CHARS: usize = 150;

/// What was signed.
pub(crate) fn signed(request: &HttpRequest) -> Result<Signed, Refusal> {
    let (scheme, signature) = header(request, AUTHORIZATION)?.split_once(' ').unwrap_or_default();
    let signature = from_base64(signature.trim()).filter(|_| scheme.eq_ignore_ascii_case("hmac"));
    let signature = signature.ok_or_else(|| Refusal::BadHeader(AUTHORIZATION.to_owned()))?;
    Ok(Signed { text: request.body.to_vec(), signatures: vec![signature], time: None })
}

/// What a verified request asks for.
pub(crate) fn ask(request: &HttpRequest, now: OffsetDateTime) -> Result<Ask, Unusable> {
    let activity = json_body(request)?;
    let text = |pointer: &str| {
        let text = activity.pointer(pointer).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if let Some(timestamp) = text("/timestamp") {
        let time = OffsetDateTime::parse(&timestamp, &Rfc3339)
            .map_err(|_| Unusable::Content("timestamp is not RFC 3339".to_owned()))?;
        in_window(time, now, TOLERANCE).map_err(Unusable::Late)?;
    }
    let Some(user) = text("/from/aadObjectId") else {
        let problem = "from.aadObjectId is missing; only people of the organization can ask";
        return Err(Unusable::Content(problem.to_owned()));
    };
    let id = text("/id").map(|id| command_id(text("/conversation/id"), &id));
    let id = id.unwrap_or_else(|| id_of("teams", &request.body));
    let sent = text("/text").unwrap_or_default();
    let prefix = mention(&sent).map_or(String::new(), |name| format!("@{name}"));
    let (line, name) = (teams_text(&sent).trim().to_owned(), text("/from/name"));
    Ok(Ask::Chat(Chat { line, user, name, id, prefix, fields: activity }))
}

/// An activity's id is that of one conversation only, as far as is documented; so the conversation's stands before it.
fn command_id(conversation: Option<String>, activity: &str) -> String {
    let id = conversation.map_or_else(|| activity.to_owned(), |it| format!("{it}/{activity}"));
    if id.chars().count() <= MAX_ID_CHARS { id } else { id_of("teams", id.as_bytes()) }
}

/// The name under which the webhook was called.
fn mention(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("<at")?;
    let (_, name) = behind.split_once('>')?;
    let (name, _) = name.split_once("</at>")?;
    (!name.contains(['<', '&'])).then_some(name)
}
