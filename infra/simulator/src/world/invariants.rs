//! The design constraints (9.1), checked from outside: what the world looks like, not how it got there.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::World;
use super::organization::{Organization, Row};
use crate::seed::MemberRole;

impl World {
    /// Every broken constraint, in words; none in a sound world.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut homes: BTreeMap<Uuid, u64> = BTreeMap::new();
        for organization in self.organizations.values() {
            if organization.active().next().is_none() {
                found
                    .push(format!("organization {} has no active tenant and still exists", organization.key));
            }
            if !organization.active().any(|row| row.role == MemberRole::Owner) {
                found.push(format!("organization {} has no active owner", organization.key));
            }
            for row in organization.active() {
                if homes.insert(row.tenant_id, organization.key).is_some() {
                    found.push(format!("tenant {} is active in two organizations", row.tenant_id));
                }
            }
            self.unconfigured_pairs(organization, &mut found);
        }
        for tenant in self.tenants.values() {
            if tenant.organization != homes.get(&tenant.tenant_id).copied() {
                found.push(format!("tenant {} and its organization disagree", tenant.tenant_id));
            }
        }
        found
    }

    fn unconfigured_pairs(&self, organization: &Organization, found: &mut Vec<String>) {
        if self.options.fellow_partner_may_be_deleted {
            return;
        }
        let active: Vec<&Row> = organization.active().collect();
        for host in &active {
            let Some(tenant) = self.tenants.get(&host.tenant_id) else { continue };
            for other in active.iter().filter(|other| other.tenant_id != host.tenant_id) {
                let settings = tenant.policy.partners.get(&other.tenant_id);
                if settings.is_none_or(|partner| partner.in_organization != Some(true)) {
                    found.push(format!("tenant {} has no settings for {}", host.tenant_id, other.tenant_id));
                }
            }
        }
    }
}
