//! `PATCH /users/{id}`
//!
//! Update user.

use http::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{UserUpdate, user_path};
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};
use crate::wire::to_body;

/// Changes a user. Answers 204.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchUser {
    /// The object id.
    pub id: Uuid,
    /// What to change.
    pub update: UserUpdate,
}

impl Endpoint for PatchUser {
    type Answer = ();
    const PERMISSION: &'static str = "User.ReadWrite.All";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        user_path(self.id)
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(&self.update))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
