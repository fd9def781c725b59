use serde::Deserialize;
use uuid::Uuid;

use super::super::{MemberRole, MemberState, ProcessingStatus};
use crate::wire::tenant_or_nobody;

/// `microsoft.graph.multiTenantOrganizationJoinRequestRecord`: the tenant's wish to join, and what became of it.
///
/// Every tenant has one. Before the first wish, and after a reset, it says nothing; being added does not show in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JoinRequestRecord {
    /// Not portable, and another one after the first wish.
    pub id: Option<String>,
    /// The owner tenant that was asked; the zero GUID is read as nobody. (A String here, a Guid on the member.)
    #[serde(deserialize_with = "tenant_or_nobody")]
    pub added_by_tenant_id: Option<Uuid>,
    /// Active together with a transition that has not started was documented: look at the transition as well.
    pub member_state: Option<MemberState>,
    /// Known once the tenant has joined.
    pub role: Option<MemberRole>,
    /// The join under way, or why it failed.
    pub transition_details: Option<JoinRequestTransitionDetails>,
}

/// `microsoft.graph.multiTenantOrganizationJoinRequestTransitionDetails`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JoinRequestTransitionDetails {
    /// The wanted state. (On a member it is `desiredState`.)
    pub desired_member_state: Option<MemberState>,
    /// How far it is. Failed stays until a reset.
    pub status: Option<ProcessingStatus>,
    /// The service's text: empty while it works, such as `DirectoryService Exception` when it failed.
    pub details: Option<String>,
}
