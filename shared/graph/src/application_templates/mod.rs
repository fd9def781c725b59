//! `/applicationTemplates`

mod instantiate;
mod model;

pub use instantiate::InstantiateApplicationTemplate;
pub use model::ApplicationServicePrincipal;
use uuid::{Uuid, uuid};

/// The template of a cross-tenant synchronization, the same in every tenant.
pub const CROSS_TENANT_SYNCHRONIZATION: Uuid = uuid!("518e5f48-1fc8-4c48-9387-9fdf28b0dfe7");
