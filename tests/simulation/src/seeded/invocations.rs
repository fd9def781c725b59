//! Invocations: how they begin, take turns and end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use mto_handler::{Queue, Record};
use mto_local::queue;
use mto_messages::Verb;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::driver::{Driver, Due, at_once};
use super::faults::{Fault, Site};
use super::invariants::Invariant;
use super::mutants::Mutant;
use super::tally::Situation;

/// The time one invocation has: the template's function time-out.
const INVOCATION: Duration = Duration::seconds(60);

/// SQS's limit of a batch.
const BATCH: usize = 10;

/// Deliveries for each chain after which a command counts as endless: sixteen hours take about a hundred.
const MOST_DELIVERIES: u32 = 300;

/// What the handler logs when one of its records panicked: `shared/handler/src/handler.rs`.
pub(crate) const PANIC: &str = "made the handler panic";

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// An invocation at work.
pub(crate) struct Running {
    pub(crate) index: usize,
    verb: Verb,
    message_id: String,
    receipt: String,
    begins: OffsetDateTime,
    ends: OffsetDateTime,
    future: Pin<Box<dyn Future<Output = Vec<String>> + Send>>,
    flag: Arc<Flag>,
    not_acknowledged: bool,
    /// A second delivery of the same message was made while this one was at work.
    shown_again: bool,
}

impl Running {
    /// Whether it has something to do now.
    pub(crate) fn can_go_on(&self) -> bool {
        self.flag.0.load(Ordering::SeqCst)
    }

    /// When its time is over.
    pub(crate) fn ends(&self) -> OffsetDateTime {
        self.ends
    }
}

impl Driver {
    /// Invocations whose time is over are ended, wherever they are.
    pub(super) fn times_out(&mut self) {
        let now = self.now();
        while let Some(position) = self.running.iter().position(|one| one.ends <= now) {
            let index = self.running[position].index;
            let mut book = self.world.book.lock().unwrap();
            if !book.invocations[index].hangs {
                let text = format!("{} was still at work", book.invocations[index].command);
                book.violate(Invariant::EndsInTime, text);
            }
            book.tally.situation(Situation::EndedAtWork);
            drop(book);
            self.ends(position, None);
        }
    }

    /// Begins an invocation for each visible message.
    pub(super) fn delivers(&mut self) -> bool {
        let mut any = false;
        for verb in Verb::ALL {
            for record in self.world.queues.receive(&queue(verb), BATCH) {
                any = true;
                self.begins(verb, record);
            }
        }
        any
    }

    fn begins(&mut self, verb: Verb, record: Record) {
        let now = self.now();
        let command: Value = serde_json::from_str(&record.body).unwrap();
        let mut book = self.world.book.lock().unwrap();
        let id = command["id"].as_str().unwrap();
        if self.running.iter().any(|one| book.invocations[one.index].command == id) {
            book.tally.situation(Situation::RedeliveredWhileAtWork);
        }
        if record.receive_count > 1 {
            book.tally.situation(Situation::RedeliveredAfterTrouble);
        }
        if self.running.iter().any(|one| one.verb == verb && one.begins > now) {
            book.tally.situation(Situation::Overtaken);
        }
        let index = book.begin(id);
        book.current = Some(index);
        book.write(&format!("begins {verb}, receive count {}", record.receive_count));
        let account = book.account();
        if account.deliveries > MOST_DELIVERIES * account.chains() {
            book.violate(Invariant::EveryCommandEnds, "it is delivered for ever".to_owned());
        }
        let fault = book.point(Site::Delivery);
        let forks = matches!(fault, Some(Fault::DeliveredTwice | Fault::VisibleAgain(_)));
        book.account().forks += u32::from(forks);
        book.current = None;
        drop(book);
        let (own, message_id, receipt) =
            (queue(verb), record.message_id.clone(), record.receipt_handle.clone());
        let mut begins = now;
        match fault {
            Some(Fault::DeliveredTwice) => {
                self.world.queues.duplicate(&own, &message_id);
            }
            Some(Fault::VisibleAgain(seconds)) => {
                let at = now + Duration::seconds(i64::from(seconds));
                self.plan(at, Due::Visible(own.clone(), receipt.clone()));
            }
            Some(Fault::Late(seconds)) => begins = now + Duration::seconds(i64::from(seconds)),
            _ => {}
        }
        if self.world.mutant == Some(Mutant::AcknowledgesFirst) {
            at_once(self.world.queues.delete(&own, &receipt)).unwrap();
        }
        let ends = begins + INVOCATION;
        let (function, late) = (self.world.functions[&verb].clone(), self.world.clock.until(begins));
        let future = Box::pin(async move {
            late.await;
            function.handle(vec![record], ends).await
        });
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let not_acknowledged = fault == Some(Fault::NotAcknowledged);
        self.running.push(Running {
            index,
            verb,
            message_id,
            receipt,
            begins,
            ends,
            future,
            flag,
            not_acknowledged,
            shown_again: forks,
        });
    }

    pub(super) fn poll(&mut self, position: usize) {
        let one = &mut self.running[position];
        one.flag.0.store(false, Ordering::SeqCst);
        self.world.book.lock().unwrap().current = Some(one.index);
        let waker = Waker::from(one.flag.clone());
        let polled = one.future.as_mut().poll(&mut Context::from_waker(&waker));
        let mut book = self.world.book.lock().unwrap();
        let killed = book.invocations[one.index].killed;
        let command = book.invocations[one.index].command.clone();
        book.current = None;
        drop(book);
        match polled {
            Poll::Ready(failed) => self.ends(position, Some(&failed)),
            Poll::Pending if killed => self.ends(position, None),
            Poll::Pending => {}
        }
        if std::mem::take(&mut self.world.book.lock().unwrap().queues_changed) {
            self.chains_are_counted(&command);
        }
    }

    /// The invocation is over: it answered, or it died.
    fn ends(&mut self, position: usize, failed: Option<&[String]>) {
        let Running { index, verb, message_id, receipt, future, not_acknowledged, shown_again, .. } =
            self.running.remove(position);
        // What it still holds, as a crash drops it.
        drop(future);
        let done = failed.is_some_and(|failed| !failed.contains(&message_id));
        let acknowledged = done && !not_acknowledged;
        if acknowledged {
            at_once(self.world.queues.delete(&queue(verb), &receipt)).unwrap();
        }
        let panics = failed.is_some() && !done && self.log.has_new(PANIC);
        let mut book = self.world.book.lock().unwrap();
        book.current = Some(index);
        let words = match failed {
            None => "dies",
            Some(_) if acknowledged => "ends",
            Some(_) if done => "ends, and is not acknowledged",
            Some(_) => "ends with a failure: the message stays",
        };
        book.write(words);
        book.crashed |= !done;
        book.queues_changed = true;
        let one = book.invocation();
        one.over = true;
        one.acknowledged = acknowledged;
        let for_no_reason = failed.is_some() && !done && !one.queue_failed;
        let between = one.sent_again && !one.deleted;
        let forked = between && !acknowledged && one.faults > 0;
        if between && failed.is_none() {
            book.tally.situation(Situation::DiedBetweenSendAndDelete);
        }
        let account = book.account();
        account.forks += u32::from(forked);
        account.troubled += u32::from(!acknowledged);
        if !acknowledged || shown_again {
            *book.troubled.entry(message_id).or_default() += 1;
        }
        if panics {
            book.violate(Invariant::NothingPanics, PANIC.to_owned());
        } else if for_no_reason {
            let text = "it left its message in the queue, and no queue had failed it".to_owned();
            book.violate(Invariant::EndsWithACause, text);
        }
        book.current = None;
    }
}
