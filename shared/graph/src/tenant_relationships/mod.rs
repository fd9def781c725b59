//! `/tenantRelationships`

pub mod find_tenant_information;
pub mod multi_tenant_organization;
