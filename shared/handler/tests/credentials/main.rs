//! Credentials: how the directory refers to them, and how they are fetched.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod directory;
#[cfg(feature = "aws")]
mod secrets_extension;
#[cfg(feature = "aws")]
mod stub;
#[cfg(feature = "aws")]
mod web_identity;
