//! How often what happened: a fault that never happens proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mto_messages::Verb;

use super::book::Account;
use super::faults::{Fault, Site};
use super::script::Deed;

/// What the issue names and no single fault or deed makes: it comes about when several meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// A message was delivered while an earlier delivery of the same command was at work.
    RedeliveredWhileAtWork,
    /// A message came after its `DelaySeconds` were over, because an earlier delivery of it was not finished.
    RedeliveredAfterTrouble,
    /// A message was worked on after one that was sent later.
    Overtaken,
    /// An invocation was ended at the end of its time.
    EndedAtWork,
    /// The client gave up on an answer.
    GaveUpWaiting,
    /// An old answer was shown.
    OldAnswer,
    /// The service refused the credential of a tenant.
    CredentialRefused,
    /// An invocation died after its next message was sent and before its own was deleted.
    DiedBetweenSendAndDelete,
    /// A message went to a dead-letter queue.
    DeadLetter,
    /// A join was asked for while another command made the same tenant join.
    TwoTicketsForOneTenant,
    /// The owner removed a tenant that was joining.
    RemovedWhileJoining,
    /// A tenant left while it was joining.
    LeftWhileJoining,
    /// A command was sent for one owner while one for another owner was under way.
    TwoOwnersAtOnce,
    /// A tenant was made to join that was active in another organization.
    JoinsFromElsewhere,
}

use Situation::{
    CredentialRefused, DeadLetter, DiedBetweenSendAndDelete, EndedAtWork, GaveUpWaiting, JoinsFromElsewhere,
    LeftWhileJoining, OldAnswer, Overtaken, RedeliveredAfterTrouble, RedeliveredWhileAtWork,
    RemovedWhileJoining, TwoOwnersAtOnce, TwoTicketsForOneTenant,
};

const SITUATIONS: [Situation; 14] = [
    RedeliveredWhileAtWork,
    RedeliveredAfterTrouble,
    Overtaken,
    EndedAtWork,
    GaveUpWaiting,
    OldAnswer,
    CredentialRefused,
    DiedBetweenSendAndDelete,
    DeadLetter,
    TwoTicketsForOneTenant,
    RemovedWhileJoining,
    LeftWhileJoining,
    TwoOwnersAtOnce,
    JoinsFromElsewhere,
];

/// What people ask for; each stands with `dry run of` before it too.
const COMMANDS: [&str; 14] = [
    "create",
    "create, update",
    "add",
    "join",
    "leave: leave",
    "leave: remove",
    "leave: dissolve",
    "sync: configure",
    "sync: settings",
    "sync: status",
    "sync: restart",
    "sync: stop",
    "sync: unshare",
    "sync: unshare, both directions",
];

/// What administrators do, and what the service does.
const OTHERS: [&str; 12] = [
    "by hand: Renames",
    "by hand: Closes",
    "by hand: SpoilsTemplates",
    "by hand: PausesJobs",
    "by hand: Removes",
    "by hand: Adds",
    "by hand: AsksToJoin",
    "the service: BreakCredential",
    "the service: RevokeTokens",
    "the service: ServerErrors",
    "the service: Throttle",
    "the service: FailJoins",
];

/// Whose successes can be held against the world.
const JUDGED: [&str; 11] = [
    "create",
    "add",
    "join",
    "leave leave",
    "leave remove",
    "leave dissolve",
    "sync configure",
    "sync settings",
    "sync stop",
    "sync restart",
    "sync unshare",
];

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn fault(&mut self, site: Site, fault: Fault) {
        self.note(format!("{}: {fault:?}", site.name()));
    }

    pub(crate) fn situation(&mut self, situation: Situation) {
        self.note(format!("{situation:?}"));
    }

    pub(crate) fn deed(&mut self, deed: &Deed) {
        self.note(name(deed));
    }

    /// The success of a command was held against the world.
    pub(crate) fn judged(&mut self, account: &Account) {
        let action = match account.verb {
            // Of several targets nobody knows which of them had what.
            Verb::Sync if account.data["targets"].as_array().is_some_and(|all| all.len() != 1) => return,
            Verb::Sync if account.data["action"] == "status" => return,
            Verb::Sync => account.data["action"].as_str().unwrap_or("configure"),
            Verb::Leave => account.data["mode"].as_str().unwrap_or_default(),
            Verb::Create | Verb::Add | Verb::Join => "",
        };
        self.note(format!("success judged: {} {action}", account.verb).trim_end().to_owned());
    }

    fn note(&mut self, what: String) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Adds what happened in another run.
    pub fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            *self.0.entry(what.clone()).or_default() += times;
        }
    }

    /// What can happen and did not.
    pub fn missing(&self) -> Vec<String> {
        known().into_iter().filter(|what| !self.0.contains_key(what)).collect()
    }

    /// What people, administrators and the service can do and did not.
    pub fn missing_deeds(&self) -> Vec<String> {
        deeds().filter(|what| !self.0.contains_key(what)).collect()
    }

    /// What happened although nobody knows of it: the lists of this file lack it.
    pub fn unknown(&self) -> Vec<String> {
        let known = known();
        self.0.keys().filter(|what| !known.contains(*what)).cloned().collect()
    }
}

/// A table: what, and how often; what can happen and did not has a zero.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: BTreeSet<String> = known().into_iter().chain(self.0.keys().cloned()).collect();
        for what in all {
            writeln!(formatter, "{:9}  {what}", self.0.get(&what).copied().unwrap_or(0))?;
        }
        Ok(())
    }
}

fn known() -> BTreeSet<String> {
    let faults = Site::ALL
        .into_iter()
        .flat_map(|site| site.faults().map(move |fault| format!("{}: {fault:?}", site.name())));
    let situations = SITUATIONS.into_iter().map(|situation| format!("{situation:?}"));
    let judged = JUDGED.into_iter().map(|what| format!("success judged: {what}"));
    faults.chain(situations).chain(judged).chain(deeds()).collect()
}

fn deeds() -> impl Iterator<Item = String> {
    let commands = COMMANDS.into_iter().flat_map(|what| [what.to_owned(), format!("dry run of {what}")]);
    commands.chain(OTHERS.map(str::to_owned))
}

/// What a deed is called.
fn name(deed: &Deed) -> String {
    let word = |text: String| text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
    match deed {
        Deed::ByHand(_, what) => format!("by hand: {}", word(format!("{what:?}"))),
        Deed::Service(change) => format!("the service: {}", word(format!("{change:?}"))),
        Deed::Asks(command) => {
            let data = &command["data"];
            let verb = command["type"].as_str().unwrap_or_default().split('.').nth(1).unwrap_or_default();
            let how = match verb {
                "leave" => data["mode"].as_str(),
                "sync" => Some(data["action"].as_str().unwrap_or("configure")),
                _ => None,
            };
            let how = how.map(|how| format!(": {how}")).unwrap_or_default();
            let more = match (data["update"] == true, data["bothDirections"] == true) {
                (true, _) => ", update",
                (_, true) => ", both directions",
                _ => "",
            };
            let plan = if data["dryRun"] == true { "dry run of " } else { "" };
            format!("{plan}{verb}{how}{more}")
        }
    }
}
