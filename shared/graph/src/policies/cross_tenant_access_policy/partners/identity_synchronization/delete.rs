//! `DELETE /policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization`
//!
//! Delete crossTenantIdentitySyncPolicyPartner.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::synchronization_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Removes it: the partner may no longer synchronize users in. Answers 204.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteIdentitySynchronization {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
}

impl Endpoint for DeleteIdentitySynchronization {
    type Answer = ();
    const PERMISSION: &'static str = "Policy.ReadWrite.CrossTenantAccess";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        synchronization_path(self.tenant_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
