//! `PATCH /tenantRelationships/multiTenantOrganization/tenants/{tenantId}`
//!
//! Update multiTenantOrganizationMember.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::MemberRole;
use super::member_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Asks for another role. Owners only. Answers 204; a GET shows the old role and a transition until it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchMember {
    /// The member's tenant id.
    pub tenant_id: Uuid,
    /// The wanted role.
    pub role: MemberRole,
}

impl Endpoint for PatchMember {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        member_path(self.tenant_id)
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "role": self.role }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
