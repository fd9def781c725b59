//! `DELETE /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema`
//!
//! Delete synchronizationSchema.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::schema_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Drops all changes: the default schema is back. Answers 204 (201 by the text of its page).
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteSynchronizationSchema {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
}

impl Endpoint for DeleteSynchronizationSchema {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        schema_path(self.service_principal_id, &self.job_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
