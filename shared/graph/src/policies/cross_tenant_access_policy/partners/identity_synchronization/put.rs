//! `PUT /policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization`
//!
//! Create identitySynchronization.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{IdentitySynchronizationUpdate, synchronization_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Makes it. Answers 204, and 409 `Request_MultipleObjectsWithSameKeyValue` when there is one: this PUT does not replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutIdentitySynchronization {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
    /// What to write.
    pub update: IdentitySynchronizationUpdate,
}

impl Endpoint for PutIdentitySynchronization {
    type Answer = ();
    const PERMISSION: &'static str = "Policy.ReadWrite.CrossTenantAccess";

    fn method(&self) -> Method {
        Method::PUT
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
