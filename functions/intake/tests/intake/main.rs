//! Requests as the products send them, to commands in queues.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod answers;
mod bounds;
mod configuration;
mod confirm;
mod examples;
mod grammar;
mod log;
mod properties;
mod senders;
mod start;
mod support;
