use serde::Deserialize;

use crate::wire::null_is_empty;

/// `microsoft.graph.organization`: a tenant's description of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant id.
    pub id: uuid::Uuid,
    /// The tenant's name; `None` when the permission does not reach it.
    #[serde(default)]
    pub display_name: Option<String>,
    /// `AAD`, `CIAM` (an external tenant) and others; `None` when the permission does not reach it.
    #[serde(default)]
    pub tenant_type: Option<String>,
    /// The domains that the tenant has proved to own.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub verified_domains: Vec<VerifiedDomain>,
}

/// `microsoft.graph.verifiedDomain`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomain {
    /// Such as `contoso.example`.
    pub name: String,
    /// Whether new users get it.
    #[serde(default)]
    pub is_default: Option<bool>,
    /// Whether it is the `….onmicrosoft.com` domain that the tenant began with.
    #[serde(default)]
    pub is_initial: Option<bool>,
}
