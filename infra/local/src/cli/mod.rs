//! What `cargo run` shows, and what `serve` keeps up.

pub(crate) mod args;
mod cast;
mod display;
mod events;
mod live;
mod members;
mod pace;
mod people;
mod people_table;
mod plain;
mod report;
mod run;
mod scenario;
mod serve;
mod tables;
mod verdict;
mod words;

pub(crate) use run::{RunError, run};
pub(crate) use serve::serve;
