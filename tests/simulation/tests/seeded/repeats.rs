//! The same seed, twice; what went wrong in it, once more; and a failing one, made shorter.

use mto_simulation_tests::seeded::{Mutant, Report, explain, replay, run, shrink};

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

#[test]
fn a_run_is_played_again_from_the_list_of_what_went_wrong() {
    for seed in &SEEDS[..3] {
        let one = run(*seed, None);
        assert!(one.trace.len() > 100, "seed {seed} does something");
        let again = replay(&one, None);
        assert_eq!(one.trace, again.trace, "seed {seed}");
    }
}

#[test]
fn a_failing_run_becomes_a_short_one_that_says_how_to_play_it_again() {
    let mutant = Some(Mutant::GivesUpAtServerErrors);
    let long = run(1, mutant);
    let short = shrink(long.clone(), mutant, 15);
    let broken = |report: &Report| report.violation.as_ref().map(|one| one.invariant);
    assert!(broken(&long).is_some());
    assert_eq!(broken(&short), broken(&long));
    let size = |report: &Report| report.faults.len() + report.deeds.len();
    assert!(size(&short) < size(&long) / 2, "{} of {}", size(&short), size(&long));
    assert_eq!(
        broken(&replay(&short, mutant)),
        broken(&long),
        "each item that is left is needed, and enough"
    );
    let text = explain(&short);
    assert!(text.contains("MTO_FIRST_SEED=1 MTO_SEEDS=1 just simulate"), "{text}");
    assert!(
        short.faults.iter().all(|(point, fault)| text.contains(&format!("at {point}: {fault:?}"))),
        "{text}"
    );
}
