//! Configuration, read once at start. A bad value stops the start and names the field.

use std::sync::Arc;
use std::time::Duration;

use mto_graph::{Clock, Transport};
use mto_handler::{Backends, ConfigError, EdgeSecret, Environment, QueueUrl, SecretReference};
use mto_messages::OutcomeKind;
use serde_json::Value;
use url::{Host, Url};

use crate::destinations::{Destination, Jira, ServiceNow, ServiceNowCredential, Slack, Teams};
use crate::document::{
    CommonDocument, Document, JiraDocument, ServiceNowCredentialDocument, ServiceNowDocument, SlackDocument,
    TeamsDocument, WebhookDocument,
};
use crate::field_problem::{read_text, read_value};
use crate::http::Service;
use crate::routing::{Destinations, Named};

/// The document's variable.
const DOCUMENT: &str = "MTO_NOTIFY";

/// The variable of the file with it.
const DOCUMENT_FILE: &str = "MTO_NOTIFY_FILE";

/// The variable of how long a destination's trouble is borne.
const PATIENCE: &str = "MTO_NOTIFY_PATIENCE_MINUTES";

/// A day, by default: a weekend is what the dead-letter queue is for.
const DEFAULT_PATIENCE_MINUTES: u64 = 24 * 60;

/// Two weeks: SQS keeps a message no longer.
const LONGEST_PATIENCE_MINUTES: u64 = 14 * 24 * 60;

/// What notify runs with.
pub struct NotifyConfig {
    pub(crate) outcomes: QueueUrl,
    pub(crate) dead_letters: QueueUrl,
    pub(crate) patience: Duration,
    pub(crate) destinations: Destinations,
}

impl NotifyConfig {
    /// Reads the configuration.
    ///
    /// | Variable | Meaning | Default |
    /// |---|---|---|
    /// | `MTO_NOTIFY` or `MTO_NOTIFY_FILE` | the destinations as JSON, or a file with it; see docs/notify.md | required |
    /// | `MTO_QUEUE_OUTCOMES` | URL of the outcomes queue, its own | required |
    /// | `MTO_QUEUE_DEAD_LETTERS` | URL of its dead-letter queue | required |
    /// | `MTO_NOTIFY_PATIENCE_MINUTES` | how long a destination's trouble is borne, 1 to 20160 | 1440 |
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable, the field and the remedy, and quotes no value that can be a secret.
    pub fn read(
        environment: &dyn Environment,
        backends: &dyn Backends,
        transport: Arc<dyn Transport>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let (variable, text) = document(environment)?;
        let reader = Reader { variable, environment, backends, transport, clock: Arc::clone(clock) };
        Ok(Self {
            outcomes: required_queue(environment, "MTO_QUEUE_OUTCOMES")?,
            dead_letters: required_queue(environment, "MTO_QUEUE_DEAD_LETTERS")?,
            patience: patience(environment)?,
            destinations: reader.destinations(&text)?,
        })
    }
}

