//! `POST /servicePrincipals/{id}/synchronization/jobs/{jobId}/restart`
//!
//! synchronizationJob: restart.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ResetScope, job_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Begins a new initial cycle. Answers 204.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartSynchronizationJob {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// What to forget; `None` is what the portal does: quarantine, watermark and escrows.
    pub reset_scope: Option<ResetScope>,
}

impl Endpoint for RestartSynchronizationJob {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{}/restart", job_path(self.service_principal_id, &self.job_id))
    }

    fn body(&self) -> Option<Value> {
        let criteria = match &self.reset_scope {
            Some(scope) => json!({ "resetScope": scope }),
            None => json!({}),
        };
        Some(json!({ "criteria": criteria }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
