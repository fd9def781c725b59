//! `POST /tenantRelationships/multiTenantOrganization/tenants`
//!
//! Add multiTenantOrganizationMember.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::super::MemberRole;
use super::{MultiTenantOrganizationMember, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::wire::to_body;

/// Adds a tenant, pending until it joins. Owners only. Answers 201.
///
/// A tenant that is listed already is refused with 400 `Request_BadRequest`; so is one whose removal is still running,
/// with the same text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostMember {
    /// The tenant to add.
    pub tenant_id: Uuid,
    /// Required; cannot be changed afterwards.
    pub display_name: String,
    /// `None` makes it a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<MemberRole>,
}

impl Endpoint for PostMember {
    type Answer = MultiTenantOrganizationMember;
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<MultiTenantOrganizationMember, DecodeError> {
        decode_json(body)
    }
}
