//! Whole organizations in virtual time: what a join, a formation and a day cost.
//!
//! # Flow
//! `formation` runs one command with the deployed functions' code over the in-process queue and simulator, and keeps
//! what was asked of Graph and of the queues; `requests` counts it; `least` says what had to be asked; `money` and
//! `paper` are arithmetic over both. `throughput`, `speed` and `wrk` measure this machine.

pub mod cost;
mod counting;
mod formation;
pub mod least;
pub mod money;
pub mod paper;
pub mod requests;
mod speed;
mod stopwatch;
mod throughput;
mod wrk;

use std::time::Duration;

pub use counting::Sent;
pub use formation::{Formation, Run};

use crate::Figure;
use crate::process_cost::Process;

/// How long the simulated service takes for a join: its default.
const JOIN: Duration = Duration::from_hours(2);

/// Why a figure cannot be had.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Some figures that belong together.
#[derive(Debug, Clone)]
pub struct Section {
    /// What they are about.
    pub heading: String,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What stands below the table; may be empty.
    pub text: String,
}

/// Everything that is known without starting a process of ours; `process` is what one takes. Times are medians of so
/// many rounds.
///
/// # Errors
/// What could not be run.
pub fn sections(rounds: usize, process: Process) -> Result<Vec<Section>, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(all(rounds, process))
}

async fn all(rounds: usize, process: Process) -> Result<Vec<Section>, Problem> {
    let throughput = throughput::section(rounds, process).await?;
    let join = formed(Formation { tenants: 2, templates: false }).await?;
    let plain = Formation { tenants: 100, templates: false };
    let formation = formed(plain).await?;
    let with_templates = Formation { templates: true, ..plain };
    let templates = formed(with_templates).await?;
    Ok(vec![
        cost::join_section(&join, JOIN, process),
        cost::formation_section(plain, &formation, JOIN, process),
        cost::formation_section(with_templates, &templates, JOIN, process),
        throughput,
        speed::section(rounds).await?,
        wrk::section().await?,
        paper::section(&formation, JOIN.as_secs_f64(), process)?,
    ])
}

async fn formed(formation: Formation) -> Result<Run, Problem> {
    let run = formation.run().await?;
    if run.is_formed { Ok(run) } else { Err(format!("{formation:?} does not form").into()) }
}

/// Two numbers and their ratio.
fn ratio(what: &str, ours: f64, other: f64) -> Figure {
    let text = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
    Figure { what: what.to_owned(), ours: text(ours), other: text(other), value: ours / other, target: None }
}

/// A count as a number to divide; counts here are far below what an `f64` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of one run")]
fn real(count: u64) -> f64 {
    count as f64
}
