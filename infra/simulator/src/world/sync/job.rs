//! A synchronization job: its state (6.5) and what a client does with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::quarantine::Quarantine;
use super::rules::Rules;
use super::schema::default_schema;
use crate::ids;
use crate::world::{Refusal, World, later};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    Active,
    Disabled,
    Paused,
}

/// What a connector remembers of a source user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// The user's number in the target.
    pub(crate) target: u32,
    /// Deprovisioned: it may come back.
    pub(crate) deleted: bool,
    /// The last export disabled it.
    pub(crate) disabled: bool,
}

/// A source user that failed, until it succeeds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escrow {
    pub(crate) code: &'static str,
    pub(crate) tries: u32,
    pub(crate) next_at: OffsetDateTime,
}

/// What one cycle did (6.5).
#[derive(Clone, Debug)]
pub(crate) struct Execution {
    pub(crate) id: Uuid,
    pub(crate) began: OffsetDateTime,
    pub(crate) ended: OffsetDateTime,
    pub(crate) imported: u64,
    pub(crate) deltas: u64,
    pub(crate) entitled: u64,
    pub(crate) exported: u64,
    pub(crate) escrowed: u64,
    pub(crate) state: &'static str,
    pub(crate) error: Option<(&'static str, String)>,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as the job's state has them")]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) schedule: Schedule,
    /// A cycle has begun since the last start.
    pub(crate) ran: bool,
    /// How many objects the cycle under way looks at.
    pub(crate) objects: u64,
    /// Since when it runs.
    pub(crate) running_since: Option<OffsetDateTime>,
    pub(crate) planned: Option<(OffsetDateTime, u64)>,
    /// The source directory's version that was seen last; none: an initial cycle comes.
    pub(crate) watermark: Option<u64>,
    /// The `SyncAll` that counts: changes need a restart (6.8).
    pub(crate) syncs_all: bool,
    pub(crate) links: BTreeMap<u32, Link>,
    pub(crate) escrows: BTreeMap<u32, Escrow>,
    pub(crate) quarantine: Option<Quarantine>,
    /// The next cycle deletes whatever the threshold.
    pub(crate) force_deletes: bool,
    /// Disabled after too long a quarantine: the interval is shown as the largest there is.
    pub(crate) given_up: bool,
    pub(crate) failures: u64,
    pub(crate) cycles: u64,
    pub(crate) last: Option<Execution>,
    pub(crate) last_success: Option<Execution>,
    pub(crate) last_exports: Option<Execution>,
    pub(crate) steady_first: Option<OffsetDateTime>,
    pub(crate) steady_last: Option<OffsetDateTime>,
    /// The schema somebody wrote; none: the default.
    pub(crate) schema: Option<Value>,
    /// The schema as the engine applies it; none: to be read again.
    pub(crate) rules: Option<Arc<Rules>>,
}

/// What a restart resets (6.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags, as in the API")]
pub(crate) struct Reset {
    pub(crate) links: bool,
    pub(crate) escrows: bool,
    pub(crate) watermark: bool,
    pub(crate) quarantine: bool,
    pub(crate) force_deletes: bool,
}

impl Reset {
    /// A flags string; nothing at all behaves like the portal's restart.
    pub(crate) fn parse(scope: Option<&str>) -> Result<Self, Refusal> {
        let portal = Self { escrows: true, watermark: true, quarantine: true, ..Self::default() };
        let Some(scope) = scope.filter(|scope| !scope.trim().is_empty()) else { return Ok(portal) };
        let mut reset = Self::default();
        for flag in scope.split(',').map(str::trim) {
            match flag {
                "None" => {}
                "ConnectorDataStore" => reset.links = true,
                "Escrows" => reset.escrows = true,
                "Watermark" => reset.watermark = true,
                "QuarantineState" => reset.quarantine = true,
                "Full" => {
                    reset = Self { links: true, watermark: true, escrows: true, quarantine: true, ..reset };
                }
                "ForceDeletes" => reset.force_deletes = true,
                _ => {
                    let text = "Invalid value specified for property 'resetScope'.";
                    return Err(Refusal::Bad(text.to_owned()));
                }
            }
        }
        Ok(reset)
    }
}

impl Job {
    fn new(principal: Uuid) -> Self {
        let part = |purpose: &str| ids::derive(purpose, &[&principal.to_string()]);
        Self {
            id: format!("Azure2Azure.{}.{}", part("job tenant").simple(), part("job")),
            rule: part("rule").to_string(),
            schedule: Schedule::Disabled,
            ran: false,
            objects: 0,
            running_since: None,
            planned: None,
            watermark: None,
            syncs_all: false,
            links: BTreeMap::new(),
            escrows: BTreeMap::new(),
            quarantine: None,
            force_deletes: false,
            given_up: false,
            failures: 0,
            cycles: 0,
            last: None,
            last_success: None,
            last_exports: None,
            steady_first: None,
            steady_last: None,
            schema: None,
            rules: None,
        }
    }

