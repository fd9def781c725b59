//! The simulator over HTTPS.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::{CertificateAuthority, secure_router};
use crate::simulator::Simulator;

/// More at a time wait until one ends.
const MAX_CONNECTIONS: usize = 1_000;
/// On one machine a handshake takes milliseconds.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Serves the simulator over HTTPS, until the future is dropped.
///
/// ```no_run
/// # async fn example(simulator: entra_simulator::Simulator, now: time::OffsetDateTime) -> Result<(), Box<dyn std::error::Error>> {
/// let authority = entra_simulator::CertificateAuthority::new(now)?;
/// std::fs::write("ca.pem", authority.pem())?; // for the clients to trust
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// entra_simulator::serve_tls(listener, simulator, authority).await;
/// # Ok(())
/// # }
/// ```
pub async fn serve_tls(mut listener: TcpListener, simulator: Simulator, authority: CertificateAuthority) {
    let router = secure_router(simulator);
    let mut connections = JoinSet::new();
    loop {
        // axum's accept: an error that passes is waited out
        let (stream, _) = axum::serve::Listener::accept(&mut listener).await;
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            connections.join_next().await;
        }
        connections.spawn(connection(stream, authority.acceptor().clone(), router.clone()));
    }
}

/// One connection, from the handshake to its end. What goes wrong with it is the client's to report.
pub(super) async fn connection<S>(stream: S, acceptor: TlsAcceptor, router: axum::Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else { return };
    let service = TowerToHyperService::new(router);
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
