//! The edge where outcomes go out: chat, tickets and webhooks.
//!
//! # Flow
//! record → outcome → destination and address (`replyto`, or the default) → look whether it was told already → tell it →
//! acknowledge; or the same body again, later; or a dead letter with its reason.
//!
//! # Guarantees
//! - At least once: a record is acknowledged only after its destination has taken the outcome, or a queue has taken what
//!   follows. Repeats are dropped where the destination can be read (Slack, Jira, `ServiceNow`) or drops them itself
//!   (webhooks).
//! - Nothing is sent anywhere but to the destinations of the configuration, at addresses they allow. A URL in a message
//!   is text.
//! - What a message brings stays text: it is escaped for the format it goes into, and clipped.
//! - Secrets reach neither logs nor dead letters.
//!
//! # Caveats
//! Outcomes of one command can come in any order. One that is overtaken by the last word is dropped where that can be
//! seen; everywhere else each is told with its time.

mod config;
mod delivery;
mod destinations;
mod document;
mod field_problem;
mod http;
mod mark;
mod notify;
mod rendering;
mod routing;
mod text;
mod trouble;

pub use config::NotifyConfig;
pub use notify::Notify;
