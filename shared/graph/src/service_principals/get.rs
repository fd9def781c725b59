//! `GET /servicePrincipals/{id}`
//!
//! Get servicePrincipal.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{ServicePrincipal, service_principal_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads one service principal; 404 when there is none, and for a while after it was made (unverified).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetServicePrincipal {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
}

impl Endpoint for GetServicePrincipal {
    type Answer = ServicePrincipal;
    const PERMISSION: &'static str = "Application.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        service_principal_path(self.service_principal_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
