//! `DELETE /servicePrincipals/{id}`
//!
//! Delete servicePrincipal.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::service_principal_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Deletes a service principal with its synchronization and assignments; the application stays. Answers 204.
///
/// For one that the caller does not own: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteServicePrincipal {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
}

impl Endpoint for DeleteServicePrincipal {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        service_principal_path(self.service_principal_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
