//! `GET /groups/{id}`
//!
//! Get group.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{Group, group_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::query::Query;

/// Reads one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetGroup {
    /// The group.
    pub group_id: Uuid,
    /// Which properties to read; empty for the service's own choice.
    pub select: &'static [&'static str],
}

impl Endpoint for GetGroup {
    type Answer = Group;
    const PERMISSION: &'static str = "GroupMember.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().select(self.select).of(&group_path(self.group_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
