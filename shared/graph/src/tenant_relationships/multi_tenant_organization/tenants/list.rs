//! `GET /tenantRelationships/multiTenantOrganization/tenants`
//!
//! List multiTenantOrganizationMembers.

use http::{Method, StatusCode};

use super::{MultiTenantOrganizationMember, PATH};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads the members: an owner sees pending ones as well, a member only active ones. The order means nothing, and
/// `$top` and `$skip` are not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListMembers;

impl Endpoint for ListMembers {
    type Answer = Page<MultiTenantOrganizationMember>;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListMembers {
    type Item = MultiTenantOrganizationMember;
}
