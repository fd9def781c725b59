//! Whatever comes from outside: it never panics, stays in its bounds, and gives nothing away.
//!
//! `cargo test` runs a fixed number of inputs of each target, which takes seconds; `just fuzz <minutes>` goes on for as
//! long as it is told. A failure prints `BOLERO_RANDOM_SEED`, with which the same input comes again.

mod chat;
mod commands;
mod directory;
mod graph;
mod handlers;
mod intake;
mod journals;
mod notify;
mod organization;
mod outcomes;
mod service;
mod support;
