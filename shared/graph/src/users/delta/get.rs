//! `GET /users/delta`
//!
//! user: delta.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::UsersDeltaPage;
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::query::{Filter, Query};

/// Reads users, and from then on what became of them. `$top`, `$expand` and `$orderby` are not supported.
///
/// One page; [`GraphClient::users_delta`](crate::GraphClient::users_delta) reads them all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GetUsersDelta {
    /// Which properties to read and watch; empty for the service's own choice.
    pub select: &'static [&'static str],
    /// Only these users, at most 50; empty for all.
    pub ids: Vec<Uuid>,
    /// Nothing now, only changes from now on.
    pub latest: bool,
}

impl GetUsersDelta {
    fn filter(&self) -> Option<Filter> {
        self.ids.iter().map(|id| Filter::eq_id("id", *id)).reduce(Filter::or)
    }
}

impl Endpoint for GetUsersDelta {
    type Answer = UsersDeltaPage;
    const PERMISSION: &'static str = "User.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        let query = Query::default().filter(self.filter().as_ref()).select(self.select);
        query.with("$deltaToken", self.latest.then(|| "latest".to_owned())).of("/users/delta")
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
