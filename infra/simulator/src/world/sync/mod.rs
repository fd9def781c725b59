//! Cross-tenant synchronization (6): applications, jobs, their cycles, what they provision, and the log of it.

pub(crate) mod application;
mod cycle;
pub(crate) mod job;
pub(crate) mod log;
mod on_demand;
pub(crate) mod provision;
pub(crate) mod quarantine;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod schema;

use std::collections::BTreeSet;

use time::OffsetDateTime;
use uuid::Uuid;

/// When the next cycle of any job begins or ends.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    /// With a number that orders what is due at one moment.
    due: BTreeSet<(OffsetDateTime, u64, Uuid, Uuid)>,
    planned: u64,
}

impl Schedule {
    /// The first that is due, with its number.
    pub(crate) fn first(&self) -> Option<(OffsetDateTime, u64, Uuid, Uuid)> {
        self.due.first().copied()
    }

    /// Takes out what is due first: each entry is acted on once, whatever became of its job.
    fn take_first(&mut self) {
        self.due.pop_first();
    }

    /// Plans the one next step of a job, instead of what was planned for it.
    fn plan(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        at: Option<OffsetDateTime>,
    ) -> Option<(OffsetDateTime, u64)> {
        self.planned += 1;
        let at = at?;
        self.due.insert((at, self.planned, tenant, principal));
        Some((at, self.planned))
    }

    fn forget(&mut self, tenant: Uuid, principal: Uuid, planned: Option<(OffsetDateTime, u64)>) {
        if let Some((at, number)) = planned {
            self.due.remove(&(at, number, tenant, principal));
        }
    }
}
