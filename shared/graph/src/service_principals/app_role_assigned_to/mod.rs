//! `/servicePrincipals/{id}/appRoleAssignedTo`: who is assigned, and so synchronized unless everybody is.

mod delete;
mod list;
mod model;
mod post;

pub use delete::DeleteAppRoleAssignedTo;
pub use list::ListAppRoleAssignedTo;
pub use model::{AppRoleAssignment, PrincipalType};
pub use post::PostAppRoleAssignedTo;
use uuid::Uuid;

fn path(service_principal_id: Uuid) -> String {
    format!("{}/appRoleAssignedTo", super::service_principal_path(service_principal_id))
}
