//! `GET /users/{id}`
//!
//! Get a user.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{User, user_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::query::Query;

/// Reads one user. A property that cannot be selected is 501 `NotImplemented`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetUser {
    /// The object id.
    pub id: Uuid,
    /// Which properties to read; empty for the service's own choice.
    pub select: &'static [&'static str],
}

impl Endpoint for GetUser {
    type Answer = User;
    const PERMISSION: &'static str = "User.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().select(self.select).of(&user_path(self.id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
