//! [`ReqwestTransport`]: requests over HTTP.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::uri::Scheme;

use crate::transport::{TimeLimit, Transport, TransportError, TransportErrorKind};

/// The longest a request may take. Graph answers within seconds; its own gateways give up at about a minute.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that takes longer than this is a network fault, and better reported while a retry still fits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than the idle time-outs of load balancers, so that a connection is seldom found dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A page of 999 users with all properties stays well under this; anything larger would only eat our memory.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Sends requests with reqwest: HTTP/1.1, no redirects, no proxies, no cookies. Clones share one connection pool.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Arc<OnceLock<reqwest::Client>>,
    max_body_bytes: usize,
}

impl ReqwestTransport {
    /// A transport with its own connection pool; with the feature `tls` it trusts what the machine trusts.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up (the machine has no certificate authorities).
    pub fn new() -> Result<Self, TransportError> {
        let transport = Self::when_needed();
        transport.client()?;
        Ok(transport)
    }

    /// As [`new`](Self::new), but the client is made with the first request: reading the machine's certificate
    /// authorities takes longer than everything else at the start of a function. If TLS cannot be set up, no request is
    /// sent, and each says so.
    pub fn when_needed() -> Self {
        Self { client: Arc::default(), max_body_bytes: MAX_BODY_BYTES }
    }

    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(made) = self.client.get() {
            return Ok(made);
        }
        let new = client()?;
        Ok(self.client.get_or_init(|| new))
    }
}

fn client() -> Result<reqwest::Client, TransportError> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("mto-functions/", env!("CARGO_PKG_VERSION")));
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(tls::client_config()?);
    builder.build().map_err(not_sent)
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        refuse_https_without_tls(&request)?;
        let limit = request.extensions().get::<TimeLimit>().map_or(REQUEST_TIMEOUT, |limit| limit.0);
        let mut request = reqwest::Request::try_from(request).map_err(not_sent)?;
        *request.timeout_mut() = Some(limit.min(REQUEST_TIMEOUT));
        let mut response = self.client()?.execute(request).await.map_err(classify)?;
        let mut answer = http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            std::mem::swap(headers, response.headers_mut());
        }
        let body = self.read_body(response).await?;
        answer.body(body).map_err(|error| TransportError::new(TransportErrorKind::Interrupted, error))
    }
}

impl ReqwestTransport {
    async fn read_body(&self, mut response: reqwest::Response) -> Result<Bytes, TransportError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > self.max_body_bytes {
                let kind = TransportErrorKind::TooLarge { limit_bytes: self.max_body_bytes };
                return Err(TransportError::new(kind, format!("more than {} bytes", self.max_body_bytes)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// Without TLS reqwest would say "invalid URL, scheme is not http", which sends people looking at the URL.
fn refuse_https_without_tls(request: &http::Request<Bytes>) -> Result<(), TransportError> {
    if cfg!(not(feature = "tls")) && request.uri().scheme() == Some(&Scheme::HTTPS) {
        let reason =
            "this build has no TLS, so it reaches http:// only: enable the feature `tls` of mto-graph";
        return Err(TransportError::new(TransportErrorKind::NotSent, reason));
    }
    Ok(())
}

fn classify(error: reqwest::Error) -> TransportError {
    // connect first: a time-out while connecting is both, and nothing was sent
    let kind = if error.is_connect() || error.is_builder() {
        TransportErrorKind::NotSent
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    // a nextLink's query can hold tokens of the service: errors are logged, URLs of this kind are not
    TransportError::new(kind, error.without_url())
}

fn not_sent(error: reqwest::Error) -> TransportError {
    TransportError::new(TransportErrorKind::NotSent, error.without_url())
}

#[cfg(feature = "tls")]
mod tls {
    use std::sync::Arc;

    use rustls_platform_verifier::BuilderVerifierExt;

    use crate::transport::{TransportError, TransportErrorKind};

    /// ring is named here, per client, so that no process-wide default decides which cryptography runs.
    pub(super) fn client_config() -> Result<rustls::ClientConfig, TransportError> {
        let failed = |error: rustls::Error| TransportError::new(TransportErrorKind::NotSent, error);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_platform_verifier()
            .map_err(failed)?
            .with_no_client_auth();
        Ok(config)
    }
}

#[cfg(test)]
#[path = "transport_http_tests.rs"]
mod tests;
