//! /_control: what a test does besides Graph. Meant for the loopback interface: it asks for no credential.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use crate::clock::Clock;
use crate::control::Change;
use crate::world::{World, timestamp};

/// Ten years: more is a mistake.
const MAX_ADVANCE_SECONDS: u64 = 10 * 366 * 24 * 60 * 60;

pub(super) fn serve(world: &mut World, clock: &dyn Clock, call: &Call, path: &[&str]) -> Answer {
    match (path, &call.method) {
        (["health"], &Method::GET) => Answer::ok(json!({"status": "ok", "now": timestamp(world.now)})),
        (["state"], &Method::GET) => Answer::ok(super::state(world)),
        (["requests"], &Method::GET) => Answer::ok(json!({"counters": world.counters, "value": world.log})),
        (["people" | "segmentation" | "represented"], &Method::GET) => people(world, call, path),
        (["advance"], &Method::POST) => advance(world, clock, call),
        (["change"], &Method::POST) => change(world, call),
        (
            [
                "health" | "state" | "requests" | "advance" | "change" | "people" | "segmentation"
                | "represented",
            ],
            _,
        ) => problem(
            405,
            "GET /_control/health, state, requests, people, segmentation, represented; POST /_control/advance, change",
        ),
        _ => {
            let all = "health, state, requests, people, segmentation, represented, advance and change";
            problem(404, format!("there are /_control/{all}"))
        }
    }
}

/// Views of one tenant: people search, segmentation, where its people are represented.
fn people(world: &World, call: &Call, path: &[&str]) -> Answer {
    let Some(tenant) = super::people::tenant(world, call) else {
        return problem(400, "tenant: name one of the simulator's tenants by id, as in ?tenant=…");
    };
    Answer::ok(match path {
        ["people"] => super::people::found(world, tenant, call),
        ["segmentation"] => super::people::segmentation(world, tenant),
        _ => super::people::represented(world, tenant),
    })
}

fn problem(status: u16, text: impl Into<String>) -> Answer {
    Answer::with(status, json!({"error": text.into()}))
}

fn advance(world: &mut World, clock: &dyn Clock, call: &Call) -> Answer {
    let seconds =
        serde_json::from_slice::<Value>(&call.body).ok().and_then(|body| body.get("seconds")?.as_u64());
    let Some(seconds) = seconds.filter(|seconds| *seconds <= MAX_ADVANCE_SECONDS) else {
        return problem(
            400,
            format!("seconds: send {{\"seconds\":n}} with n from 0 to {MAX_ADVANCE_SECONDS}"),
        );
    };
    if !clock.try_advance(Duration::from_secs(seconds)) {
        return problem(409, "this clock runs by itself; start the simulator with --clock manual to move it");
    }
    world.settle(clock.now());
    Answer::ok(json!({"now": timestamp(world.now)}))
}

fn change(world: &mut World, call: &Call) -> Answer {
    let mut reader = serde_json::Deserializer::from_slice(&call.body);
    let change: Change = match serde_path_to_error::deserialize(&mut reader) {
        Ok(change) => change,
        Err(error) => return problem(400, format!("{}: {}", error.path(), error.inner())),
    };
    if let Some(tenant) = change.tenant().filter(|tenant| !world.tenants.contains_key(tenant)) {
        return problem(
            400,
            format!("tenant: {tenant} is none of the simulator's tenants; see /_control/state"),
        );
    }
    world.script(change);
    Answer::no_content()
}
