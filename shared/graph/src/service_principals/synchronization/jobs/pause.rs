//! `POST /servicePrincipals/{id}/synchronization/jobs/{jobId}/pause`
//!
//! synchronizationJob: pause.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::job_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Stops a job for a while; it remembers where it was. Answers 204.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseSynchronizationJob {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
}

impl Endpoint for PauseSynchronizationJob {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{}/pause", job_path(self.service_principal_id, &self.job_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
