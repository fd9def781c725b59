use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::{AutomaticUserConsentSettings, B2bSetting, InboundTrust};
use super::identity_synchronization::IdentitySynchronization;
use crate::wire::Nullable;

/// `microsoft.graph.crossTenantAccessPolicyConfigurationPartner`
///
/// `None` means that the default configuration applies, except for automatic redemption, which is never inherited.
/// Tenant restrictions, service-provider constraints and undeclared properties are not read, and never written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrossTenantAccessPolicyPartner {
    /// The key; a partner has no `id`.
    pub tenant_id: Uuid,
    /// Whether it is a cloud service provider of ours.
    #[serde(default)]
    pub is_service_provider: Option<bool>,
    /// Whether it is in the same organization; the service keeps it.
    #[serde(default)]
    pub is_in_multi_tenant_organization: Option<bool>,
    /// Which proofs of the partner count here.
    #[serde(default)]
    pub inbound_trust: Option<InboundTrust>,
    /// Automatic redemption.
    #[serde(default)]
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Users of the partner, to our applications.
    #[serde(default)]
    pub b2b_collaboration_inbound: Option<B2bSetting>,
    /// Our users, to the partner's applications.
    #[serde(default)]
    pub b2b_collaboration_outbound: Option<B2bSetting>,
    /// Users of the partner, to our shared channels.
    #[serde(default)]
    pub b2b_direct_connect_inbound: Option<B2bSetting>,
    /// Our users, to the partner's shared channels.
    #[serde(default)]
    pub b2b_direct_connect_outbound: Option<B2bSetting>,
    /// Only when expanded, and only when there is one.
    #[serde(default)]
    pub identity_synchronization: Option<IdentitySynchronization>,
}

/// Settings of a partner to write; what is `None` is not sent and stays as it is (or unset, on a new partner).
/// [`Nullable::Null`] unsets: the default configuration applies again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerUpdate {
    /// Whether it is a cloud service provider of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_service_provider: Option<bool>,
    /// Which proofs of the partner count here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_trust: Option<Nullable<InboundTrust>>,
    /// Automatic redemption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Users of the partner, to our applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_collaboration_inbound: Option<Nullable<B2bSetting>>,
    /// Our users, to the partner's applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_collaboration_outbound: Option<Nullable<B2bSetting>>,
    /// Users of the partner, to our shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_inbound: Option<Nullable<B2bSetting>>,
    /// Our users, to the partner's shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_outbound: Option<Nullable<B2bSetting>>,
}
