//! The owner's list and everybody's settings, read from the simulated service itself: looking costs no request
//! and disturbs nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::cast::Cast;

/// A row of the owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) tenant_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) role: String,
    pub(crate) state: String,
}

impl Member {
    pub(crate) fn is_active(&self) -> bool {
        self.state == "active"
    }
}

/// What a tenant has set for another one; the shape is Graph's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Partner {
    pub(crate) tenant_id: Uuid,
    pub(crate) is_in_multi_tenant_organization: bool,
    pub(crate) automatic_user_consent_settings: Consent,
    pub(crate) identity_synchronization: Option<Synchronization>,
}

/// Automatic redemption of invitations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Consent {
    pub(crate) inbound_allowed: Option<bool>,
    pub(crate) outbound_allowed: Option<bool>,
}

/// Whether the other tenant may synchronise users into this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Synchronization {
    pub(crate) user_sync_inbound: Option<Inbound>,
}

/// The inbound side of synchronization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inbound {
    pub(crate) is_sync_allowed: Option<bool>,
}

impl Partner {
    pub(crate) fn syncs(&self) -> bool {
        let inbound = self.identity_synchronization.as_ref().and_then(|sync| sync.user_sync_inbound.as_ref());
        inbound.and_then(|inbound| inbound.is_sync_allowed) == Some(true)
    }

    /// Whether it is what the templates of the admin center make of a fellow member.
    pub(crate) fn is_as_wanted(&self) -> bool {
        let consent = self.automatic_user_consent_settings;
        self.is_in_multi_tenant_organization
            && consent.inbound_allowed == Some(true)
            && consent.outbound_allowed == Some(true)
            && self.syncs()
    }
}

/// The owner's list in a dump, in the order of the scenario; empty while the organization does not show.
pub(crate) fn members_of(state: &Value, cast: &Cast) -> Vec<Member> {
    let owner = cast.owner().id.to_string();
    let organizations = state["organizations"].as_array().into_iter().flatten();
    let now = time_of(&state["now"]);
    let own = organizations
        .filter(|organization| organization["creator"] == owner.as_str())
        .find(|organization| time_of(&organization["visible"]) <= now);
    let rows = own.and_then(|organization| organization["tenants"].as_array()).into_iter().flatten();
    let mut members: Vec<Member> = rows.filter_map(|row| Member::deserialize(row).ok()).collect();
    members.sort_by_key(|member| cast.position(member.tenant_id));
    members
}

/// The settings of a tenant for the others of the scenario, in their order.
pub(crate) fn partners_of(state: &Value, cast: &Cast, tenant: Uuid) -> Vec<Partner> {
    let tenant = tenant.to_string();
    let tenants = state["tenants"].as_array().into_iter().flatten();
    let found = tenants.filter(|seen| seen["tenantId"] == tenant.as_str());
    let held = found.filter_map(|seen| seen["partners"].as_array()).flatten();
    let mut partners: Vec<Partner> = held.filter_map(partner).collect();
    partners.sort_by_key(|partner| cast.position(partner.tenant_id));
    partners
}

fn partner(held: &Value) -> Option<Partner> {
    let consent = &held["configuration"]["automaticUserConsentSettings"];
    let synchronization = &held["identitySynchronization"];
    Some(Partner {
        tenant_id: Uuid::deserialize(&held["tenantId"]).ok()?,
        is_in_multi_tenant_organization: held["isInMultiTenantOrganization"] == true,
        automatic_user_consent_settings: Consent::deserialize(consent).unwrap_or_default(),
        identity_synchronization: Option::deserialize(synchronization).unwrap_or_default(),
    })
}

fn time_of(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}
