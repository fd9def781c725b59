//! A simulator that is being served, and a client that speaks just enough HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use entra_simulator::{
    CertificateAuthority, Clock as _, Options, Seed, Simulator, SystemClock, serve_proxy, serve_tls,
};
use http::Request;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub(crate) struct Served {
    pub(crate) simulator: Simulator,
    pub(crate) authority: CertificateAuthority,
    pub(crate) https: SocketAddr,
    pub(crate) proxy: SocketAddr,
}

impl Served {
    pub(crate) async fn start() -> Self {
        let simulator = simulator();
        let authority = CertificateAuthority::new(SystemClock.now()).unwrap();
        let (https, https_address) = listener().await;
        let (proxy, proxy_address) = listener().await;
        tokio::spawn(serve_tls(https, simulator.clone(), authority.clone()));
        tokio::spawn(serve_proxy(proxy, simulator.clone(), authority.clone()));
        Self { simulator, authority, https: https_address, proxy: proxy_address }
    }

    /// A TLS connection to the simulator, for the server's name `host`.
    pub(crate) async fn connect(&self, host: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.https).await?;
        shake_hands(stream, host, self.authority.pem()).await
    }

    /// What the proxy answers to the head of a request, and the connection.
    pub(crate) async fn ask_proxy(&self, head: &str) -> (String, TcpStream) {
        let mut stream = TcpStream::connect(self.proxy).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // byte by byte, for what follows an accepted CONNECT is not HTTP
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        (String::from_utf8(answer).unwrap(), stream)
    }
}

pub(crate) fn simulator() -> Simulator {
    Simulator::new(Seed::demo(2), Options::default(), Arc::new(SystemClock)).unwrap()
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

pub(crate) async fn shake_hands<S>(stream: S, host: &str, trusted: &str) -> std::io::Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// One request, and the answer to its end. `head` is the request line and further headers.
pub(crate) async fn exchange<S>(mut stream: S, head: &str, body: &[u8]) -> String
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let length = body.len();
    let head = format!("{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

pub(crate) fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Status and body of a GET in process.
pub(crate) fn get(simulator: &Simulator, address: &str) -> (u16, Value) {
    let response = simulator.handle(Request::get(address).body(Bytes::new()).unwrap());
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}
