//! Virtual formations per second on one core.

use entra_simulator::{Options, Seed};
use mto_local::{Setup, World};
use mto_messages::Verb;

use super::formation::Formation;
use super::stopwatch::{Stopwatch, median};
use super::{Problem, Section};
use crate::{Figure, Target};

/// Jumps of time after which a run counts as endless.
const MAX_JUMPS: usize = 20_000;

/// Virtual formations of 100 tenants per second: 20 at least.
const FORMATIONS_PER_SECOND: f64 = 20.0;

/// Forms organizations of 100 tenants one after the other, in one thread: simulator, queues and functions.
///
/// # Errors
/// A formation that does not end.
pub(crate) async fn section(rounds: usize) -> Result<Section, Problem> {
    let formation = Formation { tenants: 100, templates: false };
    let mut taken = Vec::new();
    for _ in 0..rounds.max(1) {
        let stopwatch = Stopwatch::start();
        form(formation).await?;
        taken.push(stopwatch.elapsed());
    }
    let one = median(taken);
    let a_second = 1.0 / one.as_secs_f64();
    let figure = Figure {
        what: "virtual formations of 100 tenants per second, one core".to_owned(),
        ours: format!("{:.1} ms each", one.as_secs_f64() * 1_000.0),
        other: String::new(),
        value: a_second,
        target: Some(Target::AtLeast(FORMATIONS_PER_SECOND)),
    };
    Ok(Section { heading: "In virtual time".to_owned(), figures: vec![figure], text: String::new() })
}

/// Forms one, and counts nothing.
async fn form(formation: Formation) -> Result<(), Problem> {
    let seed = Seed::demo(formation.tenants);
    let command = formation.command(&seed).to_string();
    let world = World::new(Setup::new(seed, Options::realistic()))?;
    world.post(Verb::Create, &command).await?;
    if world.run(MAX_JUMPS).await { Ok(()) } else { Err("the formation does not end".into()) }
}
