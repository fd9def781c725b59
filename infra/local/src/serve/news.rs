//! What happened, in order: kept for those who come back, and told to those who listen.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::desk::{Outcomes, Subscription};

/// Events that are kept for listeners who come back.
pub const MAX_EVENTS: usize = 2_000;
/// The length of all of them.
const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;
/// Outcomes that are kept.
pub const MAX_OUTCOMES: usize = 10_000;
/// Outcomes of one answer.
const MAX_ANSWER: usize = 1_000;
/// Events that a listener may be behind before it has to come back.
const BEHIND: usize = 512;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `<run>-<number>`; none for events that are not kept.
    pub id: Option<String>,
    /// `hello`, `state`, `outcome` or `time`.
    pub name: &'static str,
    /// JSON.
    pub data: String,
}

pub(super) struct News {
    /// Names this run, so that nobody goes on where another run ended.
    run: String,
    /// The number of the last event.
    last: u64,
    events: VecDeque<Arc<Event>>,
    bytes: usize,
    sender: broadcast::Sender<Arc<Event>>,
    outcomes: VecDeque<Value>,
    /// How many outcomes there were.
    told: u64,
}

impl News {
    pub(super) fn new(run: String) -> Self {
        Self {
            run,
            last: 0,
            events: VecDeque::new(),
            bytes: 0,
            sender: broadcast::Sender::new(BEHIND),
            outcomes: VecDeque::new(),
            told: 0,
        }
    }

    pub(super) fn run(&self) -> &str {
        &self.run
    }

    pub(super) fn has_listeners(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    pub(super) fn state(&mut self, changes: &Value) {
        self.keep("state", changes);
    }

    pub(super) fn outcome(&mut self, outcome: Value) {
        self.told += 1;
        self.keep("outcome", &json!({"seq": self.told, "outcome": outcome}));
        self.outcomes.push_back(outcome);
        if self.outcomes.len() > MAX_OUTCOMES {
            self.outcomes.pop_front();
        }
    }

    /// Not kept: the next one says more.
    pub(super) fn time(&self, time: &Value) {
        // Nobody listens: nobody is told.
        let _ = self.sender.send(Arc::new(Event { id: None, name: "time", data: time.to_string() }));
    }

    fn keep(&mut self, name: &'static str, data: &Value) {
        self.last += 1;
        let id = Some(format!("{}-{}", self.run, self.last));
        let event = Arc::new(Event { id, name, data: data.to_string() });
        self.bytes += event.data.len();
        self.events.push_back(event.clone());
        while self.events.len() > MAX_EVENTS || self.bytes > MAX_EVENT_BYTES {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.data.len();
        }
        let _ = self.sender.send(event);
    }

    /// Outcomes after the one with this number; the first has 1.
    pub(super) fn outcomes(&self, after: u64) -> Outcomes {
        let kept = u64::try_from(self.outcomes.len()).unwrap_or(u64::MAX);
        let gone = self.told - kept;
        let skip = usize::try_from(after.saturating_sub(gone)).unwrap_or(usize::MAX);
        let outcomes: Vec<Value> = self.outcomes.iter().skip(skip).take(MAX_ANSWER).cloned().collect();
        let next = after.clamp(gone, self.told) + u64::try_from(outcomes.len()).unwrap_or(0);
        Outcomes { next, outcomes }
    }

    /// A listener; `after` is the id of the last event it has seen.
    pub(super) fn subscribe(&self, after: Option<&str>) -> Subscription {
        let missed = after.and_then(|id| self.missed(id));
        let hello = json!({"run": self.run, "resumed": missed.is_some()});
        // Without an id: who is cut off right here has not seen what was missed.
        let hello = Event { id: None, name: "hello", data: hello.to_string() };
        let backlog = std::iter::once(Arc::new(hello)).chain(missed.into_iter().flatten()).collect();
        Subscription { backlog, events: self.sender.subscribe() }
    }

    /// The events after this one; none if they are not all there, or it is no event of this run.
    fn missed(&self, id: &str) -> Option<Vec<Arc<Event>>> {
        let (run, number) = id.rsplit_once('-')?;
        let number: u64 = number.parse().ok()?;
        let behind = self.last.checked_sub(number).filter(|_| run == self.run)?;
        let skip = self.events.len().checked_sub(usize::try_from(behind).ok()?)?;
        Some(self.events.iter().skip(skip).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(subscription: &Subscription) -> Vec<String> {
        subscription.backlog.iter().map(|event| event.data.clone()).collect()
    }

    #[test]
    fn who_comes_back_gets_what_it_missed_and_no_other_run_s() {
        let mut news = News::new("b".to_owned());
        for number in 1..=3 {
            news.state(&json!(number));
        }
        let hello = |resumed: bool| json!({"run": "b", "resumed": resumed}).to_string();
        assert_eq!(names(&news.subscribe(Some("b-1"))), [hello(true), "2".to_owned(), "3".to_owned()]);
        assert_eq!(names(&news.subscribe(Some("b-3"))), [hello(true)]);
        for unknown in [None, Some("a-1"), Some("b-4"), Some("b"), Some("b-x"), Some("")] {
            assert_eq!(names(&news.subscribe(unknown)), [hello(false)], "{unknown:?}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded_and_a_gap_is_never_bridged() {
        let mut news = News::new("b".to_owned());
        for number in 0..=MAX_EVENTS {
            news.state(&json!(number));
        }
        assert_eq!(news.events.len(), MAX_EVENTS);
        assert_eq!(news.subscribe(Some("b-1")).backlog.len(), 1 + MAX_EVENTS);
        assert_eq!(news.subscribe(Some("b-0")).backlog.len(), 1, "the first event is gone");
        news.state(&json!("x".repeat(MAX_EVENT_BYTES)));
        assert!(news.events.is_empty() && news.bytes == 0, "one event beyond the bound is told, not kept");
        assert_eq!(news.subscribe(Some("b-1")).backlog.len(), 1);
    }

    #[test]
    fn outcomes_are_numbered_from_one_and_the_oldest_go_first() {
        let mut news = News::new("b".to_owned());
        assert_eq!(news.outcomes(0), Outcomes { next: 0, outcomes: Vec::new() });
        for number in 1..=3 {
            news.outcome(json!(number));
        }
        assert_eq!(news.outcomes(0), Outcomes { next: 3, outcomes: vec![json!(1), json!(2), json!(3)] });
        assert_eq!(news.outcomes(2), Outcomes { next: 3, outcomes: vec![json!(3)] });
        assert_eq!(news.outcomes(9), Outcomes { next: 3, outcomes: Vec::new() });
        for number in 4..=MAX_OUTCOMES + 2 {
            news.outcome(json!(number));
        }
        let first = news.outcomes(0);
        assert_eq!((first.next, &first.outcomes[0]), (MAX_ANSWER as u64 + 2, &json!(3)));
        let second = news.outcomes(first.next);
        assert_eq!(second.outcomes[0], json!(MAX_ANSWER + 3));
    }
}
