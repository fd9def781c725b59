//! Cycles begin, end, and are planned again (6.10). What a cycle does shows at its end.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::application::Principal;
use super::cycle::{Scope, candidates, work};
use super::job::{Escrow, Execution, Job, Link, Schedule};
use super::log::{Action, Item, Status};
use super::provision::{self, Manner, Outcome, Wanted, Work};
use super::quarantine::{Cause, Quarantine};
use super::rules::Rules;
use crate::ids;
use crate::world::directory::seconds;
use crate::world::{World, later};

/// The longest gap between two tries of one failing object.
const MAX_RETRY_GAP_SECONDS: u64 = 24 * 60 * 60;

/// What a cycle did so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) looked_at: u64,
    pub(super) exported: u64,
    pub(super) redundant: u64,
    pub(super) items: Vec<(u32, Outcome)>,
}

impl World {
    /// The planned step of a job is due: a cycle begins, or the one under way ends.
    pub(crate) fn sync_due(&mut self, tenant: Uuid, principal: Uuid) {
        self.schedule.take_first();
        self.purge_bins();
        let found =
            self.tenants.get_mut(&tenant).and_then(|found| found.software.principals.get_mut(&principal));
        let Some(job) = found.and_then(|found| found.job.take()) else { return };
        let (job, next) = if job.running_since.is_some() {
            self.end_cycle(tenant, principal, job)
        } else {
            self.begin_cycle(tenant, principal, job)
        };
        let found =
            self.tenants.get_mut(&tenant).and_then(|found| found.software.principals.get_mut(&principal));
        if let Some(found) = found {
            found.job = Some(job);
        }
        self.plan(tenant, principal, next);
    }

    fn begin_cycle(
        &self,
        tenant: Uuid,
        principal: Uuid,
        mut job: Box<Job>,
    ) -> (Box<Job>, Option<OffsetDateTime>) {
        let Ok(found) = self.tenant(tenant) else { return (job, None) };
        let Some(principal) = found.software.principals.get(&principal) else { return (job, None) };
        if job.schedule != Schedule::Active {
            return (job, None);
        }
        if job.watermark.is_none() {
            job.syncs_all = principal.wants_all();
        }
        let scope = Scope::of(&found.directory, principal, job.syncs_all);
        let objects = candidates(&found.directory, &job, &scope, self.now).len();
        let each = u64::from(self.options.directory.milliseconds_per_object);
        job.objects = u64::try_from(objects).unwrap_or(u64::MAX);
        let length = job.objects.saturating_mul(each) / 1_000;
        job.ran = true;
        job.running_since = Some(self.now);
        job.cycles += 1;
        (job, Some(later(self.now, length.max(1))))
    }

    fn end_cycle(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        mut job: Box<Job>,
    ) -> (Box<Job>, Option<OffsetDateTime>) {
        let began = job.running_since.take().unwrap_or(self.now);
        let (cause, tally, entitled) = match self.carry_out(tenant, principal, &mut job) {
            Ok(done) => done,
            Err(cause) => (Some(cause), Tally::default(), 0),
        };
        let id = self.cycle_id(&job);
        self.write_log(tenant, principal, &job, id, &tally);
        let failed = u64::try_from(job.escrows.len()).unwrap_or(u64::MAX);
        let error = cause.as_ref().map(|cause| cause.error.clone().unwrap_or((cause.reason, String::new())));
        let state = match (&error, failed) {
            (Some(_), _) => "Failed",
            (None, 0) => "Succeeded",
            (None, _) => "EntryLevelErrors",
        };
        let deltas = tally.looked_at - tally.redundant.min(tally.looked_at);
        let execution = Execution {
            id,
            began,
            ended: self.now,
            imported: tally.looked_at,
            deltas,
            entitled,
            exported: tally.exported,
            escrowed: failed,
            state,
            error,
        };
        let next = self.settle_job(&mut job, cause, execution, began);
        (job, next)
    }

    fn cycle_id(&self, job: &Job) -> Uuid {
        ids::derive("cycle", &[&job.id, &job.cycles.to_string(), &self.now.unix_timestamp().to_string()])
    }

