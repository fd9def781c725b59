//! `GET /policies/crossTenantAccessPolicy/partners/{tenantId}`
//!
//! Get crossTenantAccessPolicyConfigurationPartner.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{CrossTenantAccessPolicyPartner, EXPAND, partner_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads one partner; 404 when there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetPartner {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
    /// Whether to read the partner's identity synchronization in the same request.
    pub expand_identity_synchronization: bool,
}

impl Endpoint for GetPartner {
    type Answer = CrossTenantAccessPolicyPartner;
    const PERMISSION: &'static str = "Policy.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let expand = if self.expand_identity_synchronization { EXPAND } else { "" };
        format!("{}{expand}", partner_path(self.tenant_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
