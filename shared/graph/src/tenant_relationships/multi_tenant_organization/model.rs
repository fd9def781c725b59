use serde::Deserialize;
use time::OffsetDateTime;

use crate::wire::open_enum;

open_enum! {
    /// Whether the calling tenant is in an organization.
    MultiTenantOrganizationState {
        /// It is in one.
        Active = "active",
        /// It is in none. That is an answer with status 200, not 404.
        Inactive = "inactive",
    }
}

open_enum! {
    /// What a member may do in the organization.
    MemberRole {
        /// May add, remove and promote.
        Owner = "owner",
        /// Everybody else.
        Member = "member",
    }
}

open_enum! {
    /// Where a tenant stands in the organization.
    MemberState {
        /// Added by an owner, has not joined.
        Pending = "pending",
        /// In.
        Active = "active",
        /// Its removal is being processed; after that the row is gone.
        Removed = "removed",
    }
}

open_enum! {
    /// How far an asynchronous change is.
    ProcessingStatus {
        /// Queued.
        NotStarted = "notStarted",
        /// Being worked on.
        Running = "running",
        /// Done; mostly the details are null instead.
        Succeeded = "succeeded",
        /// Given up; a failed join has to be reset before it can be asked for again.
        Failed = "failed",
    }
}

/// `microsoft.graph.multiTenantOrganization`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MultiTenantOrganization {
    /// The id of this view: each tenant sees another one for the same organization. Can be absent, and can be present
    /// although the tenant is in no organization.
    #[serde(default)]
    pub id: Option<String>,
    /// `None` while inactive.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub created_date_time: Option<OffsetDateTime>,
    /// `None` while inactive.
    #[serde(default)]
    pub display_name: Option<String>,
    /// `None` when nobody gave one.
    #[serde(default)]
    pub description: Option<String>,
    /// Nullable by the schema, never seen null.
    #[serde(default)]
    pub state: Option<MultiTenantOrganizationState>,
}

impl MultiTenantOrganization {
    /// Whether the tenant certainly is in an organization.
    pub fn is_active(&self) -> bool {
        self.state == Some(MultiTenantOrganizationState::Active)
    }
}
