//! Configuration, read once at start. A bad value stops the start, and names its sender and field.

use std::collections::{BTreeMap, BTreeSet};

use mto_handler::{Backends, ConfigError, Environment, QueueUrl, SecretReference};
use mto_messages::{Verb, clip};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use crate::permission::Word;
use crate::sender::Sender;
use crate::senders::service_now::SharedKey;
use crate::ticket::CaseEntry;

/// The variable with the document.
pub(crate) const DOCUMENT: &str = "MTO_INTAKE";

/// The variable with the path of a file with the document.
const DOCUMENT_FILE: &str = "MTO_INTAKE_FILE";

/// The document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    senders: Vec<SenderEntry>,
}

/// Which product it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KindEntry {
    /// Standard Webhooks.
    Webhook,
    /// Slack slash commands.
    Slack,
    /// Outgoing webhooks of Microsoft Teams.
    Teams,
    /// Jira webhooks.
    Jira,
    /// `ServiceNow`.
    ServiceNow,
}

/// One sender.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SenderEntry {
    /// Its name in logs and texts.
    pub(crate) name: String,
    /// The product.
    pub(crate) kind: KindEntry,
    /// The path of its requests: `/slack`.
    pub(crate) path: String,
    /// What it signs with; any of them counts.
    pub(crate) secrets: Vec<SecretReference>,
    /// The source of its commands.
    pub(crate) source: String,
    /// The template of `replyto`.
    #[serde(default)]
    pub(crate) reply_to: Option<String>,
    /// Named groups of users.
    #[serde(default)]
    pub(crate) people: BTreeMap<String, Vec<String>>,
    /// Who may ask for what.
    #[serde(default)]
    pub(crate) allow: Vec<AllowEntry>,
    /// For tickets: the pointer to the person's id.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// For tickets: the command.
    #[serde(default)]
    pub(crate) command: Option<Value>,
    /// For tickets: the command, by case.
    #[serde(default)]
    pub(crate) cases: Vec<CaseEntry>,
    /// For `ServiceNow`: the shared key's header.
    #[serde(default)]
    pub(crate) signature: Option<SharedKey>,
}

/// An entry of an allow-list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AllowEntry {
    /// Words, or `*`.
    pub(crate) verbs: Vec<String>,
    /// Ids of people, or `*`.
    #[serde(default)]
    pub(crate) users: Vec<String>,
    /// Names of groups.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
}

/// What the intake runs with.
#[derive(Debug)]
pub struct Config {
    /// By path.
    pub(crate) senders: BTreeMap<String, Sender>,
    /// By verb.
    pub(crate) queues: BTreeMap<Verb, QueueUrl>,
}

impl Config {
    /// Reads the configuration.
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `MTO_INTAKE` or `MTO_INTAKE_FILE` | the senders as JSON, or a file with them; see `docs/intake.md` |
    /// | `MTO_QUEUE_CREATE` … `MTO_QUEUE_SYNC` | URL of that verb's queue; required for what an allow-list names |
    ///
    /// Secrets in variables and files are read and checked now; `backends` gives those in a store when they are needed.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable, the sender and the field. No value of `secrets` is in it.
    pub fn read(environment: &dyn Environment, backends: &dyn Backends) -> Result<Self, ConfigError> {
        let document = document(environment)?;
        if document.senders.is_empty() {
            return Err(problem("senders: is empty; name at least one sender"));
        }
        let mut senders: BTreeMap<String, Sender> = BTreeMap::new();
        for (index, entry) in document.senders.into_iter().enumerate() {
            let place = format!("senders[{index}] ({})", entry.name);
            let path = entry.path.clone();
            let sender = Sender::new(entry, environment, backends)
                .map_err(|what| problem(&format!("{place}: {what}")))?;
            if senders.values().any(|other| other.name == sender.name) {
                return Err(problem(&format!("{place}: name: is used twice; give each sender its own")));
            }
            if let Some(other) = senders.values().find(|other| other.source == sender.source) {
                // Commands are told apart by source and id.
                let (source, other) = (clip(&sender.source, 60), &other.name);
                let what = format!("source: \"{source}\" is that of sender {other} too; give each its own");
                return Err(problem(&format!("{place}: {what}")));
            }
            if senders.insert(path, sender).is_some() {
                return Err(problem(&format!("{place}: path: is used twice; give each sender its own")));
            }
        }
        let queues = queues(environment);
        check_queues(&senders, &queues)?;
        Ok(Self { senders, queues })
    }
}

