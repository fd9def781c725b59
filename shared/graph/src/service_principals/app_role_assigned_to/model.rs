use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::wire::{open_enum, time_or_never};

open_enum! {
    /// What is assigned.
    PrincipalType {
        /// A user.
        User = "User",
        /// A group, for its direct members.
        Group = "Group",
        /// Another application.
        ServicePrincipal = "ServicePrincipal",
    }
}

/// `microsoft.graph.appRoleAssignment`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// The key, not a GUID.
    pub id: String,
    /// The role; the zero GUID is the default one.
    pub app_role_id: Uuid,
    /// The user or the group.
    pub principal_id: Uuid,
    /// Its name.
    #[serde(default)]
    pub principal_display_name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub principal_type: Option<PrincipalType>,
    /// The service principal that it is assigned to.
    pub resource_id: Uuid,
    /// When.
    #[serde(default, deserialize_with = "time_or_never")]
    pub created_date_time: Option<OffsetDateTime>,
}
