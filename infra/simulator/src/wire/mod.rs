//! The wire format: from an HTTP request to the world and back.

mod access;
pub(crate) mod answer;
mod assertion;
mod authentication;
mod batch;
mod call;
mod control;
mod discovery;
mod errors;
#[cfg(feature = "assertions")]
mod federation;
mod filter;
mod graph;
mod headers;
mod inspect;
mod password;
mod people;
mod query;
mod route;
mod token;

pub(crate) use inspect::state;

use bytes::Bytes;
use http::{Request, Response};
use uuid::Uuid;

use crate::clock::Clock;
use crate::control::RequestLine;
use crate::world::{World, timestamp};
use answer::Answer;
use call::Call;
use errors::GraphError;

/// Answers one request. The world is settled already.
pub(crate) fn handle(world: &mut World, clock: &dyn Clock, request: &Request<Bytes>) -> Response<Bytes> {
    let request_id = world.fresh_id("request");
    let mut call = Call::read(request);
    headers::remember(&mut call, request.headers());
    if request.body().len() > usize::try_from(world.options.max_body_bytes).unwrap_or(usize::MAX) {
        let error = GraphError::new(413, "Request_BadRequest", "The request body is too large.");
        return error.answer(&call, world.now, request_id).response(&call, world.now, request_id);
    }
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let answer = match segments.as_slice() {
        ["_control", rest @ ..] => control::serve(world, clock, &call, rest),
        [tenant, "oauth2", "v2.0", "token"] => {
            world.counters.token_requests += 1;
            let (tenant, answer) = token::serve(world, &call, tenant, request_id);
            record(world, &call, tenant, answer.status, request_id);
            answer
        }
        [version, "$batch"] if version.eq_ignore_ascii_case("v1.0") => {
            world.counters.batch_calls += 1;
            let (tenant, answer) = batch::serve(world, &call, request_id);
            record(world, &call, tenant, answer.status, request_id);
            answer
        }
        [version, ..] if version.eq_ignore_ascii_case("v1.0") => graph::serve(world, &call, request_id),
        [_, ..] | [] => {
            let (tenant, answer) = discovery::serve(world, &call, request_id)
                .unwrap_or_else(|| (None, elsewhere(world, &call, request_id)));
            record(world, &call, tenant, answer.status, request_id);
            answer
        }
    };
    answer.response(&call, world.now, request_id)
}

fn elsewhere(world: &World, call: &Call, request_id: Uuid) -> Answer {
    let text = if call.segments.first().is_some_and(|version| version.eq_ignore_ascii_case("beta")) {
        "Resource not found: the simulator serves Graph v1.0, not beta."
    } else {
        "Resource not found: the simulator serves /v1.0, /{tenant}/oauth2/v2.0/token with its discovery documents, \
         and /_control."
    };
    GraphError::new(404, "Request_ResourceNotFound", text).answer(call, world.now, request_id)
}

fn record(world: &mut World, call: &Call, tenant: Option<Uuid>, status: u16, request_id: Uuid) {
    let line = RequestLine {
        time: timestamp(world.now),
        tenant,
        method: call.method.to_string(),
        path: call.address.clone(),
        status,
        request_id,
        client_request_id: call.client_request_id.clone(),
        in_batch: call.in_batch,
    };
    world.record(line);
}
