//! How a mutant is broken: wrappers around a function, its queue and its network. The product's own code is untouched.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use mto_graph::{GraphError, Transport};
use mto_handler::{
    BatchFunction, Directory, Foreseen, Function, Look, Message, Queue, QueueError, QueueUrl, Record, Tenants,
};
use mto_local::{outcomes_queue, queue};
use mto_messages::{CommandData, Journal, TenantId, Verb};
use mto_reconcile::{Child, Decision, Finish, Limits, Mutation, Note, Reason, Step, Timing};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::book::Shared;
use super::mutant_net::BrokenNet;
use super::mutants::Mutant;

pub(crate) fn around_net(
    mutant: Option<Mutant>,
    verb: Verb,
    inner: Arc<dyn Transport>,
    book: &Shared,
) -> Arc<dyn Transport> {
    let book = book.clone();
    match mutant {
        Some(
            mutant @ (Mutant::BelievesRefusals
            | Mutant::GivesUpAtARefusal
            | Mutant::GivesUpAtServerErrors
            | Mutant::PanicsAtARefusal
            | Mutant::RemovesAnother
            | Mutant::WaitsWithoutLimit
            | Mutant::SeesMarks
            | Mutant::PrintsTheToken),
        ) => Arc::new(BrokenNet { inner, mutant, book, kept: Mutex::default() }),
        Some(mutant @ Mutant::RemembersMembership) if verb == Verb::Sync => {
            Arc::new(BrokenNet { inner, mutant, book, kept: Mutex::default() })
        }
        _ => inner,
    }
}

pub(crate) fn around_queue(
    mutant: Option<Mutant>,
    verb: Verb,
    inner: Arc<dyn Queue>,
    book: &Shared,
) -> Arc<dyn Queue> {
    let Some(mutant) = mutant else { return inner };
    let (own, book) = (queue(verb), book.clone());
    Arc::new(BrokenQueue { inner, mutant, own, book, held: Mutex::default(), numbers: AtomicU64::new(0) })
}

pub(crate) fn around_function(
    mutant: Option<Mutant>,
    inner: Arc<dyn BatchFunction>,
) -> Arc<dyn BatchFunction> {
    match mutant {
        Some(Mutant::HidesFailures) => Arc::new(Hiding(inner)),
        Some(Mutant::LeavesWhatWaited) => Arc::new(Leaving(inner)),
        Some(Mutant::ForgetsTheDryRun) => Arc::new(Eager(inner)),
        _ => inner,
    }
}

/// Takes every command for one that is to be carried out.
struct Eager(Arc<dyn BatchFunction>);

#[async_trait]
impl BatchFunction for Eager {
    async fn handle(&self, mut records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        for record in &mut records {
            record.body = record.body.replace("\"dryRun\":true", "\"dryRun\":false");
        }
        self.0.handle(records, end).await
    }
}

struct Leaving(Arc<dyn BatchFunction>);

#[async_trait]
impl BatchFunction for Leaving {
    async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        // Only a waiting command carries a journal.
        let (waited, new): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|record| !record.attributes.is_empty());
        let mut failed = self.0.handle(new, end).await;
        failed.extend(waited.into_iter().map(|record| record.message_id));
        failed
    }
}

struct Hiding(Arc<dyn BatchFunction>);

#[async_trait]
impl BatchFunction for Hiding {
    async fn handle(&self, records: Vec<Record>, end: OffsetDateTime) -> Vec<String> {
        self.0.handle(records, end).await;
        Vec::new()
    }
}

/// A queue that breaks its promises.
struct BrokenQueue {
    inner: Arc<dyn Queue>,
    mutant: Mutant,
    own: QueueUrl,
    book: Shared,
    /// What is to be sent once the message in hand is gone, by invocation.
    held: Mutex<BTreeMap<Option<usize>, Vec<Message>>>,
    numbers: AtomicU64,
}

impl BrokenQueue {
    /// The same message with something new in its id.
    fn renamed(&self, message: Message) -> Message {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        let mut body: Value = serde_json::from_str(&message.body).unwrap();
        body["id"] = json!(format!("{}/{number}", body["id"].as_str().unwrap()));
        Message { body: body.to_string(), ..message }
    }
}

