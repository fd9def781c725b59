//! Real processes: how long they take to start and to answer, and what they hold.

mod artifacts;
mod candidates;
mod cores;
mod course;
mod environment;
mod process;
mod record;
mod results;
mod scene;
mod services;
mod sqs;
pub(crate) mod statistics;
mod tls;
mod watch;

use std::path::PathBuf;

use artifacts::Artifacts;
use candidates::{Candidate, Candidates, FUNCTIONS, Kind};
use cores::Cores;
use course::Stage;
use mto_system_tests::{Client, repository};
use record::{message_of_plan, stages, tally};
use results::{Batches, Results};
use serde_json::Value;
use services::Services;

use crate::process_cost::Process;
use crate::{Figure, Section};

/// What of it is run, and on what.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Only these of our functions (names as in functions/, with commas); zips are made for all of them or none.
    #[arg(long, value_delimiter = ',', default_values = FUNCTIONS)]
    functions: Vec<String>,
    /// The release binaries are there already.
    #[arg(long)]
    no_build: bool,
    /// Leave the peers in Python and Node out.
    #[arg(long)]
    no_peers: bool,
    /// The target directory of the release build, if not the one of this program's.
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,
}

/// Builds what is deployed, and measures it. Beside the tables: what the process of a join takes, if it was among the
/// functions. The thread may use the same cores afterwards as before.
///
/// # Panics
/// If something cannot be built or started, or does not do what is measured.
pub fn sections(options: &Options, rounds: usize) -> (Vec<Section>, Option<Process>) {
    for function in &options.functions {
        assert!(FUNCTIONS.contains(&function.as_str()), "--functions {function}: is none of {FUNCTIONS:?}");
    }
    let artifacts = Artifacts::of(options.artifacts.as_deref());
    if !options.no_build {
        artifacts.build(&options.functions);
    }
    let cores = Cores::take();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let measured = runtime.expect("a runtime").block_on(measure(options, &artifacts, cores, rounds));
    cores.give_back();
    measured
}

async fn measure(
    options: &Options,
    artifacts: &Artifacts,
    cores: Cores,
    rounds: usize,
) -> (Vec<Section>, Option<Process>) {
    if !cores.are_apart() {
        say("one core only: this program and what it measures take each other's time");
    }
    let services = Services::serve(scene::added(), &artifacts.folder("services")).await;
    let stage = Stage { services: &services, cores, logs: &artifacts.folder("logs") };
    let candidates = candidates(options, artifacts, stage).await;
    let mut results = Results::default();
    let mut batches: Batches = Ok(Vec::new());
    for round in 0..rounds {
        // One after the other: what disturbs the machine disturbs all alike.
        for candidate in &candidates {
            results.add(&candidate.name, stage.run(candidate).await);
            if candidate.name == "join" {
                let taken = stage.batches(candidate).await;
                batches = batches.and_then(|all| Ok([all, taken?].concat()));
            }
        }
        say(&format!("round {} of {rounds}", round + 1));
    }
    let zips = options.functions.iter();
    let zips = zips.map(|function| results::zip(function, artifacts.zip_bytes(function))).collect();
    let messages = results.messages().into_iter().chain(results.in_batches(&batches)).collect();
    let sections = vec![
        section(&format!("Cold start, medians of {rounds}"), results.starts(&options.functions)),
        section(&format!("Messages of a join, medians of {rounds}"), messages),
        section(&format!("CPU time and memory, medians of {rounds}"), results.usage()),
        section("Size of what is deployed", zips),
    ];
    (sections, results.of_join())
}

fn section(heading: &str, figures: Vec<Figure>) -> Section {
    Section { heading: heading.to_owned(), figures, text: String::new() }
}

/// Those that are measured, each after it has shown that it does its work.
async fn candidates(options: &Options, artifacts: &Artifacts, stage: Stage<'_>) -> Vec<Candidate> {
    let seed = scene::added();
    let make = Candidates { seed: &seed, services: stage.services };
    let mut all = vec![make.runtime(artifacts.binary("floor-runtime"))];
    for function in &options.functions {
        all.push(make.function(function, artifacts.binary(&format!("mto-{function}"))));
    }
    if let Some(join) = all.iter().find(|candidate| candidate.kind == Kind::Joins).cloned() {
        all.push(floor(&join, &make, artifacts, stage).await);
    }
    if !options.no_peers {
        let peers = repository().join("tests/benchmarks/peers");
        let installed = artifacts.folder("peers");
        let (python, node) = (peers.join("python"), peers.join("node"));
        all.push(make.python(Client::install_from(&python, &installed).await.folder()));
        all.push(make.node(Client::install_from(&node, &installed).await.folder()));
    }
    for candidate in all.iter().filter(|candidate| candidate.kind == Kind::Joins) {
        stage.rehearse(candidate).await;
        say(&format!("{} passes the scenario of a join", candidate.name));
    }
    all
}

/// The floor of a join, once it has shown that it requests what the join requests.
async fn floor(
    join: &Candidate,
    make: &Candidates<'_>,
    artifacts: &Artifacts,
    stage: Stage<'_>,
) -> Candidate {
    let ours = stage.record(join).await;
    let plan: Value = ours.iter().map(|message| message_of_plan(message)).collect();
    let floor = make.requests(artifacts.binary("floor-requests"), &plan);
    let its = stage.record(&floor).await;
    for (number, (ours, its)) in ours.iter().zip(&its).enumerate() {
        assert_eq!(tally(ours), tally(its), "message {}: the floor is to request the same", number + 1);
        let stages = stages(ours);
        let shown = stages
            .iter()
            .map(|stage| stage.iter().map(|request| request.line()).collect::<Vec<_>>().join(" + "));
        say(&format!("message {}:\n  {}", number + 1, shown.collect::<Vec<_>>().join("\n  ")));
    }
    floor
}

#[expect(clippy::print_stderr, reason = "progress, for people")]
fn say(text: &str) {
    eprintln!("{text}");
}
