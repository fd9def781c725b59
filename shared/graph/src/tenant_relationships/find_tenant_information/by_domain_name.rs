//! `GET /tenantRelationships/findTenantInformationByDomainName(domainName='{name}')`
//!
//! tenantRelationship: findTenantInformationByDomainName.

use http::{Method, StatusCode};

use super::TenantInformation;
use crate::body::quoted;
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Looks a tenant up by one of its verified domains. An unknown domain is 404.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindTenantInformationByDomainName {
    /// Such as `contoso.example`.
    pub domain_name: String,
}

impl Endpoint for FindTenantInformationByDomainName {
    type Answer = TenantInformation;
    const PERMISSION: &'static str = "CrossTenantInformation.ReadBasic.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let name = quoted(&self.domain_name);
        format!("/tenantRelationships/findTenantInformationByDomainName(domainName={name})")
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<TenantInformation, DecodeError> {
        decode_json(body)
    }
}