    /// Notes how it went, and says when the next cycle begins.
    fn settle_job(
        &self,
        job: &mut Job,
        cause: Option<Cause>,
        execution: Execution,
        began: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let options = &self.options.directory;
        job.last = Some(execution.clone());
        let Some(cause) = cause else {
            job.quarantine = None;
            job.failures = 0;
            job.force_deletes = false;
            job.steady_first = job.steady_first.or(Some(self.now));
            job.steady_last = Some(self.now);
            if execution.exported > 0 {
                job.last_exports = Some(execution.clone());
            }
            job.last_success = Some(execution);
            return Some(later(began, options.cycle_interval_seconds).max(self.now));
        };
        job.failures += 1;
        let quarantine = Quarantine::after(job.quarantine.as_ref(), cause, self.now);
        let too_old = quarantine.is_too_old(options, self.now);
        // a retry after the end of its time would find the job disabled
        let ends = later(quarantine.began, options.quarantine_disables_after_seconds);
        let next = quarantine.next_attempt.min(ends);
        job.quarantine = Some(quarantine);
        if too_old {
            job.schedule = Schedule::Disabled;
            job.given_up = true;
            return None;
        }
        Some(next)
    }

    /// Looks at the source and changes the target.
    fn carry_out(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        job: &mut Job,
    ) -> Result<(Option<Cause>, Tally, u64), Cause> {
        let gone = || Cause::exception("InternalError", "The service principal is gone.");
        let found = self.tenants.get(&tenant).ok_or_else(gone)?;
        let spec = found.software.principals.get(&principal).ok_or_else(gone)?;
        let target = self.sync_target(tenant, spec)?;
        let rules = self.rules_of(job, target)?;
        let (source, options) = (&found.directory, &self.options.directory);
        let initial = job.watermark.is_none();
        let unchanged = job.watermark == Some(source.version)
            && job.escrows.values().all(|escrow| escrow.next_at > self.now);
        let scope = Scope::of(source, spec, job.syncs_all);
        let entitled = match &job.last_success {
            Some(last) if unchanged => last.entitled,
            Some(_) | None => u64::try_from(scope.size(source)).unwrap_or(u64::MAX),
        };
        let numbers =
            if unchanged || !rules.enabled { Vec::new() } else { candidates(source, job, &scope, self.now) };
        let works: Vec<Work> = numbers
            .iter()
            .filter_map(|number| work(source, *number, &scope, &rules, options.internal_guests))
            .collect();
        let manner = self.manner(found.number, initial);
        let (version, threshold) = (source.version, spec.delete_threshold());
        let staged = staged(&works, &rules, job, threshold);
        let mut tally = Tally::default();
        let target_directory = &mut self.tenants.get_mut(&target).ok_or_else(gone)?.directory;
        for work in &works {
            tally.looked_at += 1;
            let outcome = one(target_directory, &rules, work, job, manner, staged.is_some());
            settle_object(
                job,
                work,
                outcome,
                &mut tally,
                self.now,
                self.options.directory.cycle_interval_seconds,
            );
        }
        references(target_directory, &works, job, &rules);
        job.watermark = Some(version);
        let failed = u64::try_from(job.escrows.len()).unwrap_or(u64::MAX);
        let looked_at = entitled.max(tally.looked_at);
        let cause = staged.or_else(|| Cause::failures(&self.options.directory, failed, looked_at));
        if cause.as_ref().is_some_and(|cause| cause.reason == "TooManyDeletes") {
            job.watermark = None; // what was staged is looked at again
        }
        Ok((cause, tally, entitled))
    }

    pub(super) fn manner(&self, source: u16, forced: bool) -> Manner {
        let options = &self.options.directory;
        Manner {
            source,
            now: seconds(self.now),
            forced,
            restores: options.restores_deleted,
            redeemed: options.redeemed_at_once,
        }
    }

    pub(super) fn rules_of(&self, job: &mut Job, target: Uuid) -> Result<Arc<Rules>, Cause> {
        if let Some(rules) = &job.rules {
            return Ok(Arc::clone(rules));
        }
        let host =
            self.tenant(target).map(|tenant| tenant.directory.initial_domain.clone()).unwrap_or_default();
        let rules = Rules::parse(&job.schema(), &host);
        let rules =
            Arc::new(rules.map_err(|_| Cause::exception("SchemaInvalid", "The schema cannot be read."))?);
        job.rules = Some(Arc::clone(&rules));
        Ok(rules)
    }

    pub(super) fn write_log(&mut self, tenant: Uuid, principal: Uuid, job: &Job, cycle: Uuid, tally: &Tally) {
        let now = self.now;
        let capacity =
            usize::try_from(self.options.directory.provisioning_log_capacity).unwrap_or(usize::MAX);
        let Some(found) = self.tenants.get_mut(&tenant) else { return };
        let Some(target) = found.software.principals.get(&principal).and_then(Principal::target) else {
            return;
        };
        let name: Arc<str> = Arc::from(job.id.as_str());
        let skipped = tally.items.len().saturating_sub(capacity);
        for (source, outcome) in tally.items.iter().skip(skipped) {
            let item = Item {
                number: 0,
                time: now,
                principal,
                job: Arc::clone(&name),
                cycle,
                target_tenant: target,
                source: *source,
                target: outcome.target,
                action: outcome.action,
                status: outcome.status,
                error: outcome.error.clone(),
                modified: outcome.modified.clone(),
            };
            found.provisioning_log.push(item, capacity);
        }
    }
}