/// What reading the document takes.
struct Reader<'a> {
    variable: &'static str,
    environment: &'a dyn Environment,
    backends: &'a dyn Backends,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Reader<'_> {
    fn destinations(&self, text: &str) -> Result<Destinations, ConfigError> {
        let document: Document = read_text(text).map_err(|problem| self.bad(problem))?;
        let mut all: Vec<Named> = Vec::new();
        for (index, value) in document.destinations.into_iter().enumerate() {
            let named = self.destination(value);
            let named = named.map_err(|problem| self.bad(format!("destinations[{index}]: {problem}")))?;
            if all.iter().any(|other| other.name == named.name) {
                return Err(self.bad(format!("destinations[{index}]: name: {} is there twice", named.name)));
            }
            all.push(named);
        }
        if all.is_empty() {
            return Err(self.bad("destinations: is empty; give at least one".to_owned()));
        }
        let destinations = Destinations { all, default: document.default };
        if let Some(place) = &destinations.default {
            destinations.find(place).map_err(|wrong| self.bad(format!("default: {}", wrong.text)))?;
        }
        Ok(destinations)
    }

    fn destination(&self, mut value: Value) -> Result<Named, String> {
        let common: CommonDocument = read_value(value.clone())?;
        let CommonDocument { name, kind, tell } = common;
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=40).contains(&name.len()) || !name.bytes().all(good) {
            return Err("name: give 1 to 40 of a-z, 0-9 and -".to_owned());
        }
        if let Some(fields) = value.as_object_mut() {
            for field in ["name", "kind", "tell"] {
                fields.remove(field);
            }
        }
        let destination: Box<dyn Destination> = match kind.as_str() {
            "slack" => self.slack(read_value(value)?)?,
            "teams" => self.teams(&read_value(value)?)?,
            "jira" => self.jira(read_value(value)?)?,
            "servicenow" => self.servicenow(read_value(value)?)?,
            "webhook" => self.webhook(read_value(value)?)?,
            _ => return Err("kind: is none of slack, teams, jira, servicenow, webhook".to_owned()),
        };
        Ok(Named { name, tell: tell.unwrap_or_else(|| OutcomeKind::ALL.into()), destination })
    }

    fn slack(&self, document: SlackDocument) -> Result<Box<dyn Destination>, String> {
        let SlackDocument { token, channels, base_url } = document;
        let is_id = |id: &String| {
            (3..=20).contains(&id.len())
                && id.starts_with(['C', 'D', 'G'])
                && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        if channels.is_empty() || !channels.iter().all(is_id) {
            return Err("channels: give the ids of channels, such as C0123ABCD, at least one".to_owned());
        }
        let token = self.secret(&token, "token")?;
        Ok(Box::new(Slack { service: self.service("Slack"), base: base(&base_url)?, token, channels }))
    }

    fn teams(&self, document: &TeamsDocument) -> Result<Box<dyn Destination>, String> {
        Ok(Box::new(Teams { service: self.service("Teams"), url: self.secret(&document.url, "url")? }))
    }

    fn jira(&self, document: JiraDocument) -> Result<Box<dyn Destination>, String> {
        let JiraDocument { base_url, email, token, projects, internal } = document;
        if email.trim().is_empty() || email.contains(':') {
            return Err("email: give the address of the account whose token it is".to_owned());
        }
        if projects.is_empty() {
            return Err("projects: give the keys of projects, such as OPS, at least one".to_owned());
        }
        let token = self.secret(&token, "token")?;
        let (service, base) = (self.service("Jira"), base(&base_url)?);
        Ok(Box::new(Jira { service, base, email, token, projects, internal }))
    }

    fn servicenow(&self, document: ServiceNowDocument) -> Result<Box<dyn Destination>, String> {
        let ServiceNowDocument { base_url, credential, tables } = document;
        if tables.is_empty() {
            return Err("tables: give names of tables, such as incident, at least one".to_owned());
        }
        let credential = match credential {
            ServiceNowCredentialDocument::Basic { user, password } => {
                let password = self.secret(&password, "credential.basic.password")?;
                ServiceNowCredential::Basic { user, password }
            }
            ServiceNowCredentialDocument::Bearer(token) => {
                ServiceNowCredential::Bearer(self.secret(&token, "credential.bearer")?)
            }
        };
        let (service, base) = (self.service("ServiceNow"), base(&base_url)?);
        Ok(Box::new(ServiceNow { service, base, credential, tables }))
    }

    #[cfg(feature = "signing")]
    fn webhook(&self, document: WebhookDocument) -> Result<Box<dyn Destination>, String> {
        let WebhookDocument { url, secret } = document;
        check_url(&url).map_err(|problem| format!("url: {problem}"))?;
        let secret = self.secret(&secret, "secret")?;
        Ok(Box::new(crate::destinations::Webhook { service: self.service("Webhook"), url, secret }))
    }

    #[cfg(not(feature = "signing"))]
    fn webhook(&self, document: WebhookDocument) -> Result<Box<dyn Destination>, String> {
        let WebhookDocument { url, secret } = document;
        check_url(&url).map_err(|problem| format!("url: {problem}"))?;
        self.secret(&secret, "secret")?;
        Err("kind: webhook is left out of this build, which cannot sign; use the deployed function"
            .to_owned())
    }

    fn service(&self, name: &'static str) -> Service {
        Service { name, transport: Arc::clone(&self.transport), clock: Arc::clone(&self.clock) }
    }

    fn secret(&self, reference: &SecretReference, field: &'static str) -> Result<EdgeSecret, String> {
        EdgeSecret::new(reference, self.variable, field, self.environment, self.backends)
            .map_err(|error| error.problem)
    }

    fn bad(&self, problem: String) -> ConfigError {
        bad(self.variable, problem)
    }
}

