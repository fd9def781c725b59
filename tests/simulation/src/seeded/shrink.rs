//! From a failing run to a short one: faults and deeds are left out as long as the same invariant breaks. First each
//! command with all that went wrong in its family, which takes most away with few runs; then ever smaller shares of the rest.

use std::collections::BTreeMap;
use std::fmt::Write;

use entra_simulator::Seed;

use super::faults::{Fault, Point, Source};
use super::foreign;
use super::mutants::Mutant;
use super::run::{Report, play};
use super::script::{Deed, NAMES, Planned, Script};

/// Lines of a trace that are printed, besides the first.
const LINES: usize = 120;

#[derive(Debug, Clone)]
enum Item {
    Deed(Planned),
    Fault(Point, Fault),
}

impl Item {
    /// The id of the command that somebody sent, of which this is a part; nothing for what administrators do.
    fn family(&self) -> &str {
        let id = match self {
            Self::Deed(Planned { deed: Deed::Asks(command), .. }) => {
                command["id"].as_str().unwrap_or_default()
            }
            Self::Deed(_) => "",
            Self::Fault(point, _) => &point.command,
        };
        id.split('/').next().unwrap_or_default()
    }
}

struct Shrinking {
    seed: u64,
    script: Script,
    mutant: Option<Mutant>,
    best: Report,
    runs: u32,
}

/// The shortest run that was found in which the same invariant breaks, within so many runs.
pub fn shrink(report: Report, mutant: Option<Mutant>, most_runs: u32) -> Report {
    let seed = report.seed;
    let mut shrinking = Shrinking { seed, script: Script::of(seed), mutant, best: report, runs: 0 };
    let items = shrinking.items();
    let items = shrinking.fewer_families(items, most_runs);
    shrinking.fewer(items, most_runs);
    shrinking.best
}

impl Shrinking {
    fn items(&self) -> Vec<Item> {
        let faults = self.best.faults.iter().map(|(point, fault)| Item::Fault(point.clone(), *fault));
        faults.chain(self.best.deeds.iter().cloned().map(Item::Deed)).collect()
    }

    /// Without the families of which it does not need one: those with most first.
    fn fewer_families(&mut self, mut items: Vec<Item>, most_runs: u32) -> Vec<Item> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for item in &items {
            *sizes.entry(item.family().to_owned()).or_default() += 1;
        }
        let mut families: Vec<(usize, String)> = sizes.into_iter().map(|(name, size)| (size, name)).collect();
        families.sort_unstable();
        for (_, family) in families.iter().rev() {
            if self.runs >= most_runs {
                break;
            }
            let others: Vec<Item> = items.iter().filter(|item| item.family() != family).cloned().collect();
            // Its faults alone, where the command itself is needed.
            let is_fault = |item: &Item| matches!(item, Item::Fault(..)) && item.family() == family;
            let without_faults: Vec<Item> = items.iter().filter(|item| !is_fault(item)).cloned().collect();
            for fewer in [others, without_faults] {
                if fewer.len() < items.len() && self.still_fails(&fewer) {
                    items = fewer;
                    break;
                }
            }
        }
        items
    }

    /// Halves, quarters and so on are left out, down to single items, until each one is needed.
    fn fewer(&mut self, mut items: Vec<Item>, most_runs: u32) {
        let mut size = items.len().div_ceil(2);
        while size > 0 && self.runs < most_runs {
            let mut start = 0;
            let mut found = false;
            while start < items.len() && self.runs < most_runs {
                let end = (start + size).min(items.len());
                let fewer: Vec<Item> = items[..start].iter().chain(&items[end..]).cloned().collect();
                if self.still_fails(&fewer) {
                    items = fewer;
                    found = true;
                } else {
                    start = end;
                }
            }
            size = if found && size == 1 { 1 } else { size / 2 };
        }
    }

    fn still_fails(&mut self, items: &[Item]) -> bool {
        self.runs += 1;
        let deeds = items.iter().filter_map(|item| match item {
            Item::Deed(planned) => Some(planned.clone()),
            Item::Fault(..) => None,
        });
        let script = Script { deeds: deeds.collect(), ..self.script.clone() };
        let faults = items.iter().filter_map(|item| match item {
            Item::Fault(point, fault) => Some((point.clone(), *fault)),
            Item::Deed(_) => None,
        });
        let report = play(self.seed, &script, Source::Listed(faults.collect()), self.mutant);
        let broken = |report: &Report| report.violation.as_ref().map(|violation| violation.invariant);
        if broken(&report).is_none() || broken(&report) != broken(&self.best) {
            return false;
        }
        self.best = report;
        true
    }
}

/// A failing run for people: the seed, what broke, what went wrong, what happened, and how to play it again.
pub fn explain(report: &Report) -> String {
    let mut text = String::new();
    let Report { seed, violation, trace, faults, deeds, tally: _, logged: _ } = report;
    let _ = writeln!(text, "seed {seed}: {violation:?}");
    let _ = writeln!(text, "with {} deeds and {} faults:", deeds.len(), faults.len());
    for planned in deeds {
        let _ = writeln!(text, "  after {} s: {:?}", planned.at, planned.deed);
    }
    for (point, fault) in faults {
        let _ = writeln!(text, "  at {point}: {fault:?}");
    }
    // Reads are many, and are in the trace of the run itself.
    let lines: Vec<&String> = trace.iter().filter(|line| !line.contains(" GET ")).collect();
    let left_out = lines.len().saturating_sub(LINES);
    let _ = writeln!(text, "what happened, without reads ({left_out} earlier lines are left out):");
    for line in &lines[left_out..] {
        let _ = writeln!(text, "  {line}");
    }
    let _ = writeln!(
        text,
        "again: MTO_FIRST_SEED={seed} MTO_SEEDS=1 just simulate; all of it: MTO_TRACE=1 before that"
    );
    named(text)
}

/// All that happened in a run, reads included.
pub fn trace(report: &Report) -> String {
    named(report.trace.join("\n"))
}

/// Tenants by their names.
fn named(text: String) -> String {
    let tenants = Seed::demo(NAMES.len() + 1).tenants;
    tenants
        .iter()
        .zip(NAMES.into_iter().chain([foreign::NAME]))
        .fold(text, |text, (tenant, name)| text.replace(&tenant.tenant_id.to_string(), name))
}
