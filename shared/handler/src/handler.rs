//! From a batch to its records: bounded concurrency, one record's panic is its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, stream};
use mto_graph::{Clock, GraphClient};
use time::{Duration, OffsetDateTime};

use crate::config::Config;
use crate::edge::BatchFunction;
use crate::function::Function;
use crate::metrics::{Metrics, Sink};
use crate::queue::{Queue, Record};

/// Kept of an invocation's time for sending outcomes and follow-ups after the last request to Graph.
pub(crate) const TIME_TO_FINISH: Duration = Duration::seconds(5);

/// One function: its verb, and everything it talks to.
pub struct Handler<F> {
    pub(crate) function: F,
    pub(crate) config: Config,
    pub(crate) graph: GraphClient,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Metrics,
}

impl<F: Function> Handler<F> {
    /// Puts a function together.
    pub fn new(
        function: F,
        config: Config,
        graph: GraphClient,
        queue: Arc<dyn Queue>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let metrics = Metrics::silent(F::VERB);
        Self { function, config, graph, queue, clock, metrics }
    }

    /// Writes metrics, one line each, to `sink`.
    #[must_use]
    pub fn with_metrics(self, sink: Sink) -> Self {
        Self { metrics: Metrics::to(F::VERB, sink), ..self }
    }

    /// Works on a batch until `end`, the end of the invocation. Returns the ids of the messages that were not
    /// dealt with (`batchItemFailures`); all others may be deleted.
    ///
    /// # Guarantees
    /// A record that is not in the result has ended as an outcome, waits as a new message, or stands in the
    /// dead-letter queue with its reason. A record that panics is in the result, and harms no other.
    pub async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        let concurrency = self.config.concurrency.max(1);
        let before = self.graph.statistics();
        let failed = stream::iter(records)
            .map(|record| self.guard(record, end))
            .buffer_unordered(concurrency)
            .filter_map(|failed| async move { failed })
            .collect()
            .await;
        let after = self.graph.statistics();
        let (requests, throttles) = (after.requests - before.requests, after.throttles - before.throttles);
        self.metrics.graph(self.clock.now(), requests, throttles);
        failed
    }

    async fn guard(&self, record: Record, end: OffsetDateTime) -> Option<String> {
        let message_id = record.message_id.clone();
        let end = end - TIME_TO_FINISH;
        match AssertUnwindSafe(self.process(record, end)).catch_unwind().await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                tracing::error!(message_id, %error, "the record is left in the queue");
                Some(message_id)
            }
            Err(_) => {
                tracing::error!(message_id, "the record made the handler panic; it is left in the queue");
                Some(message_id)
            }
        }
    }
}

#[async_trait]
impl<F: Function> BatchFunction for Handler<F> {
    async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        Self::handle(self, records, end).await
    }
}
