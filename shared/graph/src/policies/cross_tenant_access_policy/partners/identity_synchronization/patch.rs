//! `PATCH /policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization`
//!
//! Update crossTenantIdentitySyncPolicyPartner.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{IdentitySynchronizationUpdate, synchronization_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes it. Answers 204, and 404 `Directory_ObjectNotFound` when there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchIdentitySynchronization {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
    /// What to write.
    pub update: IdentitySynchronizationUpdate,
}

impl Endpoint for PatchIdentitySynchronization {
    type Answer = ();
    const PERMISSION: &'static str = "Policy.ReadWrite.CrossTenantAccess";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        synchronization_path(self.tenant_id)
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.update))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
