//! [`GraphClient`]: tokens, ids, retries and deadlines around a [`Transport`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use crate::body::{MAX_REQUEST_ID_CHARS, clip};
use crate::call::Call;
use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::endpoint::{Endpoint, GraphRequest, GraphResponse};
use crate::error::GraphError;
use crate::retry::{Attempts, Retry, read_retry_after};
use crate::service_error::ServiceError;
use crate::statistics::{Counters, Statistics};
use crate::token::{AccessToken, TokenProvider};
use crate::transport::{TimeLimit, Transport};

/// A client of Microsoft Graph for all tenants that its [`TokenProvider`] knows. Cheap to clone.
#[derive(Clone)]
pub struct GraphClient {
    inner: Arc<Inner>,
}

struct Inner {
    cloud: Cloud,
    transport: Arc<dyn Transport>,
    tokens: Arc<dyn TokenProvider>,
    clock: Arc<dyn Clock>,
    counters: Counters,
}

/// The answer to a request that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What was answered.
    pub value: T,
    /// The service's id of the request (of the last one, for a list).
    pub request_id: Option<String>,
    /// The HTTP status, 200 to 299.
    pub status: u16,
}

impl GraphClient {
    /// A client that sends nothing until it is asked to.
    pub fn new(
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenProvider>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { inner: Arc::new(Inner { cloud, transport, tokens, clock, counters: Counters::default() }) }
    }

    /// Sends one request and decodes its answer.
    ///
    /// # Errors
    ///
    /// See [`GraphError`]; [`GraphError::class`] says what can be done.
    pub async fn send<E: Endpoint>(&self, call: &Call, endpoint: &E) -> Result<Reply<E::Answer>, GraphError> {
        let response = self.execute(call, &GraphRequest::of(endpoint)).await?;
        response.decode(endpoint)
    }

    /// What this client and its clones have done so far.
    pub fn statistics(&self) -> Statistics {
        self.inner.counters.snapshot()
    }

    pub(crate) fn cloud(&self) -> &Cloud {
        &self.inner.cloud
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }

    /// Sends a request until it succeeds or may not be repeated.
    pub(crate) async fn execute(
        &self,
        call: &Call,
        request: &GraphRequest,
    ) -> Result<GraphResponse, GraphError> {
        let mut attempts = Attempts::new(call.correlation);
        loop {
            let failure = match self.attempt(call, request).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            match attempts.after(&failure) {
                Retry::WithNewToken => self.inner.tokens.invalidate(call.tenant).await,
                Retry::After(pause) => self.pause(call, pause, failure).await?,
                Retry::GiveUp => {
                    self.after_forbidden(call, &failure).await;
                    return Err(failure);
                }
            }
        }
    }

    /// Consent shows in new tokens only: after a 403 the next call asks for one, so that a permission that was
    /// granted meanwhile counts at once.
    pub(crate) async fn after_forbidden(&self, call: &Call, failure: &GraphError) {
        if failure.is_forbidden() {
            self.inner.tokens.invalidate(call.tenant).await;
        }
    }

    /// Waits before the next attempt, if the deadline allows; the failure is the reason for the pause.
    pub(crate) async fn pause(
        &self,
        call: &Call,
        pause: Duration,
        failure: GraphError,
    ) -> Result<(), GraphError> {
        if self.clock().now() + pause >= call.deadline {
            return Err(GraphError::DeadlineTooClose { retry_after: pause, cause: Some(Box::new(failure)) });
        }
        self.clock().sleep(pause).await;
        Ok(())
    }