fn document(environment: &dyn Environment) -> Result<Document, ConfigError> {
    let given = |name: &str| environment.get(name).filter(|text| !text.trim().is_empty());
    let error = |variable: &str, problem: &str| ConfigError {
        variable: variable.to_owned(),
        problem: problem.to_owned(),
    };
    let text = match (given(DOCUMENT), given(DOCUMENT_FILE)) {
        (Some(text), None) => text,
        (None, Some(path)) => {
            if path.trim_start().starts_with('{') {
                let problem = "holds JSON; give the path of a file, or the JSON in MTO_INTAKE";
                return Err(error(DOCUMENT_FILE, problem));
            }
            let unread = || error(DOCUMENT_FILE, &format!("{path} cannot be read"));
            environment.read_file(path.trim()).ok_or_else(unread)?
        }
        (Some(_), Some(_)) => return Err(error(DOCUMENT, "drop either it or MTO_INTAKE_FILE")),
        (None, None) => {
            return Err(error(DOCUMENT, "give the senders as JSON, or a file in MTO_INTAKE_FILE"));
        }
    };
    let mut reader = serde_json::Deserializer::from_str(&text);
    let document: Document = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| problem(&format!("{}: {}", error.path(), without_values(&error))))?;
    reader.end().map_err(|error| problem(&format!("something follows the document: {error}")))?;
    Ok(document)
}

/// What is wrong, without the value that stood there: somebody may have typed a secret into the document.
fn without_values(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let (path, inner) = (error.path().to_string(), error.inner());
    let text = inner.to_string();
    let place = format!("line {}, column {}", inner.line(), inner.column());
    if path.contains(".secrets") {
        return format!(
            "is not a list of references; give {{\"env\": \"NAME\"}}, {{\"file\": \"/path\"}} or \
             {{\"secretsManager\": \"name\"}}, never the secret itself ({place})"
        );
    }
    let named = ["missing field", "duplicate field", "unknown field"];
    if inner.classify() != Category::Data || named.iter().any(|it| text.starts_with(it)) {
        return text;
    }
    text.rsplit_once(", expected ").map_or(text.clone(), |(_, wanted)| format!("is not {wanted}"))
}

fn queues(environment: &dyn Environment) -> BTreeMap<Verb, QueueUrl> {
    let url = |verb: Verb| environment.get(&queue_variable(verb)).map(|url| url.trim().to_owned());
    let urls = Verb::ALL.into_iter().filter_map(|verb| Some((verb, url(verb)?)));
    urls.filter(|(_, url)| !url.is_empty()).map(|(verb, url)| (verb, QueueUrl::new(url))).collect()
}

/// A verb that is named needs its queue; who may do everything may do what there are queues for.
fn check_queues(
    senders: &BTreeMap<String, Sender>,
    queues: &BTreeMap<Verb, QueueUrl>,
) -> Result<(), ConfigError> {
    let all = BTreeSet::from(Word::ALL);
    for sender in senders.values() {
        let words = sender.allow.all();
        let named = words.iter().filter(|_| words != all).filter_map(|word| Some((word, word.verb()?)));
        for (word, verb) in named {
            if !queues.contains_key(&verb) {
                let problem = format!("give the URL of the queue; sender {} is allowed {word}", sender.name);
                return Err(ConfigError { variable: queue_variable(verb), problem });
            }
        }
    }
    if queues.is_empty() {
        let problem = "give the URL of the queue, of at least one verb".to_owned();
        return Err(ConfigError { variable: queue_variable(Verb::Sync), problem });
    }
    Ok(())
}

/// The variable with the URL of a verb's queue.
pub(crate) fn queue_variable(verb: Verb) -> String {
    format!("MTO_QUEUE_{}", verb.as_str().to_uppercase())
}

fn problem(problem: &str) -> ConfigError {
    ConfigError { variable: DOCUMENT.to_owned(), problem: problem.to_owned() }
}
