//! `PATCH /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration`
//!
//! Update multiTenantOrganizationPartnerConfigurationTemplate.

use http::{Method, StatusCode};
use serde_json::Value;

use super::{PATH, PartnerConfigurationTemplateUpdate};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes the template for partner configurations; existing partners are not touched. Answers 204.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchPartnerConfigurationTemplate {
    /// What to change.
    pub update: PartnerConfigurationTemplateUpdate,
}

impl Endpoint for PatchPartnerConfigurationTemplate {
    type Answer = ();
    const PERMISSION: &'static str = "MultiTenantOrganization.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.update))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<(), DecodeError> {
        decode_nothing(body)
    }
}
