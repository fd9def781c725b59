//! `/tenantRelationships/multiTenantOrganization/joinRequest`: in the tenant that joins.

mod get;
mod model;
mod patch;

pub use get::GetJoinRequest;
pub use model::{JoinRequestRecord, JoinRequestTransitionDetails};
pub use patch::PatchJoinRequest;

const PATH: &str = "/tenantRelationships/multiTenantOrganization/joinRequest";
