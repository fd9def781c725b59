//! The simulator against the project's graph reference, through `Simulator::handle`.

#![expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent: json!({…})")]

mod batch;
#[cfg(feature = "cli")]
mod binary;
mod errors;
mod golden;
mod join;
mod members;
mod partners;
mod properties;
mod seeds;
#[cfg(feature = "serve")]
mod server;
mod support;
mod templates;
mod throttling;
mod tokens;
mod walk_through;
