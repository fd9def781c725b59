//! `/servicePrincipals/{id}/synchronization/jobs`

mod delete;
mod get;
mod list;
mod model;
mod patch;
mod pause;
mod post;
pub mod provision_on_demand;
mod reset_scope;
mod restart;
pub mod schema;
mod start;
mod status;
mod validate_credentials;

pub use delete::DeleteSynchronizationJob;
pub use get::GetSynchronizationJob;
pub use list::ListSynchronizationJobs;
pub use model::{
    NameValuePair, ScheduleState, SynchronizationJob, SynchronizationJobUpdate, SynchronizationSchedule,
    SynchronizationScheduleUpdate,
};
pub use patch::PatchSynchronizationJob;
pub use pause::PauseSynchronizationJob;
pub use post::PostSynchronizationJob;
pub use reset_scope::{ResetFlag, ResetScope};
pub use restart::RestartSynchronizationJob;
pub use start::StartSynchronizationJob;
pub use status::{
    EntryCount, ExecutionState, JobStatusCode, QuarantineReason, SynchronizationError,
    SynchronizationProgress, SynchronizationQuarantine, SynchronizationStatus, SynchronizationTaskExecution,
};
use uuid::Uuid;
pub use validate_credentials::ValidateSynchronizationCredentials;

use super::synchronization_path;
use crate::body::segment;

/// The code of a refusal when one of both tenants does not allow automatic redemption.
pub const AUTOMATIC_REDEMPTION_MISSING: &str = "AzureDirectoryB2BManagementPolicyCheckFailure";

fn jobs_path(service_principal_id: Uuid) -> String {
    format!("{}/jobs", synchronization_path(service_principal_id))
}

fn job_path(service_principal_id: Uuid, job_id: &str) -> String {
    format!("{}/{}", jobs_path(service_principal_id), segment(job_id))
}
