//! The join request of the joining tenant, and what decides about it (3).

use time::OffsetDateTime;
use uuid::Uuid;

use super::audit::{Activity, Entry};
use super::{Refusal, World, later};
use crate::seed::{MemberRole, MemberState};

/// The only text the documents show (3.2).
pub(crate) const FAILURE: &str = "DirectoryService Exception";

/// A join under way, or a failed one. A successful one becomes a membership.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JoinRequest {
    pub(crate) owner: Uuid,
    pub(crate) running_at: OffsetDateTime,
    pub(crate) due_at: OffsetDateTime,
    /// Orders what is due at one moment.
    pub(crate) number: u64,
    pub(crate) failed: bool,
}

impl World {
    /// PATCH joinRequest: always 204; whether it was sensible shows later (3.3).
    ///
    /// Where the documents are silent (unverified): a second PATCH while one is under way changes nothing, and
    /// so does a reset; a PATCH naming the organization the tenant is in already changes nothing either.
    pub(crate) fn ask_to_join(&mut self, tenant: Uuid, owner: Uuid) -> Result<(), Refusal> {
        let seconds = self.faults.join_seconds(tenant).unwrap_or(self.options.join_duration_seconds);
        let (running_at, due_at) =
            (self.after(self.options.join_queued_for_seconds.min(seconds)), self.after(seconds));
        let needs_reset = self.options.retry_needs_reset;
        let inside = self.organization_of(tenant).is_some_and(|organization| {
            organization.row(owner).is_some_and(super::organization::Row::is_active)
                && organization.row(tenant).is_some_and(|row| !row.is_being_removed())
        });
        let number = self.next();
        let tenant = self.tenant_mut(tenant)?;
        let blocked = match tenant.join_request {
            Some(request) if request.failed && owner.is_nil() => {
                tenant.join_request = None;
                return Ok(());
            }
            Some(request) => !request.failed || needs_reset,
            None => false,
        };
        if blocked || inside || owner.is_nil() {
            return Ok(());
        }
        tenant.join_request = Some(JoinRequest { owner, running_at, due_at, number, failed: false });
        tenant.ever_asked = true;
        Ok(())
    }

    /// A join has come to its end: the row becomes active, or the request fails.
    pub(super) fn end_join(&mut self, tenant: Uuid) {
        let Some(request) = self.tenants.get(&tenant).and_then(|tenant| tenant.join_request) else { return };
        let forced = self.faults.take_failing_join(tenant);
        let found = if forced { Err("scripted failure") } else { self.joinable(tenant, &request) };
        let Some(joining) = self.tenants.get_mut(&tenant) else { return };
        match found {
            Err(cause) => {
                joining.join_request = Some(JoinRequest { failed: true, ..request });
                joining.last_failure = Some(cause);
                let entry = Entry::new(Activity::TenantJoining, tenant, Some(joining.display_name.clone()));
                self.note(tenant, entry.failed(FAILURE));
            }
            Ok(key) => {
                joining.join_request = None;
                joining.joined_by = Some(request.owner);
                joining.last_failure = None;
                self.become_active(tenant, key, request.due_at);
                let row = self.organization_of(tenant).and_then(|organization| organization.row(tenant));
                let name = row.map(|row| row.display_name.clone());
                for witness in [tenant, request.owner] {
                    self.note(witness, Entry::new(Activity::TenantJoining, tenant, name.clone()));
                }
            }
        }
    }

    /// The organization the join leads to, or the cause of its failure (3.3, 9.1, 9.2).
    ///
    /// That the owner who added the tenant has been demoted meanwhile does not matter, as long as it is active
    /// and the row stands (unverified).
    fn joinable(&self, tenant: Uuid, request: &JoinRequest) -> Result<u64, &'static str> {
        let joining = self.tenants.get(&tenant).ok_or("no such tenant")?;
        if joining.organization.is_some() {
            return Err("already in a multi-tenant organization");
        }
        let organization = self.organization_of(request.owner).ok_or("the owner is in no organization")?;
        let row = organization.row(tenant).ok_or("not added by that owner")?;
        let by_other = self.options.join_by_any_owner && organization.is_owner(request.owner);
        if row.added_by != request.owner && !by_other {
            return Err("not added by that owner");
        }
        if row.is_being_removed() {
            return Err("being removed");
        }
        if organization.active().all(super::organization::Row::is_being_removed) {
            return Err("the organization is being dissolved");
        }
        if self.options.tenant_restrictions_block_join && joining.policy.restricts(request.owner) {
            return Err("tenant restrictions are configured");
        }
        if request.due_at < later(row.added_at, self.options.add_to_join_wait_seconds) {
            return Err("joined too early after being added");
        }
        if organization.active().count() >= self.options.active_tenant_limit() {
            return Err("the tenant limit would be exceeded");
        }
        let users =
            [tenant, request.owner].map(|id| self.tenants.get(&id).map_or(0, |tenant| tenant.internal_users));
        if self.options.internal_users_checked()
            && users.iter().any(|count| *count > self.options.internal_user_limit)
        {
            return Err("the internal-user limit is exceeded");
        }
        if !self.options.provider_and_customer_may_share
            && organization.active().any(|other| self.provider_pair(tenant, other.tenant_id))
        {
            return Err("a cloud solution provider and its customer cannot share an organization");
        }
        Ok(organization.key)
    }

    fn provider_pair(&self, one: Uuid, other: Uuid) -> bool {
        let marks = |host: Uuid, partner: Uuid| {
            self.tenants.get(&host).is_some_and(|host| host.policy.is_service_provider(partner))
        };
        marks(one, other) || marks(other, one)
    }

    /// Activates the row, and connects the newcomer with every active tenant (3.4).
    pub(super) fn become_active(&mut self, tenant: Uuid, key: u64, at: OffsetDateTime) {
        let Some(organization) = self.organizations.get_mut(&key) else { return };
        let others: Vec<Uuid> = organization.active().map(|row| row.tenant_id).collect();
        if let Some(row) = organization.row_mut(tenant) {
            row.state = MemberState::Active;
            row.role = row.wanted_role; // a pending row promoted to owner arrives as one (2.5, unverified)
            row.joined_at = Some(at);
            row.change = None;
        }
        if let Some(joining) = self.tenants.get_mut(&tenant) {
            joining.organization = Some(key);
        }
        for other in others {
            self.connect(tenant, other);
        }
    }

    /// What the join record says about a membership: the live role.
    pub(crate) fn joined_role(&self, tenant: Uuid) -> Option<MemberRole> {
        self.tenants.get(&tenant)?.joined_by?;
        self.organization_of(tenant)?.row(tenant).map(|row| row.role)
    }
}
