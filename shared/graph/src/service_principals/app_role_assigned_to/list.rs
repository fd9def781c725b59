//! `GET /servicePrincipals/{id}/appRoleAssignedTo`
//!
//! List appRoleAssignments granted for a service principal.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{AppRoleAssignment, path};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};
use crate::query::Query;

/// Reads who is assigned to the service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAppRoleAssignedTo {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// Items a page, 1 to 999; `None` for the service's hundred.
    pub top: Option<u16>,
}

impl Endpoint for ListAppRoleAssignedTo {
    type Answer = Page<AppRoleAssignment>;
    const PERMISSION: &'static str = "Application.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().top(self.top).of(&path(self.service_principal_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListAppRoleAssignedTo {
    type Item = AppRoleAssignment;
}
