//! `GET /tenantRelationships/findTenantInformationByTenantId(tenantId='{id}')`
//!
//! tenantRelationship: findTenantInformationByTenantId.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::TenantInformation;
use crate::body::quoted;
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Looks a tenant up by its id. An unknown tenant is 404.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindTenantInformationByTenantId {
    /// The tenant in question.
    pub tenant_id: Uuid,
}

impl Endpoint for FindTenantInformationByTenantId {
    type Answer = TenantInformation;
    const PERMISSION: &'static str = "CrossTenantInformation.ReadBasic.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let id = quoted(&self.tenant_id.to_string());
        format!("/tenantRelationships/findTenantInformationByTenantId(tenantId={id})")
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<TenantInformation, DecodeError> {
        decode_json(body)
    }
}
