//! `data` of create, add and join.

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Scope, Templates, UserType};
use crate::TenantRef;

/// A member's role in the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// May add, remove and change the roles of tenants.
    Owner,
    /// Takes part.
    Member,
}

/// `data` of `mto.create.v1`: make the owner's organization exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateData {
    /// The tenant that creates and owns the organization.
    pub owner: TenantRef,
    /// The organization's name; not blank, at most 256 characters.
    #[serde(deserialize_with = "display_name")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub display_name: String,
    /// The organization's description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Rename an organization that exists already under another name. Default: leave its name alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub update: bool,
    /// Tenants to add once the organization exists (by an `add` that create posts).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<NewTenant>,
    /// What to write into the owner's templates before anybody joins. Default: leave them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<Templates>,
    /// What is to follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// Say which writes would be made, and make none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// A tenant to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewTenant {
    /// The tenant.
    pub tenant: TenantRef,
    /// How the organization's list names it; cannot be changed later. Not blank, at most 256 characters.
    #[serde(deserialize_with = "display_name")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub display_name: String,
    /// The wanted role. Absent: a new tenant becomes a member, a listed one keeps its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// `data` of `mto.add.v1`: list tenants in the owner's organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AddData {
    /// The tenant that owns the organization.
    pub owner: TenantRef,
    /// The tenants to list; at least one.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub tenants: Vec<NewTenant>,
    /// What is to follow for each tenant, as soon as it is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// Say which writes would be made, and make none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// `data` of `mto.join.v1`: make a listed tenant an active member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JoinData {
    /// The tenant that joins.
    pub tenant: TenantRef,
    /// The owner tenant that added it.
    pub owner: TenantRef,
    /// What to write into the joining tenant's templates first. Default: leave them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<Templates>,
    /// What is to follow; only `sync` means something here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// Say which writes would be made, and make none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What is to follow a command that succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Then {
    /// Join every tenant that was added: `true`, or an object with the joining tenants' templates.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "join_wish")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::join_wish"))]
    pub join: Option<JoinWish>,
    /// Synchronise users once a tenant has joined, in both directions with every active member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<SyncWish>,
}

/// How tenants that were added are to join.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JoinWish {
    /// What to write into the joining tenant's templates first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<Templates>,
}

/// How a tenant that joined is to be synchronised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SyncWish {
    /// Whom the joining tenant shares. Absent: its default scope in the tenant directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// What the users become in the other tenants. Absent: Member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<UserType>,
}

/// Names go into Graph and into texts: bounded, not blank.
fn display_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.trim().is_empty() {
        return Err(de::Error::custom("is blank; give the name people are to see"));
    }
    if name.chars().count() > 256 {
        return Err(de::Error::custom("is longer than 256 characters; shorten it"));
    }
    Ok(name)
}

/// Accepts `true`, `false` and an object; an untagged enum would lose the error's place.
fn join_wish<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<JoinWish>, D::Error> {
    struct WishVisitor;
    impl<'de> Visitor<'de> for WishVisitor {
        type Value = Option<JoinWish>;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("true, false or an object such as {\"templates\":\"admin-center\"}")
        }
        fn visit_bool<E>(self, wanted: bool) -> Result<Self::Value, E> {
            Ok(wanted.then(JoinWish::default))
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            JoinWish::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }
    }
    deserializer.deserialize_any(WishVisitor)
}
