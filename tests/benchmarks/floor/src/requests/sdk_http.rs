//! The HTTP of the SDK: the client that carries everything else, as in the functions.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use bytes::Bytes;

/// SQS over reqwest: one set-up of TLS, one pool of connections.
#[derive(Debug, Clone)]
pub(crate) struct SdkHttp(pub(crate) reqwest::Client);

impl HttpClient for SdkHttp {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SdkHttp {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = in_memory(request)?;
            let answer = client.execute(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            let mut built = http::Response::builder().status(answer.status());
            if let Some(headers) = built.headers_mut() {
                headers.clone_from(answer.headers());
            }
            let body = answer.bytes().await.map_err(|error| ConnectorError::io(error.into()))?;
            let answer = built.body(body.into()).map_err(|error| ConnectorError::user(error.into()))?;
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::user(error.into()))
        })
    }
}

fn in_memory(request: HttpRequest) -> Result<reqwest::Request, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let body = body.bytes().ok_or_else(|| ConnectorError::user("the body is a stream".into()))?;
    let request = http::Request::from_parts(parts, Bytes::copy_from_slice(body));
    reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))
}
