//! The one organization object behind all tenants' views of it (1, 2).

use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::audit::{Activity, Entry};
use super::{Refusal, World};
use crate::ids;
use crate::options::ListOrder;
use crate::seed::{MemberRole, MemberState};

#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) key: u64,
    pub(crate) creator: Uuid,
    pub(crate) created_at: OffsetDateTime,
    /// Before that, GET does not show it (1.2: "some minutes").
    pub(crate) visible_at: OffsetDateTime,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    /// In the order of adding; the creator is the first.
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) tenant_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) role: MemberRole,
    pub(crate) state: MemberState,
    pub(crate) added_by: Uuid,
    pub(crate) added_at: OffsetDateTime,
    pub(crate) joined_at: Option<OffsetDateTime>,
    /// What a pending row becomes at its join (2.5).
    pub(crate) wanted_role: MemberRole,
    /// A role change or removal under way.
    pub(crate) change: Option<RowChange>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RowChange {
    pub(crate) kind: ChangeKind,
    pub(crate) running_at: OffsetDateTime,
    pub(crate) due_at: OffsetDateTime,
    /// Orders what is due at one moment.
    pub(crate) number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Removal,
    Role(MemberRole),
}

/// What a PATCH says about a text.
#[derive(Clone, Debug)]
pub(crate) enum TextChange {
    Keep,
    Clear,
    Set(String),
}

impl TextChange {
    /// The text, if there is one.
    pub(crate) fn value(self) -> Option<String> {
        match self {
            Self::Keep | Self::Clear => None,
            Self::Set(text) => Some(text),
        }
    }
}

impl Row {
    pub(crate) fn is_active(&self) -> bool {
        self.state == MemberState::Active
    }

    pub(crate) fn is_being_removed(&self) -> bool {
        self.change.is_some_and(|change| change.kind == ChangeKind::Removal)
    }

    /// An owner now, and no change under way that ends that.
    pub(crate) fn stays_owner(&self) -> bool {
        let kept = match self.change.map(|change| change.kind) {
            None | Some(ChangeKind::Role(MemberRole::Owner)) => true,
            Some(ChangeKind::Removal | ChangeKind::Role(MemberRole::Member)) => false,
        };
        self.is_active() && self.role == MemberRole::Owner && kept
    }
}

impl Organization {
    pub(crate) fn row(&self, tenant: Uuid) -> Option<&Row> {
        self.rows.iter().find(|row| row.tenant_id == tenant)
    }

    pub(crate) fn row_mut(&mut self, tenant: Uuid) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.tenant_id == tenant)
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_active())
    }

    pub(crate) fn is_owner(&self, tenant: Uuid) -> bool {
        self.row(tenant).is_some_and(|row| row.is_active() && row.role == MemberRole::Owner)
    }

    /// Owners see all rows, members the active ones (2.3).
    pub(crate) fn sees(&self, viewer: Uuid, row: &Row) -> bool {
        row.is_active() || self.is_owner(viewer)
    }

    /// The object id of the organization in the viewing tenant (1.1: differs per tenant).
    pub(crate) fn id_for(&self, viewer: Uuid) -> Uuid {
        ids::derive("organization", &[&viewer.to_string(), &self.key.to_string()])
    }

    /// An audit entry about the organization, in this tenant.
    pub(super) fn entry(&self, tenant: Uuid, activity: Activity) -> Entry {
        Entry::new(activity, self.id_for(tenant), Some(self.display_name.clone()))
    }

    /// The object id of a row in the viewing tenant (2.1).
    pub(crate) fn row_id_for(&self, viewer: Uuid, row: &Row) -> Uuid {
        ids::derive("member", &[&viewer.to_string(), &self.key.to_string(), &row.tenant_id.to_string()])
    }
}

impl World {
    /// The organization a tenant is active in, whether it can be seen yet or not.
    pub(crate) fn organization_of(&self, tenant: Uuid) -> Option<&Organization> {
        self.organizations.get(&self.tenants.get(&tenant)?.organization?)
    }

    /// The same, as far as reads show it.
    pub(crate) fn visible_organization(&self, tenant: Uuid) -> Option<&Organization> {
        self.organization_of(tenant).filter(|organization| organization.visible_at <= self.now)
    }