#[async_trait]
impl Queue for BrokenQueue {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        // Only a waiting command carries a journal.
        let waits = *queue == self.own && messages.iter().any(|message| !message.attributes.is_empty());
        match self.mutant {
            Mutant::DeletesBeforeItSends if waits => {
                let current = self.book.lock().unwrap().current;
                self.held.lock().unwrap().insert(current, messages);
                Ok(())
            }
            Mutant::SendsTwice if waits => {
                self.inner.send(queue, messages.clone()).await?;
                self.inner.send(queue, messages).await
            }
            Mutant::LosesFollowUps if *queue != outcomes_queue() && !waits => Ok(()),
            Mutant::NewIdsForChildren if *queue != outcomes_queue() && !waits => {
                let renamed = messages.into_iter().map(|message| self.renamed(message)).collect();
                self.inner.send(queue, renamed).await
            }
            Mutant::NewIdsForOutcomes if *queue == outcomes_queue() => {
                let renamed = messages.into_iter().map(|message| self.renamed(message)).collect();
                self.inner.send(queue, renamed).await
            }
            _ => self.inner.send(queue, messages).await,
        }
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        self.inner.delete(queue, receipt_handle).await?;
        let current = self.book.lock().unwrap().current;
        let held = self.held.lock().unwrap().remove(&current);
        match held {
            Some(messages) => self.inner.send(queue, messages).await,
            None => Ok(()),
        }
    }
}

/// A function that is broken in what it decides.
pub(crate) struct Broken<F> {
    pub(crate) inner: F,
    pub(crate) mutant: Mutant,
    pub(crate) book: Shared,
}

/// Longer than any run.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

impl<F> Broken<F> {
    /// Whether the network of the same mutant noticed what makes it give up.
    fn gives_up(&self) -> bool {
        let mut book = self.book.lock().unwrap();
        let command = book.invocation().command.clone();
        book.given_up.remove(&command)
    }
}

#[async_trait]
impl<F: Function> Function for Broken<F> {
    const VERB: Verb = F::VERB;

    type Aim = F::Aim;

    type Observed = F::Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Self::Aim, Reason> {
        self.inner.aim(data, tenants)
    }

    fn acts_in(&self, aim: &Self::Aim) -> TenantId {
        self.inner.acts_in(aim)
    }

    fn believes_a_look_for(&self, aim: &Self::Aim) -> Option<Duration> {
        let always = matches!(self.mutant, Mutant::ActsOnOldLooks | Mutant::NeverLooksAgain);
        if always { Some(Duration::from_hours(1)) } else { self.inner.believes_a_look_for(aim) }
    }

    fn budget(&self, aim: &Self::Aim, limits: &Limits) -> Duration {
        let budget = self.inner.budget(aim, limits);
        if self.mutant == Mutant::ForgetsTheDeadline { FOR_EVER } else { budget }
    }

    async fn observe(&self, aim: &Self::Aim, look: &Look<'_>) -> Result<Self::Observed, GraphError> {
        self.inner.observe(aim, look).await
    }

    fn decide(
        &self,
        aim: &Self::Aim,
        observed: &Self::Observed,
        journal: &Journal,
        timing: &Timing<'_>,
    ) -> Decision {
        let mut known = journal.clone();
        match self.mutant {
            Mutant::DropsTheJournal => known = Journal::default(),
            Mutant::ResetsWithoutBound => known.resets = 0,
            Mutant::RestartsAtEachLook => known.writes.retain(|write| write.what != "restart-job"),
            _ => {}
        }
        if self.gives_up() {
            assert!(self.mutant != Mutant::PanicsAtARefusal, "at the first refusal");
            let text = "the first one".to_owned();
            let reason =
                Reason::Refused { what: text.clone(), about: None, status: None, code: text.clone(), text };
            return Decision::just(Step::Finish(Finish::Failed(reason)));
        }
        let decision = self.inner.decide(aim, observed, &known, timing);
        let waits = matches!(decision.step, Step::Wait(_));
        if self.mutant != Mutant::FinishesEarly || !waits {
            return decision;
        }
        let step = Step::Finish(Finish::Succeeded { summary: "done".to_owned(), notes: Vec::new() });
        Decision { step, ..decision }
    }

    fn left_open(&self, data: &CommandData, directory: &Directory, journal: &Journal) -> Option<Note> {
        self.inner.left_open(data, directory, journal)
    }

    fn assume(&self, aim: &Self::Aim, observed: Self::Observed, mutation: &Mutation) -> Self::Observed {
        if self.mutant == Mutant::ActsOnOldLooks {
            observed
        } else {
            self.inner.assume(aim, observed, mutation)
        }
    }

    async fn foresee(
        &self,
        aim: &Self::Aim,
        children: &[Child],
        look: &Look<'_>,
    ) -> Result<Foreseen, GraphError> {
        self.inner.foresee(aim, children, look).await
    }
}
