//! The HTTP of the SDK's clients: the transport that carries everything else.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use bytes::Bytes;
use http::Request;
use mto_graph::{Transport, TransportError, TransportErrorKind};

/// Carries the requests of SQS and STS over a [`Transport`]: one TLS configuration and one connection pool for all that
/// a function talks to (docs/adr/0013).
///
/// # Assumptions
/// Requests and answers are held in memory, as all of SQS and STS are. How long an attempt may take is the SDK's own
/// time-out, which drops the future; how long connecting may take, the transport's.
#[derive(Clone)]
pub(super) struct SdkHttp {
    transport: Arc<dyn Transport>,
}

impl SdkHttp {
    pub(super) fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }
}

impl fmt::Debug for SdkHttp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SdkHttp")
    }
}

impl HttpClient for SdkHttp {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SdkHttp {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = Arc::clone(&self.transport);
        HttpConnectorFuture::new(async move {
            let answer = transport.send(in_memory(request)?).await.map_err(classify)?;
            HttpResponse::try_from(answer.map(Into::into)).map_err(|error| ConnectorError::user(error.into()))
        })
    }
}

fn in_memory(request: HttpRequest) -> Result<Request<Bytes>, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let body =
        body.bytes().ok_or_else(|| ConnectorError::user("the body of the request is a stream".into()))?;
    Ok(Request::from_parts(parts, Bytes::copy_from_slice(body)))
}

/// The SDK tries again after time-outs and faults of the network, and not after the others.
fn classify(error: TransportError) -> ConnectorError {
    match error.kind() {
        TransportErrorKind::Timeout => ConnectorError::timeout(error.into()),
        TransportErrorKind::NotSent | TransportErrorKind::Interrupted => ConnectorError::io(error.into()),
        TransportErrorKind::TooLarge { .. } => ConnectorError::other(error.into(), None),
    }
}
