use serde::{Deserialize, Serialize};

use super::super::super::{AutomaticUserConsentSettings, B2bSetting, InboundTrust};
use super::super::TemplateApplicationLevel;

/// `microsoft.graph.multiTenantOrganizationPartnerConfigurationTemplate`
///
/// It has neither tenant restrictions nor the service-provider flag of a partner. `None` leaves a partner's value alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PartnerConfigurationTemplate {
    /// The template's id.
    pub id: Option<String>,
    /// Which partners it is applied to; never null on the wire, an absent one is read as none.
    pub template_application_level: TemplateApplicationLevel,
    /// Which proofs of the partner count.
    pub inbound_trust: Option<InboundTrust>,
    /// Automatic redemption; by default an object of nulls, not null.
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Users of the partner, to our applications.
    pub b2b_collaboration_inbound: Option<B2bSetting>,
    /// Our users, to the partner's applications.
    pub b2b_collaboration_outbound: Option<B2bSetting>,
    /// Users of the partner, to our shared channels.
    pub b2b_direct_connect_inbound: Option<B2bSetting>,
    /// Our users, to the partner's shared channels.
    pub b2b_direct_connect_outbound: Option<B2bSetting>,
}

/// A change to [`PartnerConfigurationTemplate`]; what is `None` is not sent and stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerConfigurationTemplateUpdate {
    /// Which partners it is applied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_application_level: Option<TemplateApplicationLevel>,
    /// Which proofs of the partner count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_trust: Option<InboundTrust>,
    /// Automatic redemption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Users of the partner, to our applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_collaboration_inbound: Option<B2bSetting>,
    /// Our users, to the partner's applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_collaboration_outbound: Option<B2bSetting>,
    /// Users of the partner, to our shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_inbound: Option<B2bSetting>,
    /// Our users, to the partner's shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_outbound: Option<B2bSetting>,
}
