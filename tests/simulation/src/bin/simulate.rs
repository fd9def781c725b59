//! Runs the seeded simulation until it is stopped, or for `MTO_SEEDS` seeds from `MTO_FIRST_SEED` on (default: 0), and
//! says how many runs a minute there were. A failing seed is shrunk and printed, and ends the program with 1.

use std::process::ExitCode;
use std::time::Instant;

use mto_simulation_tests::seeded::{explain, run, shrink};

/// Runs that shrinking may take.
const MOST_RUNS: u32 = 60;

/// Seeds between two lines of progress.
const LINE: u64 = 50;

#[expect(clippy::print_stdout, reason = "a program for people")]
fn main() -> ExitCode {
    let (first, count) = (number("MTO_FIRST_SEED").unwrap_or(0), number("MTO_SEEDS"));
    let last = count.map_or(u64::MAX, |count| first.saturating_add(count));
    let (began, mut failed) = (now(), false);
    for seed in first..last {
        let report = run(seed, None);
        if report.violation.is_some() {
            failed = true;
            println!("{}", explain(&shrink(report, None, MOST_RUNS)));
        }
        let runs = seed - first + 1;
        if runs.is_multiple_of(LINE) || seed + 1 == last {
            let a_minute = (runs * 60_000).checked_div(elapsed_milliseconds(began)).unwrap_or(0);
            println!("{runs} runs from seed {first} on; {a_minute} a minute");
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the seeds are read")]
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
