//! Drives a world: delivers what is visible, polls whoever can go on, and lets time pass when nobody can.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use entra_simulator::Change;
use mto_handler::{Queue, QueueUrl, Record};
use mto_local::queue;
use mto_messages::Verb;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::by_hand::Hand;
use super::dice::Dice;
use super::faults::{Fault, Site};
use super::invariants::Invariant;
use super::mutants::Mutant;
use super::script::{Deed, Planned};
use super::world::World;

/// The time one invocation has: the template's function time-out.
const INVOCATION: Duration = Duration::seconds(60);

/// SQS's limit of a batch.
const BATCH: usize = 10;

/// Events after which a run counts as endless; the longest have about a tenth.
const MOST_EVENTS: u64 = 1_500_000;

/// Deliveries after which a command counts as endless: sixteen hours take about a hundred for each chain.
const MOST_DELIVERIES: u32 = 1_500;

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
    ends: OffsetDateTime,
    future: Pin<Box<dyn Future<Output = Vec<String>> + Send>>,
    flag: Arc<Flag>,
    not_acknowledged: bool,
}

/// What is due at a time.
enum Due {
    Deed(Deed),
    /// The visibility time-out of a delivery is over.
    Visible(QueueUrl, String),
    /// Nothing goes wrong from here on.
    Calm,
}

pub(crate) struct Driver {
    pub(crate) world: World,
    pub(crate) running: Vec<Running>,
    due: BTreeMap<(OffsetDateTime, u64), Due>,
    dice: Dice,
    events: u64,
}

impl Driver {
    pub(crate) fn new(world: World, seed: u64, deeds: &[Planned], calm_from: u64) -> Self {
        let mut driver = Self {
            world,
            running: Vec::new(),
            due: BTreeMap::new(),
            dice: Dice::new(seed, "turns"),
            events: 0,
        };
        let start = driver.world.clock.now();
        let at = |seconds: u64| start + Duration::seconds(i64::try_from(seconds).unwrap());
        for planned in deeds {
            driver.plan(at(planned.at), Due::Deed(planned.deed.clone()));
        }
        driver.plan(at(calm_from), Due::Calm);
        driver
    }

    fn plan(&mut self, at: OffsetDateTime, due: Due) {
        self.events += 1;
        self.due.insert((at, self.events), due);
    }

    /// Somebody sends a command.
    pub(crate) fn asks(&mut self, command: &Value) {
        self.does(&Deed::Asks(command.clone()));
    }

    /// Runs until nothing is left to do, or something must not have happened.
    pub(crate) fn run(&mut self) {
        while self.event() {
            if self.violated() {
                break;
            }
            self.events += 1;
            if self.events > MOST_EVENTS {
                self.world
                    .book
                    .lock()
                    .unwrap()
                    .violate(Invariant::EveryCommandEnds, "it goes on for ever".to_owned());
            }
        }
        if self.violated() {
            // What is dropped here may want to look at the book.
            self.running.clear();
        }
    }

    pub(crate) fn violated(&self) -> bool {
        self.world.book.lock().unwrap().violation.is_some()
    }

    /// One event; false, if there is none left.
    fn event(&mut self) -> bool {
        if self.happens() || self.delivers() {
            return true;
        }
        let able: Vec<usize> =
            (0..self.running.len()).filter(|one| self.running[*one].flag.0.load(Ordering::SeqCst)).collect();
        if !able.is_empty() {
            let turn = able[self.dice.index(able.len())];
            self.poll(turn);
            return true;
        }
        self.time_passes()
    }

    fn now(&self) -> OffsetDateTime {
        self.world.clock.now()
    }

    fn time_passes(&mut self) -> bool {
        let queues = Verb::ALL.map(queue);
        let ends = self.running.iter().map(|one| one.ends).min();
        let due = self.due.keys().next().map(|(at, _)| *at);
        let next = [self.world.clock.next_timer(), self.world.queues.next_visible(&queues), due, ends];
        let Some(next) = next.into_iter().flatten().min() else { return false };
        self.world.clock.jump_to(next);
        self.world.book.lock().unwrap().now = self.now();
        self.times_out();
        true
    }

