//! `GET /groups/{id}/members/$count`
//!
//! List group members.

use http::{HeaderMap, Method, StatusCode};
use uuid::Uuid;

use super::{members_path, users_path};
use crate::endpoint::{DecodeError, Endpoint};
use crate::query::eventual;
use crate::wire::decode_count;

/// Counts the direct members. Answers plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountGroupMembers {
    /// The group.
    pub group_id: Uuid,
    /// Only those that are users; otherwise groups, devices and contacts as well.
    pub users_only: bool,
}

impl Endpoint for CountGroupMembers {
    type Answer = u64;
    const PERMISSION: &'static str = "GroupMember.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let members = if self.users_only { users_path(self.group_id) } else { members_path(self.group_id) };
        format!("{members}/$count")
    }

    fn headers(&self) -> HeaderMap {
        eventual()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_count(body)
    }
}
