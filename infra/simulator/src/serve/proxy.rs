//! A proxy behind which Graph and the login service are the simulator.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::uri::Authority;
use http::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::secure::connection;
use super::{CertificateAuthority, SERVED_HOSTS, secure_router};
use crate::simulator::Simulator;

const HTTPS_PORT: u16 = 443;

#[derive(Clone)]
struct Tunnels {
    acceptor: TlsAcceptor,
    router: axum::Router,
}

/// Serves a proxy, until the future is dropped: CONNECT to port 443 of one of [`SERVED_HOSTS`] leads to the
/// simulator, whatever else is asked for is refused. Nothing is ever forwarded.
///
/// Clients that take `HTTPS_PROXY` and trust `authority` need no change to work with the simulator.
///
/// # Errors
/// As `axum::serve`: none at present.
pub async fn serve_proxy(
    listener: TcpListener,
    simulator: Simulator,
    authority: CertificateAuthority,
) -> std::io::Result<()> {
    let tunnels = Tunnels { acceptor: authority.acceptor().clone(), router: secure_router(simulator) };
    axum::serve(listener, axum::Router::new().fallback(any(connect)).with_state(tunnels)).await
}

async fn connect(State(tunnels): State<Tunnels>, request: Request) -> Response {
    if request.method() != Method::CONNECT || !request.uri().authority().is_some_and(is_served) {
        return refused(&request);
    }
    // ends with the connection: at the latest when the client goes away
    tokio::spawn(async move {
        if let Ok(stream) = hyper::upgrade::on(request).await {
            connection(TokioIo::new(stream), tunnels.acceptor, tunnels.router).await;
        }
    });
    Response::new(Body::empty())
}

fn is_served(target: &Authority) -> bool {
    let known = SERVED_HOSTS.iter().any(|host| target.host().eq_ignore_ascii_case(host));
    known && target.port_u16() == Some(HTTPS_PORT)
}

fn refused(request: &Request) -> Response {
    let hosts = SERVED_HOSTS.join(", ");
    let text = format!(
        "{} {} is refused: the simulator's proxy takes CONNECT to port {HTTPS_PORT} of {hosts}, and reaches nothing \
         else.\n",
        request.method(),
        request.uri(),
    );
    (StatusCode::FORBIDDEN, text).into_response()
}
