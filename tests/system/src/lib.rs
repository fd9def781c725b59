//! Real processes for the system tests; see the README beside this crate.

mod binary;
mod clients;
mod deployment;
pub mod edges;
mod extension;
mod function_url;
mod http;
mod kills;
mod mapping;
mod ministack;
mod program;
mod runtime_api;
mod shell;
mod simulated;
mod tools;
mod workplace;

pub use binary::{Function, assert_current, binary};
pub use clients::Client;
pub use deployment::{Deployment, eventually};
pub use function_url::FunctionUrl;
pub use kills::{Kill, Killer, Point, Write};
pub use mapping::{Mapping, Queues};
pub use ministack::{Ministack, REGION};
pub use runtime_api::{Answer, RuntimeApi};
pub use shell::{Shell, blocks};
pub use simulated::Simulated;
pub use tools::{Tools, profile_folder, repository};
