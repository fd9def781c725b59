//! `DELETE /directory/deletedItems/{id}`
//!
//! Permanently delete an item (directory object).

use http::{Method, StatusCode};
use uuid::Uuid;

use super::item_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Deletes a deleted user for ever. Answers 204. Whether an application may do it for users is unclear: older pages
/// say no (unverified).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteDeletedUser {
    /// The object id.
    pub id: Uuid,
}

impl Endpoint for DeleteDeletedUser {
    type Answer = ();
    const PERMISSION: &'static str = "User.DeleteRestore.All";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        item_path(self.id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
