//! `POST /servicePrincipals/{id}/synchronization/jobs/validateCredentials`
//!
//! synchronizationJob: validateCredentials.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::secrets::{SynchronizationSecret, secrets_body};
use super::{job_path, jobs_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Asks whether a synchronization could work: whether both tenants allow automatic redemption. Answers 204.
///
/// A failure has the code [`AUTOMATIC_REDEMPTION_MISSING`](super::AUTOMATIC_REDEMPTION_MISSING); its status is unverified.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone)]
pub struct ValidateSynchronizationCredentials {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// Asks one job; `None` before there is one.
    pub job_id: Option<String>,
    /// Such as [`AZURE_TO_AZURE`](super::super::AZURE_TO_AZURE).
    pub template_id: String,
    /// Whether to judge what was saved, and not these.
    pub use_saved_credentials: bool,
    /// What to judge.
    pub credentials: Vec<SynchronizationSecret>,
}

impl Endpoint for ValidateSynchronizationCredentials {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        let parent = match &self.job_id {
            Some(job_id) => job_path(self.service_principal_id, job_id),
            None => jobs_path(self.service_principal_id),
        };
        format!("{parent}/validateCredentials")
    }

    fn body(&self) -> Option<Value> {
        Some(json!({
            "useSavedCredentials": self.use_saved_credentials,
            "templateId": self.template_id,
            "credentials": secrets_body(&self.credentials),
        }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
