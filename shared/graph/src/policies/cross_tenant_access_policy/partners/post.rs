//! `POST /policies/crossTenantAccessPolicy/partners`
//!
//! Create crossTenantAccessPolicyConfigurationPartner.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{CrossTenantAccessPolicyPartner, PATH, PartnerUpdate};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::wire::to_body;

/// Makes a partner; everything that is not given is unset. Answers 201, and 409
/// `Request_MultipleObjectsWithSameKeyValue` when there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostPartner {
    /// The partner's tenant id.
    pub tenant_id: Uuid,
    /// Its first settings.
    #[serde(flatten)]
    pub settings: PartnerUpdate,
}

impl Endpoint for PostPartner {
    type Answer = CrossTenantAccessPolicyPartner;
    const PERMISSION: &'static str = "Policy.ReadWrite.CrossTenantAccess";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