/// Whether requests may go to a URL: encrypted, or on this machine.
pub(crate) fn check_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL; give https://host/path")?;
    let on_this_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("names no host; give https://host/path"),
    };
    match url.scheme() {
        "https" => {}
        "http" if on_this_machine => {}
        _ => return Err("is not https; only hosts of this machine (localhost, 127.0.0.1) take http"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or a password; give them as a reference to a secret");
    }
    if url.fragment().is_some() {
        return Err("has a part after #; leave it out");
    }
    Ok(url)
}

/// The root of an API, without a slash at its end.
fn base(text: &str) -> Result<String, String> {
    let url = check_url(text).map_err(|problem| format!("baseUrl: {problem}"))?;
    if url.query().is_some() {
        return Err("baseUrl: has a query; leave it out".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn document(environment: &dyn Environment) -> Result<(&'static str, String), ConfigError> {
    match (optional(environment, DOCUMENT), optional(environment, DOCUMENT_FILE)) {
        (Some(text), None) => Ok((DOCUMENT, text)),
        (None, Some(path)) => {
            // The document itself is not to be printed.
            if path.starts_with('{') {
                let problem = "holds JSON; give the path of a file, or the JSON in MTO_NOTIFY";
                return Err(bad(DOCUMENT_FILE, problem.to_owned()));
            }
            let text = environment.read_file(&path);
            let text = text.ok_or_else(|| bad(DOCUMENT_FILE, format!("{path} cannot be read")))?;
            Ok((DOCUMENT_FILE, text))
        }
        (Some(_), Some(_)) => Err(bad(DOCUMENT, "drop either it or MTO_NOTIFY_FILE".to_owned())),
        (None, None) => Err(bad(DOCUMENT, "give the destinations as JSON; see docs/notify.md".to_owned())),
    }
}

fn patience(environment: &dyn Environment) -> Result<Duration, ConfigError> {
    let Some(text) = optional(environment, PATIENCE) else {
        return Ok(Duration::from_mins(DEFAULT_PATIENCE_MINUTES));
    };
    match text.parse::<u64>() {
        Ok(minutes) if (1..=LONGEST_PATIENCE_MINUTES).contains(&minutes) => Ok(Duration::from_mins(minutes)),
        _ => {
            let problem = format!("\"{text}\" is not a whole number from 1 to {LONGEST_PATIENCE_MINUTES}");
            Err(bad(PATIENCE, problem))
        }
    }
}

fn required_queue(environment: &dyn Environment, name: &str) -> Result<QueueUrl, ConfigError> {
    let url = optional(environment, name).map(QueueUrl::new);
    url.ok_or_else(|| bad(name, "give the URL of the queue".to_owned()))
}

fn optional(environment: &dyn Environment, name: &str) -> Option<String> {
    environment.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn bad(variable: &str, problem: String) -> ConfigError {
    ConfigError { variable: variable.to_owned(), problem }
}
