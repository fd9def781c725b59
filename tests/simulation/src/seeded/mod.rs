//! The seeded simulation: whole organizations are formed, changed, shared, left and dissolved by the functions' own
//! code, while everything goes wrong that can; all of it from one seed, in virtual time.
//!
//! # Flow
//! `script` (what people do, from the seed) → `world` (functions, queues, simulator) → `driver` (who goes on next, and
//! when time passes) → `edges` (a queue and a network with faults, at every point between two effects) → `book` (what
//! happened) → `invariants` (what must hold after each event) → `run` (and what must come about once nothing goes
//! wrong) → `shrink` (the shortest run that still fails).
//!
//! # Guarantees
//! The same seed gives the same trace. A fault belongs to its point (a command, its delivery, and the so-manieth effect
//! of that), so that leaving one out leaves the others where they are.
//!
//! # Assumptions
//! One record a batch: invocations run side by side instead, and take turns at every effect. What a batch adds (bounded
//! concurrency, one record's panic) is told in `tests/scenarios/deliveries.rs`.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a place where faults, mutants or requests matter is about a few of many; what is new there is no danger"
)]

mod book;
mod by_hand;
mod checks;
mod clock;
mod dice;
mod driver;
mod edges;
mod faults;
mod invariants;
mod mutant_net;
mod mutants;
mod request;
mod rights;
mod run;
mod script;
mod seen;
mod shrink;
mod stage;
mod truth;
mod world;

pub use by_hand::ByHand;
pub use faults::{Fault, Point};
pub use invariants::{Invariant, Violation};
pub use mutants::Mutant;
pub use run::{Report, run};
pub use script::{Deed, Planned};
pub use shrink::{explain, shrink};
