//! `/servicePrincipals/{id}/synchronization`: what carries users to another tenant. It runs in the source tenant.
//!
//! Enums are in `PascalCase` here, other than in the rest of Graph.

pub mod jobs;
pub mod secrets;
pub mod templates;

use uuid::Uuid;

/// The template of the jobs that synchronize into another tenant.
pub const AZURE_TO_AZURE: &str = "Azure2Azure";

fn synchronization_path(service_principal_id: Uuid) -> String {
    format!("{}/synchronization", super::service_principal_path(service_principal_id))
}
