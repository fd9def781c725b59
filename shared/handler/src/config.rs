//! Configuration, read once at start. A bad value stops the start and names the variable.

use std::collections::BTreeMap;
use std::time::Duration;

use mto_graph::Cloud;
use mto_messages::Verb;
use mto_reconcile::Limits;

use crate::directory::Directory;
use crate::queue::{MAX_DELAY, QueueUrl};

/// Where configuration comes from.
pub trait Environment: Send + Sync {
    /// A variable's value.
    fn get(&self, name: &str) -> Option<String>;
    /// A file's text.
    fn read_file(&self, path: &str) -> Option<String>;
}

/// The process's environment and file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read_file(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }
}

impl Environment for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }

    fn read_file(&self, _path: &str) -> Option<String> {
        None
    }
}

/// A value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("configuration: {variable}: {problem}")]
pub struct ConfigError {
    /// The variable (or document).
    pub variable: String,
    /// The field, what is wrong and what to do.
    pub problem: String,
}

/// What one function runs with.
#[derive(Clone)]
pub struct Config {
    /// The function.
    pub function: Verb,
    /// The queues it may post commands to, by verb; its own among them.
    pub queues: BTreeMap<Verb, QueueUrl>,
    /// Where outcomes go.
    pub outcomes: QueueUrl,
    /// Its own dead-letter queue.
    pub dead_letters: QueueUrl,
    /// Its tenants.
    pub directory: Directory,
    /// Where Graph and the login service are.
    pub cloud: Cloud,
    /// Budgets and delays.
    pub limits: Limits,
    /// Records of one batch that are worked on at the same time.
    pub concurrency: usize,
}

impl Config {
    /// Reads the configuration of a function.
    ///
    /// | Variable | Meaning | Default |
    /// |---|---|---|
    /// | `MTO_DIRECTORY` or `MTO_DIRECTORY_FILE` | the tenant directory, or a file with it | required |
    /// | `MTO_QUEUE_CREATE` … `MTO_QUEUE_SYNC` | URL of that verb's queue | own one required |
    /// | `MTO_QUEUE_OUTCOMES` | URL of the outcomes queue | required |
    /// | `MTO_QUEUE_DEAD_LETTERS` | URL of the function's dead-letter queue | required |
    /// | `MTO_GRAPH_ROOT`, `MTO_LOGIN_ROOT` | roots of Graph and of the login service | the global cloud |
    /// | `MTO_SHORTEST_DELAY_SECONDS`, `MTO_LONGEST_DELAY_SECONDS` | the delay rule | 15, 900 |
    /// | `MTO_BUDGET_<VERB>_MINUTES` | budgets | create 120, add 120, join 720, leave 240, sync 240 |
    /// | `MTO_REFUSAL_PATIENCE_MINUTES` | how long a refusal is borne | 30 |
    /// | `MTO_JOIN_PAUSE_MINUTES` | pause after a failed join | 120 |
    /// | `MTO_JOIN_RESETS` | how often a failed join is reset | 2 |
    /// | `MTO_ACTIVE_TENANTS` | tenants an organization may have | 100 |
    /// | `MTO_CONCURRENCY` | records of a batch at the same time | 4 |
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable and the remedy.
    pub fn read(environment: &dyn Environment, function: Verb) -> Result<Self, ConfigError> {
        let mut queues = BTreeMap::new();
        for verb in Verb::ALL {
            if let Some(url) = optional(environment, &queue_variable(verb)) {
                queues.insert(verb, QueueUrl::new(url));
            }
        }
        if !queues.contains_key(&function) {
            return Err(missing(&queue_variable(function), "give the URL of the function's own queue"));
        }
        Ok(Self {
            function,
            queues,
            outcomes: required_queue(environment, "MTO_QUEUE_OUTCOMES")?,
            dead_letters: required_queue(environment, "MTO_QUEUE_DEAD_LETTERS")?,
            directory: directory(environment, function)?,
            cloud: cloud(environment)?,
            limits: limits(environment)?,
            concurrency: number(environment, "MTO_CONCURRENCY", 4, 1..=100)?,
        })
    }

    /// The function's own queue.
    pub fn own_queue(&self) -> &QueueUrl {
        // `read` refuses a configuration without it; for one made by hand the outcomes queue is the closest.
        self.queues.get(&self.function).unwrap_or(&self.outcomes)
    }
}

fn queue_variable(verb: Verb) -> String {
    format!("MTO_QUEUE_{}", verb.as_str().to_uppercase())
}

