//! Scripted faults.

use std::collections::BTreeMap;

use bytes::Bytes;
use uuid::Uuid;

use super::World;
use crate::control::Change;

/// Most scripted entries of a kind; the oldest go first.
const MAX_SCRIPTED: usize = 100;
/// Most answers remembered for stale reads.
const MAX_REMEMBERED: usize = 2_000;

#[derive(Debug, Default)]
pub(crate) struct Faults {
    failing_joins: BTreeMap<Uuid, u32>,
    join_seconds: BTreeMap<Uuid, u64>,
    removal_seconds: BTreeMap<Uuid, u64>,
    throttles: Vec<Throttle>,
    errors: Vec<ServerError>,
    stale: BTreeMap<Uuid, u32>,
    /// The last answer of each GET, by tenant and address.
    remembered: BTreeMap<Uuid, BTreeMap<String, (u16, Option<Bytes>)>>,
}

#[derive(Debug)]
struct Throttle {
    tenant: Option<Uuid>,
    left: u32,
    retry_after_seconds: Option<u64>,
}

/// A scripted 429.
pub(crate) struct Throttled {
    pub(crate) retry_after_seconds: Option<u64>,
}

#[derive(Debug)]
struct ServerError {
    tenant: Option<Uuid>,
    left: u32,
    after_effect: bool,
    writes_only: bool,
}

fn concerns(wanted: Option<Uuid>, tenant: Uuid) -> bool {
    wanted.is_none_or(|wanted| wanted == tenant)
}

impl Faults {
    pub(crate) fn join_seconds(&self, tenant: Uuid) -> Option<u64> {
        self.join_seconds.get(&tenant).copied()
    }

    pub(crate) fn removal_seconds(&self, tenant: Uuid) -> Option<u64> {
        self.removal_seconds.get(&tenant).copied()
    }

    pub(crate) fn take_failing_join(&mut self, tenant: Uuid) -> bool {
        take(self.failing_joins.get_mut(&tenant))
    }

    /// The scripted throttling for this request, if there is any.
    pub(crate) fn take_throttle(&mut self, tenant: Uuid) -> Option<Throttled> {
        let found =
            self.throttles.iter_mut().find(|entry| entry.left > 0 && concerns(entry.tenant, tenant))?;
        found.left -= 1;
        let retry_after = found.retry_after_seconds;
        self.throttles.retain(|entry| entry.left > 0);
        Some(Throttled { retry_after_seconds: retry_after })
    }

    /// The scripted server error for this request: whether it takes effect first.
    pub(crate) fn take_error(&mut self, tenant: Uuid, writes: bool) -> Option<bool> {
        let fits = |entry: &&mut ServerError| {
            entry.left > 0 && concerns(entry.tenant, tenant) && (writes || !entry.writes_only)
        };
        let found = self.errors.iter_mut().find(fits)?;
        found.left -= 1;
        let after_effect = found.after_effect;
        self.errors.retain(|entry| entry.left > 0);
        Some(after_effect)
    }

    /// The remembered answer, if this read is to be stale.
    pub(crate) fn take_stale(&mut self, tenant: Uuid, address: &str) -> Option<(u16, Option<Bytes>)> {
        self.stale.get(&tenant).filter(|left| **left > 0)?;
        let old = self.remembered.get(&tenant)?.get(address).cloned()?;
        take(self.stale.get_mut(&tenant)).then_some(old)
    }

    pub(crate) fn remember(&mut self, tenant: Uuid, address: &str, status: u16, body: Option<&Bytes>) {
        let old = self.remembered.get(&tenant).and_then(|own| own.get(address));
        // whoever polls gets the same answer most of the time
        if old.is_some_and(|(was, of)| *was == status && of.as_ref() == body) {
            return;
        }
        if old.is_none() && self.remembered.values().map(BTreeMap::len).sum::<usize>() >= MAX_REMEMBERED {
            self.remembered.clear();
        }
        let own = self.remembered.entry(tenant).or_default();
        own.insert(address.to_owned(), (status, body.cloned()));
    }
}

fn take(left: Option<&mut u32>) -> bool {
    match left {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        Some(_) | None => false,
    }
}

fn push<T>(list: &mut Vec<T>, entry: T) {
    if list.len() >= MAX_SCRIPTED {
        list.remove(0);
    }
    list.push(entry);
}

impl World {
    /// Applies a scripted change; one about an unknown tenant has no effect.
    pub(crate) fn script(&mut self, change: Change) {
        if change.tenant().is_some_and(|tenant| !self.tenants.contains_key(&tenant)) {
            return;
        }
        self.is_settled = false;
        match change {
            Change::FailJoins { tenant, count } => {
                self.faults.failing_joins.insert(tenant, count);
            }
            Change::JoinDuration { tenant, seconds } => set(&mut self.faults.join_seconds, tenant, seconds),
            Change::RemovalDuration { tenant, seconds } => {
                set(&mut self.faults.removal_seconds, tenant, seconds);
            }
            Change::Throttle { tenant, count, retry_after_seconds } => {
                push(&mut self.faults.throttles, Throttle { tenant, left: count, retry_after_seconds });
            }
            Change::ServerErrors { tenant, count, after_effect, writes_only } => {
                push(&mut self.faults.errors, ServerError { tenant, left: count, after_effect, writes_only });
            }
            Change::StaleReads { tenant, count } => {
                self.faults.stale.insert(tenant, count);
            }
            Change::RevokeTokens { tenant } => self.tokens.revoke(tenant),
            Change::NoFaults => self.no_faults(),
            Change::Redeem { tenant, user } => self.redeem(tenant, user),
            Change::Invitations { .. }
            | Change::Quota { .. }
            | Change::Premium { .. }
            | Change::BreakCredential { .. }
            | Change::DenyPermission { .. }
            | Change::GrantPermission { .. }
            | Change::InternalUsers { .. } => self.script_tenant(change),
        }
    }

    fn script_tenant(&mut self, change: Change) {
        let Some(tenant) = change.tenant().and_then(|id| self.tenants.get_mut(&id)) else { return };
        match change {
            Change::BreakCredential { broken, .. } => tenant.credential_broken = broken,
            Change::DenyPermission { permission, .. } => {
                tenant.denied.insert(permission);
            }
            Change::GrantPermission { permission, .. } => {
                tenant.denied.remove(&permission);
                for application in &mut tenant.applications {
                    application.permissions.insert(permission.clone());
                    application.delegated_permissions.insert(permission.clone());
                }
            }
            Change::InternalUsers { count, .. } => tenant.internal_users = count,
            Change::Invitations { allowed, .. } => tenant.directory.invitations_allowed = allowed,
            Change::Quota { users, .. } => tenant.directory.quota = users,
            Change::Premium { premium, .. } => tenant.directory.premium = premium,
            Change::FailJoins { .. }
            | Change::JoinDuration { .. }
            | Change::RemovalDuration { .. }
            | Change::Throttle { .. }
            | Change::ServerErrors { .. }
            | Change::StaleReads { .. }
            | Change::RevokeTokens { .. }
            | Change::Redeem { .. }
            | Change::NoFaults => {}
        }
    }

    fn no_faults(&mut self) {
        self.faults.failing_joins.clear();
        self.faults.throttles.clear();
        self.faults.errors.clear();
        self.faults.stale.clear();
    }
}

fn set(map: &mut BTreeMap<Uuid, u64>, tenant: Uuid, seconds: Option<u64>) {
    match seconds {
        Some(seconds) => {
            map.insert(tenant, seconds);
        }
        None => {
            map.remove(&tenant);
        }
    }
}
