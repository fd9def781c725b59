//! `POST /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema/directories/{directoryId}/discover`
//!
//! directoryDefinition: discover.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::schema_path;
use crate::body::segment;
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads a directory of the schema anew, as far as it can be discovered. Answers 200 with it.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverDirectory {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// The id of one of the directories of the schema.
    pub directory_id: String,
}

impl Endpoint for DiscoverDirectory {
    type Answer = Value;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!(
            "{}/directories/{}/discover",
            schema_path(self.service_principal_id, &self.job_id),
            segment(&self.directory_id)
        )
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
