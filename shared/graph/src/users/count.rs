//! `GET /users/$count`
//!
//! List users.

use http::{HeaderMap, Method, StatusCode};

use super::PATH;
use crate::endpoint::{DecodeError, Endpoint};
use crate::query::{Filter, Query, eventual};
use crate::wire::decode_count;

/// Counts users. Answers plain text; without the header it is 400 `Request_BadRequest`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountUsers {
    /// Which ones; `None` for all.
    pub filter: Option<Filter>,
}

impl Endpoint for CountUsers {
    type Answer = u64;
    const PERMISSION: &'static str = "User.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().filter(self.filter.as_ref()).of(&format!("{PATH}/$count"))
    }

    fn headers(&self) -> HeaderMap {
        eventual()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_count(body)
    }
}
