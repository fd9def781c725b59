use serde::Deserialize;

/// `microsoft.graph.tenantInformation`: what every tenant may know of every other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantInformation {
    /// The tenant id.
    pub tenant_id: uuid::Uuid,
    /// The tenant's name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The tenant's default domain.
    #[serde(default)]
    pub default_domain_name: Option<String>,
    /// The name that the sign-in page shows; mostly null.
    #[serde(default)]
    pub federation_brand_name: Option<String>,
}
