//! `GET /policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization`
//!
//! Get crossTenantIdentitySyncPolicyPartner.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{IdentitySynchronization, synchronization_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads it; 404 `Directory_ObjectNotFound` when there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetIdentitySynchronization {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
}

impl Endpoint for GetIdentitySynchronization {
    type Answer = IdentitySynchronization;
    const PERMISSION: &'static str = "Policy.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        synchronization_path(self.tenant_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
