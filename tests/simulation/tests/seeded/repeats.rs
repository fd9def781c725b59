//! The same seed, twice.

use mto_simulation_tests::seeded::run;

/// Some of every size.
const SEEDS: [u64; 8] = [3, 9, 16, 21, 34, 55, 89, 144];

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in SEEDS {
        let (one, other) = (run(seed, None), run(seed, None));
        assert!(one.trace.len() > 100, "seed {seed} does something");
        assert!(one.logged > 10_000, "seed {seed} logs: else no secret would be found there");
        assert_eq!(one.logged, other.logged, "seed {seed}");
        assert_eq!(one.trace, other.trace, "seed {seed}");
        assert_eq!(one.faults, other.faults, "seed {seed}");
    }
}

#[test]
fn another_seed_gives_another_trace() {
    assert_ne!(run(3, None).trace, run(4, None).trace);
}
