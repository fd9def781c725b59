//! Trying: within an invocation, and across invocations by the outcomes queue.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mto_graph::Clock;
use mto_handler::{JOURNAL_ATTRIBUTE, MAX_DELAY, Message, Queue, QueueError, QueueUrl, Record};
use mto_messages::{Outcome, clip};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::destinations::{Destination, Telling};
use crate::http::SHORTEST_REQUEST;
use crate::mark::{Told, key};
use crate::trouble::Trouble;

/// How often an outcome was handed to the queue again.
pub(crate) const TRIES_ATTRIBUTE: &str = "notifyTries";

/// When the trouble began, RFC 3339.
pub(crate) const SINCE_ATTRIBUTE: &str = "notifySince";

/// Since when the destination has not accepted its credential, RFC 3339.
pub(crate) const REFUSED_ATTRIBUTE: &str = "notifyRefusedSince";

/// When notify sent the message, RFC 3339.
pub(crate) const SENT_ATTRIBUTE: &str = "notifySent";

/// How long a rotation may take, from the new credential in the product to the new one in the store and in its caches.
const ROTATION: Duration = Duration::from_mins(30);

/// A message that SQS has from later than this after notify sent it was moved there by somebody: SQS's documentation,
/// "Configure a dead-letter queue redrive": a message that is moved back has a new enqueue time; one that SQS itself
/// moves to the dead-letter queue keeps its attributes. Clocks differ by less.
const MOVED_AFTER: Duration = Duration::from_mins(1);

/// Attempts within an invocation.
const MAX_ATTEMPTS: u32 = 4;

/// The first pause within an invocation; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Longer pauses are not paid for: the queue waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The first delay in the queue; each further one is twice as long, up to [`MAX_DELAY`].
const FIRST_DELAY: Duration = Duration::from_secs(30);

/// SQS takes ten attributes; a dead letter adds four, and so does a retry.
const MAX_FOREIGN_ATTRIBUTES: usize = 6;

/// Room for them beside the largest outcome.
const MAX_FOREIGN_ATTRIBUTE_BYTES: usize = 16 * 1024;

/// How an outcome has fared in earlier invocations.
struct History {
    tries: u32,
    /// Since when there has been trouble of any kind.
    since: OffsetDateTime,
    /// Since when the credential has not been accepted; none if the last trouble was another one.
    refused: Option<OffsetDateTime>,
}

/// Queues and clock.
pub(crate) struct Delivery {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outcomes: QueueUrl,
    pub(crate) dead_letters: QueueUrl,
    pub(crate) patience: Duration,
}

impl Delivery {
    /// Tells an outcome, with pauses as long as there is time.
    pub(crate) async fn tell(
        &self,
        destination: &dyn Destination,
        telling: &Telling<'_>,
    ) -> Result<Told, Trouble> {
        let mut attempt = 1;
        loop {
            let trouble = match destination.tell(telling).await {
                Ok(told) => return Ok(told),
                Err(trouble) => trouble,
            };
            let pause = match &trouble {
                // The same credential again can lock its account.
                Trouble::ForGood { .. } | Trouble::Unproven { .. } => return Err(trouble),
                Trouble::Passing { after, .. } => after.unwrap_or(FIRST_PAUSE * 2u32.pow(attempt - 1)),
            };
            let too_late = self.clock.now() + pause + SHORTEST_REQUEST > telling.deadline;
            if attempt == MAX_ATTEMPTS || pause > LONGEST_PAUSE || too_late {
                return Err(trouble);
            }
            self.clock.sleep(pause).await;
            attempt += 1;
        }
    }

    /// What becomes of an outcome that could not be told: the delayed retry, or a dead letter.
    pub(crate) async fn settle(
        &self,
        record: &Record,
        outcome: &Outcome,
        trouble: &Trouble,
    ) -> Result<(), QueueError> {
        let now = self.clock.now();
        let History { tries, since, refused } = History::of(record, now);
        let (text, after, refused) = match trouble {
            Trouble::ForGood { text } => return self.dead_letter(record, "refused", text).await,
            Trouble::Passing { text, after } => (text, after, None),
            Trouble::Unproven { text, after } => (text, after, Some(refused.unwrap_or(now))),
        };
        if let Some(refused) = refused.filter(|refused| now - *refused >= ROTATION) {
            let text = format!("not accepted since {}: {text}", written(refused));
            return self.dead_letter(record, "refused", &text).await;
        }
        if now - since >= self.patience {
            let (since, tries) = (written(since), tries + 1);
            let text = format!("it could not be told since {since}, in {tries} tries; the last: {text}");
            return self.dead_letter(record, "not-told-in-time", &text).await;
        }
        let delay = delay(tries, *after, key(outcome).as_bytes()[0]);
        let history = History { tries: tries + 1, since, refused };
        self.later(record, &history, delay, text).await
    }

