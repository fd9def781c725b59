//! What a command of `mto` comes to: an answer with its exit code, or an error with its.

use std::io;

use mto_graph::TransportError;
use mto_handler::{ConfigError, QueueError};
use mto_messages::ParseError;
use serde_json::Value;

/// How it ended. The number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done, or nothing differs: 0.
    Done,
    /// Something failed, or was rejected: 1.
    Failed,
    /// The organization is not as the file says: 3.
    Differs,
}

impl Verdict {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Differs => 3,
        }
    }
}

/// What goes to standard output, in both formats.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The exit code.
    pub verdict: Verdict,
    /// For people; ends in a line break.
    pub text: String,
    /// For programs: one JSON value.
    pub json: Value,
}

/// There is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments, or a file that they name: 2.
    #[error("{0}")]
    Usage(String),
    /// The environment: 2.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A command that is no command: 2.
    #[error(transparent)]
    Command(#[from] ParseError),
    /// It was tried and did not work: 1.
    #[error("{0}")]
    Failed(String),
    /// A queue did not do what it was asked to: 1.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The HTTP client could not be made: 1.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer could not be written: 1, or 141 where the reader has gone.
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// What shells report of a program that ended by SIGPIPE.
const OUTPUT_CLOSED: u8 = 128 + 13;

impl CliError {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config(_) | Self::Command(_) => 2,
            Self::Output(_) if self.is_closed_pipe() => OUTPUT_CLOSED,
            Self::Failed(_) | Self::Queue(_) | Self::Transport(_) | Self::Output(_) => 1,
        }
    }

    /// Whether the reader has seen enough: `mto status contoso | head -1`.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
