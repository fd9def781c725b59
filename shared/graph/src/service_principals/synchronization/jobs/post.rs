//! `POST /servicePrincipals/{id}/synchronization/jobs`
//!
//! Create synchronizationJob.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SynchronizationJob, jobs_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Makes a job: paused, its schedule disabled. Answers 201.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSynchronizationJob {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// Such as [`AZURE_TO_AZURE`](super::super::AZURE_TO_AZURE).
    pub template_id: String,
}

impl Endpoint for PostSynchronizationJob {
    type Answer = SynchronizationJob;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        jobs_path(self.service_principal_id)
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "templateId": self.template_id }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
