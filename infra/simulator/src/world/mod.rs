//! The simulated world, apart from any wire format.

pub(crate) mod audit;
pub(crate) mod directory;
pub(crate) mod faults;
pub(crate) mod invariants;
pub(crate) mod join;
pub(crate) mod limits;
pub(crate) mod member;
pub(crate) mod organization;
pub(crate) mod policy;
pub(crate) mod properties;
mod settle;
mod start;
pub(crate) mod sync;
pub(crate) mod templates;
pub(crate) mod tenant;
pub(crate) mod tokens;

use std::collections::{BTreeMap, VecDeque};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::control::{Counters, RequestLine};
use crate::ids;
use crate::options::Options;

pub(crate) use faults::Faults;
pub(crate) use organization::Organization;
pub(crate) use tenant::Tenant;

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    /// The time up to which everything due was settled; never goes backwards.
    pub(crate) now: OffsetDateTime,
    /// Nothing was changed since everything due at `now` took effect: looking for what is due again finds nothing.
    pub(crate) is_settled: bool,
    pub(crate) tenants: BTreeMap<Uuid, Tenant>,
    /// By a number of our own: the ids on the wire differ by viewing tenant.
    pub(crate) organizations: BTreeMap<u64, Organization>,
    /// The keys of other identity providers, by issuer.
    #[cfg_attr(
        not(feature = "assertions"),
        expect(dead_code, reason = "read where assertions are verified")
    )]
    pub(crate) issuers: BTreeMap<String, Vec<tenant::SigningKey>>,
    pub(crate) tokens: tokens::Tokens,
    pub(crate) faults: Faults,
    pub(crate) limits: limits::Usage,
    pub(crate) log: VecDeque<RequestLine>,
    pub(crate) counters: Counters,
    pub(crate) trail: audit::Trail,
    next: u64,
    /// Counted apart: how often somebody looks must not change an organization's ids.
    organizations_made: u64,
    /// Cycles of synchronization jobs to come.
    pub(crate) schedule: sync::Schedule,
}

/// Why the service says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The organization exists already: a second PUT (1.2).
    OrganizationExists,
    /// The row exists, or is still being removed (2.4).
    AlreadyAdded,
    /// Not allowed for this tenant's role; the code is (unverified) where it is not about permissions.
    Denied,
    /// `Directory_ObjectNotFound`: gone, or there is no such partner.
    Gone,
    /// `Request_ResourceNotFound`: there never was such a thing.
    Unknown(String),
    /// `Request_BadRequest` with this text.
    Bad(String),
    /// `Request_UnsupportedQuery` with this text.
    Query(String),
    /// POST of a partner that exists (5.4).
    PartnerExists,
    /// PUT of a policy that exists (5.5).
    PolicyExists,
    /// The path, or the method on it, is not served.
    Method,
    /// Anything else, as it is answered.
    Other { status: u16, code: &'static str, text: String },
}

impl World {
    /// The next number; orders what is due at one moment, and feeds derived ids.
    pub(crate) fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn fresh_id(&mut self, purpose: &str) -> Uuid {
        let number = self.next();
        ids::derive(purpose, &[&number.to_string()])
    }

    pub(crate) fn tenant(&self, id: Uuid) -> Result<&Tenant, Refusal> {
        self.tenants.get(&id).ok_or(Refusal::Gone)
    }

    pub(crate) fn tenant_mut(&mut self, id: Uuid) -> Result<&mut Tenant, Refusal> {
        self.tenants.get_mut(&id).ok_or(Refusal::Gone)
    }

    pub(crate) fn after(&self, seconds: u64) -> OffsetDateTime {
        later(self.now, seconds)
    }

    pub(crate) fn record(&mut self, line: RequestLine) {
        let capacity = usize::try_from(self.options.request_log_capacity).unwrap_or(usize::MAX);
        while self.log.len() >= capacity.max(1) {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }
}

/// `seconds` after `time`; what the calendar cannot hold stays at `time`.
pub(crate) fn later(time: OffsetDateTime, seconds: u64) -> OffsetDateTime {
    let seconds = time::Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    time.checked_add(seconds).unwrap_or(time)
}

/// Whole seconds and a trailing Z, as in the samples (2.4).
pub(crate) fn timestamp(time: OffsetDateTime) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    time.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
