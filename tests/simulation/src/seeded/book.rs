//! The book of a run: what happened, by command and by invocation; and the first thing that must not have happened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use entra_simulator::Simulator;
use mto_messages::Verb;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::crossings;
use super::faults::{Fault, Faults, Point, Site};
use super::invariants::{Invariant, Violation};
use super::script::Deed;
use super::seen::Seen;
use super::tally::Tally;
use super::truth::Parties;

/// Shared by the edges and the driver; all of them on one thread.
pub(crate) type Shared = Arc<Mutex<Book>>;

/// One delivery of one message, at work or over.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Invocation {
    pub(crate) command: String,
    /// The command's so-manieth delivery.
    pub(crate) delivery: u32,
    points: u32,
    pub(crate) faults: u32,
    /// A queue did not take, or did not confirm, what it sent.
    pub(crate) queue_failed: bool,
    /// Its next message was taken by the queue.
    pub(crate) sent_again: bool,
    /// Its own message was deleted.
    pub(crate) deleted: bool,
    /// It is to be dropped where it stands.
    pub(crate) killed: bool,
    /// A request of it is never answered.
    pub(crate) hangs: bool,
    pub(crate) acknowledged: bool,
    /// It was shown an old answer.
    pub(crate) stale: bool,
    pub(crate) over: bool,
    pub(crate) seen: Seen,
}

/// The end of a command, as somebody was told.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) at: OffsetDateTime,
    pub(crate) id: String,
    pub(crate) kind: String,
}

/// How a request came to nothing, as the product sorts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hitch {
    /// 401, 403, or no token: we are not let in.
    Denied,
    /// Any other 4xx, or an answer that cannot be read: no.
    Refused,
    /// 429, 5xx, or no answer: not now.
    Away,
}

/// A request, or a part of one, that came to nothing, as its answer arrived.
#[derive(Debug, Clone)]
pub(crate) struct Hindrance {
    pub(crate) at: OffsetDateTime,
    pub(crate) invocation: usize,
    pub(crate) hitch: Hitch,
    pub(crate) status: u16,
    /// Method and path of a write; empty, where it was only looked.
    pub(crate) write: String,
}

/// One command.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) verb: Verb,
    pub(crate) data: Value,
    /// What stood in later posts under the same id, where that differs: another chain of its parent saw more, or less.
    pub(crate) later: Vec<Value>,
    pub(crate) parent: Option<String>,
    /// How often it was sent to its queue as a new command.
    pub(crate) posts: u32,
    pub(crate) first_posted: OffsetDateTime,
    pub(crate) last_posted: OffsetDateTime,
    pub(crate) deliveries: u32,
    /// Faults that may have made a second chain of it.
    pub(crate) forks: u32,
    /// Deliveries that were not finished, or not acknowledged.
    pub(crate) troubled: u32,
    pub(crate) faults: u32,
    /// When something of it went wrong for the last time.
    pub(crate) last_trouble: Option<OffsetDateTime>,
    pub(crate) hindrances: Vec<Hindrance>,
    /// It took away the row of an active member.
    pub(crate) took_away: bool,
    /// Resets of a join request that left, whatever came of them.
    pub(crate) resets: u32,
    pub(crate) ends: Vec<End>,
}

impl Account {
    /// Whether only a plan is asked for.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.data["dryRun"] == true
    }

    /// More chains than this there cannot be.
    pub(crate) fn chains(&self) -> u32 {
        self.posts + self.forks
    }
}

/// A write that took effect.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    pub(crate) at: OffsetDateTime,
    pub(crate) command: String,
    pub(crate) tenant: Uuid,
    pub(crate) path: String,
    /// Method, path and body.
    pub(crate) text: String,
}

/// The book.
pub(crate) struct Book {
    pub(crate) simulator: Simulator,
    pub(crate) start: OffsetDateTime,
    pub(crate) now: OffsetDateTime,
    /// Who is being polled.
    pub(crate) current: Option<usize>,
    pub(crate) invocations: Vec<Invocation>,
    pub(crate) commands: BTreeMap<String, Account>,
    pub(crate) effects: Vec<Effect>,
    /// When somebody else changed the world: administrators, and the service by itself.
    pub(crate) by_others: Vec<(OffsetDateTime, Deed)>,
    pub(crate) faults: Faults,
    pub(crate) trace: Vec<String>,
    pub(crate) tally: Tally,
    pub(crate) violation: Option<Violation>,
    /// Commands that a mutant is about to give up.
    pub(crate) given_up: BTreeSet<String>,
    /// Deliveries of a message that were not finished, or were not its only one at the time; by the message's id.
    pub(crate) troubled: BTreeMap<String, u32>,
    /// An invocation died where it stood, or failed: what its journal would have said is lost.
    pub(crate) crashed: bool,
    /// Something was sent or deleted since the chains were counted.
    pub(crate) queues_changed: bool,
    pub(crate) names: BTreeMap<String, Uuid>,
    /// The tenant that is not ours to act for.
    pub(crate) foreign: Option<Uuid>,
    /// Every secret of the seed, and every token that was carried.
    pub(crate) secrets: BTreeSet<String>,
    pub(crate) tenant_of_token: BTreeMap<String, Uuid>,
    /// Earlier answers to GETs, for old answers.
    pub(crate) answers: BTreeMap<String, (OffsetDateTime, u16, Bytes)>,
}

