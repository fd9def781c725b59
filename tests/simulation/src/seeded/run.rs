//! One run from one seed: what people do and what goes wrong; then nothing goes wrong any more, and everything that is
//! asked for has to come about.

use mto_messages::Verb;
use serde_json::{Value, json};

use super::driver::Driver;
use super::faults::{Fault, Faults, Point, Rates, Source};
use super::invariants::{Invariant, Violation};
use super::log::Log;
use super::mutants::Mutant;
use super::script::{Planned, Script};
use super::tally::Tally;
use super::truth;
use super::world::World;
use super::{follow_ups, foreign};
use crate::{command, create, leave};

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// What did not hold, if anything did not.
    pub violation: Option<Violation>,
    /// What happened, in order.
    pub trace: Vec<String>,
    /// What went wrong.
    pub faults: Vec<(Point, Fault)>,
    /// What people did.
    pub deeds: Vec<Planned>,
    /// How often what happened.
    pub tally: Tally,
    /// How many bytes were logged.
    pub logged: usize,
}

/// The script of a seed: how often its deeds stand in it.
pub fn scripted(seed: u64) -> Tally {
    let mut tally = Tally::default();
    for planned in &Script::of(seed).deeds {
        tally.deed(&planned.deed);
    }
    tally
}

/// Runs a seed, with faults drawn from it.
pub fn run(seed: u64, mutant: Option<Mutant>) -> Report {
    play(seed, &Script::of(seed), Source::Drawn(seed, Rates::of(seed)), mutant)
}

/// A panic of the simulation itself names its seed: it comes back as no report.
struct InSeed(u64);

impl Drop for InSeed {
    #[expect(clippy::print_stderr, reason = "for whoever reads why the test failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the simulation panicked in seed {}", self.0);
        }
    }
}

/// Plays a run again from the list of what went wrong in it.
pub fn replay(report: &Report, mutant: Option<Mutant>) -> Report {
    let faults = report.faults.iter().cloned().collect();
    let script = Script { deeds: report.deeds.clone(), ..Script::of(report.seed) };
    play(report.seed, &script, Source::Listed(faults), mutant)
}

pub(crate) fn play(seed: u64, script: &Script, source: Source, mutant: Option<Mutant>) -> Report {
    let _named = InSeed(seed);
    let log = Log::default();
    tracing::subscriber::with_default(log.subscriber(), || {
        let world = World::new(script, Faults::new(source), mutant);
        let mut driver = Driver::new(world, seed, script, log.clone());
        story(&mut driver, script);
        driver.finish(script.deeds.clone(), seed)
    })
}

fn story(driver: &mut Driver, script: &Script) {
    driver.run();
    let checks: [fn(&mut Driver, &Script); 9] =
        [settled, dissolved, formed, formed_again, opened, parted, dissolved, nothing_left, all_was_ours];
    for check in checks {
        if driver.violated() {
            return;
        }
        check(driver, script);
    }
}

/// Every command has ended, and nothing is there twice.
fn settled(driver: &mut Driver, script: &Script) {
    driver.every_command_ends();
    driver.is_dead_for_a_reason(script.receives);
    driver.is_sound();
    let undone = follow_ups::left_undone(&driver.world.book.lock().unwrap());
    if let Some(undone) = undone.filter(|_| driver.dead().is_empty()) {
        driver.violate(Invariant::FollowUpsArePosted, undone);
    }
}

/// Ends whatever organizations there are, and takes everything back.
fn dissolved(driver: &mut Driver, script: &Script) {
    if let Some(tenant) = script.foreign {
        foreign::ends(driver, tenant);
    }
    if driver.violated() {
        return;
    }
    let state = driver.world.simulator.state();
    // Users go only through synchronizations that run, as those of the formation at the end do.
    let is_last = driver.world.book.lock().unwrap().commands.keys().any(|id| id.starts_with("FINAL"));
    let cleanup = if is_last && script.users { "users" } else { "settings" };
    for organization in state["organizations"].as_array().unwrap() {
        // Where removals are strict, nobody can put its creator out: it has to be the one who ends it.
        let creator = organization["creator"].as_str().unwrap();
        let rows = organization["tenants"].as_array().unwrap();
        let owners = rows.iter().filter(|row| row["role"] == "owner" && row["state"] == "active");
        let owners: Vec<&str> = owners.filter_map(|row| row["tenantId"].as_str()).collect();
        let creator_is_in = rows.iter().any(|row| row["tenantId"] == creator && row["state"] == "active");
        if creator_is_in && !owners.contains(&creator) {
            let listed = json!([{"tenant": creator, "displayName": "Creator", "role": "owner"}]);
            let promotion = json!({"owner": owners[0], "tenants": listed});
            driver.converges(&command("add", &driver.fresh("PROMOTE"), &promotion));
        }
        let owner = if creator_is_in { creator } else { owners[0] };
        let end = json!({"owner": owner, "cleanup": cleanup});
        driver.converges(&leave(&driver.fresh("END"), owner, "dissolve", &end));
    }
    let left = driver.world.simulator.state()["organizations"].as_array().unwrap().len();
    if left > 0 {
        driver.violate(Invariant::Converges, format!("{left} organizations are left"));
    }
}

