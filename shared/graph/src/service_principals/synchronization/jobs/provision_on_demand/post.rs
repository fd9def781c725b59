//! `POST /servicePrincipals/{id}/synchronization/jobs/{jobId}/provisionOnDemand`
//!
//! synchronizationJob: provisionOnDemand.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::job_path;
use super::ProvisionOnDemandAnswer;
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Synchronizes a few users now. Answers 200, also when they were skipped or failed: look at the result.
///
/// At most 5 in 10 s, each takes up to 30 s. Not for groups, and it does not restore deleted users.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionOnDemand {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// The id of a rule of the schema.
    pub rule_id: String,
    /// The users of the source.
    pub user_ids: Vec<Uuid>,
}

impl Endpoint for ProvisionOnDemand {
    type Answer = ProvisionOnDemandAnswer;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{}/provisionOnDemand", job_path(self.service_principal_id, &self.job_id))
    }

    fn body(&self) -> Option<Value> {
        let subjects: Vec<Value> =
            self.user_ids.iter().map(|id| json!({ "objectId": id, "objectTypeName": "User" })).collect();
        Some(json!({ "parameters": [{ "ruleId": self.rule_id, "subjects": subjects }] }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
