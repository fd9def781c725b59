//! Audit activities (1.4).
//!
//! The reference names them with their categories. In which tenants one is written, its targets, and who stands
//! as the initiator of what happens by itself, is (unverified): a request is written in the caller's tenant, a
//! join in the tenant that joins and in the one that added it, the end of a removal where the row could be seen.

use std::collections::VecDeque;

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::World;
use crate::ids;

/// Most entries kept, of all tenants; the oldest go first.
const MAX_ENTRIES: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    CreateOrganization,
    UpdateOrganization,
    HardDeleteOrganization,
    AddTenant,
    UpdateTenant,
    DeleteTenant,
    HardDeleteTenant,
    TenantJoining,
    ResetIdentityTemplate,
    UpdateIdentityTemplate,
    ResetPartnerTemplate,
    UpdatePartnerTemplate,
    /// What happens to users, groups, applications and jobs, by its `activityDisplayName`; not in 1.4 (unverified).
    Directory(&'static str),
}

impl Activity {
    /// Its `activityDisplayName`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateOrganization => "Create a MultiTenantOrg",
            Self::UpdateOrganization => "Update a MultiTenantOrg",
            Self::HardDeleteOrganization => "Hard Delete MultiTenantOrg",
            Self::AddTenant => "Add MultiTenantOrg tenant",
            Self::UpdateTenant => "Update MultiTenantOrg tenant",
            Self::DeleteTenant => "Delete MultiTenantOrg tenant",
            Self::HardDeleteTenant => "Hard Delete MultiTenantOrg tenant",
            Self::TenantJoining => "Tenant joining MultiTenantOrg tenant",
            Self::ResetIdentityTemplate => "Reset a multi tenant org identity sync policy template",
            Self::UpdateIdentityTemplate => "Update a multi tenant org identity sync policy template",
            Self::ResetPartnerTemplate => "Reset a multi tenant org partner configuration template",
            Self::UpdatePartnerTemplate => "Update a multi tenant org partner configuration template",
            Self::Directory(name) => name,
        }
    }

    /// Its `category`.
    pub(crate) fn category(self) -> &'static str {
        match self {
            Self::CreateOrganization | Self::UpdateOrganization | Self::HardDeleteOrganization => {
                "MultiTenantOrg"
            }
            Self::AddTenant
            | Self::UpdateTenant
            | Self::DeleteTenant
            | Self::HardDeleteTenant
            | Self::TenantJoining => "MultiTenantOrgTenant",
            Self::ResetIdentityTemplate | Self::UpdateIdentityTemplate => {
                "MultiTenantOrgIdentitySyncPolicyUpdate"
            }
            Self::ResetPartnerTemplate | Self::UpdatePartnerTemplate => {
                "MultiTenantOrgPartnerConfigurationTemplate"
            }
            Self::Directory(name) if name.contains("group") => "GroupManagement",
            Self::Directory(name) if name.contains("user") && !name.contains("app role") => "UserManagement",
            Self::Directory(_) => "ApplicationManagement",
        }
    }

    /// Its `operationType` (unverified).
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::CreateOrganization | Self::AddTenant => "Add",
            Self::HardDeleteOrganization | Self::DeleteTenant | Self::HardDeleteTenant => "Delete",
            Self::UpdateOrganization
            | Self::UpdateTenant
            | Self::TenantJoining
            | Self::ResetIdentityTemplate
            | Self::UpdateIdentityTemplate
            | Self::ResetPartnerTemplate
            | Self::UpdatePartnerTemplate => "Update",
            Self::Directory(name) => match name.split(' ').next() {
                Some("Add" | "Create" | "Invite") => "Add",
                Some("Delete" | "Remove" | "Hard") => "Delete",
                Some(_) | None => "Update",
            },
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Actor {
    /// Something that became due.
    Service,
    Application(Uuid),
    User(Uuid),
}

/// What is written, before it is known by whom and when.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) activity: Activity,
    pub(crate) target_id: String,
    pub(crate) target_name: Option<String>,
    /// Name, old and new value.
    pub(crate) changed: Vec<(&'static str, Value, Value)>,
    /// Why it failed; none: it succeeded.
    pub(crate) failure: Option<&'static str>,
}

impl Entry {
    pub(crate) fn new(
        activity: Activity,
        target_id: impl std::fmt::Display,
        target_name: Option<String>,
    ) -> Self {
        let target_id = target_id.to_string();
        Self { activity, target_id, target_name, changed: Vec::new(), failure: None }
    }

    /// Adds a property where it changed.
    pub(crate) fn changed(mut self, name: &'static str, old: Value, new: Value) -> Self {
        if old != new {
            self.changed.push((name, old, new));
        }
        self
    }

    pub(crate) fn failed(mut self, reason: &'static str) -> Self {
        self.failure = Some(reason);
        self
    }
}

/// An entry in a tenant.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    /// Counts up, so that a page can go on where the one before it ended.
    pub(crate) number: u64,
    pub(crate) time: OffsetDateTime,
    pub(crate) tenant: Uuid,
    pub(crate) actor: Actor,
    pub(crate) correlation: Uuid,
    pub(crate) entry: Entry,
}

/// All entries, and who is acting now.
#[derive(Debug)]
pub(crate) struct Trail {
    /// Oldest first.
    pub(crate) entries: VecDeque<Audit>,
    made: u64,
    acting: Option<(Actor, Uuid)>,
}

impl Trail {
    pub(super) fn new() -> Self {
        Self { entries: VecDeque::new(), made: 0, acting: None }
    }

    /// What is written until the next call is this caller's doing; none: the service's.
    pub(crate) fn acting(&mut self, who: Option<(Actor, Uuid)>) {
        self.acting = who;
    }
}

impl World {
    pub(crate) fn note(&mut self, tenant: Uuid, entry: Entry) {
        let time = self.now;
        let trail = &mut self.trail;
        if trail.entries.len() >= MAX_ENTRIES {
            trail.entries.pop_front();
        }
        trail.made += 1;
        let number = trail.made;
        let by_itself = || (Actor::Service, ids::derive("correlation", &[&number.to_string()]));
        let (actor, correlation) = trail.acting.unwrap_or_else(by_itself);
        trail.entries.push_back(Audit { number, time, tenant, actor, correlation, entry });
    }
}
