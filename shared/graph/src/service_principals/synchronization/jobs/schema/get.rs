//! `GET /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema`
//!
//! Get synchronizationSchema.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{SynchronizationSchema, schema_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads who is synchronized as what, whole.
///
/// For a service principal that the caller does not own: `Synchronization.Read.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetSynchronizationSchema {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
}

impl Endpoint for GetSynchronizationSchema {
    type Answer = SynchronizationSchema;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        schema_path(self.service_principal_id, &self.job_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
