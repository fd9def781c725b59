//! The commands that wait, as their messages tell.

use mto_handler::JOURNAL_ATTRIBUTE;
use mto_handler::memory::Stored;
use mto_messages::{Command, Journal};
use time::OffsetDateTime;

/// A command in its queue: the body that never changes, and the journal beside it.
#[derive(Debug, Clone)]
pub struct WaitingCommand {
    /// What is wanted.
    pub command: Command,
    /// What was learnt on the way; empty before the first look.
    pub journal: Journal,
    /// When the wait in hand began: the last look, or the posting.
    pub since: OffsetDateTime,
    /// When it is looked at again.
    pub next_look: OffsetDateTime,
    /// It was handed to a function, which looks at it now (or failed, and it is handed over again).
    pub in_hand: bool,
}

impl WaitingCommand {
    /// None if the body is not a command: that one is on its way to the dead letters.
    pub(crate) fn read(stored: &Stored) -> Option<Self> {
        let command = Command::parse(&stored.body).ok()?;
        let journal = Journal::read(stored.attributes.get(JOURNAL_ATTRIBUTE).map(String::as_str));
        // A wait longer than one `DelaySeconds` hops; the hops in between do not look.
        let hops = journal.not_before.zip(journal.waiting.as_ref());
        let (since, next_look) = hops.map_or((stored.sent_at, stored.visible_at), |(not_before, waiting)| {
            (waiting.since, not_before.max(stored.visible_at))
        });
        Some(Self { command, journal, since, next_look, in_hand: stored.receive_count > 0 })
    }
}
