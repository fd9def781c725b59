//! Why a line is no statement.

use std::fmt;

/// Why a line is no statement: what was understood, what was expected, what stood there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct GrammarError {
    /// The part of the line that made sense.
    pub understood: String,
    /// What was expected next, and what stood there instead.
    pub problem: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// How it is said.
    pub usage: Vec<&'static str>,
}

impl fmt::Display for GrammarError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.understood.is_empty() {
            write!(formatter, "I understood `{}`. ", self.understood)?;
        }
        formatter.write_str(&self.problem)?;
        if let Some(suggestion) = &self.suggestion {
            write!(formatter, " Did you mean `{suggestion}`?")?;
        }
        for usage in &self.usage {
            write!(formatter, "\nUsage: {usage}")?;
        }
        Ok(())
    }
}
