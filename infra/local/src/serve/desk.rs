//! How everybody else talks to the task that drives the world.

use std::collections::VecDeque;
use std::sync::Arc;

use mto_messages::ParseError;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::news::Event;

/// Questions that wait for an answer; more wait at their own place.
const WAITING: usize = 64;

/// A command was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posted {
    /// Its id.
    pub id: String,
    /// Its type: `mto.join.v1`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Why something was not taken, or not answered.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is no command.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// Enough is in flight.
    #[error("{0} commands are in flight; wait until some have ended")]
    Full(usize),
    /// The queue did not take it.
    #[error("{0}")]
    Queue(String),
    /// The world is gone.
    #[error("the server is ending; start it again")]
    Ended,
}

/// A message that no function could handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// The dead-letter queue: `local://join-dead-letters`.
    pub queue: String,
    /// A word for programs; none where the message was delivered too often without an end.
    pub reason: Option<String>,
    /// For people.
    pub reason_text: Option<String>,
    /// The message.
    pub body: String,
}

/// Some outcomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcomes {
    /// What to ask for next: the number of the last one here.
    pub next: u64,
    /// As they were sent, oldest first.
    pub outcomes: Vec<Value>,
}

/// A listener's place.
#[derive(Debug)]
pub struct Subscription {
    /// `hello`, and what was missed.
    pub backlog: VecDeque<Arc<Event>>,
    /// What happens from now on.
    pub events: broadcast::Receiver<Arc<Event>>,
}

/// What can be asked, with the place for the answer.
pub(super) enum Ask {
    Post(String, oneshot::Sender<Result<Posted, Refused>>),
    State(oneshot::Sender<Arc<Value>>),
    Outcomes(u64, oneshot::Sender<Outcomes>),
    DeadLetters(oneshot::Sender<Vec<DeadLetter>>),
    Subscribe(Option<String>, oneshot::Sender<Subscription>),
}

/// Where questions are handed in. Clones are the same desk.
#[derive(Clone)]
pub struct Desk(mpsc::Sender<Ask>);

impl Desk {
    pub(super) fn new() -> (Self, mpsc::Receiver<Ask>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Posts a command to the queue of its verb.
    ///
    /// # Errors
    /// If it is no command, or cannot be taken now.
    pub async fn post(&self, body: String) -> Result<Posted, Refused> {
        self.ask(|reply| Ask::Post(body, reply)).await?
    }

    /// The state, as `GET /state` answers it.
    ///
    /// # Errors
    /// If the world is gone.
    pub async fn state(&self) -> Result<Arc<Value>, Refused> {
        self.ask(Ask::State).await
    }

    /// Outcomes after the one with this number.
    ///
    /// # Errors
    /// If the world is gone.
    pub async fn outcomes(&self, after: u64) -> Result<Outcomes, Refused> {
        self.ask(|reply| Ask::Outcomes(after, reply)).await
    }

    /// All dead letters.
    ///
    /// # Errors
    /// If the world is gone.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, Refused> {
        self.ask(Ask::DeadLetters).await
    }

    /// Listens; `after` is the id of the last event that was seen.
    ///
    /// # Errors
    /// If the world is gone.
    pub async fn subscribe(&self, after: Option<String>) -> Result<Subscription, Refused> {
        self.ask(|reply| Ask::Subscribe(after, reply)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        self.0.send(ask(reply)).await.map_err(|_| Refused::Ended)?;
        answer.await.map_err(|_| Refused::Ended)
    }
}
