//! Between the functions and the world: a queue and a network with faults, that keep the book.

use std::future::poll_fn;
use std::sync::{Arc, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use mto_graph::{Clock as _, TimeLimit, Transport, TransportError, TransportErrorKind};
use mto_handler::{Message, Queue, QueueError, QueueUrl};
use serde_json::{Value, json};

use super::book::{Book, Shared};
use super::clock::VirtualClock;
use super::dice::hash;
use super::faults::{Fault, Site};
use super::parts::Cut;
use super::request::{Answer, Call};
use super::tally::Situation;
use super::{causes, invariants};

/// Longer than any invocation.
const FOR_EVER: Duration = Duration::from_hours(1);

const REFUSED: &str = "An injected fault.";

/// As the service words it.
const EXPIRED: &str = "Lifetime validation failed, the token is expired.";

/// No answer is older: past the product's `confirm` an old answer would be the truth.
const OLDEST: time::Duration = time::Duration::minutes(4);

/// Lets others go first: every point is one where the driver may turn to another invocation.
async fn turn() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The invocation ends here: the driver drops its future.
async fn crash(book: &Shared) -> ! {
    book.lock().unwrap().invocation().killed = true;
    std::future::pending().await
}

/// The invocation waits until its time is over: nobody answers, and nobody gives up.
async fn hang(book: &Shared) -> ! {
    book.lock().unwrap().invocation().hangs = true;
    std::future::pending().await
}

/// A queue with faults.
pub(crate) struct Post {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) book: Shared,
}

impl Post {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    fn deleted(&self) {
        let mut book = self.book();
        book.invocation().deleted = true;
        book.queues_changed = true;
        book.write("deletes its message");
    }

    fn refuses(operation: &'static str, queue: &QueueUrl) -> QueueError {
        QueueError { operation, queue: queue.clone(), reason: "an injected fault".to_owned() }
    }
}

#[async_trait]
impl Queue for Post {
    async fn send(&self, queue: &QueueUrl, messages: Vec<Message>) -> Result<(), QueueError> {
        turn().await;
        let fault = self.book().point(Site::Send);
        match fault {
            Some(Fault::CrashBefore) => crash(&self.book).await,
            Some(Fault::Hangs) => hang(&self.book).await,
            Some(Fault::QueueRefuses) => return Err(Self::refuses("SendMessage", queue)),
            _ => {}
        }
        let half = messages.len().div_ceil(2);
        let taken = if fault == Some(Fault::QueueDoesNotConfirm) { half } else { messages.len() };
        for message in messages.into_iter().take(taken) {
            self.inner.send(queue, vec![message.clone()]).await?;
            invariants::sent(&mut self.book(), queue, &message);
        }
        match fault {
            Some(Fault::CrashAfter) => crash(&self.book).await,
            Some(Fault::QueueDoesNotConfirm) => Err(Self::refuses("SendMessage", queue)),
            _ => Ok(()),
        }
    }

    async fn delete(&self, queue: &QueueUrl, receipt_handle: &str) -> Result<(), QueueError> {
        turn().await;
        let fault = self.book().point(Site::Delete);
        match fault {
            Some(Fault::CrashBefore) => crash(&self.book).await,
            Some(Fault::Hangs) => hang(&self.book).await,
            Some(Fault::QueueRefuses) => return Err(Self::refuses("DeleteMessage", queue)),
            _ => {}
        }
        self.inner.delete(queue, receipt_handle).await?;
        self.deleted();
        match fault {
            Some(Fault::CrashAfter) => crash(&self.book).await,
            Some(Fault::QueueDoesNotConfirm) => Err(Self::refuses("DeleteMessage", queue)),
            _ => Ok(()),
        }
    }
}

/// A network with faults.
pub(crate) struct Net {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) book: Shared,
    pub(crate) clock: VirtualClock,
}

type Answered = Result<Response<Bytes>, TransportError>;

impl Net {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// What arrives is noted, as far as it can be read.
    fn arrives(&self, call: &Call, arrived: Result<Answer, &TransportError>) {
        let mut book = self.book();
        causes::note(&mut book, call, arrived.as_ref().map_err(|error| *error));
        if let Ok(answer) = arrived {
            invariants::answered(&mut book, call, &answer);
        }
    }

