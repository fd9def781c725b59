//! `GET /tenantRelationships/multiTenantOrganization/tenants/{tenantId}`
//!
//! Get multiTenantOrganizationMember.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{MultiTenantOrganizationMember, member_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads one member. Never there: 404 `Request_ResourceNotFound`; removed: 404 `Directory_ObjectNotFound`, with a text
/// about company information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetMember {
    /// The member's tenant id.
    pub tenant_id: Uuid,
}

impl Endpoint for GetMember {
    type Answer = MultiTenantOrganizationMember;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        member_path(self.tenant_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<MultiTenantOrganizationMember, DecodeError> {
        decode_json(body)
    }
}
