//! Slack's Web API, as far as messages go (Slack API reference: `chat.postMessage`, `conversations.history`,
//! `conversations.replies`; Block Kit reference; "Message metadata").

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Call, Product, Reply, Told, expect_names, query, texts};

/// Of blocks in a message, of characters in a section's text and in a header's, of a section's fields.
const MOST_BLOCKS: usize = 50;
const SECTION_CHARS: usize = 3000;
const HEADER_CHARS: usize = 150;
const MOST_FIELDS: usize = 10;
const FIELD_CHARS: usize = 2000;

/// A workspace with channels that are there when they are named.
pub struct Slack {
    token: String,
    /// Every message, in its order.
    pub messages: Vec<Message>,
}

/// A message in a channel.
pub struct Message {
    /// The channel.
    pub channel: String,
    /// Its time stamp, which is its id in the channel.
    pub ts: String,
    /// That of the message it answers.
    pub thread: Option<String>,
    /// As it was posted.
    pub body: Value,
}

impl Slack {
    /// A workspace that a bot token opens.
    pub fn new(token: &str) -> Self {
        Self { token: token.to_owned(), messages: Vec::new() }
    }

    /// What was told, in its order.
    pub fn told(&self) -> Vec<Told> {
        let told = |message: &Message| Told {
            address: message.channel.clone(),
            text: format!(
                "{}\n{}",
                message.body["text"].as_str().unwrap_or_default(),
                texts(&message.body["blocks"])
            ),
            outcome: message.body["metadata"]["event_payload"]["outcome"].as_str().map(str::to_owned),
        };
        self.messages.iter().map(told).collect()
    }

    fn post(&mut self, call: &Call) -> Result<Value, String> {
        let body = call.json()?;
        let known = [
            "channel",
            "text",
            "blocks",
            "thread_ts",
            "metadata",
            "unfurl_links",
            "unfurl_media",
            "mrkdwn",
            "parse",
            "link_names",
        ];
        expect_names(&body, &known)?;
        let channel =
            body["channel"].as_str().filter(|channel| channel.starts_with('C')).ok_or("no channel")?;
        if body["text"].as_str().is_none_or(str::is_empty) {
            return Err("no text for notifications".to_owned());
        }
        body["blocks"].as_array().map_or(Ok(()), |blocks| check_blocks(blocks))?;
        check_metadata(&body["metadata"])?;
        let thread = body["thread_ts"].as_str().map(str::to_owned);
        let is_there = |thread: &String| {
            self.messages.iter().any(|message| message.channel == channel && message.ts == *thread)
        };
        if thread.as_ref().is_some_and(|thread| !is_there(thread)) {
            return Ok(json!({"ok": false, "error": "thread_not_found"}));
        }
        let ts = format!("{}.{:06}", now().unix_timestamp(), self.messages.len() + 1);
        let (channel, answer) =
            (channel.to_owned(), json!({"ok": true, "channel": channel, "ts": ts, "message": body}));
        self.messages.push(Message { channel, ts, thread, body });
        Ok(answer)
    }

    fn read(&self, call: &Call, wanted: impl Fn(&Message, &str) -> bool) -> Value {
        let mut given = call.query.clone();
        given.extend(query(&call.body));
        let text = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
        let shows_metadata = ["true", "1"].contains(&text("include_all_metadata"));
        let oldest: f64 = text("oldest").parse().unwrap_or(0.0);
        let messages = self.messages.iter().filter(|message| {
            message.channel == text("channel")
                && wanted(message, text("ts"))
                && message.ts.parse::<f64>().is_ok_and(|ts| ts >= oldest)
        });
        let messages = messages.map(|message| {
            let mut shown =
                json!({"type": "message", "bot_id": "B1", "ts": message.ts, "text": message.body["text"]});
            if let Some(thread) = &message.thread {
                shown["thread_ts"] = json!(thread);
            }
            if shows_metadata {
                shown["metadata"] = message.body["metadata"].clone();
            }
            shown
        });
        json!({"ok": true, "messages": messages.collect::<Vec<_>>(), "has_more": false})
    }
}

impl Product for Slack {
    fn answer(&mut self, call: &Call) -> Result<Reply, String> {
        let known =
            ["channel", "cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest", "ts"];
        call.expect_query(&known)?;
        if call.expect_authorization(&format!("Bearer {}", self.token)).is_err() {
            return Ok(Reply { status: 200, body: json!({"ok": false, "error": "invalid_auth"}) });
        }
        let body = match call.path.as_str() {
            "/api/chat.postMessage" => self.post(call)?,
            "/api/conversations.history" => {
                let mut answer = self.read(call, |message, _| message.thread.is_none());
                // Newest first.
                if let Some(messages) = answer["messages"].as_array_mut() {
                    messages.reverse();
                }
                answer
            }
            "/api/conversations.replies" => {
                self.read(call, |message, ts| message.ts == ts || message.thread.as_deref() == Some(ts))
            }
            other => return Err(format!("no such method: {other}")),
        };
        Ok(Reply { status: 200, body })
    }
}

#[expect(clippy::disallowed_methods, reason = "real processes run in real time")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn check_blocks(blocks: &[Value]) -> Result<(), String> {
    if blocks.len() > MOST_BLOCKS {
        return Err("too many blocks".to_owned());
    }
    for block in blocks {
        let length = |value: &Value| value["text"].as_str().map_or(0, |text| text.chars().count());
        let fields = block["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fits = match block["type"].as_str() {
            Some("section") => {
                length(&block["text"]) <= SECTION_CHARS
                    && fields.len() <= MOST_FIELDS
                    && fields.iter().all(|field| (1..=FIELD_CHARS).contains(&length(field)))
                    && (!fields.is_empty() || length(&block["text"]) > 0)
            }
            Some("header") => {
                block["text"]["type"] == "plain_text" && (1..=HEADER_CHARS).contains(&length(&block["text"]))
            }
            Some("context") => {
                block["elements"].as_array().is_some_and(|elements| (1..=10).contains(&elements.len()))
            }
            Some("divider") => true,
            _ => false,
        };
        if !fits {
            return Err(format!("no such block: {block}"));
        }
    }
    Ok(())
}

fn check_metadata(metadata: &Value) -> Result<(), String> {
    if metadata.is_null() {
        return Ok(());
    }
    expect_names(metadata, &["event_type", "event_payload"])?;
    let payload = metadata["event_payload"].as_object().ok_or("no payload")?;
    let is_flat = payload.values().all(|value| value.is_string() || value.is_number() || value.is_boolean());
    if metadata["event_type"].is_string() && is_flat {
        Ok(())
    } else {
        Err("metadata is not flat".to_owned())
    }
}
