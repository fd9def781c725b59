//! `DELETE /tenantRelationships/multiTenantOrganization/tenants/{tenantId}`
//!
//! Remove multiTenantOrganizationMember.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::member_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Asks for a removal: an owner removes any tenant, an active tenant itself (that is leaving).
///
/// Answers 204 by the documentation; 200 with the row was seen. Repeated while the removal runs, it is refused with
/// 400 and a text about being added already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteMember {
    /// The member's tenant id.
    pub tenant_id: Uuid,
}

impl Endpoint for DeleteMember {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        member_path(self.tenant_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