impl Book {
    pub(crate) fn new(
        simulator: Simulator,
        start: OffsetDateTime,
        faults: Faults,
        names: BTreeMap<String, Uuid>,
    ) -> Self {
        Self {
            simulator,
            start,
            now: start,
            current: None,
            invocations: Vec::new(),
            commands: BTreeMap::new(),
            effects: Vec::new(),
            by_others: Vec::new(),
            faults,
            trace: Vec::new(),
            tally: Tally::default(),
            violation: None,
            given_up: BTreeSet::new(),
            troubled: BTreeMap::new(),
            crashed: false,
            queues_changed: false,
            names,
            foreign: None,
            secrets: BTreeSet::new(),
            tenant_of_token: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    /// A line of the trace, with the time since the start.
    pub(crate) fn write(&mut self, text: &str) {
        let passed = (self.now - self.start).whole_seconds();
        let who = self.current.map(|index| {
            let one = &self.invocations[index];
            format!("{}#{} ", one.command, one.delivery)
        });
        let (hours, minutes, seconds) = (passed / 3_600, passed / 60 % 60, passed % 60);
        self.trace.push(format!("{hours:02}:{minutes:02}:{seconds:02} {}{text}", who.unwrap_or_default()));
    }

    /// The first violation counts: what comes after it may follow from it.
    pub(crate) fn violate(&mut self, invariant: Invariant, text: String) {
        self.write(&format!("VIOLATED {invariant:?}: {text}"));
        if self.violation.is_none() {
            self.violation = Some(Violation { invariant, text });
        }
    }

    pub(crate) fn invocation(&mut self) -> &mut Invocation {
        let index = self.current.unwrap();
        &mut self.invocations[index]
    }

    pub(crate) fn account(&mut self) -> &mut Account {
        let command = self.invocation().command.clone();
        self.commands.get_mut(&command).unwrap()
    }

    /// The next point of the invocation that is being polled: what goes wrong there.
    pub(crate) fn point(&mut self, site: Site) -> Option<Fault> {
        let one = self.invocation();
        let point = Point { command: one.command.clone(), delivery: one.delivery, number: one.points };
        one.points += 1;
        let fault = self.faults.at(site, point.clone())?;
        self.tally.fault(site, fault);
        let now = self.now;
        let one = self.invocation();
        one.faults += 1;
        one.queue_failed |= matches!(fault, Fault::QueueRefuses | Fault::QueueDoesNotConfirm);
        let account = self.account();
        account.faults += 1;
        account.last_trouble = Some(now);
        self.write(&format!("FAULT at {point}: {fault:?}"));
        Some(fault)
    }

    /// The last point of the invocation that is being polled.
    pub(crate) fn here(&mut self) -> Point {
        let one = self.invocation();
        Point { command: one.command.clone(), delivery: one.delivery, number: one.points.saturating_sub(1) }
    }

    /// A new delivery of a command.
    pub(crate) fn begin(&mut self, command: &str) -> usize {
        let account = self.commands.get_mut(command).unwrap();
        account.deliveries += 1;
        self.invocations.push(Invocation {
            command: command.to_owned(),
            delivery: account.deliveries,
            points: 0,
            faults: 0,
            queue_failed: false,
            sent_again: false,
            deleted: false,
            killed: false,
            hangs: false,
            acknowledged: false,
            stale: false,
            over: false,
            seen: Seen::default(),
        });
        self.invocations.len() - 1
    }

    /// A command came to its queue, as new.
    pub(crate) fn posted(&mut self, body: &str, parent: Option<&str>) {
        let command: Value = serde_json::from_str(body).unwrap_or_default();
        let id = command["id"].as_str().unwrap_or_default().to_owned();
        let kind = command["type"].as_str().unwrap_or_default();
        let verb = Verb::ALL.into_iter().find(|verb| verb.command_type() == kind).unwrap();
        self.write(&format!("posts {kind} {id} {}", command["data"]));
        if !self.commands.contains_key(&id) {
            for situation in crossings::met(self, verb, &command["data"]) {
                self.tally.situation(situation);
            }
        }
        let now = self.now;
        let account = self.commands.entry(id).or_insert_with(|| Account {
            verb,
            data: command["data"].clone(),
            later: Vec::new(),
            parent: parent.map(str::to_owned),
            posts: 0,
            first_posted: now,
            last_posted: now,
            deliveries: 0,
            forks: 0,
            troubled: 0,
            faults: 0,
            last_trouble: None,
            hindrances: Vec::new(),
            took_away: false,
            resets: 0,
            ends: Vec::new(),
        });
        account.posts += 1;
        if account.data != command["data"] && !account.later.contains(&command["data"]) {
            account.later.push(command["data"].clone());
        }
        account.last_posted = now;
    }

    /// The command that somebody sent, from which this one follows.
    pub(crate) fn root<'a>(&'a self, command: &'a str) -> &'a str {
        let mut root = command;
        while let Some(parent) = self.commands.get(root).and_then(|account| account.parent.as_deref()) {
            root = parent;
        }
        root
    }

    /// Whether somebody else changed the world since then: by hand, or by another command that somebody sent.
    pub(crate) fn others_since(&self, since: OffsetDateTime, command: &str) -> bool {
        let root = self.root(command);
        let foreign = |effect: &&Effect| effect.at >= since && self.root(&effect.command) != root;
        self.by_others.iter().any(|(at, _)| *at >= since)
            || self.effects.iter().rev().any(|effect| foreign(&effect))
    }

    /// A tenant by its name, for a trace.
    pub(crate) fn name_of(&self, tenant: Uuid) -> &str {
        self.names.iter().find(|(_, id)| **id == tenant).map_or("nobody", |(name, _)| name)
    }
    /// A tenant by what a command calls it.
    pub(crate) fn id_of(&self, name: &Value) -> Option<Uuid> {
        let text = name.as_str()?;
        text.parse().ok().or_else(|| self.names.get(&text.to_lowercase()).copied())
    }

    /// Who is who.
    pub(crate) fn parties(&self) -> Parties<'_> {
        Parties { names: &self.names, foreign: self.foreign }
    }
}
