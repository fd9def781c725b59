//! `PATCH /servicePrincipals/{id}`
//!
//! Update servicePrincipal.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{ServicePrincipalUpdate, service_principal_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes a service principal. Answers 204.
///
/// For one that the caller does not own: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchServicePrincipal {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// What to change.
    pub update: ServicePrincipalUpdate,
}

impl Endpoint for PatchServicePrincipal {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        service_principal_path(self.service_principal_id)
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.update))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