    /// What happens instead of the request; nothing, if it leaves.
    async fn before(&self, fault: Option<Fault>, call: &Call, limit: Duration) -> Option<Answered> {
        match fault? {
            Fault::CrashBefore => crash(&self.book).await,
            Fault::Throttled(after) => Some(Ok(throttled(after))),
            Fault::ErrorBefore(status) => Some(Ok(refused(status, REFUSED))),
            Fault::TokenRefused => Some(Ok(refused(401, REFUSED))),
            Fault::TokenExpired => Some(Ok(refused(401, EXPIRED))),
            Fault::NotSent => {
                Some(Err(TransportError::new(TransportErrorKind::NotSent, "an injected fault")))
            }
            Fault::Slow(seconds) => {
                let takes = Duration::from_secs(seconds.into());
                self.clock.sleep(takes.min(limit)).await;
                if takes <= limit {
                    return None;
                }
                self.book().tally.situation(Situation::GaveUpWaiting);
                Some(Err(TransportError::new(TransportErrorKind::Timeout, "an injected fault")))
            }
            Fault::Stale => {
                let mut book = self.book();
                let (at, status, body) = book.answers.get(&call.key()).cloned()?;
                if book.now - at > OLDEST {
                    return None;
                }
                book.invocation().stale = true;
                book.tally.situation(Situation::OldAnswer);
                Some(Ok(Response::builder().status(status).body(body).unwrap()))
            }
            _ => None,
        }
    }

    /// What arrives of the answer.
    async fn after(&self, fault: Option<Fault>, answer: Response<Bytes>) -> Answered {
        let lost = || TransportError::new(TransportErrorKind::Interrupted, "an injected fault");
        match fault {
            Some(Fault::CrashAfter) => crash(&self.book).await,
            Some(Fault::ErrorAfter(status)) => Ok(refused(status, REFUSED)),
            Some(Fault::AnswerLost) => Err(lost()),
            Some(Fault::AnswerTruncated) => {
                let half = answer.body().len() / 2;
                Ok(answer.map(|body| body.slice(..half)))
            }
            Some(Fault::AnswerMalformed) => Ok(Response::new(Bytes::from_static(b"<html>Sorry</html>"))),
            Some(Fault::Hangs) => hang(&self.book).await,
            _ => Ok(answer),
        }
    }
}

#[async_trait]
impl Transport for Net {
    async fn send(&self, request: Request<Bytes>) -> Answered {
        let limit = request.extensions().get::<TimeLimit>().map_or(FOR_EVER, |limit| limit.0);
        turn().await;
        let (call, fault) = {
            let mut book = self.book();
            let call = Call::read(&request, |token| book.tenant_of_token.get(token).copied());
            invariants::about_to_send(&mut book, &call);
            let fault = book.point(call.site);
            (call, fault)
        };
        if let Some(instead) = self.before(fault, &call, limit).await {
            self.arrives(&call, instead.as_ref().map(|answer| call.answer(answer)));
            return instead;
        }
        let cut = match fault {
            Some(Fault::Part(fault)) => Cut::of(&request, fault, hash(0, &self.book().here().to_string())),
            _ => None,
        };
        let request = cut.iter().fold(request, |request, cut| cut.request(request));
        let answer = self.inner.send(request).await?;
        let done = call.answer(&answer);
        invariants::took_effect(&mut self.book(), &call, &done);
        let answer = cut.iter().fold(answer, |answer, cut| cut.answer(answer));
        turn().await;
        let arrived = self.after(fault, answer).await;
        let read = arrived.as_ref().map(|answer| {
            let is_as_it_was = answer.status().as_u16() == done.status && *answer.body() == done.body;
            if is_as_it_was { done } else { call.answer(answer) }
        });
        self.arrives(&call, read);
        arrived
    }
}

fn throttled(after: Option<u32>) -> Response<Bytes> {
    let mut answer = refused(429, REFUSED);
    if let Some(seconds) = after {
        answer.headers_mut().insert("retry-after", seconds.into());
    }
    answer
}

/// As the service words it, or a gateway in front of it without a word.
fn refused(status: u16, message: &str) -> Response<Bytes> {
    let code = match status {
        400 => "Request_BadRequest",
        401 => "InvalidAuthenticationToken",
        429 => "TooManyRequests",
        _ => return Response::builder().status(status).body(Bytes::new()).unwrap(),
    };
    let body: Value = json!({"error": {"code": code, "message": message}});
    Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap()
}
