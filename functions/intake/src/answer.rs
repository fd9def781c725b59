//! What a sender is told, in its own format.

use mto_handler::HttpResponse;
use serde_json::{Value, json};

use crate::chat::{for_slack, for_teams};
use crate::senders::Kind;

/// The longest text of an answer, in characters. Slack shows 4,000 at most in one piece.
const MAX_TEXT_CHARS: usize = 3_500;

const JSON: &str = "application/json";

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing but that it arrived.
    Nothing,
    /// A command was taken.
    Taken {
        /// The command's id.
        id: String,
        /// Its type.
        kind: String,
        /// For people: what was understood, and what comes next.
        text: String,
        /// Without `confirm` only the plan is made.
        held_back: Option<String>,
    },
    /// Help.
    Help(String),
    /// Nothing was asked for: no case of the mapping is meant.
    Ignored(String),
    /// It cannot be read or mapped; sending it again does not help.
    Bad(String),
    /// This person, or this sender, may not ask for it.
    Denied(String),
    /// It was not taken, or that is not sure; sending it again can help.
    Again(String),
}

impl Answer {
    /// As this product wants it.
    pub(crate) fn for_sender(self, kind: &Kind) -> HttpResponse {
        match kind {
            Kind::Slack => slack(self),
            Kind::Teams => teams(self),
            Kind::Webhook | Kind::Jira | Kind::ServiceNow(_) => plain(self),
        }
    }

    /// The text for people, and whether all who read along are to see it.
    fn text(self) -> Option<(String, bool)> {
        match self {
            Self::Nothing => None,
            Self::Taken { text, .. } => Some((text, true)),
            Self::Help(text)
            | Self::Ignored(text)
            | Self::Bad(text)
            | Self::Denied(text)
            | Self::Again(text) => Some((text, false)),
        }
    }
}

/// Slack takes an answer for one only with status 200.
fn slack(answer: Answer) -> HttpResponse {
    let Some((text, shown)) = answer.text() else { return response(200, None) };
    let response_type = if shown { "in_channel" } else { "ephemeral" };
    response(200, Some(json!({"response_type": response_type, "text": for_slack(&clipped(&text))})))
}

/// Teams shows an answer with status 200 in the thread; all read it.
fn teams(answer: Answer) -> HttpResponse {
    let text = answer.text().map(|(text, _)| for_teams(&clipped(&text)));
    response(200, Some(json!({"type": "message", "text": text.unwrap_or_default()})))
}

fn plain(answer: Answer) -> HttpResponse {
    match answer {
        Answer::Nothing => response(200, None),
        Answer::Taken { id, kind, held_back: None, .. } => {
            response(202, Some(json!({"id": id, "type": kind})))
        }
        Answer::Taken { id, kind, held_back: Some(note), .. } => {
            response(202, Some(json!({"id": id, "type": kind, "dryRun": true, "note": note})))
        }
        Answer::Help(text) | Answer::Ignored(text) => response(200, Some(json!({"ignored": text}))),
        Answer::Bad(text) => response(400, Some(json!({"error": text}))),
        Answer::Denied(text) => response(403, Some(json!({"error": text}))),
        Answer::Again(text) => response(503, Some(json!({"error": text}))),
    }
}

/// One and the same for everybody who is not known, whatever the reason is.
pub(crate) fn refused() -> HttpResponse {
    response(401, Some(json!({"error": "the request is not signed by a known sender"})))
}

/// More than is read.
pub(crate) fn too_large(max_bytes: usize) -> HttpResponse {
    response(413, Some(json!({"error": format!("the body is longer than {max_bytes} bytes; shorten it")})))
}

/// It could not be found out whether the sender is who it says.
pub(crate) fn unavailable() -> HttpResponse {
    response(503, Some(json!({"error": "not taken, try again"})))
}

fn response(status: u16, body: Option<Value>) -> HttpResponse {
    HttpResponse { status, content_type: JSON, body: body.map_or(String::new(), |body| body.to_string()) }
}

/// Line breaks stay, which is why this is not the messages' own.
fn clipped(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
