//! Slack, by its Web API.
//!
//! Source of the facts: docs.slack.dev, methods `chat.postMessage`, `conversations.history` and
//! `conversations.replies`, "Rate limits" and "Message metadata". That blocks of together more than about 13,000
//! characters are refused (`msg_blocks_too_long`) is from slackapi/bolt-js issue 2509.

use std::collections::BTreeSet;

use async_trait::async_trait;
use http::{Method, StatusCode};
use mto_handler::EdgeSecret;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::slack_blocks::{MAX_BLOCK_TEXT, message};
use super::{Destination, Telling, query, quoted};
use crate::http::{Answer, Call, Service};
use crate::mark::{Mark, Told, verdict};
use crate::rendering::{CHAT_NOTES, fitting};
use crate::text::{clean, without_secrets};
use crate::trouble::Trouble;

/// The metadata's `event_type`.
const EVENT_TYPE: &str = "mto_outcome";

/// Messages of a page; Slack recommends no more than 200.
const PAGE: &str = "200";

/// Pages of a channel, newest first, or of a thread.
const MAX_PAGES: usize = 5;

/// A thread is looked for among the messages of so many days before the outcome: longer than any budget by default.
const SEARCH: time::Duration = time::Duration::days(7);

/// Below the limit that was seen (see above), as text.
const MAX_BLOCKS_CHARS: usize = 10_000;

/// A workspace, through an application's bot.
pub(crate) struct Slack {
    pub(crate) service: Service,
    /// `https://slack.com`.
    pub(crate) base: String,
    pub(crate) token: EdgeSecret,
    /// Ids of the channels it may write in.
    pub(crate) channels: BTreeSet<String>,
}

/// An answer: the status is 200 for most failures.
#[derive(Deserialize)]
struct Reply {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    response_metadata: ReplyMetadata,
}

#[derive(Default, Deserialize)]
struct ReplyMetadata {
    #[serde(default)]
    next_cursor: String,
}

#[derive(Deserialize)]
struct Message {
    ts: String,
    #[serde(default)]
    metadata: Value,
}

/// Where a message goes, and what stands there.
#[derive(Default)]
struct Seen {
    thread: Option<String>,
    marks: Vec<Mark>,
}

#[async_trait]
impl Destination for Slack {
    fn check(&self, address: &str) -> Result<(), String> {
        let (channel, thread) = split(address);
        if !self.channels.contains(channel) {
            let channels: Vec<&str> = self.channels.iter().map(String::as_str).collect();
            let channels = channels.join(", ");
            return Err(format!("{} is none of its channels: {channels}", quoted(channel)));
        }
        match thread {
            Some(thread) if !is_timestamp(thread) => {
                Err(format!("{} is no thread; give its first message's ts: 1700000000.1", quoted(thread)))
            }
            _ => Ok(()),
        }
    }

    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble> {
        let token = self.token.read(telling.deadline).await?;
        let token = token.expose_secret();
        let (channel, thread) = split(telling.address);
        let seen = self.look(channel, thread, telling, token).await?;
        if let Some(told) = verdict(&seen.marks, telling.outcome) {
            return Ok(told);
        }
        let mut body = fitting(telling.outcome, CHAT_NOTES, message, fits);
        body["channel"] = json!(channel);
        body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": Mark::of(telling.outcome)});
        if let Some(thread) = seen.thread {
            body["thread_ts"] = json!(thread);
        }
        let call = Call::with_json(Method::POST, format!("{}/api/chat.postMessage", self.base), &body);
        self.call("chat.postMessage", call, telling.deadline, token).await?;
        Ok(Told::Now)
    }
}

impl Slack {
    /// The thread, and what was told in it. Without the right to read, the message goes where it can.
    async fn look(
        &self,
        channel: &str,
        thread: Option<&str>,
        telling: &Telling<'_>,
        token: &str,
    ) -> Result<Seen, Trouble> {
        let mut seen = Seen { thread: thread.map(str::to_owned), marks: Vec::new() };
        if thread.is_none() {
            let oldest = (telling.outcome.time - SEARCH).unix_timestamp().to_string();
            let read = ("conversations.history", [("channel", channel), ("oldest", oldest.as_str())]);
            let Some(messages) = self.read(read.0, &read.1, telling.deadline, token).await? else {
                return Ok(seen);
            };
            let ours = messages.into_iter().filter_map(|message| Some((mark(&message)?, message.ts)));
            let ours: Vec<(Mark, String)> =
                ours.filter(|(mark, _)| mark.shares_root(telling.outcome)).collect();
            // Where a race has started two threads, the first one counts.
            seen.thread = ours.iter().map(|(_, ts)| ts).min().cloned();
            seen.marks = ours.into_iter().map(|(mark, _)| mark).collect();
        }
        if let Some(thread) = &seen.thread {
            let parameters = [("channel", channel), ("ts", thread.as_str())];
            let replies = self.read("conversations.replies", &parameters, telling.deadline, token).await?;
            seen.marks.extend(replies.unwrap_or_default().iter().filter_map(mark));
        }
        Ok(seen)
    }

