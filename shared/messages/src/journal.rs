//! What was learnt on the way of a waiting command.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{TenantId, clip};

/// The version that is written. Another one is read as an empty journal.
pub const JOURNAL_VERSION: u32 = 1;

/// The largest journal, in bytes of JSON. Writes past it are counted, not kept.
pub const MAX_JOURNAL_BYTES: usize = 64 * 1024;

/// Remarks that are kept for the last outcome, and their length.
const MAX_FOUND: usize = 10;
const MAX_FOUND_CHARS: usize = 1_000;

/// The memory of a waiting command: a message attribute beside the unchanged body.
///
/// # Guarantees
/// Bounded, versioned, and **never an authorisation**: a missing or unreadable journal is an empty one, and no
/// write that opens something rests on it. It can only hold a write back for a while, or say what was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Journal {
    /// [`JOURNAL_VERSION`].
    pub v: u32,
    /// When the command was first looked at; budgets run from here.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub first_look: Option<OffsetDateTime>,
    /// When something last changed: a write of ours, or what the command waits for.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub last_change: Option<OffsetDateTime>,
    /// Not to be looked at before; set where a wait is longer than one `DelaySeconds`.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<OffsetDateTime>,
    /// When it is to be looked at next. Much later than that, nobody was looking: it lay in a dead-letter queue,
    /// or the function did not run.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub next_look: Option<OffsetDateTime>,
    /// Seconds in which nobody was looking; they do not count towards the budget.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unwatched_seconds: u32,
    /// How many deliveries looked at the command.
    #[serde(default)]
    pub looks: u32,
    /// How often a failed join was reset.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resets: u32,
    /// What the command waits for, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// What keeps it from looking or writing just now, and since when; beside what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<Waiting>,
    /// The last write the service refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Every write of the whole way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<Write>,
    /// Writes that were made but did not fit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub writes_dropped: u32,
    /// Ids of the children that were posted, without this command's own id in front.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub posted: BTreeSet<String>,
    /// Who was active before a tenant was removed: what is cleaned up once it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<Membership>,
    /// How many users the command is about, as last counted; budgets grow with it, and progress is told against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// What was found on the way, for the last outcome; see [`Journal::note_found`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    /// The last `waiting` outcome that was sent: its id's last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<String>,
}

/// The active tenants of an organization, kept before one of them is removed. It only ever leads to writes that
/// close something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The tenants: those that stay, or all of them where the organization is dissolved.
    pub tenants: BTreeSet<TenantId>,
    /// The organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

/// What a command waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The reason's key: its code, and what tells two waits of one code apart.
    pub key: String,
    /// Since when it is this reason.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

/// One write to Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Write {
    /// When it was answered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: OffsetDateTime,
    /// The tenant it was made in.
    pub tenant: TenantId,
    /// Which write: `request-join`.
    pub what: String,
    /// The tenant it was about, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<TenantId>,
    /// The HTTP status; absent when no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Graph's `request-id`, for a support case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A refused write, and since when it is refused in the same observed state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Which write: `add-tenant`.
    pub what: String,
    /// The HTTP status, where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The service's own code, or ours where no answer came.
    pub code: String,
    /// The service's own text, clipped.
    pub text: String,
    /// Graph's `request-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// A fingerprint of what was observed when it was refused.
    pub seen: u64,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

impl Journal {
    /// Reads the attribute; absent, unreadable or of another version is an empty journal.
    pub fn read(attribute: Option<&str>) -> Self {
        attribute
            .filter(|text| text.len() <= MAX_JOURNAL_BYTES)
            .and_then(|text| serde_json::from_str::<Self>(text).ok())
            .filter(|journal| journal.v == JOURNAL_VERSION)
            .unwrap_or_default()
    }

    /// Whether it tells of something later than `now`: then it is not one of ours, and would keep the command
    /// waiting beyond every budget.
    pub fn is_from_the_future(&self, now: OffsetDateTime) -> bool {
        let waiting = self.waiting.as_ref().map(|waiting| waiting.since);
        let interrupted = self.interrupted.as_ref().map(|interrupted| interrupted.since);
        let refusal = self.refusal.as_ref().map(|refusal| refusal.since);
        let writes = self.writes.iter().map(|write| write.at);
        let times = [self.first_look, self.last_change, waiting, interrupted, refusal].into_iter().flatten();
        times.chain(writes).any(|time| time > now)
    }

    /// The attribute to send; never longer than [`MAX_JOURNAL_BYTES`]. The oldest writes go first; a child that
    /// is forgotten is posted again, which is harmless, since its id is derived.
    pub fn to_attribute(&self) -> String {
        let mut journal = Self { v: JOURNAL_VERSION, ..self.clone() };
        loop {
            let text = serde_json::to_string(&journal).unwrap_or_default();
            if text.len() <= MAX_JOURNAL_BYTES {
                return text;
            }
            if journal.writes.is_empty() && journal.posted.pop_last().is_none() {
                return text;
            }
            let excess = journal.writes.len().div_ceil(4);
            journal.writes.drain(..excess);
            let dropped = u32::try_from(excess).unwrap_or(u32::MAX);
            journal.writes_dropped = journal.writes_dropped.saturating_add(dropped);
        }
    }

    /// Notes a write. A refused one changes nothing: the delay to the next look goes on growing.
    pub fn note_write(&mut self, write: Write) {
        if write.may_have_effect() {
            self.last_change = Some(write.at);
        }
        let request_id = write.request_id.map(|id| clip(&id, 80));
        self.writes.push(Write { request_id, ..write });
    }

    /// As [`Journal::last_write`], made in this tenant.
    pub fn last_write_in(&self, tenant: TenantId, what: &str, about: Option<TenantId>) -> Option<&Write> {
        let same = |write: &&Write| write.tenant == tenant && write.what == what && write.about == about;
        self.writes.iter().rev().filter(|write| write.may_have_effect()).find(same)
    }

    /// The last time this write was made about this tenant and may have taken effect: it was accepted, or its
    /// fate is unknown (no answer, or a server error).
    pub fn last_write(&self, what: &str, about: Option<TenantId>) -> Option<&Write> {
        let same = |write: &&Write| write.what == what && write.about == about;
        self.writes.iter().rev().filter(|write| write.may_have_effect()).find(same)
    }

    /// Keeps how many users the command is about.
    pub fn note_users(&mut self, users: u64) {
        self.users = Some(u32::try_from(users).unwrap_or(u32::MAX));
    }

    /// Keeps a remark for the last outcome, once, as long as there is room.
    pub fn note_found(&mut self, text: &str) {
        let text = clip(text, MAX_FOUND_CHARS);
        if self.found.len() < MAX_FOUND && !self.found.contains(&text) {
            self.found.push(text);
        }
    }

    /// How many writes were made on the whole way.
    pub fn writes_made(&self) -> usize {
        self.writes.len() + self.writes_dropped as usize
    }

    /// How many of them may have changed something.
    pub fn changes_made(&self) -> usize {
        let refused = self.writes.iter().filter(|write| !write.may_have_effect()).count();
        self.writes_made() - refused
    }
}

impl Write {
    /// Whether the service said that it was made.
    pub fn was_accepted(&self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }

    /// Whether it was accepted, or its fate is unknown (no answer, a server error, or 408).
    pub fn may_have_effect(&self) -> bool {
        self.status.is_none_or(|status| status == 408 || !(400..500).contains(&status))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
