//! `GET /directory/deletedItems/microsoft.graph.user`
//!
//! List deletedItems (directory objects).

use http::{HeaderMap, Method, StatusCode};

use super::PATH;
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};
use crate::query::{Filter, directory_headers, directory_list};
use crate::users::User;

/// Reads the users that were deleted in the last 30 days. The cast is obligatory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListDeletedUsers {
    /// Which ones; `None` for all.
    pub filter: Option<Filter>,
    /// Which properties to read; empty for the service's own choice.
    pub select: &'static [&'static str],
    /// Items a page, 1 to 999; `None` for the service's hundred.
    pub top: Option<u16>,
}

impl Endpoint for ListDeletedUsers {
    type Answer = Page<User>;
    const PERMISSION: &'static str = "User.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let path = format!("{PATH}/microsoft.graph.user");
        directory_list(&path, self.filter.as_ref(), self.select, self.top)
    }

    fn headers(&self) -> HeaderMap {
        directory_headers(self.filter.as_ref())
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListDeletedUsers {
    type Item = User;
}
