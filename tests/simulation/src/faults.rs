//! Faults at the two edges of the functions: the queues and Graph.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use mto_graph::{Transport, TransportError, TransportErrorKind};
use mto_handler::{Message, Queue, QueueError, QueueUrl};
use serde_json::Value;

/// A place where something can go wrong: just before or just after the outside world is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point<'a> {
    /// Messages are about to be sent to this queue.
    Send(&'a str),
    /// They were sent.
    Sent(&'a str),
    /// A delivery is about to be deleted.
    Delete,
    /// It was deleted.
    Deleted,
    /// A request is about to leave: method and path.
    Request(&'a str, &'a str),
    /// It was answered.
    Answered(&'a str, &'a str),
}

impl<'a> Point<'a> {
    /// Method and path, if a request is about to leave.
    pub fn request(self) -> Option<(&'a str, &'a str)> {
        if let Self::Request(method, path) = self { Some((method, path)) } else { None }
    }

    /// Method and path, if a request was answered.
    pub fn answered(self) -> Option<(&'a str, &'a str)> {
        if let Self::Answered(method, path) = self { Some((method, path)) } else { None }
    }
}

/// What goes wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The work on the record ends here, as by a panic.
    Crash,
    /// The queue, or the network, reports an error.
    Error,
    /// Graph, or the login service, answers with this status instead; means nothing to a queue.
    Answer(u16),
}

/// Asked at every [`Point`].
pub type Hook = Arc<dyn Fn(Point<'_>) -> Fault + Send + Sync>;

/// Changes the answer to a request (method, path), so that it says what the simulator never says.
pub type Rewrite = Arc<dyn Fn(&str, &str, &mut Value) + Send + Sync>;

/// Ends the work on the record without the noise of a panic message.
fn crash() -> ! {
    std::panic::resume_unwind(Box::new("an injected crash"))
}

/// A queue with faults.
pub(crate) struct FaultyQueue {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) hook: Hook,
}

impl FaultyQueue {
    fn at(&self, point: Point<'_>, operation: &'static str, queue: &QueueUrl) -> Result<(), QueueError> {
        match (self.hook)(point) {
            Fault::None | Fault::Answer(_) => Ok(()),
            Fault::Crash => crash(),
            Fault::Error => {
                Err(QueueError { operation, queue: queue.clone(), reason: "an injected fault".to_owned() })
            }
        }
    }
}

#[async_trait]
impl Queue for FaultyQueue {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        self.at(Point::Send(queue.as_str()), "SendMessage", queue)?;
        self.inner.send(queue, messages).await?;
        self.at(Point::Sent(queue.as_str()), "SendMessage", queue)
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        self.at(Point::Delete, "DeleteMessage", queue)?;
        self.inner.delete(queue, receipt_handle).await?;
        self.at(Point::Deleted, "DeleteMessage", queue)
    }
}

/// A network with faults that remembers every token it carried, so that tests can look for leaks.
pub(crate) struct FaultyTransport {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) hook: Hook,
    pub(crate) rewrite: Option<Rewrite>,
    /// Lets the other records of a batch go on before and after each request, as a real network does.
    pub(crate) interleaved: bool,
    pub(crate) tokens: Arc<Mutex<BTreeSet<String>>>,
}

impl FaultyTransport {
    /// What is answered instead, if anything is.
    fn at(
        &self,
        point: Point<'_>,
        kind: TransportErrorKind,
    ) -> Option<Result<http::Response<Bytes>, TransportError>> {
        match (self.hook)(point) {
            Fault::None => None,
            Fault::Crash => crash(),
            Fault::Error => Some(Err(TransportError::new(kind, "an injected fault"))),
            Fault::Answer(status) => {
                Some(Ok(http::Response::builder().status(status).body(Bytes::new()).unwrap()))
            }
        }
    }

    async fn let_others_go_on(&self) {
        if self.interleaved {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Transport for FaultyTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        self.let_others_go_on().await;
        if let Some(instead) = self.at(Point::Request(&method, &path), TransportErrorKind::NotSent) {
            return instead;
        }
        let asked = request.body().clone();
        let answer = self.inner.send(request).await?;
        let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if let Some(token) = body["access_token"].as_str() {
            self.tokens.lock().unwrap().insert(token.to_owned());
        }
        let answer = match &self.rewrite {
            Some(rewrite) if !body.is_null() => {
                rewrite(&method, &path, &mut body);
                rewrite_parts(rewrite, &asked, &mut body);
                answer.map(|_| Bytes::from(body.to_string()))
            }
            Some(_) | None => answer,
        };
        self.let_others_go_on().await;
        self.at(Point::Answered(&method, &path), TransportErrorKind::Interrupted).unwrap_or(Ok(answer))
    }
}

/// The answers inside a batch, each as if it had come alone.
fn rewrite_parts(rewrite: &Rewrite, asked: &[u8], answer: &mut Value) {
    let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
    for request in asked["requests"].as_array().into_iter().flatten() {
        let parts = answer["responses"].as_array_mut();
        let part = parts.and_then(|parts| parts.iter_mut().find(|part| part["id"] == request["id"]));
        let (method, url) = (request["method"].as_str(), request["url"].as_str());
        if let (Some(part), Some(method), Some(url)) = (part, method, url) {
            let path = format!("/v1.0{}", url.split('?').next().unwrap_or_default());
            rewrite(method, &path, &mut part["body"]);
        }
    }
}
