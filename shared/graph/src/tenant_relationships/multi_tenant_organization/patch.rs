//! `PATCH /tenantRelationships/multiTenantOrganization`
//!
//! Update multiTenantOrganization.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::PATH;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Renames or describes the organization; what is `None` stays as it is. Owners only.
///
/// Caveat: in a tenant without an organization it was seen to create one. Look first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatchMultiTenantOrganization {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The new description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Endpoint for PatchMultiTenantOrganization {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
