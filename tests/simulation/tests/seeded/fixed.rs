//! Seeds that are run each time.

use mto_simulation_tests::seeded::{Invariant, explain, run, shrink};

/// What is known not to hold, and has a test of its own in `found`. It is checked last, so that it hides nothing else.
/// To be empty.
const KNOWN: [Invariant; 1] = [Invariant::WhatIsOursIsMarked];

/// Runs that shrinking a failure may take.
const MOST_RUNS: u32 = 60;

/// Seeds of each part.
const SEEDS: u64 = 20;

/// As many as two cores run in about two minutes, in parts that run side by side.
#[rstest::rstest]
#[case::first(1_000)]
#[case::second(1_020)]
#[case::third(1_040)]
#[case::fourth(1_060)]
fn whatever_goes_wrong_the_invariants_hold_and_in_the_end_it_converges(#[case] first: u64) {
    for seed in first..first + SEEDS {
        let report = run(seed, None);
        let holds = report.violation.as_ref().is_none_or(|violation| KNOWN.contains(&violation.invariant));
        assert!(holds, "{}", explain(&shrink(report, None, MOST_RUNS)));
    }
}
