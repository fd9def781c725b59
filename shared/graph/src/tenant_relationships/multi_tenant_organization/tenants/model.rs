use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{MemberRole, MemberState, ProcessingStatus};
use crate::wire::tenant_or_nobody;

/// `microsoft.graph.multiTenantOrganizationMember`: a tenant in the organization, as the calling tenant sees it.
///
/// The type is open: undeclared properties (`multiTenantOrgLabelType` was seen) are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MultiTenantOrganizationMember {
    /// The id of this view, not portable; most answers leave it out.
    #[serde(default)]
    pub id: Option<String>,
    /// The key, the same for everybody.
    pub tenant_id: Uuid,
    /// The label that whoever added it chose; cannot be changed afterwards.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The role now; a wanted one is in the transition. `None` for callers with basic rights.
    #[serde(default)]
    pub role: Option<MemberRole>,
    /// The state now; a wanted one is in the transition. `None` for callers with basic rights.
    #[serde(default)]
    pub state: Option<MemberState>,
    /// Who added it; the zero GUID is read as nobody. (A Guid here, a String on the join request.)
    #[serde(default, deserialize_with = "tenant_or_nobody")]
    pub added_by_tenant_id: Option<Uuid>,
    /// When it was added.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub added_date_time: Option<OffsetDateTime>,
    /// When it joined: `None` while pending, and always for the organization's creator.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub joined_date_time: Option<OffsetDateTime>,
    /// The change under way, if there is one.
    #[serde(default)]
    pub transition_details: Option<TransitionDetails>,
}

/// `microsoft.graph.multiTenantOrganizationMemberTransitionDetails`: a change that was asked for and is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TransitionDetails {
    /// The wanted role.
    pub desired_role: Option<MemberRole>,
    /// The wanted state. (On the join request it is `desiredMemberState`.)
    pub desired_state: Option<MemberState>,
    /// How far it is.
    pub status: Option<ProcessingStatus>,
    /// The service's text; null in the samples.
    pub details: Option<String>,
}