    pub(crate) fn schema(&self) -> Value {
        self.schema.clone().unwrap_or_else(|| default_schema(&self.id, &self.rule))
    }

    /// `status.code` (6.5).
    pub(crate) fn status(&self) -> &'static str {
        match (self.schedule, &self.quarantine) {
            (_, Some(_)) => "Quarantine",
            (Schedule::Disabled | Schedule::Paused, None) => "Paused",
            (Schedule::Active, None) if !self.ran => "NotRun",
            (Schedule::Active, None) => "Active",
        }
    }

    /// Another target: links, watermark and escrows mean nothing there.
    pub(super) fn forget_target(&mut self) {
        self.links.clear();
        self.escrows.clear();
        self.watermark = None;
        self.rules = None;
    }

    /// Users that are provisioned now.
    pub(crate) fn provisioned(&self) -> u64 {
        u64::try_from(self.links.values().filter(|link| !link.deleted).count()).unwrap_or(u64::MAX)
    }
}

impl World {
    pub(crate) fn create_job(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        template: &str,
    ) -> Result<(), Refusal> {
        let found = self.principal_mut(tenant, principal)?;
        if template != "Azure2Azure" || found.template != super::application::GALLERY_TEMPLATE {
            // (unverified) code and text
            return Err(Refusal::Bad(format!(
                "The synchronization template '{template}' does not exist here."
            )));
        }
        if found.job.is_some() {
            // (unverified) code and text
            let text = "A synchronization job exists already for this template.";
            return Err(Refusal::Other { status: 409, code: "Conflict", text: text.to_owned() });
        }
        found.job = Some(Box::new(Job::new(principal)));
        self.note_change(tenant, "Create synchronization job", principal);
        Ok(())
    }

    /// The job of this id, or of the service principal where there is one only.
    pub(crate) fn job(&self, tenant: Uuid, principal: Uuid, id: &str) -> Result<&Job, Refusal> {
        let found = self.principal(tenant, principal)?.job.as_deref();
        found.filter(|job| job.id.eq_ignore_ascii_case(id)).ok_or_else(|| Refusal::Unknown(id.to_owned()))
    }

    pub(crate) fn job_mut(&mut self, tenant: Uuid, principal: Uuid, id: &str) -> Result<&mut Job, Refusal> {
        let found = self.principal_mut(tenant, principal)?.job.as_deref_mut();
        found.filter(|job| job.id.eq_ignore_ascii_case(id)).ok_or_else(|| Refusal::Unknown(id.to_owned()))
    }

    /// Plans the job's next step at `at`, or none.
    pub(super) fn plan(&mut self, tenant: Uuid, principal: Uuid, at: Option<OffsetDateTime>) {
        let found = self.tenants.get(&tenant).and_then(|found| found.software.principals.get(&principal));
        let before = found.and_then(|found| found.job.as_ref()?.planned);
        self.schedule.forget(tenant, principal, before);
        let planned = self.schedule.plan(tenant, principal, at);
        let found =
            self.tenants.get_mut(&tenant).and_then(|found| found.software.principals.get_mut(&principal));
        if let Some(job) = found.and_then(|found| found.job.as_mut()) {
            job.planned = planned;
        }
    }

