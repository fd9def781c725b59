//! What the functions talk to, over TLS: the login service and Graph (the simulator), and SQS (the stub). Each has a port
//! of its own, as the real ones have hosts of their own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use entra_simulator::{CertificateAuthority, ManualClock, Options, Seed, Simulator};
use serde_json::Value;

use super::record::{Recorded, Requested};
use super::sqs::{Queues, Sent};
use super::tls::TlsListener;
use super::watch::{now, today};

/// The trust store of Debian and Ubuntu, and of Amazon Linux.
const TRUST_STORES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// While requests are recorded an answer is held back so long: what is made at the same time arrives meanwhile.
const HELD_BACK: Duration = Duration::from_millis(100);

/// From PATCH joinRequest to the end.
const JOIN_DURATION: Duration = Duration::from_mins(10);

const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The simulator and the queues of one process, anew for each.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) queues: Queues,
    clock: ManualClock,
    /// Requests, while they are recorded.
    recorded: Option<Vec<Recorded>>,
}

impl World {
    fn new(seed: Seed) -> Self {
        let clock = ManualClock::new(today());
        let options = Options {
            join_queued_for_seconds: 0,
            join_duration_seconds: JOIN_DURATION.as_secs(),
            ..Options::default()
        };
        let simulator = Simulator::new(seed, options, Arc::new(clock.clone())).expect("a seed that can be");
        Self { simulator, queues: Queues::default(), clock, recorded: None }
    }

    /// Lets a join that was asked for come to its end.
    pub(crate) fn pass_the_join(&self) {
        self.clock.advance(JOIN_DURATION);
    }

    /// What was sent to the queue last.
    pub(crate) fn last_sent(&self, queue: &str) -> Option<Sent> {
        self.queues.sent.iter().rev().find(|sent| sent.queue == queue).cloned()
    }

    /// Records from now on.
    pub(crate) fn record(&mut self) {
        self.recorded = Some(Vec::new());
    }

    /// What was requested since; goes on recording.
    pub(crate) fn take_recorded(&mut self) -> Vec<Recorded> {
        self.recorded.replace(Vec::new()).unwrap_or_default()
    }
}

/// The servers.
pub(crate) struct Services {
    pub(crate) login: String,
    pub(crate) graph: String,
    pub(crate) sqs: String,
    /// The authority's certificate alone, PEM: for programs that have roots built in.
    pub(crate) authority: PathBuf,
    /// The machine's trust store and the authority: as many roots to read as a function reads on Lambda.
    pub(crate) trusted: PathBuf,
    world: Arc<Mutex<World>>,
}

#[derive(Clone)]
struct Service {
    root: String,
    is_sqs: bool,
    world: Arc<Mutex<World>>,
}

impl Services {
    /// Serves them on free ports; certificates go into `folder`.
    ///
    /// # Panics
    /// If that cannot be.
    pub(crate) async fn serve(seed: Seed, folder: &Path) -> Self {
        let certificates = CertificateAuthority::new(today()).expect("a certificate can be made");
        let (authority, trusted) = (folder.join("authority.pem"), folder.join("trusted.pem"));
        let machine = TRUST_STORES.iter().find_map(|path| std::fs::read_to_string(path).ok());
        let machine = machine.expect("the machine has a trust store; install ca-certificates");
        std::fs::write(&authority, certificates.pem()).expect("the folder can be written to");
        std::fs::write(&trusted, machine + certificates.pem()).expect("the folder can be written to");
        let world = Arc::new(Mutex::new(World::new(seed)));
        let serve = async |is_sqs| {
            let listener = TlsListener::bind(certificates.acceptor().clone()).await;
            let service = Service { root: listener.root(), is_sqs, world: Arc::clone(&world) };
            let root = service.root.clone();
            let router = axum::Router::new().fallback(answer).with_state(service);
            tokio::spawn(async move { axum::serve(listener, router).await });
            root
        };
        let (login, graph, sqs) = (serve(false).await, serve(false).await, serve(true).await);
        Self { login, graph, sqs, authority, trusted, world }
    }

    /// A new world, with nothing in its queues.
    pub(crate) fn reset(&self, seed: Seed) {
        *self.world() = World::new(seed);
    }

    /// The world of now.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The URL of a queue.
    pub(crate) fn queue_url(&self, name: &str) -> String {
        format!("{}/123456789012/{name}", self.sqs)
    }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    let arrived = now();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let (response, requested) = service.answer(&parts, &body);
    if let Some(request) = requested {
        hold_back().await;
        let recorded = Recorded { arrived, answered: now(), request };
        if let Some(all) = service.world().recorded.as_mut() {
            all.push(recorded);
        }
    }
    response
}

#[expect(clippy::disallowed_methods, reason = "real programs are watched in real time")]
async fn hold_back() {
    tokio::time::sleep(HELD_BACK).await;
}

impl Service {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, and what was asked for if that is being recorded.
    fn answer(&self, parts: &axum::http::request::Parts, body: &Bytes) -> (Response, Option<Requested>) {
        let mut world = self.world();
        let is_recording = world.recorded.is_some();
        if self.is_sqs {
            let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
            let (status, answer) = world.queues.answer(target, body);
            let requested = if is_recording { sqs_request(&world.queues, target, body) } else { None };
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let headers = [("content-type", "application/x-amz-json-1.0")];
            return ((status, headers, answer.to_string()).into_response(), requested);
        }
        let mut request = http::Request::from_parts(parts.clone(), body.clone());
        *request.uri_mut() = self.absolute(parts);
        let response = world.simulator.handle(request).map(Body::from);
        let requested = is_recording.then(|| self.graph_request(&world, parts, body));
        (response, requested)
    }

    /// What was asked for, with the host: addresses in the simulator's answers then begin with https.
    fn absolute(&self, parts: &axum::http::request::Parts) -> http::Uri {
        let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        format!("{}{path}", self.root).parse().unwrap_or_else(|_| parts.uri.clone())
    }

    fn graph_request(&self, world: &World, parts: &axum::http::request::Parts, body: &[u8]) -> Requested {
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let url = format!("{}{path}", self.root);
        let text = String::from_utf8_lossy(body).into_owned();
        // The simulator has just noted whose token it was.
        let tenant = world.simulator.requests().last().and_then(|line| line.tenant);
        let tenant = tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
        if path.ends_with("/oauth2/v2.0/token") {
            return Requested::Token { tenant, url, body: text };
        }
        let body = Some(text).filter(|text| !text.is_empty());
        Requested::Graph { tenant, method: parts.method.to_string(), path, url, body }
    }
}

fn sqs_request(queues: &Queues, target: Option<&str>, body: &[u8]) -> Option<Requested> {
    let input: Value = serde_json::from_slice(body).ok()?;
    let queue_url = input["QueueUrl"].as_str()?.to_owned();
    match target? {
        "AmazonSQS.SendMessage" => Some(Requested::Send { queue_url, sent: queues.sent.last()?.clone() }),
        "AmazonSQS.DeleteMessage" => {
            Some(Requested::Delete { queue_url, receipt_handle: queues.deleted.last()?.clone() })
        }
        _ => None,
    }
}
