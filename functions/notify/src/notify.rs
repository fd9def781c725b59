//! A batch of outcomes.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, stream};
use mto_graph::Clock;
use mto_handler::{BatchFunction, Queue, QueueError, Record};
use mto_messages::{Outcome, clip};
use time::OffsetDateTime;
use tracing::Instrument;

use crate::config::NotifyConfig;
use crate::delivery::Delivery;
use crate::destinations::Telling;
use crate::mark::{origin, root_of};
use crate::routing::{Destinations, Misdirected, Named, Route};
use crate::trouble::Trouble;

/// For what follows a record: the queues' turn.
const TIME_TO_FINISH: Duration = Duration::from_secs(5);

/// Lanes of a batch that are worked on at the same time: all of them, in a batch of SQS's usual size.
const MAX_LANES: usize = 10;

/// The function `notify`: takes outcomes and tells them.
pub struct Notify {
    destinations: Destinations,
    delivery: Delivery,
}

/// What is to be done with a record.
enum Task<'a> {
    Tell { named: &'a Named, address: String, outcome: Outcome },
    Acknowledge { why: &'static str, outcome: Outcome },
    DeadLetter { code: &'static str, text: String },
}

/// A record and its task.
struct Item<'a> {
    record: Record,
    task: Task<'a>,
}

impl Notify {
    /// A function that tells by this configuration; what follows goes to `queue`.
    pub fn new(config: NotifyConfig, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>) -> Self {
        let NotifyConfig { outcomes, dead_letters, patience, destinations } = config;
        let delivery = Delivery { queue, clock, outcomes, dead_letters, patience };
        Self { destinations, delivery }
    }

    /// Records by what they have to wait for each other for: one place and one root. In a lane, the earlier outcome
    /// comes first.
    fn lanes(&self, records: Vec<Record>) -> Vec<Vec<Item<'_>>> {
        let mut lanes: BTreeMap<[String; 4], Vec<Item<'_>>> = BTreeMap::new();
        for record in records {
            let item = Item { task: self.task(&record), record };
            lanes.entry(item.lane()).or_default().push(item);
        }
        let mut lanes: Vec<_> = lanes.into_values().collect();
        for lane in &mut lanes {
            lane.sort_by_key(Item::time);
        }
        lanes
    }

    fn task(&self, record: &Record) -> Task<'_> {
        let outcome = match Outcome::parse(&record.body) {
            Ok(outcome) => outcome,
            Err(error) => return Task::DeadLetter { code: "not-an-outcome", text: error.to_string() },
        };
        match self.destinations.route(&outcome) {
            Ok(Route::To { named, address }) => Task::Tell { named, address, outcome },
            Ok(Route::Nowhere(why)) => Task::Acknowledge { why, outcome },
            Err(Misdirected { code, text }) => Task::DeadLetter { code, text },
        }
    }

    /// One after the other. Behind trouble that passes nothing is tried: it would be told in the wrong order.
    async fn work(&self, lane: Vec<Item<'_>>, end: OffsetDateTime) -> Vec<String> {
        let mut failed = Vec::new();
        let mut in_trouble = None;
        for item in lane {
            let message_id = item.record.message_id.clone();
            let span = item.span();
            let processed = AssertUnwindSafe(self.process(item, end, &mut in_trouble).instrument(span));
            match processed.catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::error!(message_id, %error, "the record is left in the queue");
                    failed.push(message_id);
                }
                Err(_) => {
                    tracing::error!(message_id, "the record made notify panic; it is left in the queue");
                    failed.push(message_id);
                }
            }
        }
        failed
    }

    async fn process(
        &self,
        Item { record, task }: Item<'_>,
        end: OffsetDateTime,
        in_trouble: &mut Option<Trouble>,
    ) -> Result<(), QueueError> {
        let (named, address, outcome) = match task {
            Task::Tell { named, address, outcome } => (named, address, outcome),
            Task::Acknowledge { why, .. } => {
                tracing::info!(why, "not told");
                return Ok(());
            }
            Task::DeadLetter { code, text } => return self.delivery.dead_letter(&record, code, &text).await,
        };
        if let Some(trouble) = in_trouble {
            return self.delivery.settle(&record, &outcome, trouble).await;
        }
        let deadline = end - TIME_TO_FINISH;
        let telling = Telling { outcome: &outcome, body: &record.body, address: &address, deadline };
        match self.delivery.tell(named.destination.as_ref(), &telling).await {
            Ok(told) => {
                tracing::info!(?told, "told");
                Ok(())
            }
            Err(trouble) => {
                let settled = self.delivery.settle(&record, &outcome, &trouble).await;
                *in_trouble = Some(trouble).filter(Trouble::can_pass);
                settled
            }
        }
    }
}

impl Item<'_> {
    fn outcome(&self) -> Option<&Outcome> {
        match &self.task {
            Task::Tell { outcome, .. } | Task::Acknowledge { outcome, .. } => Some(outcome),
            Task::DeadLetter { .. } => None,
        }
    }

    fn time(&self) -> Option<OffsetDateTime> {
        self.outcome().map(|outcome| outcome.time)
    }

    /// Destination, address, origin and root; alone, if it is not told.
    fn lane(&self) -> [String; 4] {
        match &self.task {
            Task::Tell { named, address, outcome } => {
                let (origin, root) = (origin(&outcome.source), root_of(outcome));
                [named.name.clone(), address.clone(), origin.to_owned(), root.to_owned()]
            }
            Task::Acknowledge { .. } | Task::DeadLetter { .. } => {
                [String::new(), String::new(), String::new(), self.record.message_id.clone()]
            }
        }
    }

    fn span(&self) -> tracing::Span {
        let outcome = self.outcome();
        let destination = match &self.task {
            Task::Tell { named, .. } => Some(named.name.as_str()),
            Task::Acknowledge { .. } | Task::DeadLetter { .. } => None,
        };
        tracing::info_span!(
            "outcome",
            id = outcome.map(|outcome| clip(&outcome.id, 300)),
            source = outcome.map(|outcome| clip(&outcome.source, 300)),
            destination,
            message_id = %self.record.message_id,
            receive_count = self.record.receive_count,
        )
    }
}

#[async_trait]
impl BatchFunction for Notify {
    /// # Guarantees
    /// A record that is not in the result was told, is not to be told, waits as a new message, or stands in the
    /// dead-letter queue with its reason. A record that panics is in the result, and harms no other.
    async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        // Boxed one by one: as a closure over borrowed lanes the compiler cannot see that they are Send.
        let mut lanes = Vec::new();
        for lane in self.lanes(records) {
            lanes.push(self.work(lane, end).boxed());
        }
        let failed: Vec<Vec<String>> = stream::iter(lanes).buffer_unordered(MAX_LANES).collect().await;
        failed.concat()
    }
}
