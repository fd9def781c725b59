//! Why an outcome could not be told.

use std::time::Duration;

use mto_graph::SourceError;

/// What a destination could not do. The texts hold neither secrets nor URLs that are secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It will pass; the request may or may not have had its effect, so the next attempt looks first.
    Passing {
        /// What happened.
        text: String,
        /// How long the service wants to be left alone.
        after: Option<Duration>,
    },
    /// The credential is not accepted. It passes where the credential is being rotated: it is read anew at each try.
    Unproven {
        /// What happened, and what to do if it lasts.
        text: String,
        /// How long the service wants to be left alone.
        after: Option<Duration>,
    },
    /// Somebody has to change something.
    ForGood {
        /// What happened, and what to do.
        text: String,
    },
}

impl Trouble {
    /// Passes by itself, at an unknown time.
    pub(crate) fn passing(text: impl Into<String>) -> Self {
        Self::Passing { text: text.into(), after: None }
    }

    /// Whether a later try can succeed with nothing changed in the configuration.
    pub(crate) fn can_pass(&self) -> bool {
        match self {
            Self::Passing { .. } | Self::Unproven { .. } => true,
            Self::ForGood { .. } => false,
        }
    }

    /// Does not pass.
    pub(crate) fn for_good(text: impl Into<String>) -> Self {
        Self::ForGood { text: text.into() }
    }
}

impl From<SourceError> for Trouble {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Unavailable(text) => Self::passing(text),
            SourceError::Unusable(text) => Self::for_good(text),
        }
    }
}
