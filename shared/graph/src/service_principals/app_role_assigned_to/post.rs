//! `POST /servicePrincipals/{id}/appRoleAssignedTo`
//!
//! Grant an appRoleAssignment for a service principal.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AppRoleAssignment, path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Assigns a user or a group. Answers 201. Members of a group count directly only.
///
/// Needs `Application.Read.All` (or `Directory.Read.All`) as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAppRoleAssignedTo {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The role; see [`ServicePrincipal::synchronization_role`](crate::service_principals::ServicePrincipal).
    pub app_role_id: Uuid,
    /// The user or the group.
    pub principal_id: Uuid,
}

impl Endpoint for PostAppRoleAssignedTo {
    type Answer = AppRoleAssignment;
    const PERMISSION: &'static str = "AppRoleAssignment.ReadWrite.All";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        path(self.service_principal_id)
    }

    fn body(&self) -> Option<Value> {
        Some(json!({
            "appRoleId": self.app_role_id,
            "resourceId": self.service_principal_id,
            "principalId": self.principal_id,
        }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
