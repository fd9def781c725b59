//! `/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization`

mod get;
mod model;
mod patch;
mod reset;

pub use get::GetIdentitySynchronizationTemplate;
pub use model::{IdentitySynchronizationTemplate, IdentitySynchronizationTemplateUpdate};
pub use patch::PatchIdentitySynchronizationTemplate;
pub use reset::ResetIdentitySynchronizationTemplate;

const PATH: &str =
    "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization";
