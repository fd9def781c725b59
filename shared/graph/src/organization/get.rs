//! `GET /organization`
//!
//! List organization.

use http::{Method, StatusCode};

use super::Organization;
use crate::endpoint::{DecodeError, Endpoint, Page, decode_json};

/// Reads the tenant's own description. Documented as a list, it holds exactly the calling tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetOrganization;

impl Endpoint for GetOrganization {
    type Answer = Organization;
    const PERMISSION: &'static str = "Directory.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        "/organization".to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Organization, DecodeError> {
        let page: Page<Organization> = decode_json(body)?;
        page.value.into_iter().next().ok_or_else(|| DecodeError::new("value", "no organization"))
    }
}
