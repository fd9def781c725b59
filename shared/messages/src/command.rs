//! The envelope of a command: `CloudEvents` 1.0, structured JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{CommandData, TenantId, Verb, clip};

/// The largest body that is parsed, in bytes. What we send stays far below it, so that the journal fits beside
/// the body into one SQS message (256 KiB until 2025, 1 MiB since).
pub const MAX_BODY_BYTES: usize = 160 * 1024;

/// The longest attribute, in characters.
const MAX_ATTRIBUTE_CHARS: usize = 300;

/// The longest `id` that somebody may send: the ids of what follows are derived from it.
const MAX_ROOT_ID_CHARS: usize = 150;

/// The longest `id` of a command that follows: two verbs, and at most three tenants, behind a root's.
const MAX_CHILD_ID_CHARS: usize = 400;

/// What somebody wants.
///
/// A producer needs to give only `type`, `id`, `source` and `data`:
///
/// ```
/// let command = mto_messages::Command::parse(
///     r#"{"type":"mto.join.v1","id":"INC0012345","source":"/servicenow/prod",
///         "data":{"tenant":"fabrikam.example","owner":"contoso.example"}}"#,
/// )?;
/// assert_eq!(command.data.verb().as_str(), "join");
/// # Ok::<(), mto_messages::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Names the command within its source. The same source and id are the same command.
    pub id: String,
    /// Who sent it, a URI reference: `/servicenow/prod`.
    pub source: String,
    /// When it was sent.
    pub time: Option<OffsetDateTime>,
    /// What it is about; for the reader only.
    pub subject: Option<String>,
    /// Where outcomes are to be told, in notify's words: `slack:C0123/1700000000.1`.
    pub reply_to: Option<String>,
    /// The person behind the command.
    pub requested_by: Option<String>,
    /// The id of the command that led to this one; the source is the same. Absent: this is a root.
    pub root: Option<String>,
    /// What is wanted.
    pub data: CommandData,
}

/// Which command an outcome is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CommandRef {
    /// The command's source.
    pub source: String,
    /// The command's id.
    pub id: String,
    /// The command's type: `mto.join.v1`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Why a body is not a command. Each says which field, what stood there, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the body has {bytes} bytes, more than {MAX_BODY_BYTES}; send several smaller commands")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Not JSON at all.
    #[error("the body is not JSON: {0}; send one CloudEvents event in structured JSON")]
    NotJson(String),
    /// JSON, but not an object.
    #[error("the body is {0}, not an object; send one CloudEvents event in structured JSON")]
    NotAnObject(&'static str),
    /// A required attribute is absent.
    #[error("the attribute \"{0}\" is missing; a command needs type, id, source and data")]
    Missing(&'static str),
    /// An attribute or a field of `data` has a value that cannot be used.
    #[error("\"{field}\": {problem}")]
    Field {
        /// The path of the field: `data.tenants[2].displayName`.
        field: String,
        /// What is wrong, with the value where it helps.
        problem: String,
    },
    /// Not one of our types.
    #[error(
        "the type \"{0}\" is unknown; known are mto.create.v1, mto.add.v1, mto.join.v1, mto.leave.v1 and \
         mto.sync.v1"
    )]
    UnknownType(String),
    /// One of our types, in a version this release does not know.
    #[error("the type \"{kind}\" has an unknown version; this release knows mto.{verb}.v1")]
    UnknownVersion {
        /// The type as given.
        kind: String,
        /// The verb that was recognised.
        verb: Verb,
    },
}

impl ParseError {
    /// A short word for logs, metrics and the dead letter's attribute.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::NotJson(_) => "not-json",
            Self::NotAnObject(_) => "not-an-object",
            Self::Missing(_) => "missing-attribute",
            Self::Field { .. } => "bad-field",
            Self::UnknownType(_) => "unknown-type",
            Self::UnknownVersion { .. } => "unknown-version",
        }
    }
}

