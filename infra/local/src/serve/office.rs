//! What the driver knows besides the world: pictures, outcomes, reasons. It answers what is asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mto_handler::QueueUrl;
use mto_messages::{Command, Explanation, Outcome, Verb};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use super::desk::{Ask, DeadLetter, Posted, Refused};
use super::news::News;
use super::view::{Known, Picture};
use crate::{Speed, World, dead_letter_queue, outcomes_queue};

/// Between two pictures at least, unless something is known to have changed.
const BETWEEN_PICTURES: Duration = Duration::from_millis(250);
/// And so many times as long as the last one took to make: a hundred tenants are a lot to look at.
const REST: u32 = 8;
/// Between two words about the time.
const BETWEEN_TIMES: Duration = Duration::from_secs(1);
/// Commands in flight: a hundred tenants that share users with each other make some ten thousand.
const MAX_COMMANDS: usize = 25_000;

/// What the last `waiting` outcome of a command said.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) reason: Explanation,
    pub(super) deadline: OffsetDateTime,
}

/// See the module.
pub(super) struct Office {
    known: Vec<Known>,
    speed: Speed,
    /// Where the simulated Graph is.
    graph: String,
    news: News,
    told: HashMap<(String, String), Told>,
    picture: Picture,
    version: u64,
    /// Something happened that the picture does not show.
    stale: bool,
    next_picture: Instant,
    next_time: Instant,
}

impl Office {
    pub(super) fn new(known: Vec<Known>, speed: Speed, graph: String, news: News) -> Self {
        let now = Instant::now();
        Self {
            known,
            speed,
            graph,
            news,
            told: HashMap::new(),
            picture: Picture::default(),
            version: 0,
            stale: true,
            next_picture: now,
            next_time: now,
        }
    }

    /// Answers. Returns whether there is work to do now.
    pub(super) async fn answer(&mut self, ask: Ask, world: &World) -> bool {
        match ask {
            Ask::Post(body, reply) => {
                let posted = self.post(&body, world).await;
                let is_work = posted.is_ok();
                // Who asked may be gone; the command stands.
                let _ = reply.send(posted);
                return is_work;
            }
            Ask::State(reply) => {
                self.look(world, self.stale);
                let _ = reply.send(self.state(world));
            }
            Ask::Outcomes(after, reply) => {
                let _ = reply.send(self.news.outcomes(after));
            }
            Ask::DeadLetters(reply) => {
                let _ = reply.send(dead_letters(world));
            }
            Ask::Subscribe(after, reply) => {
                let _ = reply.send(self.news.subscribe(after.as_deref()));
            }
        }
        false
    }

    /// Takes a command for its queue.
    async fn post(&mut self, body: &str, world: &World) -> Result<Posted, Refused> {
        let command = Command::parse(body)?;
        let verb = command.data.verb();
        let in_flight: usize = Verb::ALL.iter().map(|verb| world.waiting(*verb).len()).sum();
        if in_flight >= MAX_COMMANDS {
            return Err(Refused::Full(MAX_COMMANDS));
        }
        world.post(verb, body).await.map_err(|error| Refused::Queue(error.to_string()))?;
        self.stale = true;
        Ok(Posted { id: command.id, kind: verb.command_type() })
    }

    /// Tells what happened, and what changed.
    pub(super) fn tell(&mut self, world: &World) {
        self.tell_outcomes(world);
        self.tell_state(world);
    }

    fn tell_outcomes(&mut self, world: &World) {
        for message in world.queues().drain(&outcomes_queue()) {
            let Ok(body) = serde_json::from_str::<Value>(&message.body) else { continue };
            if let Ok(outcome) = Outcome::parse(&message.body) {
                self.remember(&outcome);
            }
            self.stale = true;
            self.news.outcome(body);
        }
    }

    fn remember(&mut self, outcome: &Outcome) {
        let command = (outcome.data.command.source.clone(), outcome.data.command.id.clone());
        if outcome.kind.is_terminal() {
            self.told.remove(&command);
        } else if let Some((reason, wait)) = outcome.data.reason.clone().zip(outcome.data.wait.as_ref()) {
            self.told.insert(command, Told { reason, deadline: wait.deadline });
        }
    }

    /// As often as is good, and while somebody listens; and the time, too.
    fn tell_state(&mut self, world: &World) {
        if !self.news.has_listeners() {
            return;
        }
        self.look(world, false);
        let now = Instant::now();
        if now >= self.next_time {
            self.next_time = now + BETWEEN_TIMES;
            self.news.time(&json!({"time": time_of(world)}));
        }
    }

    /// Makes a new picture, unless the last one is new enough.
    fn look(&mut self, world: &World, at_once: bool) {
        let began = Instant::now();
        if !at_once && began < self.next_picture {
            return;
        }
        match Picture::of(world, &self.known, &self.told) {
            Ok(picture) => self.show(picture, world),
            // Its shape is held by a test; the last picture stays.
            Err(error) => tracing::error!(%error, "the simulator's account of itself cannot be read"),
        }
        self.stale = false;
        let took = began.elapsed();
        self.next_picture = Instant::now() + BETWEEN_PICTURES.max(took.saturating_mul(REST));
    }

    fn show(&mut self, picture: Picture, world: &World) {
        let mut changes = picture.since(&self.picture);
        self.picture = picture;
        if changes.is_empty() && self.version > 0 {
            return;
        }
        self.version += 1;
        changes.insert("version".to_owned(), json!(self.version));
        changes.insert("time".to_owned(), json!(time_of(world)));
        self.news.state(&Value::Object(changes));
    }

    /// Whether something goes on in the simulated service that ends by itself.
    pub(super) fn is_under_way(&mut self, world: &World) -> bool {
        self.look(world, false);
        self.picture.under_way
    }

    fn state(&self, world: &World) -> Arc<Value> {
        let mut state = Map::new();
        let speed = match self.speed {
            Speed::Max => json!("max"),
            Speed::Times(speed) => json!(speed),
        };
        state.insert("run".to_owned(), json!(self.news.run()));
        state.insert("version".to_owned(), json!(self.version));
        state.insert("time".to_owned(), json!(time_of(world)));
        state.insert("speed".to_owned(), speed);
        state.insert("graph".to_owned(), json!(self.graph));
        state.extend(self.picture.to_json());
        Arc::new(Value::Object(state))
    }
}

fn time_of(world: &World) -> String {
    // Times of the calendar's range can be written.
    world.clock().now().format(&Rfc3339).unwrap_or_default()
}

fn dead_letters(world: &World) -> Vec<DeadLetter> {
    let of_one = |verb: Verb| {
        let queue: QueueUrl = dead_letter_queue(verb);
        world.dead_letters(verb).into_iter().map(move |stored| DeadLetter {
            queue: queue.to_string(),
            reason: stored.attributes.get("reason").cloned(),
            reason_text: stored.attributes.get("reasonText").cloned(),
            body: stored.body,
        })
    };
    Verb::ALL.into_iter().flat_map(of_one).collect()
}
