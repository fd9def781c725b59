//! What partners, templates and the default configuration are made of.

use serde::{Deserialize, Serialize};

use crate::wire::{null_is_empty, open_enum};

open_enum! {
    /// Whether the targets are let through.
    AccessType {
        /// They are, and nobody else.
        Allowed = "allowed",
        /// They are not, and everybody else is.
        Blocked = "blocked",
    }
}

open_enum! {
    /// What a target is.
    TargetType {
        /// A user, or all of them (`AllUsers`).
        User = "user",
        /// A group.
        Group = "group",
        /// An application, or a set of them (`AllApplications`, `AllMicrosoftApps`, `Office365`).
        Application = "application",
    }
}

/// `microsoft.graph.crossTenantAccessPolicyB2BSetting`
///
/// On the wire its owner's properties are spelled `b2bCollaborationInbound` and so on, with a small second b: the
/// service refuses `b2BCollaborationInbound` with 400.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct B2bSetting {
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users_and_groups: Option<TargetConfiguration>,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications: Option<TargetConfiguration>,
}

/// `microsoft.graph.crossTenantAccessPolicyTargetConfiguration`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetConfiguration {
    /// Whether the targets are let through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_type: Option<AccessType>,
    /// The targets.
    #[serde(deserialize_with = "null_is_empty")]
    pub targets: Vec<Target>,
}

/// `microsoft.graph.crossTenantAccessPolicyTarget`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// An object or application id, or one of the words of [`TargetType`].
    pub target: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_type: Option<TargetType>,
}

/// `microsoft.graph.crossTenantAccessPolicyInboundTrust`: which proofs of the other tenant count here. `None`: not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InboundTrust {
    /// Multifactor authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_mfa_accepted: Option<bool>,
    /// Compliant devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_compliant_device_accepted: Option<bool>,
    /// Hybrid joined devices. The `AD` is in capitals on the wire.
    #[serde(rename = "isHybridAzureADJoinedDeviceAccepted", skip_serializing_if = "Option::is_none")]
    pub is_hybrid_azure_ad_joined_device_accepted: Option<bool>,
}

/// `microsoft.graph.inboundOutboundPolicyConfiguration`: automatic redemption of invitations. Both sides have to allow
/// it: the source outbound, the target inbound. `None`: not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutomaticUserConsentSettings {
    /// For users that come from the other tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_allowed: Option<bool>,
    /// For our users that go to the other tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_allowed: Option<bool>,
}

/// `microsoft.graph.crossTenantUserSyncInbound`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserSyncInbound {
    /// Whether users may be synchronized into this tenant. `None`: not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_sync_allowed: Option<bool>,
}