    /// All pages, as far as they are read; nothing without the right to read them.
    async fn read(
        &self,
        method: &'static str,
        parameters: &[(&str, &str)],
        deadline: OffsetDateTime,
        token: &str,
    ) -> Result<Option<Vec<Message>>, Trouble> {
        let mut messages = Vec::new();
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut pairs = parameters.to_vec();
            pairs.extend([("include_all_metadata", "true"), ("limit", PAGE)]);
            if !cursor.is_empty() {
                pairs.push(("cursor", &cursor));
            }
            let call = Call::get(format!("{}/api/{method}?{}", self.base, query(&pairs)));
            let reply = match self.call(method, call, deadline, token).await {
                Ok(reply) => reply,
                Err(SlackTrouble::NoScope) => {
                    let advice = "give the bot channels:history (groups:history in private channels)";
                    tracing::warn!(
                        method,
                        "Slack cannot be read: repeats and threads are not found; {advice}"
                    );
                    return Ok(None);
                }
                Err(SlackTrouble::Other(trouble)) => return Err(trouble),
            };
            messages.extend(reply.messages);
            cursor = reply.response_metadata.next_cursor;
            if cursor.is_empty() {
                break;
            }
        }
        Ok(Some(messages))
    }

    async fn call(
        &self,
        method: &'static str,
        call: Call,
        deadline: OffsetDateTime,
        token: &str,
    ) -> Result<Reply, SlackTrouble> {
        let answer = self.service.send(call.authorized(&format!("Bearer {token}")), deadline).await?;
        if answer.status != StatusCode::OK {
            answer.check(&answer.words(&[token]))?;
        }
        let reply: Reply = answer.json()?;
        if reply.ok { Ok(reply) } else { Err(refused(method, &reply.error, &answer, token)) }
    }
}

/// What became of a call.
enum SlackTrouble {
    /// The token lacks the scope.
    NoScope,
    Other(Trouble),
}

impl From<Trouble> for SlackTrouble {
    fn from(trouble: Trouble) -> Self {
        Self::Other(trouble)
    }
}

impl From<SlackTrouble> for Trouble {
    fn from(trouble: SlackTrouble) -> Self {
        match trouble {
            SlackTrouble::NoScope => Self::for_good("Slack: missing_scope; give the bot chat:write"),
            SlackTrouble::Other(trouble) => trouble,
        }
    }
}

fn refused(method: &'static str, error: &str, answer: &Answer, token: &str) -> SlackTrouble {
    let remedy = match error {
        "missing_scope" => return SlackTrouble::NoScope,
        "ratelimited"
        | "rate_limited"
        | "internal_error"
        | "fatal_error"
        | "service_unavailable"
        | "request_timeout"
        | "team_added_to_org"
        | "message_limit_exceeded" => {
            let text = format!("Slack: {method}: {error}");
            return Trouble::Passing { text, after: answer.retry_after() }.into();
        }
        "not_in_channel" => "invite the bot into the channel",
        "channel_not_found" | "is_archived" => "check the channel, and that the bot is a member",
        "thread_not_found" | "message_not_found" => "the thread of replyto is gone; give the channel alone",
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" => {
            let text = format!("Slack: {method}: {error}; check the destination's token");
            return Trouble::Unproven { text, after: answer.retry_after() }.into();
        }
        "account_inactive" => "check the destination's token",
        _ => "see the method's documentation",
    };
    let error = clean(&without_secrets(error, &[token]), 100);
    Trouble::for_good(format!("Slack: {method}: {error}; {remedy}")).into()
}

/// `C0123`, or `C0123/1700000000.1`.
fn split(address: &str) -> (&str, Option<&str>) {
    match address.split_once('/') {
        Some((channel, thread)) => (channel, Some(thread)),
        None => (address, None),
    }
}

/// A message's `ts`: seconds, a point, and what makes it unique.
fn is_timestamp(text: &str) -> bool {
    let digits =
        |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.').is_some_and(|(seconds, rest)| digits(seconds, 12) && digits(rest, 6))
}

fn mark(message: &Message) -> Option<Mark> {
    let metadata = &message.metadata;
    let ours = metadata["event_type"] == EVENT_TYPE;
    ours.then(|| serde_json::from_value(metadata["event_payload"].clone()).ok()).flatten()
}

fn fits(message: &Value) -> bool {
    let texts = message["blocks"].as_array().into_iter().flatten();
    let too_long = texts.filter_map(|block| block["text"]["text"].as_str());
    message["blocks"].to_string().chars().count() <= MAX_BLOCKS_CHARS
        && too_long.into_iter().all(|text| text.chars().count() <= MAX_BLOCK_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_a_timestamp_and_nothing_else() {
        for good in ["1700000000.1", "1700000000.123456"] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in ["", "1700000000", "1700000000.", ".1", "1.2.3", "17/..", "1700000000.1234567", "1e9.1"] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }
}
