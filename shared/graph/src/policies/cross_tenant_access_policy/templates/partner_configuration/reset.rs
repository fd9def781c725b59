//! `POST /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings`
//!
//! multiTenantOrganizationPartnerConfigurationTemplate: resetToDefaultSettings.

use http::{Method, StatusCode};

use super::PATH;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Returns the template for partner configurations to its defaults; existing partners are not touched. No body; answers 204.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetPartnerConfigurationTemplate;

impl Endpoint for ResetPartnerConfigurationTemplate {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{PATH}/resetToDefaultSettings")
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