    /// The delayed retry: the same body again, then the message in hand is deleted.
    async fn later(
        &self,
        record: &Record,
        history: &History,
        delay: Duration,
        text: &str,
    ) -> Result<(), QueueError> {
        let tries = history.tries;
        tracing::warn!(tries, delay_seconds = delay.as_secs(), reason = text, "told later");
        let mut attributes = attributes_to_keep(record);
        attributes.insert(TRIES_ATTRIBUTE.to_owned(), tries.to_string());
        attributes.insert(SINCE_ATTRIBUTE.to_owned(), written(history.since));
        attributes.insert(SENT_ATTRIBUTE.to_owned(), written(self.clock.now()));
        if let Some(refused) = history.refused {
            attributes.insert(REFUSED_ATTRIBUTE.to_owned(), written(refused));
        }
        let (body, trace_header) = (record.body.clone(), record.trace_header.clone());
        self.queue.send(&self.outcomes, vec![Message { body, attributes, delay, trace_header }]).await?;
        if let Err(error) = self.queue.delete(&self.outcomes, &record.receipt_handle).await {
            // The acknowledgement of the batch deletes it too; at worst it is told twice where nothing can be read.
            tracing::warn!(%error, "the message in hand could not be deleted");
        }
        Ok(())
    }

    /// To the dead-letter queue, with the reason. Tries start anew when somebody moves it back.
    pub(crate) async fn dead_letter(
        &self,
        record: &Record,
        code: &str,
        text: &str,
    ) -> Result<(), QueueError> {
        tracing::error!(message_id = record.message_id, code, reason = %clip(text, 300), "dead letter");
        let mut attributes = attributes_to_keep(record);
        attributes.insert("reason".to_owned(), code.to_owned());
        attributes.insert("reasonText".to_owned(), clip(text, 500));
        attributes.insert("sourceQueue".to_owned(), self.outcomes.to_string());
        attributes.insert("sourceMessageId".to_owned(), record.message_id.clone());
        let (body, trace_header) = (record.body.clone(), record.trace_header.clone());
        let message = Message { body, attributes, delay: Duration::ZERO, trace_header };
        self.queue.send(&self.dead_letters, vec![message]).await
    }
}

impl History {
    /// What the attributes say; nothing, if somebody has moved the message back.
    fn of(record: &Record, now: OffsetDateTime) -> Self {
        let ours = read(record, SENT_ATTRIBUTE, now);
        if ours.zip(record.sent_at).is_some_and(|(ours, sent)| sent - ours > MOVED_AFTER) {
            return Self { tries: 0, since: now, refused: None };
        }
        Self {
            tries: record.attributes.get(TRIES_ATTRIBUTE).and_then(|text| text.parse().ok()).unwrap_or(0),
            since: read(record, SINCE_ATTRIBUTE, now).unwrap_or(now),
            refused: read(record, REFUSED_ATTRIBUTE, now),
        }
    }
}

/// What is no time, or one to come, is not ours: it would be borne for ever.
fn read(record: &Record, attribute: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let text = record.attributes.get(attribute)?;
    OffsetDateTime::parse(text, &Rfc3339).ok().filter(|time| *time <= now)
}

fn written(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// Twice as long each time, up to a tenth less, so that what failed together does not come back together; never before
/// the service wants it.
fn delay(tries: u32, after: Option<Duration>, jitter: u8) -> Duration {
    let step = FIRST_DELAY.saturating_mul(2u32.saturating_pow(tries.min(10))).min(MAX_DELAY);
    let step = step.saturating_sub(step * u32::from(jitter) / 2_550);
    let delay = step.max(after.unwrap_or_default()).min(MAX_DELAY);
    Duration::from_secs(delay.as_secs())
}

/// The producer's own attributes travel on, as far as there is room.
fn attributes_to_keep(record: &Record) -> BTreeMap<String, String> {
    let ours = [TRIES_ATTRIBUTE, SINCE_ATTRIBUTE, REFUSED_ATTRIBUTE, SENT_ATTRIBUTE, JOURNAL_ATTRIBUTE];
    let mut bytes = 0;
    let mut kept = BTreeMap::new();
    for (name, value) in record.attributes.iter().filter(|(name, _)| !ours.contains(&name.as_str())) {
        bytes += name.len() + value.len();
        if kept.len() == MAX_FOREIGN_ATTRIBUTES || bytes > MAX_FOREIGN_ATTRIBUTE_BYTES {
            tracing::warn!(name, "message attributes beyond what a message can hold are left out");
            break;
        }
        kept.insert(name.clone(), value.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_what_sqs_can_hold() {
        let seconds = |tries, after: Option<u64>| delay(tries, after.map(Duration::from_secs), 0).as_secs();
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 60].map(|tries| seconds(tries, None)),
            [30, 60, 120, 240, 480, 900, 900]
        );
        assert_eq!(seconds(0, Some(100)), 100);
        assert_eq!(seconds(0, Some(10_000)), 900);
        assert_eq!(delay(5, None, 255).as_secs(), 810);
    }
}
