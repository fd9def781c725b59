//! Real processes for the system tests; see the README beside this crate.

mod binary;
mod mapping;
mod ministack;
mod runtime_api;
mod simulated;

pub use binary::Function;
pub use mapping::{Mapping, Queues};
pub use ministack::Ministack;
pub use runtime_api::{Answer, RuntimeApi};
pub use simulated::Simulated;
