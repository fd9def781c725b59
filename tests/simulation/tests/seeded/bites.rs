//! The proof that the simulation bites: each broken variant is caught.

use std::thread;

use mto_simulation_tests::seeded::{Mutant, Report, run};

/// Seeds within which a broken variant has to be caught.
const SEEDS: u64 = 60;

/// Variants that are tried side by side.
const SIDE_BY_SIDE: usize = 2;

/// A seed counts only if it is sound without the mutant.
fn caught(mutant: Mutant) -> Option<Report> {
    let mut broken =
        (0..SEEDS).map(|seed| run(seed, Some(mutant))).filter(|report| report.violation.is_some());
    broken.find(|report| run(report.seed, None).violation.is_none())
}

/// A line of the table: what is broken, what caught it, and where.
fn line(mutant: Mutant, report: &Report) -> String {
    let invariant = report.violation.as_ref().map(|violation| violation.invariant);
    let (seed, faults, deeds) = (report.seed, report.faults.len(), report.deeds.len());
    let (mutant, invariant) =
        (format!("{mutant:?}"), invariant.map(|one| format!("{one:?}")).unwrap_or_default());
    format!("{mutant:24} {invariant:26} seed {seed:3}, {faults:3} faults, {deeds} deeds")
}

/// Prints a line for each, and returns those that survived.
#[expect(clippy::print_stdout, reason = "the table is for people")]
fn survivors(mutants: Vec<Mutant>) -> Vec<Mutant> {
    let mut survivors = Vec::new();
    for mutant in mutants {
        if let Some(report) = caught(mutant) {
            println!("{}", line(mutant, &report));
        } else {
            println!("{mutant:?} SURVIVED");
            survivors.push(mutant);
        }
    }
    survivors
}

#[test]
fn every_broken_variant_is_caught() {
    let shares = (0..SIDE_BY_SIDE).map(|first| {
        let share: Vec<Mutant> = Mutant::ALL.into_iter().skip(first).step_by(SIDE_BY_SIDE).collect();
        thread::spawn(move || survivors(share))
    });
    let shares: Vec<_> = shares.collect();
    let survivors: Vec<Mutant> = shares.into_iter().flat_map(|share| share.join().unwrap()).collect();
    assert_eq!(survivors, [], "these were not caught within {SEEDS} seeds");
}
