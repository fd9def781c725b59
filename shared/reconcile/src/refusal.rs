//! Patience with refusals.
//!
//! A failed write is never believed: it means "look again". Only the same refusal of the same write in the same
//! observed state, again and again for the whole patience, ends the command.

use mto_messages::{Journal, Refusal, TenantId, clip};

use crate::{Finish, Reason, Step, Timing, Wait};

/// How the service refused, in neutral words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Which write (or read) was refused: [`crate::Change::what`].
    pub what: String,
    /// The tenant it was about.
    pub about: Option<TenantId>,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// The service's own code.
    pub code: String,
    /// The service's own text.
    pub text: String,
    /// Graph's `request-id`.
    pub request_id: Option<String>,
    /// 401, 403 or a refused credential, in this tenant: no look can mend it, only an administrator.
    pub denied_in: Option<TenantId>,
}

impl Denial {
    /// The reason a ticket shows.
    pub fn reason(&self) -> Reason {
        match self.denied_in {
            Some(tenant) => Reason::Denied(tenant, format!("{} ({}: {})", self.what, self.code, self.text)),
            None => Reason::Refused {
                what: self.what.clone(),
                about: self.about,
                status: self.status,
                code: self.code.clone(),
                text: self.text.clone(),
            },
        }
    }
}

/// Notes a refusal. Its clock runs on if it is the same one in the same state (`seen`, a fingerprint of what
/// was observed), and starts again if anything differs.
pub fn note_refusal(journal: &mut Journal, denial: &Denial, seen: u64, timing: &Timing<'_>) {
    let code = clip(&denial.code, 100);
    let same = |old: &&Refusal| {
        old.what == denial.what && old.status == denial.status && old.code == code && old.seen == seen
    };
    let since = journal.refusal.as_ref().filter(same).map_or(timing.now, |old| old.since);
    journal.refusal = Some(Refusal {
        what: denial.what.clone(),
        status: denial.status,
        code,
        text: clip(&denial.text, 300),
        request_id: denial.request_id.as_ref().map(|id| clip(id, 80)),
        seen,
        since,
    });
}

/// What follows a refusal that was noted: wait while there is patience, then fail with the service's words.
pub fn after_refusal(journal: &Journal, denial: &Denial, timing: &Timing<'_>) -> Step {
    let borne = journal.refusal.as_ref().map_or(std::time::Duration::ZERO, |old| timing.since(old.since));
    if borne >= timing.limits.refusal_patience {
        Step::Finish(Finish::Failed(denial.reason()))
    } else {
        Step::Wait(Wait { reason: denial.reason(), not_before: None })
    }
}

/// What follows a look that was denied: wait while there is patience, then fail. Its clock is the interruption's.
pub(crate) fn bear(reason: Reason, journal: &Journal, timing: &Timing<'_>) -> Step {
    let key = reason.key();
    let since = journal.interrupted.as_ref().filter(|old| old.key == key).map(|old| old.since);
    if since.is_some_and(|since| timing.since(since) >= timing.limits.refusal_patience) {
        return Step::Finish(Finish::Failed(reason));
    }
    Step::Wait(Wait { reason, not_before: None })
}
