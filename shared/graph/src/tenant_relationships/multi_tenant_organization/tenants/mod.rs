//! `/tenantRelationships/multiTenantOrganization/tenants`: the members, keyed by tenant id.

mod delete;
mod get;
mod list;
mod model;
mod patch;
mod post;

pub use delete::DeleteMember;
pub use get::GetMember;
pub use list::ListMembers;
pub use model::{MultiTenantOrganizationMember, TransitionDetails};
pub use patch::PatchMember;
pub use post::PostMember;
use uuid::Uuid;

const PATH: &str = "/tenantRelationships/multiTenantOrganization/tenants";

/// The reference's PATCH example has `/tenant/`, which is a misprint.
fn member_path(tenant_id: Uuid) -> String {
    format!("{PATH}/{tenant_id}")
}
