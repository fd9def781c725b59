//! `/tenantRelationships/multiTenantOrganization`: the organization as the calling tenant sees it.

mod get;
pub mod join_request;
mod model;
mod patch;
mod put;
pub mod tenants;

pub use get::GetMultiTenantOrganization;
pub use model::{
    MemberRole, MemberState, MultiTenantOrganization, MultiTenantOrganizationState, ProcessingStatus,
};
pub use patch::PatchMultiTenantOrganization;
pub use put::PutMultiTenantOrganization;

/// The singleton's path; members and join request are below it.
const PATH: &str = "/tenantRelationships/multiTenantOrganization";
