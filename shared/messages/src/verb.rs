//! The five verbs.

use std::fmt;

/// What a command asks for; one verb, one queue, one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Create the organization in its owner tenant.
    Create,
    /// Add tenants to the organization's list, or change their roles.
    Add,
    /// Make a listed tenant an active member.
    Join,
    /// Leave, remove or dissolve.
    Leave,
    /// Cross-tenant settings and synchronization.
    Sync,
}

impl Verb {
    /// All verbs, in the order in which a formation uses them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Add, Self::Join, Self::Leave, Self::Sync];

    /// The verb as it stands in message types and queue names: `join`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Add => "add",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Sync => "sync",
        }
    }

    /// The `CloudEvents` type of this verb's command: `mto.join.v1`.
    pub fn command_type(self) -> String {
        format!("mto.{}.v1", self.as_str())
    }

    /// The verb of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str() == name)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
