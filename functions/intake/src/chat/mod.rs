//! What people say in chats: one grammar for all of them, pure, without names of products.
//!
//! [`slack_text`] and [`teams_text`] undo what the products make of a line, [`parse`] reads it, [`line_of`] says it
//! again, [`sentence`] says what was understood, [`help`] what somebody may say.

mod error;
mod grammar;
mod line;
mod parser;
mod sentence;
mod text;
mod tokens;
mod usage;

pub use error::GrammarError;
pub use grammar::{Request, parse};
pub use line::{confirmed_line_of, line_of};
pub use sentence::sentence;
pub(crate) use text::{for_slack, for_teams};
pub use text::{slack_text, teams_text};
pub use usage::help;
