//! Collections: every page, one after the other.

use url::Url;

use crate::call::Call;
use crate::client::{GraphClient, Reply};
use crate::endpoint::{GraphRequest, GraphResponse, Page, PagedEndpoint};
use crate::error::GraphError;

/// Pages of one list. At Graph's usual hundred items a page this is more than any organization needs, and it ends.
pub(crate) const MAX_PAGES: usize = 1_000;

/// What all pages of one list may come to, in bytes: a quarter of the smallest Lambda function's memory. With `$select`
/// a user takes about 300 bytes, so that this is a hundred thousand of them.
const MAX_LIST_BYTES: usize = 32 * 1024 * 1024;

/// How much of [`MAX_LIST_BYTES`] is taken.
#[derive(Default)]
pub(crate) struct ListSize(usize);

impl ListSize {
    /// Counts a page in.
    ///
    /// # Errors
    /// [`GraphError::TooLarge`], once the list is larger than it may be.
    pub(crate) fn add(&mut self, page: &GraphResponse) -> Result<(), GraphError> {
        self.0 = self.0.saturating_add(page.body.len());
        if self.0 <= MAX_LIST_BYTES {
            return Ok(());
        }
        Err(GraphError::TooLarge { is_write: false, limit_bytes: MAX_LIST_BYTES })
    }
}

impl GraphClient {
    /// Reads a whole collection: follows `@odata.nextLink` until it is absent, past empty pages, with the endpoint's
    /// headers on each request. The reply's ids are those of the last page.
    ///
    /// # Errors
    ///
    /// The first page that fails fails the list. A nextLink to another origin is [`GraphError::ForeignNextLink`], and
    /// a list that does not end [`GraphError::TooManyPages`] or [`GraphError::TooLarge`].
    pub async fn list<E: PagedEndpoint>(
        &self,
        call: &Call,
        endpoint: &E,
    ) -> Result<Reply<Vec<E::Item>>, GraphError> {
        let mut size = ListSize::default();
        let first = self.execute(call, &GraphRequest::of(endpoint)).await?;
        size.add(&first)?;
        self.follow(call, endpoint, first.decode(endpoint)?, size).await
    }

    /// The rest of a collection whose first page came in another way, such as in a `$batch`.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::list`].
    pub async fn list_from<E: PagedEndpoint>(
        &self,
        call: &Call,
        endpoint: &E,
        first: Page<E::Item>,
    ) -> Result<Vec<E::Item>, GraphError> {
        let first = Reply { value: first, request_id: None, status: 200 };
        Ok(self.follow(call, endpoint, first, ListSize::default()).await?.value)
    }

    async fn follow<E: PagedEndpoint>(
        &self,
        call: &Call,
        endpoint: &E,
        first: Reply<Page<E::Item>>,
        mut size: ListSize,
    ) -> Result<Reply<Vec<E::Item>>, GraphError> {
        let mut request = GraphRequest::of(endpoint);
        let mut items = Vec::new();
        let mut reply = first;
        for page_number in 1.. {
            let Reply { value: page, request_id, status } = reply;
            items.extend(page.value);
            match page.next_link {
                None => return Ok(Reply { value: items, request_id, status }),
                Some(_) if page_number == MAX_PAGES => break,
                Some(link) => request.absolute = Some(self.next_url(&link)?),
            }
            let response = self.execute(call, &request).await?;
            size.add(&response)?;
            reply = response.decode(endpoint)?;
        }
        Err(GraphError::TooManyPages { limit: MAX_PAGES })
    }

    /// The link is opaque and used as it is, but our token goes with it: only to where we were told to go.
    pub(crate) fn next_url(&self, link: &str) -> Result<Url, GraphError> {
        match Url::parse(link) {
            Ok(url) if self.cloud().is_at_graph(&url) => Ok(url),
            Ok(url) => Err(GraphError::ForeignNextLink { origin: url.origin().ascii_serialization() }),
            Err(_) => Err(GraphError::ForeignNextLink { origin: "not an absolute URL".to_owned() }),
        }
    }
}
