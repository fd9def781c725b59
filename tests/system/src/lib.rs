//! Real processes for the system tests; see the README beside this crate.

mod binary;
mod clients;
mod deployment;
mod extension;
mod http;
mod mapping;
mod ministack;
mod runtime_api;
mod shell;
mod simulated;
mod tools;

pub use binary::{Function, assert_current};
pub use clients::Client;
pub use deployment::{Deployment, eventually};
pub use mapping::{Mapping, Queues};
pub use ministack::{Ministack, REGION};
pub use runtime_api::{Answer, RuntimeApi};
pub use shell::{Shell, blocks};
pub use simulated::Simulated;
pub use tools::{Tools, profile_folder, repository};
