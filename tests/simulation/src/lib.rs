//! What the scenario tests share: a [`Scene`] is a world with a seed, commands and checks.
//!
//! # Flow
//! [`Stage`] (seed, options, faults) → [`Scene`] → [`Scene::post`] → [`Scene::run`] or [`Scene::run_for`], with
//! [`Admin`]s and scripted changes in between → questions to the outcomes ([`Told`]) and to the simulator.
//!
//! # Guarantees
//! Whenever a scene is run to its end, it checks what holds in every scenario: every command has one last word or
//! lies in a dead-letter queue, the simulated world breaks no design constraint, and no secret or token stands in
//! any message.
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod admin;
mod applications;
mod faults;
mod records;
mod scene;
pub mod seeded;
mod told;

pub use admin::Admin;
pub use applications::Ledger;
pub use faults::{Fault, Hook, Point, Rewrite};
pub use records::{Difference, Snapshot, still_open, with_open_mesh};
pub use scene::{Scene, Stage, add, command, create, join, leave, seed_with_organization};
pub use told::Told;
