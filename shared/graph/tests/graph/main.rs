//! The client against golden files and scripted answers.

mod batch;
mod bounds;
mod client;
mod credentials;
mod golden;
mod golden_sync;
mod golden_users;
mod requests;
mod requests_sync;
mod requests_users;
mod schema;
mod support;
mod tokens;
