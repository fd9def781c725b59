use serde::Deserialize;
use uuid::Uuid;

use crate::wire::null_is_empty;

/// `microsoft.graph.subscribedSku`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscribedSku {
    /// Which product.
    pub sku_id: Uuid,
    /// Its short name, such as `AAD_PREMIUM`.
    #[serde(default)]
    pub sku_part_number: Option<String>,
    /// `Enabled`, `Warning`, `Suspended`, `Deleted`, `LockedOut`.
    #[serde(default)]
    pub capability_status: Option<String>,
    /// How many licences are assigned.
    #[serde(default)]
    pub consumed_units: Option<i64>,
    /// How many there are.
    #[serde(default)]
    pub prepaid_units: Option<LicenseUnitsDetail>,
    /// What is in it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub service_plans: Vec<ServicePlanInfo>,
}

/// `microsoft.graph.licenseUnitsDetail`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LicenseUnitsDetail {
    /// Usable.
    pub enabled: Option<i64>,
    /// Usable, past their end.
    pub warning: Option<i64>,
    /// Not usable any more.
    pub suspended: Option<i64>,
}

/// `microsoft.graph.servicePlanInfo`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePlanInfo {
    /// Which plan.
    pub service_plan_id: Uuid,
    /// Its short name, such as `AAD_PREMIUM`.
    #[serde(default)]
    pub service_plan_name: Option<String>,
    /// Such as `Success`.
    #[serde(default)]
    pub provisioning_status: Option<String>,
}
