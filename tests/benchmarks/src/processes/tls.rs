//! Connections over TLS for axum, with the certificate of the simulator's own authority.

use std::io;
use std::net::SocketAddr;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A listener whose connections have shaken hands; a connection that does not finish keeps nobody else waiting.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<io::Result<TlsStream<TcpStream>>>,
}

impl TlsListener {
    /// On a free port of loopback.
    ///
    /// # Panics
    /// If the system has none.
    pub(crate) async fn bind(acceptor: TlsAcceptor) -> Self {
        let tcp = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        Self { tcp, acceptor, handshakes: JoinSet::new() }
    }

    /// `https://localhost:<port>`
    ///
    /// # Panics
    /// Never: a bound listener has an address.
    pub(crate) fn root(&self) -> String {
        let address = self.tcp.local_addr().expect("a bound listener has an address");
        format!("https://localhost:{}", address.port())
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                accepted = self.tcp.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    // An answer is not to wait for the acknowledgement of what TLS sent before it.
                    let _ = stream.set_nodelay(true);
                    self.handshakes.spawn(self.acceptor.accept(stream));
                }
                Some(done) = self.handshakes.join_next() => {
                    // A client that does not trust us says so itself.
                    let Ok(Ok(stream)) = done else { continue };
                    let Ok(address) = stream.get_ref().0.peer_addr() else { continue };
                    return (stream, address);
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
