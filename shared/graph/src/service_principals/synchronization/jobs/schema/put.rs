//! `PUT /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema`
//!
//! Update synchronizationSchema.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{SynchronizationSchema, schema_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Replaces the whole schema: read it, change it, write it back. Answers 204, and begins an initial cycle.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSynchronizationSchema {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// All of it.
    pub schema: SynchronizationSchema,
}

impl Endpoint for PutSynchronizationSchema {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        schema_path(self.service_principal_id, &self.job_id)
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.schema))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
