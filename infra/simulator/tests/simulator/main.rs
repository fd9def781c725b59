//! The simulator through `Simulator::handle`, and the walk-throughs over HTTP.

#![expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent: json!({…})")]

mod audits;
mod batch;
#[cfg(feature = "cli")]
mod binary;
mod constraints;
mod delegated;
mod directory_access;
mod directory_queries;
mod directory_roles;
mod errors;
mod golden;
mod invitations;
mod join;
mod members;
mod partners;
mod permissions;
mod properties;
mod queries;
mod seeds;
#[cfg(feature = "serve")]
mod server;
mod silences;
mod support;
mod switches;
mod sync_deprovision;
mod sync_errors;
mod sync_example;
mod sync_jobs;
mod sync_properties;
mod sync_quarantine;
mod sync_scope;
mod sync_support;
mod sync_walk_through;
mod tables;
mod templates;
mod throttling;
mod tokens;
mod users;
mod walk_through;
