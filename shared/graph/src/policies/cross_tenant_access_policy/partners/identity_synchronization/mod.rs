//! `/policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization`

mod delete;
mod get;
mod model;
mod patch;
mod put;

pub use delete::DeleteIdentitySynchronization;
pub use get::GetIdentitySynchronization;
pub use model::{IdentitySynchronization, IdentitySynchronizationUpdate};
pub use patch::PatchIdentitySynchronization;
pub use put::PutIdentitySynchronization;
use uuid::Uuid;

use super::partner_path;

fn synchronization_path(tenant_id: Uuid) -> String {
    format!("{}/identitySynchronization", partner_path(tenant_id))
}
