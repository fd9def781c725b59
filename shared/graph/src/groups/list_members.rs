//! `GET /groups/{id}/members/microsoft.graph.user`
//!
//! List group members.

use http::{HeaderMap, Method, StatusCode};
use uuid::Uuid;

use super::users_path;
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};
use crate::query::{Query, eventual};
use crate::users::User;

/// Reads the direct members that are users. The cast is an advanced query: the answer can lag behind a write.
///
/// Properties of users beyond the basic ones need `User.Read.All` as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListGroupMembers {
    /// The group.
    pub group_id: Uuid,
    /// Which properties to read; empty for the service's own choice.
    pub select: &'static [&'static str],
    /// Items a page, 1 to 999; `None` for the service's hundred.
    pub top: Option<u16>,
}

impl Endpoint for ListGroupMembers {
    type Answer = Page<User>;
    const PERMISSION: &'static str = "GroupMember.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().select(self.select).top(self.top).count(true).of(&users_path(self.group_id))
    }

    fn headers(&self) -> HeaderMap {
        eventual()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListGroupMembers {
    type Item = User;
}
