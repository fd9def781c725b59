//! The edge where commands come in: webhooks and chat-ops.
//!
//! [`Intake`] answers the requests of a function URL, or of a local server: it verifies who sends, over the bytes as they
//! came, turns the request into one command, and posts it to its verb's queue. It holds no credential of any tenant, and
//! looks up no tenant: names in commands are resolved by the functions.
//!
//! What is configured in each product, and what each is answered: `docs/intake.md`.

mod answer;
pub mod chat;
mod config;
mod intake;
mod permission;
mod sender;
mod senders;
mod template;
mod ticket;
mod verification;

pub use config::Config;
pub use intake::{Intake, MAX_BODY_BYTES};
pub use permission::{Word, hold_back, is_destructive, words_of};
