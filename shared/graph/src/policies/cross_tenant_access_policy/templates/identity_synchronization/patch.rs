//! `PATCH /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization`
//!
//! Update multiTenantOrganizationIdentitySyncPolicyTemplate.

use http::{Method, StatusCode};
use serde_json::Value;

use super::{IdentitySynchronizationTemplateUpdate, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes the template for identity synchronization; existing partners are not touched. Answers 204.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchIdentitySynchronizationTemplate {
    /// What to change.
    pub update: IdentitySynchronizationTemplateUpdate,
}

impl Endpoint for PatchIdentitySynchronizationTemplate {
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
