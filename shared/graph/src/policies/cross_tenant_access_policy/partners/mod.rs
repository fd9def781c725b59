//! `/policies/crossTenantAccessPolicy/partners`: what the calling tenant has agreed with others, keyed by tenant id.

mod delete;
mod get;
pub mod identity_synchronization;
mod list;
mod model;
mod patch;
mod post;

pub use delete::DeletePartner;
pub use get::GetPartner;
pub use list::ListPartners;
pub use model::{CrossTenantAccessPolicyPartner, PartnerUpdate};
pub use patch::PatchPartner;
pub use post::PostPartner;
use uuid::Uuid;

const PATH: &str = "/policies/crossTenantAccessPolicy/partners";
const EXPAND: &str = "?$expand=identitySynchronization";

fn partner_path(tenant_id: Uuid) -> String {
    format!("{PATH}/{tenant_id}")
}
