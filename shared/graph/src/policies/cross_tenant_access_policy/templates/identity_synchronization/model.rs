use serde::{Deserialize, Serialize};

use super::super::super::UserSyncInbound;
use super::super::TemplateApplicationLevel;

/// `microsoft.graph.multiTenantOrganizationIdentitySyncPolicyTemplate`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentitySynchronizationTemplate {
    /// The template's id.
    pub id: Option<String>,
    /// Which partners it is applied to; never null on the wire, an absent one is read as none.
    pub template_application_level: TemplateApplicationLevel,
    /// Whether users may be synchronized in; by default an object of null, not null.
    pub user_sync_inbound: Option<UserSyncInbound>,
}

/// A change to [`IdentitySynchronizationTemplate`]; what is `None` is not sent and stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySynchronizationTemplateUpdate {
    /// Which partners it is applied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_application_level: Option<TemplateApplicationLevel>,
    /// Whether users may be synchronized in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_sync_inbound: Option<UserSyncInbound>,
}
