use serde::Deserialize;
use uuid::Uuid;

use crate::wire::null_is_empty;

/// `microsoft.graph.group`. What was not selected is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The object id.
    pub id: Uuid,
    /// The name; not unique.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Only security groups can be in the scope of a synchronization.
    #[serde(default)]
    pub security_enabled: Option<bool>,
    /// Whether it gets mail.
    #[serde(default)]
    pub mail_enabled: Option<bool>,
    /// `Unified`, `DynamicMembership`; empty for a plain security group.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub group_types: Vec<String>,
}

impl Group {
    /// Every property of this type, to select.
    pub const PROPERTIES: &[&str] = &["id", "displayName", "securityEnabled", "mailEnabled", "groupTypes"];
}
