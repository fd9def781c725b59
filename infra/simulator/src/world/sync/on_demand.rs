//! provisionOnDemand (6.6): one user at once, outside of any cycle.

use uuid::Uuid;

use super::cycle::{Scope, work};
use super::job::Job;
use super::log::Item;
use super::provision::{Manner, Outcome};
use super::quarantine::Cause;
use super::run::{Tally, one, settle_object};
use crate::world::{Refusal, World};

impl World {
    /// Gives what the log says.
    pub(crate) fn provision_on_demand(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        id: &str,
        user: u32,
    ) -> Result<Item, Refusal> {
        self.job(tenant, principal, id)?;
        let found = self.principal_mut(tenant, principal)?.job.take();
        let Some(mut job) = found else { return Err(Refusal::Unknown(id.to_owned())) };
        let done = self.on_demand(tenant, principal, &mut job, user);
        let cycle = self.fresh_id("on demand");
        let result = done.map(|outcome| {
            let tally = Tally { items: vec![(user, outcome)], ..Tally::default() };
            self.write_log(tenant, principal, &job, cycle, &tally);
        });
        self.principal_mut(tenant, principal)?.job = Some(job);
        result.map_err(|cause| {
            let (code, text) = cause.error.unwrap_or((cause.reason, String::new()));
            Refusal::Other { status: 400, code, text }
        })?;
        let item = self.provisioning_log(tenant).first().map(|item| (*item).clone());
        item.ok_or_else(|| Refusal::Unknown(id.to_owned()))
    }

    fn on_demand(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        job: &mut Job,
        user: u32,
    ) -> Result<Outcome, Cause> {
        let gone = || Cause::exception("InternalError", "The service principal is gone.");
        let found = self.tenants.get(&tenant).ok_or_else(gone)?;
        let spec = found.software.principals.get(&principal).ok_or_else(gone)?;
        let target = self.sync_target(tenant, spec)?;
        let rules = self.rules_of(job, target)?;
        let scope = Scope::of(&found.directory, spec, spec.wants_all());
        let guests = self.options.directory.internal_guests;
        let work = work(&found.directory, user, &scope, &rules, guests).ok_or_else(gone)?;
        // cannot restore a soft-deleted target user (6.6)
        let manner = Manner { restores: false, ..self.manner(found.number, true) };
        let directory = &mut self.tenants.get_mut(&target).ok_or_else(gone)?.directory;
        let outcome = one(directory, &rules, &work, job, manner, false).unwrap_or_else(|| {
            Outcome::skipped(None, "EntrySynchronizationSkipped", "The user is not in scope.")
        });
        let mut tally = Tally::default();
        let copy = Outcome { modified: outcome.modified.clone(), error: outcome.error.clone(), ..outcome };
        settle_object(
            job,
            &work,
            Some(copy),
            &mut tally,
            self.now,
            self.options.directory.cycle_interval_seconds,
        );
        Ok(outcome)
    }
}
