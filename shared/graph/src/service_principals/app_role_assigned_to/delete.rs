//! `DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignmentId}`
//!
//! Delete appRoleAssignedTo.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::path;
use crate::body::segment;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Takes an assignment away. Answers 204. Whoever is out of scope by that is deleted in the target (softly).
///
/// Needs `Application.Read.All` (or `Directory.Read.All`) as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteAppRoleAssignedTo {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the assignment, not of the principal.
    pub assignment_id: String,
}

impl Endpoint for DeleteAppRoleAssignedTo {
    type Answer = ();
    const PERMISSION: &'static str = "AppRoleAssignment.ReadWrite.All";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        format!("{}/{}", path(self.service_principal_id), segment(&self.assignment_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