fn formed(driver: &mut Driver, script: &Script) {
    let command = formation(&driver.fresh("FINAL"), script);
    driver.converges(&command);
    let state = driver.world.simulator.state();
    let rows = state["organizations"][0]["tenants"].as_array().map_or(0, Vec::len);
    if rows != script.names().len() {
        driver.violate(Invariant::Converges, format!("the organization has {rows} rows"));
    }
    driver.is_sound();
}

/// A converged world needs no write.
fn formed_again(driver: &mut Driver, script: &Script) {
    let before = driver.effects();
    let command = formation(&driver.fresh("FINAL"), script);
    driver.converges(&command);
    if driver.effects() != before {
        driver.violate(Invariant::NothingIsWrittenAgain, "the same formation again made a write".to_owned());
    }
}

fn opened(driver: &mut Driver, script: &Script) {
    let settings = command("sync", &driver.fresh("OPEN"), &json!({"action": "settings", "owner": "contoso"}));
    driver.converges(&settings);
    let book = driver.world.book.lock().unwrap();
    let state = driver.world.simulator.state();
    let doubt = truth::doubt(Verb::Sync, &settings["data"], &book.parties(), &state);
    drop(book);
    let names = script.names();
    let missing =
        names.iter().filter(|_| script.users).flat_map(|one| names.iter().map(move |other| (one, other)));
    let missing = missing.filter(|(one, other)| one != other).find_map(|(source, target)| {
        let data: Value = json!({"source": source, "targets": [target]});
        let book = driver.world.book.lock().unwrap();
        let doubt = truth::doubt(Verb::Sync, &data, &book.parties(), &state)?;
        Some(format!("{source} to {target}: {doubt}"))
    });
    if let Some(doubt) = doubt.or(missing) {
        driver.violate(Invariant::OneOfEach, doubt);
    }
}

/// One tenant leaves, or is removed, and what it opened is closed.
fn parted(driver: &mut Driver, script: &Script) {
    let how =
        if driver.world.book.lock().unwrap().effects.len().is_multiple_of(2) { "leave" } else { "remove" };
    let cleanup = if script.users { "users" } else { "settings" };
    let command = leave(&driver.fresh("OUT"), "fabrikam", how, &json!({"cleanup": cleanup}));
    driver.converges(&command);
    driver.is_sound();
}

fn formation(id: &str, script: &Script) -> Value {
    let names = &script.names()[1..];
    let mut then = json!({"join": {"templates": "admin-center"}});
    if script.users {
        then["sync"] = json!({});
    }
    create(id, names, &json!({"templates": "admin-center", "then": then}))
}

/// After the end of the last organization nothing is open, and nothing of ours is left.
fn nothing_left(driver: &mut Driver, script: &Script) {
    let state = driver.world.simulator.state();
    let names = script.names();
    for source in names {
        for target in names.iter().filter(|target| *target != source) {
            let cleanup = if script.users { "users" } else { "settings" };
            let data = json!({"action": "unshare", "source": source, "targets": [target],
                "bothDirections": true, "cleanup": cleanup});
            let book = driver.world.book.lock().unwrap();
            let doubt = truth::doubt(Verb::Sync, &data, &book.parties(), &state);
            drop(book);
            if let Some(doubt) = doubt {
                driver.violate(Invariant::NothingIsReopened, format!("{source} to {target}: {doubt}"));
            }
        }
    }
    driver.every_command_ends();
    driver.is_sound();
}

/// Nobody else made a synchronization here: what is left of one was made by us and not known to be ours. After a crash,
/// or where a command was given up for dead, that is the price of there being no tag in the request that makes one; else
/// it is not.
fn all_was_ours(driver: &mut Driver, script: &Script) {
    let state = driver.world.simulator.state();
    let directories = state["directories"].as_array().unwrap().iter();
    let left = directories.flat_map(|one| one["servicePrincipals"].as_array().unwrap());
    let left: Vec<String> = left.map(|one| format!("{} {}", one["displayName"], one["tags"])).collect();
    let crashed = driver.world.book.lock().unwrap().crashed || !driver.dead().is_empty();
    if script.users && !left.is_empty() && !crashed {
        driver.violate(Invariant::WhatIsOursIsMarked, left.join("; "));
    }
}