    /// PUT: creates; a second one is refused (1.2).
    pub(crate) fn create_organization(
        &mut self,
        tenant: Uuid,
        display_name: String,
        description: Option<String>,
    ) -> Result<(), Refusal> {
        if self.organization_of(tenant).is_some() {
            return Err(Refusal::OrganizationExists);
        }
        let visible_at = self.after(self.options.creation_visible_after_seconds);
        let key = self.start_organization(tenant, display_name, description)?;
        if let Some(organization) = self.organizations.get_mut(&key) {
            organization.visible_at = visible_at;
        }
        Ok(())
    }

    pub(super) fn start_organization(
        &mut self,
        creator: Uuid,
        display_name: String,
        description: Option<String>,
    ) -> Result<u64, Refusal> {
        let (key, now) = (self.organizations_made + 1, self.now);
        let tenant = self.tenant_mut(creator)?;
        tenant.organization = Some(key);
        let creator_row = Row {
            tenant_id: creator,
            display_name: tenant.display_name.clone(),
            role: MemberRole::Owner,
            state: MemberState::Active,
            added_by: creator,
            added_at: now,
            joined_at: None, // always null for the creator (0.2 no. 8)
            wanted_role: MemberRole::Owner,
            change: None,
        };
        let organization = Organization {
            key,
            creator,
            created_at: now,
            visible_at: now,
            display_name,
            description,
            rows: vec![creator_row],
        };
        let entry = organization.entry(creator, Activity::CreateOrganization);
        self.organizations.insert(key, organization);
        self.organizations_made = key;
        self.note(creator, entry);
        Ok(key)
    }

    /// PATCH: renames, for owners only (1.2; the code for members is unverified).
    pub(crate) fn update_organization(
        &mut self,
        tenant: Uuid,
        display_name: Option<String>,
        description: TextChange,
    ) -> Result<(), Refusal> {
        let key = self.tenant(tenant)?.organization.ok_or(Refusal::Gone)?;
        let organization = self.organizations.get_mut(&key).ok_or(Refusal::Gone)?;
        if !organization.is_owner(tenant) {
            return Err(Refusal::Denied);
        }
        let old = (json!(organization.display_name), json!(organization.description));
        if let Some(name) = display_name {
            organization.display_name = name;
        }
        match description {
            TextChange::Keep => {}
            TextChange::Clear => organization.description = None,
            TextChange::Set(text) => organization.description = Some(text),
        }
        let entry = organization
            .entry(tenant, Activity::UpdateOrganization)
            .changed("displayName", old.0, json!(organization.display_name))
            .changed("description", old.1, json!(organization.description));
        self.note(tenant, entry);
        Ok(())
    }

    /// The rows the tenant sees; none where it is in no organization (2.4, unverified).
    pub(crate) fn visible_rows(&self, viewer: Uuid) -> Vec<(&Organization, &Row)> {
        let Some(organization) = self.visible_organization(viewer) else { return Vec::new() };
        let mut rows: Vec<_> = organization
            .rows
            .iter()
            .filter(|row| organization.sees(viewer, row))
            .map(|row| (organization, row))
            .collect();
        match self.options.list_order {
            ListOrder::Added => {}
            ListOrder::TenantId => rows.sort_by_key(|(_, row)| row.tenant_id),
        }
        rows
    }

    /// One row as the tenant sees it; what is gone and what never was have different codes (2.4).
    pub(crate) fn visible_row(&self, viewer: Uuid, tenant: Uuid) -> Result<(&Organization, &Row), Refusal> {
        let found = self.visible_organization(viewer).and_then(|organization| {
            let row = organization.row(tenant).filter(|row| organization.sees(viewer, row))?;
            Some((organization, row))
        });
        found.ok_or_else(|| self.missing_row(viewer, tenant))
    }

    pub(super) fn missing_row(&self, viewer: Uuid, tenant: Uuid) -> Refusal {
        let former = self.tenants.get(&viewer).is_some_and(|viewer| viewer.former_rows.contains(&tenant));
        if former { Refusal::Gone } else { Refusal::Unknown(tenant.to_string()) }
    }
}

impl World {
    /// Whether both tenants are active in one organization.
    pub(crate) fn fellows(&self, one: Uuid, other: Uuid) -> bool {
        let home = |id: Uuid| self.tenants.get(&id).and_then(|tenant| tenant.organization);
        home(one).is_some() && home(one) == home(other)
    }
}
