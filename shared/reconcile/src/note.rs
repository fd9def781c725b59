//! What else the reader of a success ought to know.

use mto_messages::{Names, TenantId};

/// A remark beside a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What no API of ours can do for a tenant that joined.
    NoApiForTheRest,
    /// These tenants share nobody: the directory has no scope for them.
    NotSynchronised(Vec<TenantId>),
    /// The organization has another name, which was left alone.
    NameLeftAlone {
        /// Its name.
        is: String,
        /// The command's.
        wanted: String,
    },
    /// The organization was renamed by somebody else while the command was under way.
    RenamedMeanwhile {
        /// Its name now.
        is: String,
        /// The command's.
        wanted: String,
    },
    /// Somebody else has to make this tenant join.
    External(TenantId),
    /// More tenants are listed than may be active.
    OverLimit {
        /// How many are listed.
        listed: usize,
        /// How many may be active.
        limit: usize,
    },
}

impl Note {
    /// For people.
    pub fn text(&self, names: &Names) -> String {
        match self {
            Self::NoApiForTheRest => {
                "not done by this: Teams external access and licences have no API; see docs/operations.md"
                    .to_owned()
            }
            Self::NotSynchronised(tenants) => format!(
                "not synchronised, no scope in the tenant directory: {}",
                names.list(tenants, tenants.len())
            ),
            Self::NameLeftAlone { is, wanted } => format!(
                "the organization is named \"{is}\", not \"{wanted}\"; it was left alone, since \"update\" is not set"
            ),
            Self::RenamedMeanwhile { is, wanted } => format!(
                "the organization is named \"{is}\", not \"{wanted}\": somebody renamed it meanwhile, which was left alone"
            ),
            Self::External(tenant) => format!(
                "{} is external: its own administrators have to send the join request",
                names.of(*tenant)
            ),
            Self::OverLimit { listed, limit } => format!(
                "{listed} tenants are listed; only {limit} may be active, which is enforced when they join"
            ),
        }
    }
}
