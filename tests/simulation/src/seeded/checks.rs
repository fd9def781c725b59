//! What is checked when a world has come to rest.

use std::collections::BTreeSet;

use mto_local::{dead_letter_queue, queue};
use mto_messages::Verb;
use serde_json::Value;

use super::driver::Driver;
use super::invariants::{Invariant, Violation};
use super::run::Report;
use super::script::Planned;
use super::soundness;
use super::tally::Situation;

impl Driver {
    /// Chains of one command: its messages, but for those whose invocation has sent the next one already.
    pub(crate) fn chains_are_counted(&self, command: &str) {
        let mut book = self.world.book.lock().unwrap();
        let Some(account) = book.commands.get(command) else { return };
        let (verb, most) = (account.verb, account.chains());
        let stored = self.world.queues.contents(&queue(verb));
        let needle = format!("\"{command}\"");
        let is_of = |body: &str| {
            let id = || serde_json::from_str::<Value>(body).unwrap()["id"] == command;
            body.contains(&needle) && id()
        };
        let messages = stored.iter().filter(|message| is_of(&message.body)).count();
        let between = self.running.iter().filter(|one| {
            let invocation = &book.invocations[one.index];
            invocation.command == command && invocation.sent_again && !invocation.deleted
        });
        let between = between.count();
        let chains = messages.saturating_sub(between);
        if chains > most as usize {
            let text = format!("{chains} chains of {command}; faults make at most {most}");
            book.violate(Invariant::ChainsAreCounted, text);
        }
    }

    /// The commands that lie in a dead-letter queue.
    pub(crate) fn dead(&self) -> Vec<String> {
        let letters = Verb::ALL.iter().flat_map(|verb| self.world.queues.contents(&dead_letter_queue(*verb)));
        let id = |body: String| serde_json::from_str::<Value>(&body).ok()?["id"].as_str().map(str::to_owned);
        letters.filter_map(|letter| id(letter.body)).collect()
    }

    pub(crate) fn violate(&mut self, invariant: Invariant, text: String) {
        let mut book = self.world.book.lock().unwrap();
        book.current = None;
        book.violate(invariant, text);
    }

    /// An id that no command has.
    pub(crate) fn fresh(&self, what: &str) -> String {
        format!("{what}-{}", self.world.book.lock().unwrap().commands.len())
    }

    /// How many writes took effect so far.
    pub(crate) fn effects(&self) -> usize {
        self.world.book.lock().unwrap().effects.len()
    }

    /// Sends a command and runs to the end of everything: it and all that follows from it has to have succeeded.
    pub(crate) fn converges(&mut self, command: &Value) {
        self.asks(command);
        self.run();
        let root = command["id"].as_str().unwrap();
        let book = self.world.book.lock().unwrap();
        let family = book.commands.iter().filter(|(id, _)| book.root(id) == root);
        let failed: Vec<String> = family
            .filter(|(_, account)| {
                account.ends.is_empty() || account.ends.iter().any(|end| end.kind != "succeeded")
            })
            .map(|(id, account)| format!("{id}: {:?}", account.ends))
            .collect();
        drop(book);
        if !failed.is_empty() && !self.violated() {
            self.violate(Invariant::Converges, failed.join("; "));
        }
    }

    pub(crate) fn every_command_ends(&mut self) {
        let dead: BTreeSet<String> = self.dead().into_iter().collect();
        let book = self.world.book.lock().unwrap();
        let open =
            book.commands.iter().filter(|(id, account)| account.ends.is_empty() && !dead.contains(*id));
        let open: Vec<String> = open.map(|(id, _)| id.clone()).collect();
        drop(book);
        if !open.is_empty() {
            self.violate(Invariant::EveryCommandEnds, format!("{} went without a trace", open.join(", ")));
        }
    }

    /// What SQS gave up was received as often as it may be, and something went wrong each time.
    pub(crate) fn is_dead_for_a_reason(&mut self, receives: u32) {
        let letters = Verb::ALL.iter().flat_map(|verb| self.world.queues.contents(&dead_letter_queue(*verb)));
        let book = self.world.book.lock().unwrap();
        let troubles = |id: &str| book.troubled.get(id).copied().unwrap_or_default();
        let early: Vec<String> = letters
            .filter(|letter| troubles(&letter.message_id) < receives)
            .map(|letter| {
                format!(
                    "{} after {} troubles: {}",
                    letter.message_id,
                    troubles(&letter.message_id),
                    letter.body
                )
            })
            .collect();
        drop(book);
        if !early.is_empty() {
            self.violate(Invariant::EndsWithACause, format!("dead letters: {}", early.join("; ")));
        }
    }

    /// The service's constraints, and one of each object.
    pub(crate) fn is_sound(&mut self) {
        let doubt = soundness::doubt(&self.world.simulator, true);
        if let Some((invariant, text)) = doubt {
            self.violate(invariant, text);
        }
    }

    /// The report; the log has to be free of secrets.
    pub(crate) fn finish(mut self, deeds: Vec<Planned>, seed: u64) -> Report {
        let bytes = self.log.bytes().clone();
        let log = String::from_utf8_lossy(&bytes);
        let told = {
            let book = self.world.book.lock().unwrap();
            let secret =
                book.secrets.iter().find(|secret| !secret.is_empty() && log.contains(secret.as_str()));
            secret.map(|secret| {
                log.lines().find(|line| line.contains(secret.as_str())).unwrap_or_default().to_owned()
            })
        };
        if let Some(line) = told {
            self.violate(Invariant::NothingSecretIsTold, format!("in the log: {line}"));
        }
        let dead = self.dead();
        let mut book = self.world.book.lock().unwrap();
        for _ in &dead {
            book.tally.situation(Situation::DeadLetter);
        }
        let violation: Option<Violation> = book.violation.clone();
        let trace = std::mem::take(&mut book.trace);
        let faults = std::mem::take(&mut book.faults.happened);
        let tally = std::mem::take(&mut book.tally);
        drop(book);
        Report { seed, violation, trace, faults, deeds, tally, logged: bytes.len() }
    }
}
