//! What the commands get from outside, so that tests can give something else.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_graph::Clock;
use mto_handler::Environment;

/// Environment, time, ids and the place for messages.
pub struct Context {
    /// Variables and files.
    pub environment: Arc<dyn Environment>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A new id for a command that was given none.
    pub new_id: fn() -> String,
    /// A line for people while something is going on; standard error.
    pub tell: fn(&str),
    /// All of standard input, if it can be read.
    pub read_input: fn() -> Option<String>,
}

impl Context {
    /// A variable, if it is set and not blank.
    pub fn variable(&self, name: &str) -> Option<String> {
        variable(self.environment.as_ref(), name)
    }
}

/// A variable, if it is set and not blank.
pub(crate) fn variable(environment: &dyn Environment, name: &str) -> Option<String> {
    environment.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// An environment with some variables in front of it.
pub(crate) struct Overlay {
    /// These come first.
    pub over: BTreeMap<String, String>,
    /// Everything else.
    pub base: Arc<dyn Environment>,
}

impl Environment for Overlay {
    fn get(&self, name: &str) -> Option<String> {
        self.over.get(name).cloned().or_else(|| self.base.get(name))
    }

    fn read_file(&self, path: &str) -> Option<String> {
        self.base.read_file(path)
    }
}
