//! An endpoint as a value: the request it makes and how its answer is read, without I/O.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::body::clip;

/// Longest text of a decoding error: enough to name what was found, not enough to repeat a body.
const MAX_DECODE_MESSAGE_CHARS: usize = 200;

/// Longest path of a decoding error: names of properties that we do not know can stand in it.
const MAX_DECODE_PATH_CHARS: usize = 200;

/// One operation of Graph.
pub trait Endpoint: Send + Sync {
    /// What a success is decoded to.
    type Answer: Send;

    /// The least application permission that it needs.
    const PERMISSION: &'static str;

    /// The HTTP method. Anything but GET counts as a write.
    fn method(&self) -> Method;

    /// The path from the version root, with its query: `/tenantRelationships/multiTenantOrganization`.
    fn path(&self) -> String;

    /// Headers of this endpoint, such as `ConsistencyLevel` or `Prefer`; also sent with each further page.
    fn headers(&self) -> HeaderMap {
        HeaderMap::new()
    }

    /// The JSON body, if there is one.
    fn body(&self) -> Option<Value> {
        None
    }

    /// Reads the body of a 2xx answer.
    ///
    /// # Errors
    ///
    /// When the body is not what the documentation says, with the JSON path of the first difference.
    fn decode(&self, status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError>;
}

/// An endpoint that answers with pages.
pub trait PagedEndpoint: Endpoint<Answer = Page<Self::Item>> {
    /// What the pages hold.
    type Item: Send;
}

/// One page of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub struct Page<T> {
    /// The items; a page can be empty although more follow.
    pub value: Vec<T>,
    /// Where the next page is: absolute and opaque. Absent on the last page.
    #[serde(rename = "@odata.nextLink", default)]
    pub next_link: Option<String>,
}

/// A 2xx answer that is not what the documentation says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {path}: {message}")]
pub struct DecodeError {
    /// Where in the JSON, such as `value[3].state`; `.` is the whole.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
}

impl DecodeError {
    /// An error at a JSON path; path and message are clipped.
    pub fn new(path: impl AsRef<str>, message: &str) -> Self {
        let path = clip(path.as_ref(), MAX_DECODE_PATH_CHARS);
        Self { path, message: clip(message, MAX_DECODE_MESSAGE_CHARS) }
    }
}

/// Reads JSON, naming the path of what does not fit.
///
/// # Errors
///
/// When the body is not JSON or not of the shape of `T`.
pub fn decode_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| DecodeError::new(error.path().to_string(), &error.inner().to_string()))
}

/// For operations that answer 204: whatever body there is (a DELETE was seen answering 200 with the row) is left unread.
///
/// # Errors
///
/// Never; the result fits [`Endpoint::decode`].
pub fn decode_nothing(_body: &[u8]) -> Result<(), DecodeError> {
    Ok(())
}

/// A request to Graph, ready but for token and ids. Made from any endpoint, so that a batch can mix them.
///
/// `Debug` leaves the body out: it can hold secrets.
#[derive(Clone)]
pub struct GraphRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
    pub(crate) is_write: bool,
    /// The least permission it needs; empty for a batch.
    pub(crate) permission: &'static str,
    /// A nextLink: used as it is, instead of root and path.
    pub(crate) absolute: Option<Url>,
}

impl fmt::Debug for GraphRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GraphRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("permission", &self.permission)
            .finish_non_exhaustive()
    }
}

impl GraphRequest {
    /// The request of this endpoint.
    pub fn of<E: Endpoint>(endpoint: &E) -> Self {
        let method = endpoint.method();
        Self {
            is_write: method != Method::GET,
            method,
            path: endpoint.path(),
            headers: endpoint.headers(),
            body: endpoint.body(),
            permission: E::PERMISSION,
            absolute: None,
        }
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path from the version root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it can change something.
    pub fn is_write(&self) -> bool {
        self.is_write
    }

    /// The least application permission it needs.
    pub fn permission(&self) -> &'static str {
        self.permission
    }
}

/// A 2xx answer, not decoded yet.
#[derive(Debug, Clone)]
pub struct GraphResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// Our id of the request.
    pub client_request_id: Uuid,
    /// The service's wish to be left alone for a while.
    pub retry_after: Option<Duration>,
    /// The body, as it came.
    pub body: Bytes,
    pub(crate) is_write: bool,
    pub(crate) permission: &'static str,
}
