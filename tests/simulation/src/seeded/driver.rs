//! Drives a world: delivers what is visible, polls whoever can go on, and lets time pass when nobody can.

use std::collections::BTreeMap;
use std::future::Future;
use std::task::{Context, Poll, Waker};

use entra_simulator::Change;
use mto_handler::{Queue, QueueUrl};
use mto_local::queue;
use mto_messages::Verb;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::by_hand::Hand;
use super::dice::Dice;
use super::invariants::Invariant;
use super::invocations::Running;
use super::log::Log;
use super::script::{Deed, Script};
use super::world::World;

/// Events after which a run counts as endless; the longest have about a tenth.
const MOST_EVENTS: u64 = 1_500_000;

/// What is due at a time.
pub(super) enum Due {
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
    pub(super) dice: Dice,
    pub(super) log: Log,
    events: u64,
}

impl Driver {
    pub(crate) fn new(world: World, seed: u64, script: &Script, log: Log) -> Self {
        let mut driver = Self {
            world,
            running: Vec::new(),
            due: BTreeMap::new(),
            dice: Dice::new(seed, "turns"),
            log,
            events: 0,
        };
        let start = driver.world.clock.now();
        let at = |seconds: u64| start + Duration::seconds(i64::try_from(seconds).unwrap());
        for planned in &script.deeds {
            driver.plan(at(planned.at), Due::Deed(planned.deed.clone()));
        }
        driver.plan(at(script.calm_from), Due::Calm);
        driver
    }

    pub(super) fn plan(&mut self, at: OffsetDateTime, due: Due) {
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
        let able: Vec<usize> = (0..self.running.len()).filter(|one| self.running[*one].can_go_on()).collect();
        if !able.is_empty() {
            let turn = able[self.dice.index(able.len())];
            self.poll(turn);
            return true;
        }
        self.time_passes()
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.world.clock.now()
    }

    fn time_passes(&mut self) -> bool {
        let queues = Verb::ALL.map(queue);
        let ends = self.running.iter().map(Running::ends).min();
        let due = self.due.keys().next().map(|(at, _)| *at);
        let next = [self.world.clock.next_timer(), self.world.queues.next_visible(&queues), due, ends];
        let Some(next) = next.into_iter().flatten().min() else { return false };
        self.world.clock.jump_to(next);
        self.world.book.lock().unwrap().now = self.now();
        self.times_out();
        true
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

    /// Time passes while nobody has anything to do.
    pub(crate) fn passes(&mut self, time: Duration) {
        self.world.clock.jump_to(self.now() + time);
        self.world.book.lock().unwrap().now = self.now();
    }

    pub(crate) fn does(&mut self, deed: &Deed) {
        let mut book = self.world.book.lock().unwrap();
        book.current = None;
        book.tally.deed(deed);
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
                book.by_others.push((now, deed.clone()));
                let text = format!("by hand in {}: {what:?}", book.name_of(*tenant));
                book.write(&text);
                drop(book);
                Hand { simulator: &self.world.simulator, seed: &self.world.seed, tenant: *tenant }
                    .does(*what);
            }
            Deed::Service(change) => {
                let now = book.now;
                book.by_others.push((now, deed.clone()));
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
}

/// The in-process queue answers at once.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::noop();
    match std::pin::pin!(future).poll(&mut Context::from_waker(waker)) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the in-process queue does not wait"),
    }
}
