//! `GET /servicePrincipals/{id}/synchronization/jobs/{jobId}`
//!
//! Get synchronizationJob.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{SynchronizationJob, job_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads a job and how it is doing.
///
/// For a service principal that the caller does not own: `Synchronization.Read.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetSynchronizationJob {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
}

impl Endpoint for GetSynchronizationJob {
    type Answer = SynchronizationJob;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        job_path(self.service_principal_id, &self.job_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
