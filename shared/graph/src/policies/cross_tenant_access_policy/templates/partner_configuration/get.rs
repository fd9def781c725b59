//! `GET /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration`
//!
//! Get multiTenantOrganizationPartnerConfigurationTemplate.

use http::{Method, StatusCode};

use super::{PATH, PartnerConfigurationTemplate};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads the template for partner configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetPartnerConfigurationTemplate;

impl Endpoint for GetPartnerConfigurationTemplate {
    type Answer = PartnerConfigurationTemplate;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<PartnerConfigurationTemplate, DecodeError> {
        decode_json(body)
    }
}
