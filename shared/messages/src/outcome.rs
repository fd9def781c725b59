//! What became of a command.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Command, CommandRef, TenantId, Verb, Write, clip};

/// The kinds of outcome. All but `accepted` and `waiting` are the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OutcomeKind {
    /// The command was understood and is being worked on; roots only.
    Accepted,
    /// It waits: for what, since when, next look, deadline.
    Waiting,
    /// It is done.
    Succeeded,
    /// It cannot be done as asked; nothing was tried that would have to be undone.
    Rejected,
    /// The service refused for good.
    Failed,
    /// Its time is over; it says what it was waiting for.
    Expired,
    /// A dry run: the writes it would make.
    Planned,
}

impl OutcomeKind {
    /// Whether nothing follows.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Accepted | Self::Waiting => false,
            Self::Succeeded | Self::Rejected | Self::Failed | Self::Expired | Self::Planned => true,
        }
    }

    /// Whether it ended without what was asked for.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Accepted | Self::Waiting | Self::Succeeded | Self::Planned => false,
            Self::Rejected | Self::Failed | Self::Expired => true,
        }
    }

    /// All kinds, in the order in which they can come.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Waiting,
        Self::Succeeded,
        Self::Rejected,
        Self::Failed,
        Self::Expired,
        Self::Planned,
    ];

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// As it stands in the event's type: `succeeded`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Planned => "planned",
        }
    }
}

/// A `CloudEvents` 1.0 event about a command. `source` and `id` are derived from the command, so a consumer
/// that drops repeats by them sees each outcome once.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// `<command id>/succeeded`, `<command id>/waiting/<hour>-<changes>-<reason>`.
    pub id: String,
    /// `/mto-functions/<verb>?of=<command source>`.
    pub source: String,
    /// The verb of the command.
    pub verb: Verb,
    /// What became of it.
    pub kind: OutcomeKind,
    /// When.
    pub time: OffsetDateTime,
    /// The command's subject.
    pub subject: Option<String>,
    /// Where to tell it. Set for outcomes of roots, and for children's failures.
    pub reply_to: Option<String>,
    /// The root's id, for a child's outcome.
    pub root: Option<String>,
    /// The particulars.
    pub data: OutcomeData,
}

/// The particulars of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeData {
    /// The command.
    pub command: CommandRef,
    /// The person behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// One plain sentence.
    pub summary: String,
    /// Why it waits or did not succeed, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Explanation>,
    /// What was seen at the last look.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub observed: Value,
    /// Every write of the whole way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<Write>,
    /// Writes that were made but did not fit into the journal.
    #[serde(default)]
    pub writes_dropped: u32,
    /// For `planned`: the writes that would be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Vec<PlannedWrite>>,
    /// Ids of the commands that were posted as a consequence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
    /// What else the reader ought to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// For `waiting`: how long, how often, until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitReport>,
    /// Seconds since the command was first looked at.
    pub took_seconds: i64,
}

/// Why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// A stable word for programs: `not-added-yet`.
    pub code: String,
    /// For people.
    pub text: String,
    /// What somebody can do about it.
    pub remedy: String,
}

/// A write a dry run would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedWrite {
    /// The tenant it would be made in; absent for a command that would be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// Which write: `add-tenant`.
    pub what: String,
    /// For people.
    pub text: String,
}

/// How a wait stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WaitReport {
    /// Seconds it has been waiting for this.
    pub age_seconds: i64,
    /// How many looks were taken so far.
    pub looks: u32,
    /// When it looks again.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub next_look: OffsetDateTime,
    /// When it gives up.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub deadline: OffsetDateTime,
}

impl Outcome {
    /// An outcome of `command`. `part` tells apart several outcomes of one kind (`waiting`).
    pub fn of(
        command: &Command,
        kind: OutcomeKind,
        part: Option<&str>,
        time: OffsetDateTime,
        data: OutcomeData,
    ) -> Self {
        let verb = command.data.verb();
        let part = part.map(|part| format!("/{part}")).unwrap_or_default();
        let told = command.root.is_none() || kind.is_failure();
        Self {
            id: format!("{}/{}{part}", command.id, kind.as_str()),
            source: format!("/mto-functions/{verb}?of={}", as_query(&command.source)),
            verb,
            kind,
            time,
            subject: command.subject.clone(),
            reply_to: command.reply_to.clone().filter(|_| told),
            root: command.root.clone(),
            data,
        }
    }

    /// Reads an outcome from the body of a message. Unknown fields are ignored.
    ///
    /// # Errors
    /// What stands where, and why it is no outcome of this release.
    pub fn parse(body: &str) -> Result<Self, OutcomeError> {
        #[derive(Deserialize)]
        struct Event {
            id: String,
            source: String,
            #[serde(rename = "type")]
            kind: String,
            #[serde(with = "time::serde::rfc3339")]
            time: OffsetDateTime,
            #[serde(default)]
            subject: Option<String>,
            #[serde(default, rename = "replyto")]
            reply_to: Option<String>,
            #[serde(default)]
            root: Option<String>,
            data: OutcomeData,
        }
        let mut reader = serde_json::Deserializer::from_str(body);
        let event: Event = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = clip(&error.path().to_string(), 200);
            OutcomeError(format!("\"{path}\": {}", clip(&error.inner().to_string(), 300)))
        })?;
        let (verb, kind) = kind_of(&event.kind).ok_or_else(|| {
            OutcomeError(format!("the type \"{}\" is no outcome's of version 1", clip(&event.kind, 100)))
        })?;
        let Event { id, source, time, subject, reply_to, root, data, .. } = event;
        Ok(Self { id, source, verb, kind, time, subject, reply_to, root, data })
    }

    /// The event's type: `mto.join.succeeded.v1`.
    pub fn event_type(&self) -> String {
        format!("mto.{}.{}.v1", self.verb, self.kind.as_str())
    }

    /// The body to send.
    pub fn to_json(&self) -> String {
        let mut event = json!({
            "specversion": "1.0",
            "type": self.event_type(),
            "id": self.id,
            "source": self.source,
            "time": self.time.format(&Rfc3339).unwrap_or_default(),
            "datacontenttype": "application/json",
        });
        let optional = [("subject", &self.subject), ("replyto", &self.reply_to), ("root", &self.root)];
        for (name, value) in optional {
            if let Some(value) = value {
                event[name] = json!(value);
            }
        }
        event["data"] = serde_json::to_value(&self.data).unwrap_or_default();
        event.to_string()
    }
}

/// A body is no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body is no outcome: {0}")]
pub struct OutcomeError(String);

/// `mto.<verb>.<kind>.v1`.
fn kind_of(event_type: &str) -> Option<(Verb, OutcomeKind)> {
    let (verb, kind) = event_type.strip_prefix("mto.")?.strip_suffix(".v1")?.split_once('.')?;
    Some((Verb::from_name(verb)?, OutcomeKind::from_name(kind)?))
}

/// Percent-encodes what may not stand in a URI's query, so that two sources never give one outcome source.
fn as_query(source: &str) -> String {
    use std::fmt::Write as _;
    source.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
