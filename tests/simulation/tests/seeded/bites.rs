//! The proof that the simulation bites: each broken variant is caught, by the invariant that is there for it.

use std::fs;
use std::io::{Write, stderr};
use std::thread;

use mto_simulation_tests::seeded::{Invariant, Mutant, Report, run};

/// Seeds within which a broken variant has to be caught.
const SEEDS: u64 = 60;

/// Variants that are tried side by side.
const SIDE_BY_SIDE: usize = 2;

/// The table, for whoever does not see what a passing test prints.
const TABLE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/mutants.txt");

/// A seed counts only if it is sound without the mutant.
fn caught(mutant: Mutant) -> Option<(Invariant, Report)> {
    let broken = (0..SEEDS).map(|seed| run(seed, Some(mutant)));
    let mut broken = broken.filter_map(|report| Some((report.violation.as_ref()?.invariant, report)));
    broken.find(|(_, report)| run(report.seed, None).violation.is_none())
}

/// A line of the table: what is broken, what caught it, and where; and whether that is as it has to be.
fn line(mutant: Mutant) -> (bool, String) {
    let Some((invariant, report)) = caught(mutant) else {
        return (false, format!("{mutant:?} SURVIVED {SEEDS} seeds"));
    };
    let is_meant = mutant.caught_by().contains(&invariant);
    let instead = if is_meant {
        String::new()
    } else {
        format!(" INSTEAD OF {:?}: {:?}", mutant.caught_by(), report.violation)
    };
    let (seed, faults, deeds) = (report.seed, report.faults.len(), report.deeds.len());
    let (mutant, invariant) = (format!("{mutant:?}"), format!("{invariant:?}"));
    (is_meant, format!("{mutant:24} {invariant:26} seed {seed:3}, {faults:3} faults, {deeds} deeds{instead}"))
}

/// At once, past the harness, which keeps what the macros print.
fn told(mutant: Mutant) -> (bool, String) {
    let (is_meant, line) = line(mutant);
    // A table that cannot be written is no reason to fail.
    let _ = stderr().write_all(format!("{line}\n").as_bytes());
    (is_meant, line)
}

#[test]
fn every_broken_variant_is_caught_by_the_invariant_that_is_there_for_it() {
    let shares = (0..SIDE_BY_SIDE).map(|first| {
        let share: Vec<Mutant> = Mutant::ALL.into_iter().skip(first).step_by(SIDE_BY_SIDE).collect();
        thread::spawn(move || share.into_iter().map(told).collect::<Vec<_>>())
    });
    let shares: Vec<_> = shares.collect();
    let lines: Vec<(bool, String)> = shares.into_iter().flat_map(|share| share.join().unwrap()).collect();
    let table = lines.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n");
    fs::write(TABLE, &table).unwrap();
    assert!(lines.iter().all(|(is_meant, _)| *is_meant), "{table}");
}
