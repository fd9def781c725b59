//! `/servicePrincipals`: applications as they are in the calling tenant, by object id.

pub mod app_role_assigned_to;
mod delete;
mod get;
mod list;
mod model;
mod patch;
pub mod synchronization;

pub use delete::DeleteServicePrincipal;
pub use get::GetServicePrincipal;
pub use list::ListServicePrincipals;
pub use model::{AppRole, ServicePrincipal, ServicePrincipalUpdate};
pub use patch::PatchServicePrincipal;
use uuid::Uuid;

const PATH: &str = "/servicePrincipals";

fn service_principal_path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}
