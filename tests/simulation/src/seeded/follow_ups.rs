//! What has to follow from a command that has ended, or waits for its members: a follow-up that nobody posted would
//! end nowhere, and nobody would miss it.

use mto_messages::Verb;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::book::{Account, Book};
use super::request::{Line, Named};
use super::truth::Facts;

/// The follow-up that a command should have posted by the time it succeeds, and did not.
pub(crate) fn missing(book: &Book, command: &str, facts: &Facts<'_>) -> Option<String> {
    let one = Parent { book, command, account: &book.commands[command], facts };
    match one.account.verb {
        Verb::Create => one.missing_add(),
        Verb::Add => one.missing_join(book.now),
        Verb::Join => one.missing_sync(),
        Verb::Leave | Verb::Sync => None,
    }
}

/// Whether a member is awaited by right: all that could be done for it was asked for. An addition that did not succeed
/// asks nobody: it is told for itself, or lies in its dead-letter queue. Nor does one ask whom somebody else listed after
/// it was over: a command that waits does not undo what others do.
pub(crate) fn are_on_their_way(book: &Book, command: &str, facts: &Facts<'_>) -> bool {
    let is_of = |(_, account): &(&String, &Account)| account.parent.as_deref() == Some(command);
    let adds: Vec<&String> = book.commands.iter().filter(is_of).map(|(id, _)| id).collect();
    let joins = |add: &&String| {
        let account = &book.commands[*add];
        let mut ends = account.ends.iter().filter(|end| end.kind == "succeeded");
        let add = Parent { book, command: add, account, facts };
        ends.next_back().is_none_or(|end| add.missing_join(end.at).is_none())
    };
    !adds.is_empty() && adds.iter().all(joins)
}

struct Parent<'a> {
    book: &'a Book,
    command: &'a str,
    account: &'a Account,
    facts: &'a Facts<'a>,
}

impl Parent<'_> {
    fn has_child(&self, verb: Verb, is_it: impl Fn(&Value) -> bool) -> bool {
        self.book.commands.values().any(|child| {
            let mut data = std::iter::once(&child.data).chain(&child.later);
            child.parent.as_deref() == Some(self.command) && child.verb == verb && data.any(&is_it)
        })
    }

    fn tenants(&self) -> impl Iterator<Item = &Value> {
        self.account.data["tenants"].as_array().into_iter().flatten().map(|one| &one["tenant"])
    }

    fn is_ours(&self, tenant: &Value) -> bool {
        let id = self.book.id_of(tenant);
        id.is_some() && id != self.book.foreign
    }

    fn missing_add(&self) -> Option<String> {
        let data = &self.account.data;
        let missing = self.tenants().find(|tenant| self.facts.row(&data["owner"], tenant).is_none())?;
        (!self.has_child(Verb::Add, |_| true)).then(|| format!("nobody was asked to add {missing}"))
    }

    /// Of those that were listed by then.
    fn missing_join(&self, by: OffsetDateTime) -> Option<String> {
        let data = &self.account.data;
        let then = &data["then"];
        let is_due = |tenant: &&Value| {
            let row = self.facts.row(&data["owner"], tenant);
            let stays = row.filter(|row| row["change"]["kind"] != "removal" && was_there(row, by));
            let state = stays.and_then(|row| row["state"].as_str());
            state == Some("pending") || state == Some("active") && !then["sync"].is_null()
        };
        let is_asked = |tenant: &Value| {
            self.has_child(Verb::Join, |join| self.book.id_of(&join["tenant"]) == self.book.id_of(tenant))
        };
        let mut due = self.tenants().filter(|tenant| self.is_ours(tenant)).filter(is_due);
        let missing = due.find(|tenant| !is_asked(tenant)).filter(|_| !then["join"].is_null())?;
        Some(format!("{missing} was never asked to join"))
    }

    /// In both directions with everybody else who is active; all of ours have a scope.
    fn missing_sync(&self) -> Option<String> {
        let data = &self.account.data;
        let tenant = self.book.id_of(&data["tenant"]).filter(|_| !data["then"]["sync"].is_null())?;
        let rows = self.facts.organization(&json!(tenant))?["tenants"].as_array()?.iter();
        let active = rows.filter(|row| row["state"] == "active" && row["change"].is_null());
        let others: Vec<Uuid> = active.filter_map(|row| self.book.id_of(&row["tenantId"])).collect();
        let ours = others.iter().filter(|other| **other != tenant && Some(**other) != self.book.foreign);
        let mut pairs = ours.flat_map(|other| [(tenant, *other), (*other, tenant)]);
        let is_asked = |source: Uuid, target: Uuid| {
            self.has_child(Verb::Sync, |sync| {
                let same = |value: &Value, tenant| self.book.id_of(value) == Some(tenant);
                same(&sync["source"], source) && same(&sync["targets"][0], target)
            })
        };
        let (source, target) = pairs.find(|(source, target)| !is_asked(*source, *target))?;
        let (source, target) = (self.book.name_of(source), self.book.name_of(target));
        Some(format!("nobody was asked to synchronize {source} to {target}"))
    }
}

/// The first command that took an active member away, succeeded, and asked nobody to clean up. One of its chains may
/// have died before it knew who else was there and end without, so all of them have to be over.
pub(crate) fn left_undone(book: &Book) -> Option<String> {
    let (command, _) = book.commands.iter().find(|(id, account)| {
        let wants = account.data["cleanup"].is_string() && account.data["cleanup"] != "none";
        let succeeded = account.ends.iter().all(|end| end.kind == "succeeded");
        let is_unshare = |child: &&Account| {
            child.parent.as_ref() == Some(*id)
                && child.verb == Verb::Sync
                && child.data["action"] == "unshare"
        };
        let is_leave = account.verb == Verb::Leave && wants && account.took_away && succeeded;
        is_leave && !book.commands.values().any(|child| is_unshare(&child))
    })?;
    Some(format!("{command} succeeded, but nobody was asked to clean up"))
}

fn was_there(row: &Value, by: OffsetDateTime) -> bool {
    let added = row["added"].as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    added.is_some_and(|added| added <= by)
}

/// Whether this write, which took effect, ends the membership of somebody who was active beside others. The state is
/// asked for only where it matters: writing it down costs more than the write.
pub(crate) fn takes_away(book: &Book, line: &Line) -> bool {
    let Named::Row(tenant) = line.named() else { return false };
    if line.method != "DELETE" {
        return false;
    }
    let facts = Facts { parties: book.parties(), state: &book.simulator.state() };
    let acts = json!(line.tenant);
    let rows = facts.organization(&acts).and_then(|organization| organization["tenants"].as_array());
    let active = rows.into_iter().flatten().filter(|row| row["state"] == "active").count();
    active > 1 && facts.active(&acts, &json!(tenant))
}
