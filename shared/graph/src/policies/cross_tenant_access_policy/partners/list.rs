//! `GET /policies/crossTenantAccessPolicy/partners`
//!
//! List partners.

use http::{Method, StatusCode};

use super::{CrossTenantAccessPolicyPartner, EXPAND, PATH};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads all partners.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPartners {
    /// Whether to read the partners' identity synchronization in the same request.
    pub expand_identity_synchronization: bool,
}

impl Endpoint for ListPartners {
    type Answer = Page<CrossTenantAccessPolicyPartner>;
    const PERMISSION: &'static str = "Policy.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        format!("{PATH}{}", if self.expand_identity_synchronization { EXPAND } else { "" })
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListPartners {
    type Item = CrossTenantAccessPolicyPartner;
}
