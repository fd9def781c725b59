//! `PATCH /tenantRelationships/multiTenantOrganization/joinRequest`
//!
//! Update multiTenantOrganizationJoinRequestRecord.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::PATH;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Asks to join, or takes a failed wish back. Answers 204 either way: a join that cannot be (not added, too many
/// tenants, in another organization) shows as failed later, in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchJoinRequest {
    added_by_tenant_id: Uuid,
}

impl PatchJoinRequest {
    /// Asks to join the organization in which this owner tenant has added the calling tenant.
    pub fn join(owner: Uuid) -> Self {
        Self { added_by_tenant_id: owner }
    }

    /// Resets a failed request, which has to be done before asking again.
    pub fn reset() -> Self {
        // the one place where the zero GUID is sent: here it means "nobody any more"
        Self { added_by_tenant_id: Uuid::nil() }
    }
}

impl Endpoint for PatchJoinRequest {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "addedByTenantId": self.added_by_tenant_id }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
