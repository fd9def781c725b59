//! `GET /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization`
//!
//! Get multiTenantOrganizationIdentitySyncPolicyTemplate.

use http::{Method, StatusCode};

use super::{IdentitySynchronizationTemplate, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads the template for identity synchronization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetIdentitySynchronizationTemplate;

impl Endpoint for GetIdentitySynchronizationTemplate {
    type Answer = IdentitySynchronizationTemplate;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn decode(
        &self,
        _status: StatusCode,
        body: &[u8],
    ) -> Result<IdentitySynchronizationTemplate, DecodeError> {
        decode_json(body)
    }
}
