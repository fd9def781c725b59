use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::super::UserSyncInbound;

/// `microsoft.graph.crossTenantIdentitySyncPolicyPartner`: whether a partner may synchronize users into this tenant.
/// Without one it may not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySynchronization {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
    /// A label.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Switching it off stops synchronization and leaves the users that were made.
    #[serde(default)]
    pub user_sync_inbound: Option<UserSyncInbound>,
}

/// What to write; what is `None` is not sent and stays as it is (or unset, on a new one).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySynchronizationUpdate {
    /// A label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether users may be synchronized in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_sync_inbound: Option<UserSyncInbound>,
}