/// Whether this cycle would delete more than the threshold allows.
fn staged(works: &[Work], rules: &Rules, job: &Job, threshold: Option<u64>) -> Option<Cause> {
    let threshold = threshold.filter(|_| !job.force_deletes)?;
    let removes = |work: &&Work| job.links.get(&work.number).is_some_and(|link| removes(work, rules, *link));
    let count = u64::try_from(works.iter().filter(removes).count()).unwrap_or(u64::MAX);
    (count > threshold).then(|| Cause::too_many_deletes(count, threshold))
}

fn removes(work: &Work, rules: &Rules, link: Link) -> bool {
    let disables = work.wanted == Wanted::Provisioned && !work.enabled && !link.disabled && !link.deleted;
    disables || provision::would_delete(rules, work, link)
}

/// Carries out what one user needs; none where nothing has to be done or said.
pub(super) fn one(
    target: &mut crate::world::directory::Directory,
    rules: &Arc<Rules>,
    work: &Work,
    job: &Job,
    manner: Manner,
    staging: bool,
) -> Option<Outcome> {
    let link = job.links.get(&work.number);
    if let Some(link) = link.filter(|link| staging && removes(work, rules, **link)) {
        let error =
            Some(("TooManyDeletes", "The deletion is staged: the threshold was exceeded.".to_owned()));
        return Some(Outcome {
            action: Action::StagedDelete,
            status: Status::Skipped,
            target: Some(link.target),
            error,
            modified: Vec::new(),
        });
    }
    match (work.wanted, link) {
        (Wanted::Provisioned, link) => Some(provision::provision(target, rules, work, link, manner)),
        (Wanted::Unsuitable(reason), None) => {
            Some(Outcome::skipped(None, "EntrySynchronizationSkipped", reason))
        }
        (Wanted::Deleted | Wanted::OutOfScope | Wanted::Unsuitable(_), Some(link)) => {
            provision::deprovision(target, rules, work, *link, manner)
        }
        (Wanted::Deleted | Wanted::OutOfScope, None) => None,
    }
}

/// Links, escrows and the tally after one user.
pub(super) fn settle_object(
    job: &mut Job,
    work: &Work,
    outcome: Option<Outcome>,
    tally: &mut Tally,
    now: OffsetDateTime,
    interval_seconds: u64,
) {
    let Some(outcome) = outcome else {
        job.escrows.remove(&work.number);
        return;
    };
    if outcome.is_failure() {
        let code = outcome.error.as_ref().map_or("InternalError", |(code, _)| code);
        let tries = job.escrows.get(&work.number).map_or(0, |escrow| escrow.tries) + 1;
        let gap = interval_seconds.saturating_mul(1_u64 << (tries - 1).min(20)).min(MAX_RETRY_GAP_SECONDS);
        job.escrows.insert(work.number, Escrow { code, tries, next_at: later(now, gap) });
    } else {
        job.escrows.remove(&work.number);
        let linked = outcome.target.filter(|_| outcome.action != Action::StagedDelete);
        let restored = outcome.status == Status::Success || outcome.is_redundant();
        if let Some(target) = linked.filter(|_| restored) {
            let link = Link { target, deleted: outcome.action == Action::Delete, disabled: !work.enabled };
            job.links.insert(work.number, link);
        }
    }
    if outcome.status == Status::Success {
        tally.exported += 1;
    }
    if outcome.is_redundant() {
        tally.redundant += 1;
    } else {
        tally.items.push((work.number, outcome));
    }
}

/// Managers, once everybody is there: both persons have to be in scope (6.8).
fn references(target: &mut crate::world::directory::Directory, works: &[Work], job: &Job, rules: &Rules) {
    if !rules.maps("manager") {
        return;
    }
    let active = |number: u32| job.links.get(&number).filter(|link| !link.deleted).map(|link| link.target);
    for work in works.iter().filter(|work| work.wanted == Wanted::Provisioned) {
        let manager = work.manager.and_then(active);
        let Some(number) = active(work.number) else { continue };
        let known = target.user(number).and_then(crate::world::directory::user::User::manager);
        // a null is not exported (6.8): a manager stays until there is another
        if manager.is_some()
            && manager != known
            && let Some(user) = target.changed(number)
        {
            user.extra_mut().manager = manager;
        }
    }
}