    /// Invocations whose time is over are ended, wherever they are.
    fn times_out(&mut self) {
        let now = self.now();
        while let Some(position) = self.running.iter().position(|one| one.ends <= now) {
            let index = self.running[position].index;
            let mut book = self.world.book.lock().unwrap();
            if !book.invocations[index].hangs {
                let text = format!("{} was still at work", book.invocations[index].command);
                book.violate(Invariant::EndsInTime, text);
            }
            drop(book);
            self.ends(position, None);
        }
    }

    fn happens(&mut self) -> bool {
        let now = self.now();
        let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) else { return false };
        match entry.remove() {
            Due::Deed(deed) => self.does(&deed),
            Due::Visible(queue, receipt) => self.world.queues.release(&queue, &receipt),
            Due::Calm => self.calms(),
        }
        true
    }

    fn does(&mut self, deed: &Deed) {
        let mut book = self.world.book.lock().unwrap();
        book.current = None;
        match deed {
            Deed::Asks(command) => {
                let body = command.to_string();
                book.posted(&body, None);
                let kind = command["type"].as_str().unwrap();
                let verb = Verb::ALL.into_iter().find(|verb| verb.command_type() == kind).unwrap();
                drop(book);
                let message = mto_handler::Message { body, ..mto_handler::Message::default() };
                at_once(self.world.queues.send(&queue(verb), vec![message])).unwrap();
            }
            Deed::ByHand(tenant, what) => {
                let now = book.now;
                book.by_others.push(now);
                let text = format!("by hand in {}: {what:?}", book.name_of(*tenant));
                book.write(&text);
                drop(book);
                Hand { simulator: &self.world.simulator, seed: &self.world.seed, tenant: *tenant }
                    .does(*what);
            }
            Deed::Service(change) => {
                let now = book.now;
                book.by_others.push(now);
                book.write(&format!("the service: {change:?}"));
                drop(book);
                self.world.simulator.script(change.clone());
            }
        }
    }

    fn calms(&mut self) {
        let tenants: Vec<_> = self.world.seed.tenants.iter().map(|tenant| tenant.tenant_id).collect();
        let repairs = tenants.into_iter().map(|tenant| Change::BreakCredential { tenant, broken: false });
        let changes: Vec<Change> = repairs.chain([Change::NoFaults]).collect();
        for change in changes {
            self.world.simulator.script(change);
        }
        let mut book = self.world.book.lock().unwrap();
        book.current = None;
        book.faults.over = true;
        book.write("nothing goes wrong from here on");
    }

    /// Begins an invocation for each visible message.
    fn delivers(&mut self) -> bool {
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
        let index = book.begin(command["id"].as_str().unwrap());
        book.current = Some(index);
        book.write(&format!("begins {verb}, receive count {}", record.receive_count));
        if book.account().deliveries > MOST_DELIVERIES {
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
        self.running.push(Running { index, verb, message_id, receipt, ends, future, flag, not_acknowledged });
    }

    fn poll(&mut self, position: usize) {
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
        self.chains_are_counted(&command);
    }

    /// The invocation is over: it answered, or it died.
    fn ends(&mut self, position: usize, failed: Option<&[String]>) {
        let Running { index, verb, message_id, receipt, future, not_acknowledged, .. } =
            self.running.remove(position);
        // What it still holds, as a crash drops it.
        drop(future);
        let done = failed.is_some_and(|failed| !failed.contains(&message_id));
        let acknowledged = done && !not_acknowledged;
        if acknowledged {
            at_once(self.world.queues.delete(&queue(verb), &receipt)).unwrap();
        }
        let mut book = self.world.book.lock().unwrap();
        book.current = Some(index);
        let words = match failed {
            None => "dies",
            Some(_) if acknowledged => "ends",
            Some(_) if done => "ends, and is not acknowledged",
            Some(_) => "ends with a failure: the message stays",
        };
        book.write(words);
        book.crashed |= failed.is_none();
        let one = book.invocation();
        one.over = true;
        one.acknowledged = acknowledged;
        let forked = one.sent_again && !one.deleted && !acknowledged && one.faults > 0;
        let account = book.account();
        account.forks += u32::from(forked);
        account.troubled += u32::from(!acknowledged);
        book.current = None;
    }
}

/// The in-process queue answers at once.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::noop();
    match std::pin::pin!(future).poll(&mut Context::from_waker(waker)) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the in-process queue does not wait"),
    }
}