    async fn attempt(&self, call: &Call, request: &GraphRequest) -> Result<GraphResponse, GraphError> {
        self.time_left(call)?;
        let token = self.inner.tokens.token(call.tenant, call.deadline).await?;
        let left = self.time_left(call)?;
        let client_request_id = call.next_client_request_id(&request.method, &request.path);
        let mut http_request = self.build(request, client_request_id, &token)?;
        http_request.extensions_mut().insert(TimeLimit(left));
        self.counters().count_request();
        let is_write = request.is_write;
        let sent = self.inner.transport.send(http_request).await;
        let answer = sent.map_err(|source| GraphError::transport(is_write, source))?;
        let response = GraphResponse::from_http(answer, client_request_id, request, self.clock());
        self.counters().count_status(response.status);
        tracing::debug!(
            method = %request.method, path = %request.path, status = response.status.as_u16(),
            request_id = response.request_id.as_deref(), %client_request_id, tenant = %call.tenant, "graph answered"
        );
        response.into_result()
    }

    fn time_left(&self, call: &Call) -> Result<Duration, GraphError> {
        let too_late = || GraphError::DeadlineTooClose { retry_after: Duration::ZERO, cause: None };
        let left = Duration::try_from(call.deadline - self.clock().now()).map_err(|_| too_late())?;
        if left.is_zero() { Err(too_late()) } else { Ok(left) }
    }

    fn build(
        &self,
        request: &GraphRequest,
        client_request_id: Uuid,
        token: &AccessToken,
    ) -> Result<http::Request<Bytes>, GraphError> {
        let uri = match &request.absolute {
            Some(next_link) => next_link.as_str().to_owned(),
            None => format!("{}{}", self.cloud().graph_root(), request.path),
        };
        let mut built = http::Request::builder().method(request.method.clone()).uri(uri).body(Bytes::new())?;
        let headers = built.headers_mut();
        headers.extend(request.headers.clone());
        headers.insert(AUTHORIZATION, bearer(token)?);
        let id = HeaderValue::try_from(client_request_id.to_string()).map_err(http::Error::from)?;
        headers.insert("client-request-id", id);
        // asks Graph to echo the id, so that its own logs hold it as well
        headers.insert("return-client-request-id", HeaderValue::from_static("true"));
        match &request.body {
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                *built.body_mut() = Bytes::from(body.to_string());
            }
            // gateways answer 411 to a POST that does not say how long its missing body is
            None if request.is_write => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            None => {}
        }
        Ok(built)
    }
}

/// Marked sensitive: neither `Debug` nor HTTP/2 header tables keep it.
fn bearer(token: &AccessToken) -> Result<HeaderValue, GraphError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(http::Error::from)?;
    value.set_sensitive(true);
    Ok(value)
}

impl GraphResponse {
    fn from_http(
        answer: http::Response<Bytes>,
        client_request_id: Uuid,
        request: &GraphRequest,
        clock: &dyn Clock,
    ) -> Self {
        let (parts, body) = answer.into_parts();
        let retry_after = text(&parts.headers, RETRY_AFTER.as_str());
        Self {
            status: parts.status,
            request_id: text(&parts.headers, "request-id").map(|id| clip(id, MAX_REQUEST_ID_CHARS)),
            client_request_id,
            retry_after: retry_after.and_then(|value| read_retry_after(value, clock.now())),
            body,
            is_write: request.is_write,
            permission: request.permission,
        }
    }

    /// Success is any 2xx: the service is known to answer 200 where the documentation says 204.
    pub(crate) fn into_result(self) -> Result<Self, GraphError> {
        if self.status.is_success() {
            Ok(self)
        } else {
            Err(GraphError::Service(Box::new(ServiceError::read(&self))))
        }
    }

    /// Reads the answer as the endpoint says, which must be the one that the request was made from.
    ///
    /// # Errors
    ///
    /// [`GraphError::Decode`] when it is not what the documentation says.
    pub fn decode<E: Endpoint>(self, endpoint: &E) -> Result<Reply<E::Answer>, GraphError> {
        match endpoint.decode(self.status, &self.body) {
            Ok(value) => Ok(Reply { value, request_id: self.request_id, status: self.status.as_u16() }),
            Err(error) => Err(GraphError::Decode {
                is_write: self.is_write,
                path: error.path,
                message: error.message,
                request_id: self.request_id,
            }),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
