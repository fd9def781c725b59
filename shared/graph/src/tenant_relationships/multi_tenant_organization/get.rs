//! `GET /tenantRelationships/multiTenantOrganization`
//!
//! Get multiTenantOrganization.

use http::{Method, StatusCode};

use super::{MultiTenantOrganization, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads the organization. "In none" is 200 with the state inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetMultiTenantOrganization;

impl Endpoint for GetMultiTenantOrganization {
    type Answer = MultiTenantOrganization;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<MultiTenantOrganization, DecodeError> {
        decode_json(body)
    }
}