fn directory(environment: &dyn Environment, function: Verb) -> Result<Directory, ConfigError> {
    let inline = optional(environment, "MTO_DIRECTORY");
    let path = optional(environment, "MTO_DIRECTORY_FILE");
    match (inline, path) {
        (Some(text), None) => Directory::parse(&text, "MTO_DIRECTORY", function),
        (None, Some(path)) => {
            // The document itself is not to be printed.
            if path.starts_with('{') {
                let problem = "holds JSON; give the path of a file, or the JSON in MTO_DIRECTORY";
                return Err(missing("MTO_DIRECTORY_FILE", problem));
            }
            let text = environment.read_file(&path);
            let text =
                text.ok_or_else(|| missing("MTO_DIRECTORY_FILE", &format!("{path} cannot be read")))?;
            Directory::parse(&text, "MTO_DIRECTORY_FILE", function)
        }
        (Some(_), Some(_)) => Err(missing("MTO_DIRECTORY", "drop either it or MTO_DIRECTORY_FILE")),
        (None, None) => Err(missing("MTO_DIRECTORY", "give the tenant directory as JSON")),
    }
}

fn cloud(environment: &dyn Environment) -> Result<Cloud, ConfigError> {
    match (optional(environment, "MTO_GRAPH_ROOT"), optional(environment, "MTO_LOGIN_ROOT")) {
        (None, None) => Ok(Cloud::global()),
        (Some(graph), Some(login)) => {
            Cloud::custom(&graph, &login).map_err(|error| missing("MTO_GRAPH_ROOT", &error.to_string()))
        }
        _ => Err(missing("MTO_GRAPH_ROOT", "give MTO_GRAPH_ROOT and MTO_LOGIN_ROOT together, or none")),
    }
}

fn limits(environment: &dyn Environment) -> Result<Limits, ConfigError> {
    let defaults = Limits::default();
    let minutes = |name: &str, default: Duration, least: u64| {
        number(environment, name, default.as_secs() / 60, least..=43_200).map(Duration::from_mins)
    };
    let seconds = |name: &str, default: Duration| {
        number(environment, name, default.as_secs(), 1..=MAX_DELAY.as_secs()).map(Duration::from_secs)
    };
    let limits = Limits {
        shortest_delay: seconds("MTO_SHORTEST_DELAY_SECONDS", defaults.shortest_delay)?,
        longest_delay: seconds("MTO_LONGEST_DELAY_SECONDS", defaults.longest_delay)?,
        create: minutes("MTO_BUDGET_CREATE_MINUTES", defaults.create, 1)?,
        add: minutes("MTO_BUDGET_ADD_MINUTES", defaults.add, 1)?,
        join: minutes("MTO_BUDGET_JOIN_MINUTES", defaults.join, 1)?,
        leave: minutes("MTO_BUDGET_LEAVE_MINUTES", defaults.leave, 1)?,
        sync: minutes("MTO_BUDGET_SYNC_MINUTES", defaults.sync, 1)?,
        refusal_patience: minutes("MTO_REFUSAL_PATIENCE_MINUTES", defaults.refusal_patience, 0)?,
        pause_after_failure: minutes("MTO_JOIN_PAUSE_MINUTES", defaults.pause_after_failure, 0)?,
        resets: number(environment, "MTO_JOIN_RESETS", defaults.resets, 0..=10)?,
        active_tenants: number(environment, "MTO_ACTIVE_TENANTS", defaults.active_tenants, 2..=10_000)?,
        ..defaults
    };
    if limits.shortest_delay > limits.longest_delay {
        return Err(missing("MTO_SHORTEST_DELAY_SECONDS", "is more than MTO_LONGEST_DELAY_SECONDS"));
    }
    Ok(limits)
}

fn optional(environment: &dyn Environment, name: &str) -> Option<String> {
    environment.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn required_queue(environment: &dyn Environment, name: &str) -> Result<QueueUrl, ConfigError> {
    optional(environment, name).map(QueueUrl::new).ok_or_else(|| missing(name, "give the URL of the queue"))
}

fn number<T>(
    environment: &dyn Environment,
    name: &str,
    default: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, ConfigError>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let Some(text) = optional(environment, name) else { return Ok(default) };
    match text.parse::<T>() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => {
            let problem =
                format!("\"{text}\" is not a whole number from {} to {}", range.start(), range.end());
            Err(missing(name, &problem))
        }
    }
}

fn missing(variable: &str, problem: &str) -> ConfigError {
    ConfigError { variable: variable.to_owned(), problem: problem.to_owned() }
}
