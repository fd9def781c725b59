//! `PUT /servicePrincipals/{id}/synchronization/secrets`
//!
//! Add synchronization secrets.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::synchronization_path;
use super::{SynchronizationSecret, secrets_body};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Sets where the service principal synchronizes to and how. Answers 204. The body is `{"value":[…]}`.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone)]
pub struct PutSynchronizationSecrets {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// All of them.
    pub secrets: Vec<SynchronizationSecret>,
}

impl Endpoint for PutSynchronizationSecrets {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("{}/secrets", synchronization_path(self.service_principal_id))
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "value": secrets_body(&self.secrets) }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