    /// Goes on from the watermark; ends a quarantine (6.5).
    pub(crate) fn start_job(&mut self, tenant: Uuid, principal: Uuid, id: &str) -> Result<(), Refusal> {
        let job = self.job_mut(tenant, principal, id)?;
        if job.schedule == Schedule::Active && job.quarantine.is_none() {
            return Ok(());
        }
        job.schedule = Schedule::Active;
        job.quarantine = None;
        job.given_up = false;
        job.running_since = None;
        self.begin_soon(tenant, principal);
        self.note_change(tenant, "Start synchronization job", id);
        Ok(())
    }

    fn begin_soon(&mut self, tenant: Uuid, principal: Uuid) {
        let at = later(self.now, self.options.directory.start_delay_seconds);
        let (now, shows_failed) = (self.now, self.options.directory.first_execution_failed);
        let number = self.next();
        if let Ok(found) = self.principal_mut(tenant, principal)
            && let Some(job) = found.job.as_mut().filter(|job| shows_failed && job.last.is_none())
        {
            let id = ids::derive("execution", &[&job.id, &number.to_string()]);
            job.last = Some(Execution::nothing(id, now));
        }
        self.plan(tenant, principal, Some(at));
    }

    /// State stays; a cycle under way is given up.
    pub(crate) fn pause_job(&mut self, tenant: Uuid, principal: Uuid, id: &str) -> Result<(), Refusal> {
        let job = self.job_mut(tenant, principal, id)?;
        job.schedule = Schedule::Paused;
        job.running_since = None;
        self.plan(tenant, principal, None);
        self.note_change(tenant, "Pause synchronization job", id);
        Ok(())
    }

    /// Resets what is asked for and begins again.
    pub(crate) fn restart_job(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        id: &str,
        reset: Reset,
    ) -> Result<(), Refusal> {
        let job = self.job_mut(tenant, principal, id)?;
        if reset.links {
            job.links.clear();
        }
        if reset.escrows {
            job.escrows.clear();
        }
        if reset.watermark {
            job.watermark = None;
        }
        if reset.quarantine || reset.force_deletes {
            job.quarantine = None;
        }
        // the watermark went when the deletions were staged: they are looked at again
        job.force_deletes |= reset.force_deletes;
        job.schedule = Schedule::Active;
        job.given_up = false;
        job.running_since = None;
        self.begin_soon(tenant, principal);
        self.note_change(tenant, "Restart synchronization job", id);
        Ok(())
    }

    pub(crate) fn delete_job(&mut self, tenant: Uuid, principal: Uuid, id: &str) -> Result<(), Refusal> {
        self.job(tenant, principal, id)?;
        self.plan(tenant, principal, None);
        self.principal_mut(tenant, principal)?.job = None;
        self.note_change(tenant, "Delete synchronization job", id);
        Ok(())
    }

    /// A new schema, or the default again. A changed mapping brings an initial cycle by itself (6.8).
    pub(crate) fn set_schema(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        id: &str,
        schema: Option<Value>,
    ) -> Result<(), Refusal> {
        if let Some(schema) = &schema {
            Rules::parse(schema, "")?;
        }
        let job = self.job_mut(tenant, principal, id)?;
        let changed = job.schema() != schema.clone().unwrap_or_else(|| default_schema(&job.id, &job.rule));
        job.schema = schema;
        job.rules = None;
        if changed {
            job.watermark = None;
        }
        self.note_change(tenant, "Update synchronization schema", id);
        Ok(())
    }
}

impl Execution {
    /// An execution that did nothing (6.5: seen at the first read after a start).
    fn nothing(id: Uuid, now: OffsetDateTime) -> Self {
        Self {
            id,
            began: now,
            ended: now,
            imported: 0,
            deltas: 0,
            entitled: 0,
            exported: 0,
            escrowed: 0,
            state: "Failed",
            error: None,
        }
    }
}
