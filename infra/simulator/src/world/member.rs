//! Adding tenants, changing their roles, removing them (2.4 to 2.6).

use serde_json::json;
use uuid::Uuid;

use super::audit::{Activity, Entry};
use super::organization::{ChangeKind, Organization, Row, RowChange};
use super::{Refusal, World};
use crate::seed::{MemberRole, MemberState};

/// Most rows of one organization. The service names no bound for pending rows; ours keeps memory finite.
const MAX_ROWS: usize = 2_000;

impl World {
    /// POST: lists a tenant as pending. The limit is checked at join, not here (9.2).
    pub(crate) fn add_member(
        &mut self,
        caller: Uuid,
        tenant: Uuid,
        display_name: String,
        role: MemberRole,
    ) -> Result<(), Refusal> {
        let known = self.options.unknown_tenants_may_be_added || self.tenants.contains_key(&tenant);
        let now = self.now;
        let organization = self.owned_organization(caller)?;
        if organization.row(tenant).is_some() {
            return Err(Refusal::AlreadyAdded);
        }
        if !known {
            // (unverified)
            return Err(Refusal::Bad(format!("Tenant '{tenant}' was not found.")));
        }
        if organization.rows.len() >= MAX_ROWS {
            return Err(Refusal::Bad(format!(
                "The simulator holds at most {MAX_ROWS} rows an organization."
            )));
        }
        organization.rows.push(Row {
            tenant_id: tenant,
            display_name: display_name.clone(),
            role: MemberRole::Member, // the wanted role is a desire until the join (0.2 no. 9)
            state: MemberState::Pending,
            added_by: caller,
            added_at: now,
            joined_at: None,
            wanted_role: role,
            change: None,
        });
        let entry = Entry::new(Activity::AddTenant, tenant, Some(display_name));
        self.note(caller, entry.changed("role", json!(null), json!(role)));
        Ok(())
    }

    /// The caller's organization, if it owns it. What others are answered is (unverified).
    fn owned_organization(&mut self, caller: Uuid) -> Result<&mut Organization, Refusal> {
        let key = self.visible_organization(caller).ok_or(Refusal::Gone)?.key;
        let organization = self.organizations.get_mut(&key).ok_or(Refusal::Gone)?;
        if organization.is_owner(caller) { Ok(organization) } else { Err(Refusal::Denied) }
    }

    /// PATCH role: a desire for pending rows, asynchronous for active ones (2.4, 2.5).
    pub(crate) fn change_role(
        &mut self,
        caller: Uuid,
        tenant: Uuid,
        role: MemberRole,
    ) -> Result<(), Refusal> {
        let missing = self.missing_row(caller, tenant);
        let (running_at, due_at) = (
            self.after(self.options.change_queued_for_seconds),
            self.after(self.options.role_change_duration_seconds),
        );
        let number = self.next();
        let organization = self.owned_organization(caller)?;
        let others = organization.rows.iter().any(|row| row.tenant_id != tenant && row.stays_owner());
        let row = organization.row_mut(tenant).ok_or(missing)?;
        if row.is_being_removed() {
            return Err(Refusal::AlreadyAdded); // (unverified) the text of every write to a row being removed
        }
        let (name, old) = (row.display_name.clone(), row.wanted_role);
        match row.state {
            MemberState::Pending => row.wanted_role = role,
            MemberState::Active if row.role == role => row.change = None,
            MemberState::Active if role == MemberRole::Member && !others => {
                return Err(Refusal::Bad("The last owner cannot become a member.".to_owned())); // (unverified)
            }
            MemberState::Active => {
                row.change = Some(RowChange { kind: ChangeKind::Role(role), running_at, due_at, number });
            }
        }
        let entry = Entry::new(Activity::UpdateTenant, tenant, Some(name));
        self.note(caller, entry.changed("role", json!(old), json!(role)));
        Ok(())
    }

    /// DELETE: starts a removal (2.6).
    pub(crate) fn remove_member(&mut self, caller: Uuid, tenant: Uuid) -> Result<(), Refusal> {
        let key = self.visible_row(caller, tenant)?.0.key;
        let (strict, last_may) = (self.options.strict_removal, self.options.last_owner_may_leave);
        let seconds = self.faults.removal_seconds(tenant).unwrap_or(self.options.removal_duration_seconds);
        let (running_at, due_at) =
            (self.after(self.options.change_queued_for_seconds.min(seconds)), self.after(seconds));
        let number = self.next();
        let organization = self.organizations.get_mut(&key).ok_or(Refusal::Gone)?;
        removal_allowed(organization, caller, tenant, strict, last_may)?;
        let row = organization.row_mut(tenant).ok_or_else(|| Refusal::Unknown(tenant.to_string()))?;
        row.change = Some(RowChange { kind: ChangeKind::Removal, running_at, due_at, number });
        let name = row.display_name.clone();
        self.note(caller, Entry::new(Activity::DeleteTenant, tenant, Some(name)));
        Ok(())
    }
}

/// The rules of 2.6; `strict` takes the walk-through's column. The codes of illegal removals are (unverified).
fn removal_allowed(
    organization: &Organization,
    caller: Uuid,
    tenant: Uuid,
    strict: bool,
    last_owner_may: bool,
) -> Result<(), Refusal> {
    let row = organization.row(tenant).ok_or_else(|| Refusal::Unknown(tenant.to_string()))?;
    if caller != tenant && !organization.is_owner(caller) {
        return Err(Refusal::Denied);
    }
    if row.is_being_removed() {
        return Err(Refusal::AlreadyAdded); // the misleading text (0.2 no. 11)
    }
    if caller != tenant && strict && row.is_active() {
        if row.role == MemberRole::Owner {
            return Err(Refusal::Bad("An owner has to become a member before it can be removed.".to_owned()));
        }
        if tenant == organization.creator {
            return Err(Refusal::Bad(
                "The tenant that created the organization cannot be removed.".to_owned(),
            ));
        }
    }
    let others_active = organization.active().any(|other| other.tenant_id != tenant);
    let others_own = organization.rows.iter().any(|other| other.tenant_id != tenant && other.stays_owner());
    let last_owner = row.is_active() && row.role == MemberRole::Owner && others_active && !others_own;
    if last_owner && !last_owner_may {
        return Err(Refusal::Bad("The last owner cannot leave while other tenants are active.".to_owned()));
    }
    Ok(())
}
