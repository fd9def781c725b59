//! Applications made from the gallery template, their service principals, assignments and secrets (6.1, 6.2, 6.4).

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::job::Job;
use crate::ids;
use crate::world::{Refusal, World};

/// The template of cross-tenant synchronization configurations.
pub(crate) const GALLERY_TEMPLATE: &str = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7";
/// The template of non-gallery applications (6.2).
pub(crate) const OTHER_TEMPLATE: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
/// Most applications made in one tenant; keeps memory finite.
const MAX_APPLICATIONS: usize = 5_000;
/// Most assignments of one service principal.
const MAX_ASSIGNMENTS: usize = 100_000;

/// What one tenant has made.
#[derive(Debug, Default)]
pub(crate) struct Software {
    pub(crate) applications: BTreeMap<Uuid, Application>,
    pub(crate) principals: BTreeMap<Uuid, Principal>,
    /// How many were made: ids follow from it, and not from how many requests there were.
    made: u64,
}

/// What application and service principal have in common.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) display_name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) notes: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) id: Uuid,
    /// The application (client) id.
    pub(crate) app_id: Uuid,
    /// The client that made it.
    pub(crate) owner: Uuid,
    pub(crate) made_at: OffsetDateTime,
    pub(crate) visible_at: OffsetDateTime,
    pub(crate) label: Label,
}

#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) id: Uuid,
    pub(crate) app_id: Uuid,
    pub(crate) template: String,
    pub(crate) owner: Uuid,
    pub(crate) made_at: OffsetDateTime,
    pub(crate) visible_at: OffsetDateTime,
    pub(crate) label: Label,
    /// The id of the role `msiam_access`.
    pub(crate) role: Uuid,
    pub(crate) assignments: BTreeMap<Uuid, Assignment>,
    /// The directory's version when assignments changed last.
    pub(crate) assignments_version: u64,
    /// In the order of writing.
    pub(crate) secrets: Vec<(String, String)>,
    pub(crate) job: Option<Box<Job>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) id: Uuid,
    pub(crate) made_at: OffsetDateTime,
    pub(crate) who: Assignee,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignee {
    User(u32),
    Group(u32),
}

