//! `/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration`

mod get;
mod model;
mod patch;
mod reset;

pub use get::GetPartnerConfigurationTemplate;
pub use model::{PartnerConfigurationTemplate, PartnerConfigurationTemplateUpdate};
pub use patch::PatchPartnerConfigurationTemplate;
pub use reset::ResetPartnerConfigurationTemplate;

const PATH: &str = "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration";
