//! `data` of leave and sync.

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::TenantRef;

/// What a destructive command needs before it acts: the plan it agrees to. Checked again when it is acted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Confirm {
    /// The tenant the plan names.
    pub tenant: TenantRef,
    /// The number of users the plan names, where users would be created or deleted in number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
}

/// `data` of `mto.leave.v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaveData {
    /// The tenant that leaves or is removed; the owner itself to dissolve.
    pub tenant: TenantRef,
    /// An owner tenant of the organization.
    pub owner: TenantRef,
    /// Who acts.
    pub mode: LeaveMode,
    /// What is cleaned up afterwards.
    #[serde(default)]
    pub cleanup: Cleanup,
    /// The plan that was agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
    /// Say which writes would be made, and make none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// Who ends the membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum LeaveMode {
    /// The tenant removes itself with its own credential.
    Leave,
    /// The owner removes it.
    Remove,
    /// The owner removes all others, waits, then itself.
    Dissolve,
}

/// What leave cleans up once the tenant is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Cleanup {
    /// Nothing.
    #[default]
    None,
    /// Automatic redemption and inbound synchronization off, in both directions.
    Settings,
    /// Synchronised users first, then the settings.
    Users,
}

/// `data` of `mto.sync.v1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SyncData {
    /// What to do.
    #[serde(default)]
    pub action: SyncAction,
    /// The tenant whose users go out. With `targets`; not with `owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<TenantRef>,
    /// The tenants the users go to: `"all"`, or a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<SyncTargets>,
    /// An owner tenant: the whole organization is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TenantRef>,
    /// Whom the source shares. Absent: the source's default scope in the tenant directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// What the users become. Absent: Member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<UserType>,
    /// For unshare: what is cleaned up. Absent: users, which includes the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup: Option<Cleanup>,
    /// For unshare: the other direction too, as at the end of a membership.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub both_directions: bool,
    /// The plan that was agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
    /// Say which writes would be made, and make none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What sync does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum SyncAction {
    /// Make the synchronization exist as wanted, and watch it to its steady state.
    #[default]
    Configure,
    /// Compare and repair the cross-tenant settings of an organization.
    Settings,
    /// Report, read-only.
    Status,
    /// Restart the job.
    Restart,
    /// Pause the job.
    Stop,
    /// Take the users back and close the settings.
    Unshare,
}

/// The tenants users go to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "crate::schema::SyncTargetsOnTheWire"))]
pub enum SyncTargets {
    /// `"all"`: every other active member.
    All,
    /// The tenants named.
    Tenants(Vec<TenantRef>),
}

/// Whom a source tenant shares; desired state: what is assigned beyond it is unassigned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Object ids of users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub users: Vec<Uuid>,
    /// Object ids of security groups; only their direct members count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub groups: Vec<Uuid>,
    /// Every internal member user.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
}

/// What synchronised users are in the target tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UserType {
    /// A member; what Teams' seamless mode needs.
    Member,
    /// A guest.
    Guest,
}

impl Serialize for SyncTargets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Tenants(tenants) => tenants.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SyncTargets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TargetsVisitor;
        impl<'de> Visitor<'de> for TargetsVisitor {
            type Value = SyncTargets;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("\"all\" or a list of tenants")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                if text == "all" {
                    Ok(SyncTargets::All)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(text), &self))
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(SyncTargets::Tenants)
            }
        }
        deserializer.deserialize_any(TargetsVisitor)
    }
}
