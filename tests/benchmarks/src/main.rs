//! Prints what the functions cost. `cargo run --profile fast -p mto-benchmarks -- --help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use mto_benchmarks::{Section, model, print, processes, to_json};
use serde_json::{Value, json};

/// Every figure that is compared is a ratio of two that were taken in this run. Ends with 1 if a target is missed.
#[derive(Parser)]
struct Arguments {
    /// One part alone.
    #[arg(long)]
    only: Option<Part>,
    /// Rounds of each measurement of time; the median counts.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Write the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    processes: processes::Options,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// Real processes.
    Processes,
    /// Virtual time.
    Model,
}

fn main() -> Result<ExitCode, model::Problem> {
    let Arguments { only, rounds, json, processes } = Arguments::parse();
    let wants = |part| only.is_none_or(|only| only == part);
    let mut sections = Vec::new();
    let mut process = None;
    if wants(Part::Processes) {
        let (measured, of_join) = processes::sections(&processes, usize::from(rounds));
        sections.extend(measured);
        process = of_join;
    }
    if wants(Part::Model) {
        sections.extend(model::sections(usize::from(rounds), process.unwrap_or_default())?);
    }
    if let Some(path) = json {
        std::fs::write(path, format!("{:#}", document(&sections)))?;
    }
    let met = sections.iter().filter(|section| show(section)).count();
    Ok(if met == sections.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn show(Section { heading, figures, text }: &Section) -> bool {
    let met = print(heading, figures);
    if !text.is_empty() {
        println!("{text}");
    }
    met
}

fn document(sections: &[Section]) -> Value {
    let sections = sections.iter().map(|section| {
        let figures: Vec<Value> = section.figures.iter().map(to_json).collect();
        json!({"heading": section.heading, "figures": figures, "text": section.text})
    });
    sections.collect()
}
