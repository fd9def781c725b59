use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::super::User;
use crate::wire::open_enum;

open_enum! {
    /// Why a user is not among the others any more.
    RemovedReason {
        /// Deleted softly: it can be restored.
        Changed = "changed",
        /// Gone.
        Deleted = "deleted",
    }
}

/// One page of a delta. The last one has a deltaLink, all others a nextLink.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UsersDeltaPage {
    /// What became of users; the same user can come more than once, the last one counts.
    pub value: Vec<UserChange>,
    /// Where the next page is.
    #[serde(rename = "@odata.nextLink", default)]
    pub next_link: Option<String>,
    /// Where to ask for what happens from now on.
    #[serde(rename = "@odata.deltaLink", default)]
    pub delta_link: Option<DeltaLink>,
}

/// Where a delta goes on: opaque, of one tenant, good for seven days. Kept by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeltaLink(pub(crate) String);

/// One entry of a delta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    /// The user is there, and like this.
    Present(Box<User>),
    /// The user is not there any more.
    Removed {
        /// Its object id.
        id: Uuid,
        /// Why.
        reason: RemovedReason,
    },
}

impl UserChange {
    /// The user's object id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Present(user) => user.id,
            Self::Removed { id, .. } => *id,
        }
    }
}

impl<'de> Deserialize<'de> for UserChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Removed {
            reason: RemovedReason,
        }

        #[derive(Deserialize)]
        struct Entry {
            #[serde(rename = "@removed", default)]
            removed: Option<Removed>,
            #[serde(flatten)]
            user: User,
        }

        let Entry { removed, user } = Entry::deserialize(deserializer)?;
        Ok(match removed {
            Some(Removed { reason }) => Self::Removed { id: user.id, reason },
            None => Self::Present(Box::new(user)),
        })
    }
}

/// What a delta says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsersDelta {
    /// Everything since the link that was given, or everything there is.
    Changes {
        /// What became of users, in the service's order.
        changes: Vec<UserChange>,
        /// Where to go on next time.
        link: DeltaLink,
    },
    /// The link is too old: begin again without one. Whoever was deleted meanwhile is not told.
    Expired,
}
