//! The simulator as an axum application, over HTTP and (feature `tls`) over HTTPS.

#[cfg(feature = "tls")]
mod certificates;
#[cfg(feature = "tls")]
mod proxy;
#[cfg(feature = "tls")]
mod secure;

#[cfg(feature = "tls")]
pub use certificates::{CertificateAuthority, CertificateError, SERVED_HOSTS};
#[cfg(feature = "tls")]
pub use proxy::serve_proxy;
#[cfg(feature = "tls")]
pub use secure::serve_tls;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::{HeaderMap, StatusCode, header};

use crate::simulator::Simulator;

/// An application that hands every request to [`Simulator::handle`]; bodies are bounded by
/// `Options::max_body_bytes`.
pub fn router(simulator: Simulator) -> axum::Router {
    axum::Router::new().fallback(any(forward)).with_state(simulator)
}

/// The same behind TLS: addresses in its answers begin with https.
#[cfg(feature = "tls")]
fn secure_router(simulator: Simulator) -> axum::Router {
    router(simulator).layer(axum::middleware::map_request(async |mut request: Request| {
        if let Some(uri) = absolute(&request) {
            *request.uri_mut() = uri;
        }
        request
    }))
}

/// What was asked for, with the host the caller used.
#[cfg(feature = "tls")]
fn absolute(request: &Request) -> Option<http::Uri> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let path = request.uri().path_and_query()?.as_str();
    http::Uri::builder().scheme("https").authority(host).path_and_query(path).build().ok()
}

async fn forward(State(simulator): State<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if is_compressed(&parts.headers) {
        // 415 makes the SDKs that compress send the same again as it is (their design notes, CompressionHandler)
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body without Content-Encoding");
    }
    let Ok(bytes) = axum::body::to_bytes(body, simulator.max_body_bytes()).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or was cut off");
    };
    simulator.handle(http::Request::from_parts(parts, bytes)).map(Body::from)
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn refused(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}
