//! `GET /users`
//!
//! List users.

use http::{HeaderMap, Method, StatusCode};

use super::{PATH, User};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};
use crate::query::{Filter, directory_headers, directory_list};

/// Reads users. `$skip` is not supported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListUsers {
    /// Which ones; `None` for all.
    pub filter: Option<Filter>,
    /// Which properties to read; empty for the service's own choice.
    pub select: &'static [&'static str],
    /// Items a page, 1 to 999; `None` for the service's hundred.
    pub top: Option<u16>,
}

impl Endpoint for ListUsers {
    type Answer = Page<User>;
    const PERMISSION: &'static str = "User.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        directory_list(PATH, self.filter.as_ref(), self.select, self.top)
    }

    fn headers(&self) -> HeaderMap {
        directory_headers(self.filter.as_ref())
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListUsers {
    type Item = User;
}
