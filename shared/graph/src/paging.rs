//! Collections: every page, one after the other.

use url::Url;

use crate::call::Call;
use crate::client::{GraphClient, Reply};
use crate::endpoint::{GraphRequest, PagedEndpoint};
use crate::error::GraphError;

/// Pages of one list. At Graph's usual hundred items a page this is more than any organization needs, and it ends.
const MAX_PAGES: usize = 1_000;

impl GraphClient {
    /// Reads a whole collection: follows `@odata.nextLink` until it is absent, past empty pages, with the endpoint's
    /// headers on each request. The reply's ids are those of the last page.
    ///
    /// # Errors
    ///
    /// The first page that fails fails the list. A nextLink to another origin is [`GraphError::ForeignNextLink`], and
    /// a list that does not end [`GraphError::TooManyPages`].
    pub async fn list<E: PagedEndpoint>(
        &self,
        call: &Call,
        endpoint: &E,
    ) -> Result<Reply<Vec<E::Item>>, GraphError> {
        let mut request = GraphRequest::of(endpoint);
        let mut items = Vec::new();
        for _ in 0..MAX_PAGES {
            let Reply { value: page, request_id, status } =
                self.execute(call, &request).await?.decode(endpoint)?;
            items.extend(page.value);
            match page.next_link {
                None => return Ok(Reply { value: items, request_id, status }),
                Some(link) => request.absolute = Some(self.next_url(&link)?),
            }
        }
        Err(GraphError::TooManyPages { limit: MAX_PAGES })
    }

    /// The link is opaque and used as it is, but our token goes with it: only to where we were told to go.
    fn next_url(&self, link: &str) -> Result<Url, GraphError> {
        match Url::parse(link) {
            Ok(url) if self.cloud().is_at_graph(&url) => Ok(url),
            Ok(url) => Err(GraphError::ForeignNextLink { origin: url.origin().ascii_serialization() }),
            Err(_) => Err(GraphError::ForeignNextLink { origin: "not an absolute URL".to_owned() }),
        }
    }
}
