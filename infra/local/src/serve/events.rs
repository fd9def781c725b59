//! `GET /events`: what happens, as it happens.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use http::{HeaderMap, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, broadcast};

use super::desk::Subscription;
use super::guard::refusal;
use super::http::{Api, MAX_LISTENERS, answer};
use super::news::Event;

/// A comment so often keeps the connection, and finds out that nobody is there any more.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Goes on behind `Last-Event-ID` where that is possible; the first event, `hello`, says so.
pub(super) async fn listen(State(api): State<Api>, headers: HeaderMap) -> Response {
    let Ok(place) = api.listeners.try_acquire_owned() else {
        let error = format!("{MAX_LISTENERS} listeners are here already; close one of them");
        return refusal(StatusCode::SERVICE_UNAVAILABLE, &error);
    };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    match api.desk.subscribe(last).await {
        Ok(subscription) => Sse::new(events(subscription, place))
            .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
            .into_response(),
        Err(refused) => answer(&refused),
    }
}

struct Listener {
    backlog: VecDeque<Arc<Event>>,
    events: broadcast::Receiver<Arc<Event>>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// None once it is too far behind, or the world is gone: then it has to come back.
    async fn next(&mut self) -> Option<Arc<Event>> {
        match self.backlog.pop_front() {
            Some(event) => Some(event),
            None => self.events.recv().await.ok(),
        }
    }
}

fn events(
    Subscription { backlog, events }: Subscription,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let listener = Listener { backlog, events, _place: place };
    stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        let mut sent = sse::Event::default().event(event.name).data(&event.data);
        if let Some(id) = &event.id {
            sent = sent.id(id);
        }
        Some((Ok(sent), listener))
    })
}
