//! Inputs that mean harm, made of raw bytes: bolero chooses the bytes, so it can shrink what fails.

mod documents;
mod entropy;
mod hostile;

pub use documents::{bodies, body_of, golden, mutated, text_with, values};
pub use entropy::Entropy;
pub use hostile::{CANARY, HostileService, ORIGIN, OneToken, START, Still, tenant};
