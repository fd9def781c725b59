//! `/tenantRelationships/findTenantInformationBy…`

mod by_domain_name;
mod by_tenant_id;
mod model;

pub use by_domain_name::FindTenantInformationByDomainName;
pub use by_tenant_id::FindTenantInformationByTenantId;
pub use model::TenantInformation;
