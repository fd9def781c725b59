//! Runs the seeded simulation until it is stopped, or for `MTO_SEEDS` seeds from `MTO_FIRST_SEED` on (default: 0), with
//! `MTO_WORKERS` threads (default: one for each core). A failing seed is shrunk and printed as it comes, and ends the
//! program with 1; with `MTO_TRACE=1` the whole trace of each run is printed too, of a failing one the shortest. At the end:
//! how many runs there were, how many failed, how many a minute; and how often each thing happened that can go wrong or be
//! asked for.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use mto_simulation_tests::seeded::{Tally, explain, run, shrink, trace};

/// Runs that shrinking may take: some minutes.
const MOST_RUNS: u32 = 1_000;

/// Runs between two lines of progress.
const LINE: u64 = 100;

/// What came of one seed.
struct Done {
    tally: Tally,
    /// The failing run, shrunk.
    failure: Option<String>,
    /// The whole trace, where it is asked for.
    trace: Option<String>,
}

fn main() -> ExitCode {
    let (first, count) = (number("MTO_FIRST_SEED").unwrap_or(0), number("MTO_SEEDS"));
    let last = count.map_or(u64::MAX, |count| first.saturating_add(count));
    let cores = || thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let workers = number("MTO_WORKERS").unwrap_or_else(cores).max(1);
    let traced = number("MTO_TRACE").is_some_and(|number| number > 0);
    let next = AtomicU64::new(first);
    let (sender, receiver) = mpsc::channel();
    let failures = thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || work(next, last, traced, &sender));
        }
        drop(sender);
        print(first, &receiver)
    });
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One seed after the other, whichever is next.
fn work(next: &AtomicU64, last: u64, traced: bool, done: &Sender<Done>) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= last {
            return;
        }
        let mut report = run(seed, None);
        let tally = std::mem::take(&mut report.tally);
        let failed = report.violation.is_some();
        if failed {
            report = shrink(report, None, MOST_RUNS);
        }
        let trace = traced.then(|| trace(&report));
        let failure = failed.then(|| explain(&report));
        if done.send(Done { tally, failure, trace }).is_err() {
            return;
        }
    }
}

/// Prints what the workers find, and returns how many runs failed.
#[expect(clippy::print_stdout, reason = "a program for people")]
fn print(first: u64, done: &Receiver<Done>) -> u64 {
    let (began, mut runs, mut failures, mut tally) = (now(), 0_u64, 0_u64, Tally::default());
    let line = |runs: u64, failures: u64| {
        let a_minute = (runs * 60_000).checked_div(elapsed_milliseconds(began)).unwrap_or(0);
        println!("{runs} runs from seed {first} on; {failures} failed; {a_minute} a minute");
    };
    for Done { tally: one, failure, trace } in done {
        runs += 1;
        tally.add(&one);
        if let Some(text) = trace {
            println!("{text}");
        }
        if let Some(text) = failure {
            failures += 1;
            println!("{text}");
        }
        if runs.is_multiple_of(LINE) {
            line(runs, failures);
        }
    }
    println!("{tally}");
    line(runs, failures);
    failures
}

#[expect(clippy::disallowed_methods, reason = "the one place where the variables are read")]
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}: give a whole number")))
}

#[expect(clippy::disallowed_methods, reason = "how long a run really takes")]
fn now() -> Instant {
    Instant::now()
}

fn elapsed_milliseconds(began: Instant) -> u64 {
    u64::try_from((now() - began).as_millis()).unwrap_or(u64::MAX)
}