impl Principal {
    pub(crate) fn secret(&self, key: &str) -> Option<&str> {
        self.secrets
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// The tenant it synchronizes to.
    pub(crate) fn target(&self) -> Option<Uuid> {
        Uuid::parse_str(self.secret("CompanyId")?.trim()).ok()
    }

    pub(crate) fn wants_all(&self) -> bool {
        self.secret("SyncAll").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The accidental deletion threshold, where it is enabled: JSON inside a string (6.4).
    pub(crate) fn delete_threshold(&self) -> Option<u64> {
        let settings: serde_json::Value =
            serde_json::from_str(self.secret("SyncNotificationSettings")?).ok()?;
        let enabled = settings.get("DeleteThresholdEnabled").and_then(serde_json::Value::as_bool);
        let value = settings.get("DeleteThresholdValue").and_then(serde_json::Value::as_u64);
        enabled.unwrap_or(false).then(|| value.unwrap_or(500))
    }
}

impl World {
    /// Instantiates a template: an application and its service principal.
    pub(crate) fn instantiate(
        &mut self,
        tenant: Uuid,
        client: Uuid,
        template: &str,
        display_name: String,
    ) -> Result<(Uuid, Uuid), Refusal> {
        let (made_at, visible_at) = (self.now, self.after(self.options.directory.replication_delay_seconds));
        let software = &mut self.tenant_mut(tenant)?.software;
        if software.applications.len() >= MAX_APPLICATIONS {
            return Err(Refusal::Bad("The simulator holds no more applications in this tenant.".to_owned()));
        }
        software.made += 1;
        let names = [tenant.to_string(), software.made.to_string()];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let [application, principal, app_id, role] = ["application", "servicePrincipal", "appId", "appRole"]
            .map(|purpose| ids::derive(purpose, &names));
        let label = Label {
            display_name,
            tags: vec!["WindowsAzureActiveDirectoryIntegratedApp".to_owned()],
            notes: None,
        };
        let made = Application {
            id: application,
            app_id,
            owner: client,
            made_at,
            visible_at,
            label: Label { tags: Vec::new(), ..label.clone() },
        };
        software.applications.insert(application, made);
        let made = Principal {
            id: principal,
            app_id,
            template: template.to_lowercase(),
            owner: client,
            made_at,
            visible_at,
            label,
            role,
            assignments: BTreeMap::new(),
            assignments_version: 0,
            secrets: Vec::new(),
            job: None,
        };
        software.principals.insert(principal, made);
        self.note_change(tenant, "Add service principal", principal);
        Ok((application, principal))
    }

    /// A service principal that replication has brought.
    pub(crate) fn principal(&self, tenant: Uuid, id: Uuid) -> Result<&Principal, Refusal> {
        let found = self.tenant(tenant)?.software.principals.get(&id);
        found.filter(|one| one.visible_at <= self.now).ok_or_else(|| Refusal::Unknown(id.to_string()))
    }

    pub(crate) fn principal_mut(&mut self, tenant: Uuid, id: Uuid) -> Result<&mut Principal, Refusal> {
        let now = self.now;
        let found = self.tenant_mut(tenant)?.software.principals.get_mut(&id);
        found.filter(|one| one.visible_at <= now).ok_or_else(|| Refusal::Unknown(id.to_string()))
    }

    /// The service principal goes, with its job. Synchronized users stay.
    pub(crate) fn delete_principal(&mut self, tenant: Uuid, id: Uuid) -> Result<(), Refusal> {
        let planned = self.principal(tenant, id)?.job.as_ref().and_then(|job| job.planned);
        self.schedule.forget(tenant, id, planned);
        self.tenant_mut(tenant)?.software.principals.remove(&id);
        self.note_change(tenant, "Remove service principal", id);
        Ok(())
    }

    /// The application goes, with its service principals.
    pub(crate) fn delete_application(&mut self, tenant: Uuid, id: Uuid) -> Result<(), Refusal> {
        let software = &mut self.tenant_mut(tenant)?.software;
        let gone = software.applications.remove(&id).ok_or_else(|| Refusal::Unknown(id.to_string()))?;
        let principals = software.principals.values().filter(|one| one.app_id == gone.app_id);
        let principals: Vec<Uuid> = principals.map(|one| one.id).collect();
        for principal in principals {
            self.delete_principal(tenant, principal)?;
        }
        self.note_change(tenant, "Delete application", id);
        Ok(())
    }

    /// Assigns a user or a group.
    pub(crate) fn assign(&mut self, tenant: Uuid, principal: Uuid, who: Assignee) -> Result<Uuid, Refusal> {
        let conflicts = self.options.directory.duplicate_assignment_conflicts;
        let now = self.now;
        let directory = &mut self.tenant_mut(tenant)?.directory;
        directory.version += 1;
        let version = directory.version;
        let found = self.principal_mut(tenant, principal)?;
        if found.assignments.values().any(|assignment| assignment.who == who) {
            // (unverified) the text; the status is a switch
            let text = "Permission being assigned already exists on the object";
            let (status, code) = if conflicts {
                (409, "Request_MultipleObjectsWithSameKeyValue")
            } else {
                (400, "Request_BadRequest")
            };
            return Err(Refusal::Other { status, code, text: text.to_owned() });
        }
        if found.assignments.len() >= MAX_ASSIGNMENTS {
            return Err(Refusal::Bad("The simulator holds no more assignments.".to_owned()));
        }
        let id = ids::derive("assignment", &[&principal.to_string(), &version.to_string()]);
        found.assignments.insert(id, Assignment { id, made_at: now, who });
        found.assignments_version = version;
        self.note_change(tenant, "Add app role assignment grant to user", id);
        Ok(id)
    }

    pub(crate) fn unassign(&mut self, tenant: Uuid, principal: Uuid, id: Uuid) -> Result<(), Refusal> {
        let directory = &mut self.tenant_mut(tenant)?.directory;
        directory.version += 1;
        let version = directory.version;
        let found = self.principal_mut(tenant, principal)?;
        found.assignments.remove(&id).ok_or_else(|| Refusal::Unknown(id.to_string()))?;
        found.assignments_version = version;
        self.note_change(tenant, "Remove app role assignment from user", id);
        Ok(())
    }

    /// Writes secrets: those named are set, the others stay.
    pub(crate) fn put_secrets(
        &mut self,
        tenant: Uuid,
        principal: Uuid,
        secrets: Vec<(String, String)>,
    ) -> Result<(), Refusal> {
        let target =
            secrets.iter().find(|(key, _)| key == "CompanyId").and_then(|(_, id)| Uuid::parse_str(id).ok());
        let mut others = self.tenant(tenant)?.software.principals.values().filter(|one| one.id != principal);
        if self.options.directory.one_configuration_per_pair
            && target.is_some()
            && others.any(|other| other.target() == target)
        {
            let text = "A configuration for this target tenant exists already.";
            return Err(Refusal::Bad(text.to_owned()));
        }
        let found = self.principal_mut(tenant, principal)?;
        let before = found.target();
        for (key, value) in secrets {
            match found.secrets.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                Some(known) => known.1 = value,
                None => found.secrets.push((key, value)),
            }
        }
        if found.target() != before
            && let Some(job) = &mut found.job
        {
            job.forget_target();
        }
        Ok(())
    }
}
