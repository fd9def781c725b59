//! What went by.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

/// A write to Graph that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Who made it.
    pub process: u32,
    /// The look it belongs to: the `client-request-id`, which is the same when a delivery is repeated.
    pub look: Option<String>,
    /// The tenant it was made in.
    pub tenant: Option<Uuid>,
    /// Method and path.
    pub what: String,
}

/// Everything that was noted.
#[derive(Default)]
pub(super) struct Book {
    /// The ids of the commands that functions have sent to functions.
    pub(super) commands: BTreeSet<String>,
    pub(super) writes: Vec<Write>,
}

impl Book {
    /// A message that a queue of commands has taken.
    pub(super) fn note_command(&mut self, body: &str) {
        let command: Value = serde_json::from_str(body).unwrap_or_default();
        self.commands.extend(command["id"].as_str().map(str::to_owned));
    }
}