impl Command {
    /// Reads a command from the body of a message.
    ///
    /// # Errors
    /// A [`ParseError`] that names the field, the value and the remedy.
    pub fn parse(body: &str) -> Result<Self, ParseError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(ParseError::TooLarge { bytes: body.len() });
        }
        let value: Value =
            serde_json::from_str(body).map_err(|error| ParseError::NotJson(error.to_string()))?;
        let Value::Object(mut event) = value else {
            return Err(ParseError::NotAnObject(kind_of(&value)));
        };
        let verb = verb_of(&required_text(&mut event, "type")?)?;
        match optional_text(&mut event, "specversion")?.as_deref() {
            None | Some("1.0") => {}
            Some(other) => return Err(bad_field("specversion", other, "is not 1.0; send CloudEvents 1.0")),
        }
        let root = optional_text(&mut event, "root")?;
        Ok(Self {
            id: id_of(&mut event, root.is_some())?,
            source: required_text(&mut event, "source")?,
            time: time_of(&mut event)?,
            subject: optional_text(&mut event, "subject")?,
            reply_to: optional_text(&mut event, "replyto")?,
            requested_by: optional_text(&mut event, "requestedby")?,
            root,
            data: data_of(verb, event.remove("data"))?,
        })
    }

    /// The body to send.
    pub fn to_json(&self) -> String {
        let mut event = Map::new();
        event.insert("specversion".to_owned(), json!("1.0"));
        event.insert("type".to_owned(), json!(self.data.verb().command_type()));
        event.insert("id".to_owned(), json!(self.id));
        event.insert("source".to_owned(), json!(self.source));
        let time = self.time.and_then(|time| time.format(&Rfc3339).ok());
        let optional = [
            ("time", time.as_ref()),
            ("subject", self.subject.as_ref()),
            ("replyto", self.reply_to.as_ref()),
            ("requestedby", self.requested_by.as_ref()),
            ("root", self.root.as_ref()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                event.insert(name.to_owned(), json!(value));
            }
        }
        event.insert("datacontenttype".to_owned(), json!("application/json"));
        event.insert("data".to_owned(), data_to_json(&self.data));
        Value::Object(event).to_string()
    }

    /// How outcomes name this command.
    pub fn reference(&self) -> CommandRef {
        CommandRef { source: self.source.clone(), id: self.id.clone(), kind: self.data.verb().command_type() }
    }

    /// The id of the root: this command's own, if it is one.
    pub fn root_id(&self) -> &str {
        self.root.as_deref().unwrap_or(&self.id)
    }

    /// A command that follows from this one. Its id is derived, so that posting it twice is posting one
    /// command twice: `<id>/join/<tenant>`.
    #[must_use]
    pub fn child(&self, data: CommandData, about: &[TenantId], now: OffsetDateTime) -> Self {
        let mut id = format!("{}/{}", self.id, data.verb());
        for tenant in about {
            id = format!("{id}/{tenant}");
        }
        Self {
            id,
            source: self.source.clone(),
            time: Some(now),
            subject: about.first().map(ToString::to_string),
            reply_to: self.reply_to.clone(),
            requested_by: self.requested_by.clone(),
            root: Some(self.root_id().to_owned()),
            data,
        }
    }
}

fn verb_of(kind: &str) -> Result<Verb, ParseError> {
    let unknown = || ParseError::UnknownType(clip(kind, 100));
    let (verb, version) =
        kind.strip_prefix("mto.").and_then(|rest| rest.split_once('.')).ok_or_else(unknown)?;
    let verb = Verb::from_name(verb).ok_or_else(unknown)?;
    match version {
        "v1" => Ok(verb),
        _ => Err(ParseError::UnknownVersion { kind: clip(kind, 100), verb }),
    }
}

fn data_of(verb: Verb, data: Option<Value>) -> Result<CommandData, ParseError> {
    let data = data.ok_or(ParseError::Missing("data"))?;
    if !data.is_object() {
        return Err(bad_field("data", kind_of(&data), "is not an object"));
    }
    Ok(match verb {
        Verb::Create => CommandData::Create(decode(data)?),
        Verb::Add => CommandData::Add(decode(data)?),
        Verb::Join => CommandData::Join(decode(data)?),
        Verb::Leave => CommandData::Leave(decode(data)?),
        Verb::Sync => CommandData::Sync(decode(data)?),
    })
}

fn decode<T: DeserializeOwned>(data: Value) -> Result<T, ParseError> {
    serde_path_to_error::deserialize(data).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "data".to_owned() } else { format!("data.{path}") };
        ParseError::Field { field: clip(&field, 200), problem: clip(&error.inner().to_string(), 300) }
    })
}

fn data_to_json(data: &CommandData) -> Value {
    let encoded = match data {
        CommandData::Create(data) => serde_json::to_value(data),
        CommandData::Add(data) => serde_json::to_value(data),
        CommandData::Join(data) => serde_json::to_value(data),
        CommandData::Leave(data) => serde_json::to_value(data),
        CommandData::Sync(data) => serde_json::to_value(data),
    };
    // None of these types has a map with other than string keys or a serializer that fails.
    encoded.unwrap_or_default()
}

fn id_of(event: &mut Map<String, Value>, follows: bool) -> Result<String, ParseError> {
    let most = if follows { MAX_CHILD_ID_CHARS } else { MAX_ROOT_ID_CHARS };
    let id = bounded_text(event, "id", most)?.ok_or(ParseError::Missing("id"))?;
    if id.trim().is_empty() {
        return Err(bad_field("id", &id, "is blank"));
    }
    Ok(id)
}

fn required_text(event: &mut Map<String, Value>, name: &'static str) -> Result<String, ParseError> {
    let text = optional_text(event, name)?.ok_or(ParseError::Missing(name))?;
    if text.trim().is_empty() {
        return Err(bad_field(name, &text, "is blank"));
    }
    Ok(text)
}

fn optional_text(event: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, ParseError> {
    bounded_text(event, name, MAX_ATTRIBUTE_CHARS)
}

fn bounded_text(
    event: &mut Map<String, Value>,
    name: &'static str,
    most_chars: usize,
) -> Result<Option<String>, ParseError> {
    match event.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() > most_chars => {
            Err(bad_field(name, &text, &format!("is longer than {most_chars} characters; shorten it")))
        }
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(bad_field(name, &other.to_string(), "is not a string")),
    }
}

fn time_of(event: &mut Map<String, Value>) -> Result<Option<OffsetDateTime>, ParseError> {
    let Some(text) = optional_text(event, "time")? else { return Ok(None) };
    OffsetDateTime::parse(&text, &Rfc3339)
        .map(Some)
        .map_err(|_| bad_field("time", &text, "is not RFC 3339, such as 2026-11-20T09:00:00Z"))
}

fn bad_field(field: &str, value: &str, problem: &str) -> ParseError {
    ParseError::Field { field: field.to_owned(), problem: format!("{:?} {problem}", clip(value, 60)) }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
