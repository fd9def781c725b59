//! `PUT /tenantRelationships/multiTenantOrganization`
//!
//! Create multiTenantOrganization.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::{MultiTenantOrganization, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::wire::to_body;

/// Creates the organization; the calling tenant becomes its first owner, at once active.
///
/// Answers 201, although it is a PUT on a singleton. A second one is refused with 400 `Request_BadRequest` and changes
/// nothing. It can take minutes until a GET shows the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PutMultiTenantOrganization {
    /// Required by the service.
    pub display_name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Endpoint for PutMultiTenantOrganization {
    type Answer = MultiTenantOrganization;
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<MultiTenantOrganization, DecodeError> {
        decode_json(body)
    }
}
