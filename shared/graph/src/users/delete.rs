//! `DELETE /users/{id}`
//!
//! Delete a user.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::user_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Deletes a user, for 30 days restorable. Answers 204.
///
/// Higher: `User.ReadWrite.All`. `Directory.ReadWrite.All` alone is not enough for an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteUser {
    /// The object id.
    pub id: Uuid,
}

impl Endpoint for DeleteUser {
    type Answer = ();
    const PERMISSION: &'static str = "User.DeleteRestore.All";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        user_path(self.id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
