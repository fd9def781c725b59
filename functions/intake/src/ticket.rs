//! From a ticket to a command, as the configuration maps it.

use std::collections::BTreeMap;

use mto_messages::{Command, Verb, clip};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::template::{Ground, Template, is_header};

/// What a mapping may give of a command. `source` is the sender's, `root` is for commands that follow.
const FIELDS: [&str; 9] =
    ["specversion", "datacontenttype", "type", "id", "time", "subject", "replyto", "requestedby", "data"];

/// One case of a mapping, as the configuration writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CaseEntry {
    /// Pointers and the values that have to stand there; in a list, one of its items.
    pub(crate) when: BTreeMap<String, Value>,
    /// The template of the command.
    pub(crate) command: Value,
}

/// One case: when it is meant, and its command.
#[derive(Debug, Clone)]
struct Case {
    when: BTreeMap<String, Value>,
    command: Template,
}

/// The mapping of a sender.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    cases: Vec<Case>,
    /// The pointer to the person's id.
    pub(crate) user: Option<String>,
    /// `replyto`, unless the case gives one.
    pub(crate) reply_to: Option<Template>,
}

/// What is known beside the ticket.
pub(crate) struct Given<'a> {
    /// The command's source.
    pub(crate) source: &'a str,
    /// The command's id, unless the case gives one.
    pub(crate) id: Option<String>,
    /// The time now.
    pub(crate) now: OffsetDateTime,
}

/// What became of a ticket.
#[derive(Debug)]
pub(crate) enum Mapped {
    /// A command, and the person behind it.
    Command(Box<Command>, Option<String>),
    /// No case is meant.
    Ignored,
}

impl Mapping {
    /// Reads a mapping: one command for everything, or cases. The error names the field.
    pub(crate) fn new(command: Option<&Value>, cases: &[CaseEntry]) -> Result<Self, String> {
        let cases = match (command, cases) {
            (Some(command), []) => {
                vec![Case { when: BTreeMap::new(), command: template(command, "command")? }]
            }
            (None, [_, ..]) => {
                cases.iter().enumerate().map(|(index, entry)| case(index, entry)).collect::<Result<_, _>>()?
            }
            (Some(_), [_, ..]) => {
                return Err("command: is given beside cases; drop one of them".to_owned());
            }
            (None, []) => {
                return Err("command: is missing; give a template, or cases with one each".to_owned());
            }
        };
        Ok(Self { cases, user: None, reply_to: None })
    }

    /// That of a chat, where lines say what is wanted.
    pub(crate) fn of_chat(reply_to: Option<Template>) -> Self {
        Self { reply_to, ..Self::default() }
    }

    /// The command that a ticket asks for. The error names the field and the remedy.
    pub(crate) fn map(&self, ground: Ground<'_>, given: Given<'_>) -> Result<Mapped, String> {
        let Some(case) = self.cases.iter().find(|case| case.is_meant(ground)) else {
            return Ok(Mapped::Ignored);
        };
        let user =
            self.user.as_deref().and_then(|pointer| ground.find(pointer)).and_then(|user| match user {
                Value::String(user) => Some(user),
                Value::Number(user) => Some(user.to_string()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            });
        let Some(Value::Object(mut event)) = case.command.fill(ground)? else {
            return Err("the mapping gives no command".to_owned());
        };
        number_of_users(&mut event);
        self.complete(&mut event, ground, given, user.as_deref())?;
        let command = Command::parse(&Value::Object(event).to_string()).map_err(|error| error.to_string())?;
        Ok(Mapped::Command(Box::new(command), user))
    }

    fn complete(
        &self,
        event: &mut Map<String, Value>,
        ground: Ground<'_>,
        given: Given<'_>,
        user: Option<&str>,
    ) -> Result<(), String> {
        event.insert("source".to_owned(), json!(given.source));
        if !event.contains_key("id")
            && let Some(id) = given.id
        {
            event.insert("id".to_owned(), json!(id));
        }
        if !event.contains_key("time") {
            event.insert("time".to_owned(), json!(given.now.format(&Rfc3339).ok()));
        }
        if !event.contains_key("requestedby")
            && let Some(user) = user
        {
            event.insert("requestedby".to_owned(), json!(clip(user, 200)));
        }
        if !event.contains_key("replyto")
            && let Some(reply_to) = &self.reply_to
            && let Some(value) = reply_to.fill(ground).map_err(|problem| format!("replyTo: {problem}"))?
        {
            event.insert("replyto".to_owned(), value);
        }
        Ok(())
    }
}

/// Reads the number of users as products write it: as digits in a text (`ServiceNow`), or with a fraction of nothing
/// (Jira). Anything else stays, and is named when the command is read.
fn number_of_users(event: &mut Map<String, Value>) {
    let users = event.get_mut("data").and_then(|data| data.pointer_mut("/confirm/users"));
    let Some(users) = users else { return };
    let digits = match users {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return,
    };
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = digits.parse::<u64>()
    {
        *users = json!(number);
    }
}

impl Case {
    fn is_meant(&self, ground: Ground<'_>) -> bool {
        self.when.iter().all(|(pointer, wanted)| match (ground.find(pointer), wanted) {
            (Some(found), wanted) if found == *wanted => true,
            (Some(Value::Array(found)), wanted) => found.contains(wanted),
            (None, Value::Null) => true,
            (
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_))
                | None,
                _,
            ) => false,
        })
    }
}

fn case(index: usize, entry: &CaseEntry) -> Result<Case, String> {
    let field = format!("cases[{index}]");
    if let Some(pointer) = entry.when.keys().find(|pointer| !pointer.starts_with('/')) {
        let pointer = clip(pointer, 60);
        return Err(format!(
            "{field}.when: \"{pointer}\" is no pointer; write it such as /issue/fields/labels"
        ));
    }
    if let Some(pointer) = entry.when.keys().find(|pointer| is_header(pointer)) {
        return Err(format!("{field}.when: {}", header_problem(pointer)));
    }
    let command = template(&entry.command, &format!("{field}.command"))?;
    Ok(Case { when: entry.when.clone(), command })
}

/// Why what is done, and for whom, cannot rest on this pointer.
pub(crate) fn header_problem(pointer: &str) -> String {
    let pointer = clip(pointer, 60);
    format!("\"{pointer}\" is a header, which is not signed; take it from the body, such as /user/accountId")
}

/// The template of a command; what can be known at start is checked at start.
fn template(value: &Value, field: &str) -> Result<Template, String> {
    let Value::Object(event) = value else {
        return Err(format!("{field}: is not an object; give type and data, as in docs/messages.md"));
    };
    if let Some(name) = event.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let (name, fields) = (clip(name, 60), FIELDS.join(", "));
        return Err(format!(
            "{field}.{name}: cannot be given; give some of {fields} (source is the sender's)"
        ));
    }
    for name in ["type", "data"] {
        if !event.contains_key(name) {
            return Err(format!("{field}.{name}: is missing; give it as in docs/messages.md"));
        }
    }
    let known = |kind: &str| Verb::ALL.iter().any(|verb| verb.command_type() == kind);
    match event.get("type") {
        Some(Value::String(kind)) if kind.contains('{') || known(kind) => {}
        Some(kind) => {
            let known = Verb::ALL.map(Verb::command_type).join(", ");
            return Err(format!(
                "{field}.type: {} is unknown; known are {known}",
                clip(&kind.to_string(), 60)
            ));
        }
        None => {}
    }
    Template::new(value, field)
}
