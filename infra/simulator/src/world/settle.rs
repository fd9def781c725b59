//! Time passes: whatever has become due takes effect, in the order of time.

use time::OffsetDateTime;
use uuid::Uuid;

use super::World;
use super::audit::{Activity, Entry};
use super::organization::{ChangeKind, Row};

#[derive(Clone, Copy)]
enum Due {
    Join(Uuid),
    Change { key: u64, tenant: Uuid },
    Cycle { tenant: Uuid, principal: Uuid },
}

impl World {
    /// Applies everything that is due up to `now`. Ends, because each event removes itself, and
    /// the next cycle of a job is later than the one before.
    pub(crate) fn settle(&mut self, now: OffsetDateTime) {
        let until = self.now.max(now);
        if self.is_settled && until == self.now {
            return;
        }
        while let Some((at, due)) = self.next_due(until) {
            self.now = self.now.max(at);
            match due {
                Due::Join(tenant) => self.end_join(tenant),
                Due::Change { key, tenant } => self.end_change(key, tenant),
                Due::Cycle { tenant, principal } => self.sync_due(tenant, principal),
            }
        }
        self.now = until;
        self.purge_bins();
        self.tokens.forget_expired(until);
        self.is_settled = true;
    }

    fn next_due(&self, until: OffsetDateTime) -> Option<(OffsetDateTime, Due)> {
        let joins = self.tenants.values().filter_map(|tenant| {
            let request = tenant.join_request.filter(|request| !request.failed)?;
            Some((request.due_at, request.number, Due::Join(tenant.tenant_id)))
        });
        let changes = self.organizations.values().flat_map(|organization| {
            organization.rows.iter().filter_map(|row| {
                let change = row.change?;
                let due = Due::Change { key: organization.key, tenant: row.tenant_id };
                Some((change.due_at, change.number, due))
            })
        });
        let cycle = self.schedule.first();
        let cycle =
            cycle.map(|(at, number, tenant, principal)| (at, number, Due::Cycle { tenant, principal }));
        let earliest = joins
            .chain(changes)
            .chain(cycle)
            .filter(|(at, ..)| *at <= until)
            .min_by_key(|(at, number, _)| (*at, *number));
        earliest.map(|(at, _, due)| (at, due))
    }

    fn end_change(&mut self, key: u64, tenant: Uuid) {
        let Some(row) = self.organizations.get_mut(&key).and_then(|found| found.row_mut(tenant)) else {
            return;
        };
        match row.change.take().map(|change| change.kind) {
            Some(ChangeKind::Role(role)) => {
                row.role = role;
                row.wanted_role = role;
            }
            Some(ChangeKind::Removal) => self.end_removal(key, tenant),
            None => {}
        }
    }

    /// The row goes. Nothing else does: partner settings, policies and templates stay (2.7).
    fn end_removal(&mut self, key: u64, tenant: Uuid) {
        let Some(organization) = self.organizations.get_mut(&key) else { return };
        let was_active = organization.row(tenant).is_some_and(Row::is_active);
        let (mut viewers, mut others) = (Vec::new(), Vec::new());
        for row in organization.active() {
            if was_active || organization.is_owner(row.tenant_id) {
                viewers.push(row.tenant_id);
            }
            if row.tenant_id != tenant {
                others.push(row.tenant_id);
            }
        }
        let name = organization.row(tenant).map(|row| row.display_name.clone());
        let ended = organization.entry(tenant, Activity::HardDeleteOrganization);
        organization.rows.retain(|row| row.tenant_id != tenant);
        for viewer in viewers {
            self.note(viewer, Entry::new(Activity::HardDeleteTenant, tenant, name.clone()));
            if let Some(viewer) = self.tenants.get_mut(&viewer) {
                viewer.former_rows.insert(tenant);
            }
        }
        if was_active {
            self.end_membership(tenant, &others);
        }
        if others.is_empty() {
            // the only remaining active tenant has left: the organization ends (9.1)
            self.organizations.remove(&key);
            self.note(tenant, ended);
        }
    }

    fn end_membership(&mut self, tenant: Uuid, others: &[Uuid]) {
        if let Some(leaving) = self.tenants.get_mut(&tenant) {
            leaving.organization = None;
            leaving.joined_by = None; // the record returns to the zero GUID (unverified)
            for other in others {
                leaving.policy.set_in_organization(*other, false);
            }
        }
        for other in others {
            if let Some(other) = self.tenants.get_mut(other) {
                other.policy.set_in_organization(tenant, false);
            }
        }
    }
}
