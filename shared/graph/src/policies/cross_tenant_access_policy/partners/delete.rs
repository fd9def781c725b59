//! `DELETE /policies/crossTenantAccessPolicy/partners/{tenantId}`
//!
//! Delete crossTenantAccessPolicyConfigurationPartner.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::partner_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Removes a partner. Answers 204. Its identity synchronization has to be deleted first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletePartner {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
}

impl Endpoint for DeletePartner {
    type Answer = ();
    const PERMISSION: &'static str = "Policy.ReadWrite.CrossTenantAccess";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        partner_path(self.tenant_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
