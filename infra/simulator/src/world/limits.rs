//! Throttling by the documented numbers (8.3): resource units per 10 s and writes per 150 s, per app and tenant.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::World;
use crate::options::Throttling;

const UNITS_WINDOW_SECONDS: i64 = 10;
const WRITES_WINDOW_SECONDS: i64 = 150;

/// What was used so far, by application and tenant.
#[derive(Debug, Default)]
pub(crate) struct Usage(BTreeMap<(Uuid, Uuid), (Window, Window)>, BTreeMap<(&'static str, Uuid), Window>);

#[derive(Clone, Copy, Debug)]
struct Window {
    since: OffsetDateTime,
    used: u32,
}

impl Window {
    /// Counts, also what is refused (8.2: retried early calls count); gives the seconds to wait when over.
    fn count(&mut self, now: OffsetDateTime, length_seconds: i64, cost: u32, limit: u32) -> Option<u64> {
        if (now - self.since).whole_seconds() >= length_seconds {
            *self = Self { since: now, used: 0 };
        }
        self.used = self.used.saturating_add(cost);
        let left = length_seconds - (now - self.since).whole_seconds();
        (self.used > limit).then(|| u64::try_from(left).unwrap_or(1).max(1))
    }
}

/// A throttled request: when to come back, and what the headers say (8.3).
#[derive(Debug)]
pub(crate) struct OverLimit {
    pub(crate) retry_after_seconds: u64,
    pub(crate) information: &'static str,
}

impl World {
    /// Counts a request against a limit of its own, per tenant (8.3); gives the seconds to wait when over.
    pub(crate) fn count_own(
        &mut self,
        name: &'static str,
        tenant: Uuid,
        seconds: i64,
        limit: u32,
    ) -> Option<u64> {
        if !self.options.throttling.enabled {
            return None;
        }
        let window = self.limits.1.entry((name, tenant)).or_insert(Window { since: self.now, used: 0 });
        window.count(self.now, seconds, 1, limit)
    }

    /// Counts a request against the limits of its application in its tenant.
    pub(crate) fn count_request(
        &mut self,
        client: Uuid,
        tenant: Uuid,
        units: u32,
        writes: bool,
    ) -> Option<OverLimit> {
        let limits = self.options.throttling;
        if !limits.enabled {
            return None;
        }
        let users = self.tenants.get(&tenant).map_or(0, |tenant| tenant.internal_users);
        let (now, fresh) = (self.now, Window { since: self.now, used: 0 });
        let (unit_window, write_window) = self.limits.0.entry((client, tenant)).or_insert((fresh, fresh));
        let over_units = unit_window.count(now, UNITS_WINDOW_SECONDS, units, units_allowed(&limits, users));
        let cost = u32::from(writes);
        let over_writes =
            write_window.count(now, WRITES_WINDOW_SECONDS, cost, limits.writes).filter(|_| writes);
        let (seconds, information) = match (over_units, over_writes) {
            (_, Some(seconds)) => (seconds, "WriteLimitExceeded"),
            (Some(seconds), None) => (seconds, "ResourceUnitLimitExceeded"),
            (None, None) => return None,
        };
        Some(OverLimit { retry_after_seconds: seconds, information })
    }
}

fn units_allowed(limits: &Throttling, users: u32) -> u32 {
    match users {
        0..50 => limits.small_tenant_units,
        50..=500 => limits.medium_tenant_units,
        501.. => limits.large_tenant_units,
    }
}
