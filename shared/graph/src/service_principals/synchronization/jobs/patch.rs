//! `PATCH /servicePrincipals/{id}/synchronization/jobs/{jobId}`
//!
//! Update synchronizationJob.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{SynchronizationJobUpdate, job_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes a job. The permissions name it, no page describes it: status 204 and what it takes are unverified.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchSynchronizationJob {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// What to change.
    pub update: SynchronizationJobUpdate,
}

impl Endpoint for PatchSynchronizationJob {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        job_path(self.service_principal_id, &self.job_id)
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.update))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
