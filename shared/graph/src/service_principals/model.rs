use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::{null_is_empty, tenant_or_nobody};

/// `microsoft.graph.servicePrincipal`: an application as it is in this tenant. What was not selected is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The object id: what paths and assignments hold.
    pub id: Uuid,
    /// The client id: what tokens hold, and the same in every tenant.
    #[serde(default)]
    pub app_id: Option<Uuid>,
    /// The name; not unique.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Whether it is switched on.
    #[serde(default)]
    pub account_enabled: Option<bool>,
    /// Whether only assigned users may sign in.
    #[serde(default)]
    pub app_role_assignment_required: Option<bool>,
    /// Such as `Application`.
    #[serde(default)]
    pub service_principal_type: Option<String>,
    /// For a cross-tenant synchronization it ends with `metadata=aad2aadsync|ISV9.1|primary|z`.
    #[serde(default)]
    pub homepage: Option<String>,
    /// The template it was made from; unset for what is not from the gallery.
    #[serde(default, deserialize_with = "tenant_or_nobody")]
    pub application_template_id: Option<Uuid>,
    /// Such as `WindowsAzureActiveDirectoryIntegratedApp`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub tags: Vec<String>,
    /// What can be assigned.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub app_roles: Vec<AppRole>,
}

impl ServicePrincipal {
    /// Every property of this type, to select.
    pub const PROPERTIES: &[&str] = &[
        "id",
        "appId",
        "displayName",
        "accountEnabled",
        "appRoleAssignmentRequired",
        "servicePrincipalType",
        "homepage",
        "applicationTemplateId",
        "tags",
        "appRoles",
    ];

    /// The role that users and groups get in order to be synchronized: `msiam_access`, while it is enabled.
    pub fn synchronization_role(&self) -> Option<&AppRole> {
        self.app_roles.iter().find(|role| role.is_for_users() && role.names("msiam_access"))
    }
}

/// `microsoft.graph.appRole`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRole {
    /// What an assignment names.
    pub id: Uuid,
    /// Such as `msiam_access`.
    #[serde(default)]
    pub display_name: Option<String>,
    /// What tokens hold; null for `msiam_access`.
    #[serde(default)]
    pub value: Option<String>,
    /// Whether it can be assigned.
    #[serde(default)]
    pub is_enabled: Option<bool>,
    /// `User` (which means groups as well) and `Application`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub allowed_member_types: Vec<String>,
}

impl AppRole {
    fn names(&self, name: &str) -> bool {
        self.display_name.as_deref() == Some(name)
    }

    fn is_for_users(&self) -> bool {
        self.is_enabled != Some(false) && self.allowed_member_types.iter().any(|kind| kind == "User")
    }
}

/// What to change in a service principal; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipalUpdate {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_enabled: Option<bool>,
    /// Whether only assigned users may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_role_assignment_required: Option<bool>,
    /// All tags: what is not listed is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}
