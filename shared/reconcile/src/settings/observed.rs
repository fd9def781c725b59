//! What is seen in each tenant.

use std::collections::BTreeMap;

use mto_messages::TenantId;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::{Access, OrganizationState, OrganizationView, Partner, Reading, TemplatesView, Unreadable};

/// What was read in one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its organization, with its list.
    pub own: OrganizationView,
    /// Its partner records, whoever they are about.
    pub partners: BTreeMap<TenantId, Partner>,
    /// Its templates, where they are wanted.
    pub templates: Option<TemplatesView>,
}

/// What was read in all tenants, in one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// By tenant.
    pub sides: BTreeMap<TenantId, Reading<Side>>,
}

impl Observed {
    /// What was read in a tenant, if it was.
    pub(super) fn seen(&self, tenant: TenantId) -> Option<&Side> {
        match self.sides.get(&tenant)? {
            Reading::Seen(side) => Some(side),
            Reading::Unreadable(_) | Reading::NotNeeded => None,
        }
    }

    /// Whether a tenant that was read lets nobody of another one be synchronized into it.
    pub(crate) fn lets_nobody_in(&self, target: TenantId, source: TenantId) -> bool {
        let is_open = |side: &Side| side.partners.get(&source).is_some_and(Partner::is_sync_allowed);
        self.seen(target).is_some_and(|side| !is_open(side))
    }

    /// Why a tenant was not read.
    pub(super) fn unreadable(&self, tenant: TenantId) -> Option<&Unreadable> {
        match self.sides.get(&tenant)? {
            Reading::Unreadable(why) => Some(why),
            Reading::Seen(_) | Reading::NotNeeded => None,
        }
    }
}

/// Counts, so that it stays small: it goes into outcomes. An error's words stand in the notes; they can differ from
/// look to look, and the patience with a refusal would start again with each.
impl Serialize for Observed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut read = BTreeMap::new();
        let mut unreadable = BTreeMap::new();
        for (tenant, side) in &self.sides {
            match side {
                Reading::Seen(side) => drop(read.insert(tenant, Counts::of(side))),
                Reading::Unreadable(why) => drop(unreadable.insert(tenant, word(why))),
                Reading::NotNeeded => {}
            }
        }
        let mut observed = serializer.serialize_struct("Observed", 2)?;
        observed.serialize_field("tenants", &read)?;
        if unreadable.is_empty() {
            observed.skip_field("unreadable")?;
        } else {
            observed.serialize_field("unreadable", &unreadable)?;
        }
        observed.end()
    }
}

fn word(why: &Unreadable) -> &'static str {
    match why {
        Unreadable::External => "external",
        Unreadable::Denied(_) => "denied",
        Unreadable::Unreachable(_) => "unreachable",
    }
}

/// One tenant in numbers: enough to see that something changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts<'a> {
    organization: &'a OrganizationState,
    /// Active rows of its list.
    active: usize,
    /// Partner records.
    partners: usize,
    redemption_inbound: usize,
    redemption_outbound: usize,
    synchronization_policies: usize,
    synchronization_allowed: usize,
    #[serde(skip_serializing_if = "is_zero")]
    trusted: usize,
    #[serde(skip_serializing_if = "is_zero")]
    direct_connect_inbound: usize,
    #[serde(skip_serializing_if = "is_zero")]
    direct_connect_outbound: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    templates: &'a Option<TemplatesView>,
}

impl<'a> Counts<'a> {
    fn of(side: &'a Side) -> Self {
        let count = |has: &dyn Fn(&Partner) -> bool| side.partners.values().filter(|one| has(one)).count();
        Self {
            organization: &side.own.state,
            active: side.own.active().count(),
            partners: side.partners.len(),
            redemption_inbound: count(&|one| {
                one.automatic_user_consent_settings.inbound_allowed == Some(true)
            }),
            redemption_outbound: count(&|one| {
                one.automatic_user_consent_settings.outbound_allowed == Some(true)
            }),
            synchronization_policies: count(&|one| one.identity_synchronization.is_some()),
            synchronization_allowed: count(&Partner::is_sync_allowed),
            trusted: count(&|one| one.inbound_trust.is_some()),
            direct_connect_inbound: count(&|one| one.b2b_direct_connect_inbound == Access::Open),
            direct_connect_outbound: count(&|one| one.b2b_direct_connect_outbound == Access::Open),
            templates: &side.templates,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
