//! Where commands go to, and where their outcomes come from: SQS, or the local server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use mto_graph::{ReqwestTransport, Transport};
use mto_handler::{ConfigError, Message, QueueUrl};
use mto_messages::{Command, Outcome, Verb};
use serde::Deserialize;
use serde_json::Value;

use crate::answer::CliError;
use crate::args::Acting;
use crate::aws;
use crate::context::Context;
use crate::mailbox::Mailbox;

/// Takes commands, and may know what became of them.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Sends one command.
    ///
    /// # Errors
    /// If it was not taken.
    async fn send(&self, command: &Command) -> Result<(), CliError>;

    /// Outcomes; those that were given before may come again.
    ///
    /// # Errors
    /// If they cannot be looked at.
    async fn outcomes(&self) -> Result<Vec<Outcome>, CliError>;

    /// Until the next look at the outcomes; none, if there have been enough.
    fn pause(&self, looks: u32) -> Option<Duration>;
}

/// The destination that the arguments name.
///
/// # Errors
/// No queue, no credentials, or a server's address that is none.
pub async fn of(
    acting: &Acting,
    queue_url: Option<&str>,
    outcomes: Option<&str>,
    context: &Context,
) -> Result<Box<dyn Destination>, CliError> {
    if let Some(root) = server(acting, queue_url, context) {
        return Ok(Box::new(Server::new(&root)?));
    }
    let mailbox = Arc::new(aws::sqs(context).await?);
    let url = |verb: Verb| context.variable(&variable_of(verb)).map(|url| (verb, QueueUrl::new(url)));
    let queues = match queue_url {
        Some(url) => Verb::ALL.into_iter().map(|verb| (verb, QueueUrl::new(url))).collect(),
        None => Verb::ALL.into_iter().filter_map(url).collect(),
    };
    Ok(Box::new(Queues { mailbox, queues, outcomes: outcomes.map(QueueUrl::new) }))
}

/// The local server: `--server`, or `MTO_SERVER` unless a queue is named.
pub(crate) fn server(acting: &Acting, queue_url: Option<&str>, context: &Context) -> Option<String> {
    let set = || context.variable("MTO_SERVER").filter(|_| queue_url.is_none());
    acting.server.clone().or_else(set)
}

fn variable_of(verb: Verb) -> String {
    format!("MTO_QUEUE_{}", verb.as_str().to_uppercase())
}

/// SQS.
pub struct Queues {
    /// The queues' service.
    pub mailbox: Arc<dyn Mailbox>,
    /// The queue of each verb.
    pub queues: BTreeMap<Verb, QueueUrl>,
    /// Where outcomes can be looked at.
    pub outcomes: Option<QueueUrl>,
}

/// The outcomes queue moves a message away that was received a hundred times (five, where `notify` reads it: then nobody
/// else should).
const MOST_LOOKS: u32 = 40;
/// From the first look to the second.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Between two later ones at most.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// Batches of one look: a thousand outcomes.
const MOST_BATCHES: usize = 100;

#[async_trait]
impl Destination for Queues {
    async fn send(&self, command: &Command) -> Result<(), CliError> {
        let verb = command.data.verb();
        let queue = self.queues.get(&verb).ok_or_else(|| ConfigError {
            variable: variable_of(verb),
            problem: "give the URL of the queue, --queue-url, or --server".to_owned(),
        })?;
        let message = Message { body: command.to_json(), ..Message::default() };
        Ok(self.mailbox.send(queue, vec![message]).await?)
    }

    /// Messages are hidden for the time of one look, and shown again: nothing is deleted.
    async fn outcomes(&self) -> Result<Vec<Outcome>, CliError> {
        let queue = self.outcomes.as_ref().ok_or_else(|| {
            CliError::Usage(
                "--wait needs --server, or --outcomes-queue with the URL of the outcomes queue".to_owned(),
            )
        })?;
        let mut seen = Vec::new();
        for _ in 0..MOST_BATCHES {
            let batch = self.mailbox.receive(queue, Duration::from_secs(20)).await?;
            if batch.is_empty() {
                break;
            }
            seen.extend(batch);
        }
        for record in &seen {
            self.mailbox.release(queue, &record.receipt_handle).await?;
        }
        Ok(seen.iter().filter_map(|record| Outcome::parse(&record.body).ok()).collect())
    }

    fn pause(&self, looks: u32) -> Option<Duration> {
        let longer = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(looks.saturating_sub(1)));
        (looks < MOST_LOOKS).then(|| longer.min(LONGEST_PAUSE))
    }
}

/// The local server (`cargo run -- serve`).
pub struct Server {
    root: String,
    transport: ReqwestTransport,
    next: AtomicU64,
}

#[derive(Deserialize)]
struct Outcomes {
    next: u64,
    outcomes: Vec<Value>,
}

impl Server {
    /// A server at this address: `http://127.0.0.1:8620`.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(root: &str) -> Result<Self, CliError> {
        let root = root.trim_end_matches('/').to_owned();
        if !root.starts_with("http://") && !root.starts_with("https://") {
            let problem = format!("--server {root}: give an address such as http://127.0.0.1:8620");
            return Err(CliError::Usage(problem));
        }
        Ok(Self { root, transport: ReqwestTransport::new()?, next: AtomicU64::new(0) })
    }

    async fn call(&self, method: &str, path: &str, body: String) -> Result<http::Response<Bytes>, CliError> {
        let uri = format!("{}{path}", self.root);
        let request = http::Request::builder()
            .method(method)
            .uri(&uri)
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .map_err(|error| CliError::Usage(format!("--server {}: {error}", self.root)))?;
        self.transport.send(request).await.map_err(|error| {
            CliError::Failed(format!("{uri} cannot be reached: {error}; is the local server running?"))
        })
    }

    fn unexpected(&self, path: &str, answer: &http::Response<Bytes>) -> CliError {
        let json: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let words = json["error"].as_str().unwrap_or("no reason given");
        CliError::Failed(format!("{}{path} answered {}: {words}", self.root, answer.status().as_u16()))
    }
}

#[async_trait]
impl Destination for Server {
    async fn send(&self, command: &Command) -> Result<(), CliError> {
        let answer = self.call("POST", "/commands", command.to_json()).await?;
        if answer.status().as_u16() == 202 { Ok(()) } else { Err(self.unexpected("/commands", &answer)) }
    }

    async fn outcomes(&self) -> Result<Vec<Outcome>, CliError> {
        let after = self.next.load(Ordering::Relaxed);
        let answer = self.call("GET", &format!("/outcomes?after={after}"), String::new()).await?;
        let read: Option<Outcomes> = Some(&answer)
            .filter(|answer| answer.status().is_success())
            .and_then(|answer| serde_json::from_slice(answer.body()).ok());
        let Some(Outcomes { next, outcomes }) = read else {
            return Err(self.unexpected("/outcomes", &answer));
        };
        self.next.store(next, Ordering::Relaxed);
        Ok(outcomes.iter().filter_map(|event| Outcome::parse(&event.to_string()).ok()).collect())
    }

    fn pause(&self, _looks: u32) -> Option<Duration> {
        Some(Duration::from_millis(500))
    }
}
