//! Every page of a delta, one after the other.

use http::StatusCode;

use super::{DeltaLink, GetUsersDelta, UsersDelta};
use crate::call::Call;
use crate::client::GraphClient;
use crate::endpoint::{DecodeError, GraphRequest};
use crate::error::GraphError;
use crate::paging::{ListSize, MAX_PAGES};

/// A 40x with this code says what 410 says.
const STATE_NOT_FOUND: &str = "syncStateNotFound";

impl GraphClient {
    /// Reads what became of users since the link of the last time, or everything when there is none.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::list`]. A link that is too old is not an error but [`UsersDelta::Expired`]; an answer with
    /// neither nextLink nor deltaLink is [`GraphError::Decode`].
    pub async fn users_delta(
        &self,
        call: &Call,
        endpoint: &GetUsersDelta,
        since: Option<&DeltaLink>,
    ) -> Result<UsersDelta, GraphError> {
        let mut request = GraphRequest::of(endpoint);
        if let Some(DeltaLink(link)) = since {
            request.absolute = Some(self.next_url(link)?);
        }
        let (mut changes, mut size) = (Vec::new(), ListSize::default());
        for _ in 0..MAX_PAGES {
            let response = match self.execute(call, &request).await {
                Err(error) if request.absolute.is_some() && is_expired(&error) => {
                    return Ok(UsersDelta::Expired);
                }
                answered => answered?,
            };
            size.add(&response)?;
            let reply = response.decode(endpoint)?;
            changes.extend(reply.value.value);
            match (reply.value.next_link, reply.value.delta_link) {
                (Some(next), _) => request.absolute = Some(self.next_url(&next)?),
                (None, Some(link)) => return Ok(UsersDelta::Changes { changes, link }),
                (None, None) => return Err(no_link(reply.request_id)),
            }
        }
        Err(GraphError::TooManyPages { limit: MAX_PAGES })
    }
}

/// The service names a place to begin again in `Location`; it is the same as asking without a link.
fn is_expired(error: &GraphError) -> bool {
    let is_client_error = error.status().is_some_and(|status| status.is_client_error());
    error.status() == Some(StatusCode::GONE)
        || (is_client_error && error.code().is_some_and(|code| code.eq_ignore_ascii_case(STATE_NOT_FOUND)))
}

fn no_link(request_id: Option<String>) -> GraphError {
    let DecodeError { path, message } = DecodeError::new(".", "neither nextLink nor deltaLink");
    GraphError::Decode { is_write: false, path, message, request_id }
}
