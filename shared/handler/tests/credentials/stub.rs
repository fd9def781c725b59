//! A server that answers what it is told, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mto_graph::Clock;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// When everything happens.
pub(crate) const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// Time that stands still.
pub(crate) struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        NOW
    }

    async fn sleep(&self, _duration: std::time::Duration) {}
}

pub(crate) struct Stub {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Answers each request like this; an empty answer is none at all.
    pub(crate) async fn answering(status: u16, body: impl Into<String>) -> Self {
        // both families: what `localhost` means differs between machines
        let listener = TcpListener::bind("localhost:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let (kept, body) = (Arc::clone(&requests), body.into());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                kept.lock().unwrap().push(request);
                if status == 0 {
                    std::future::pending::<()>().await;
                }
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { port, requests }
    }

    /// Takes requests and never answers.
    pub(crate) async fn silent() -> Self {
        Self::answering(0, "").await
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Head and body of a request.
async fn read(stream: &mut tokio::net::TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length:").and_then(|value| value.trim().parse::<usize>().ok())
        });
        if count == 0 || body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}
