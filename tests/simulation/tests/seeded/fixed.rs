//! Seeds that are run each time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use mto_simulation_tests::seeded::{Tally, explain, run, scripted, shrink};

/// Runs that shrinking a failure may take.
const MOST_RUNS: u32 = 60;

/// The first of them: from here on each fault, deed and crossing happens within few seeds, which the test asserts.
const FIRST: u64 = 40_440;

/// A little more than a second of processor time each in the dev profile.
const SEEDS: u64 = 80;

/// Threads.
const SIDE_BY_SIDE: usize = 2;

/// Scripts whose deeds are looked through: without a run they cost nothing.
const SCRIPTS: u64 = 500;

/// Every fault, deed and crossing has to be among what happens: one that never does proves nothing.
#[test]
fn whatever_goes_wrong_the_invariants_hold_and_in_the_end_it_converges() {
    let next = AtomicU64::new(FIRST);
    let work = || {
        let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let runs = seeds.take_while(|seed| *seed < FIRST + SEEDS).map(|seed| run(seed, None));
        let mut tally = Tally::default();
        for report in runs {
            tally.add(&report.tally);
            assert!(report.violation.is_none(), "{}", explain(&shrink(report, None, MOST_RUNS)));
        }
        tally
    };
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let workers = [(); SIDE_BY_SIDE].map(|()| scope.spawn(work));
        for worker in workers {
            tally.add(&worker.join().unwrap());
        }
    });
    assert_eq!(tally.missing(), [""; 0], "{tally}");
}

/// The lists of `tally.rs` are complete.
#[test]
fn every_deed_of_a_script_is_known_and_stands_in_some() {
    let mut tally = Tally::default();
    for seed in 0..SCRIPTS {
        tally.add(&scripted(seed));
    }
    assert_eq!(tally.unknown(), [""; 0]);
    assert_eq!(tally.missing_deeds(), [""; 0]);
}
