//! Exactly one write to Graph.

use mto_messages::{
    IdentitySynchronizationTemplate, Names, PartnerConfigurationTemplate, PlannedWrite, TenantId,
};
use serde::Serialize;

use crate::Role;

/// One write. The tenant it is made in is the command's: the owner for create and add, the joining tenant
/// for join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutation {
    /// PUT the organization.
    CreateOrganization {
        /// Its name.
        display_name: String,
        /// Its description.
        description: Option<String>,
    },
    /// PATCH the organization.
    UpdateOrganization {
        /// The name, if it is to change.
        display_name: Option<String>,
        /// The description, if it is to change.
        description: Option<String>,
    },
    /// POST a tenant to the list.
    AddTenant {
        /// The tenant.
        tenant: TenantId,
        /// How the list names it.
        display_name: String,
        /// Its role.
        role: mto_messages::Role,
    },
    /// PATCH a row's role.
    ChangeRole {
        /// The tenant.
        tenant: TenantId,
        /// The wanted role.
        role: mto_messages::Role,
    },
    /// PATCH the partner configuration template.
    SetPartnerTemplate(PartnerConfigurationTemplate),
    /// PATCH the identity synchronization template.
    SetIdentityTemplate(IdentitySynchronizationTemplate),
    /// PATCH the join request to the owner.
    RequestJoin {
        /// The owner that added us.
        owner: TenantId,
    },
    /// PATCH the join request to the zero GUID, so that a failed join can be tried again.
    ResetJoin,
}

impl Mutation {
    /// A stable word for journals, metrics and logs.
    pub fn what(&self) -> &'static str {
        match self {
            Self::CreateOrganization { .. } => "create-organization",
            Self::UpdateOrganization { .. } => "update-organization",
            Self::AddTenant { .. } => "add-tenant",
            Self::ChangeRole { .. } => "change-role",
            Self::SetPartnerTemplate(_) => "set-partner-template",
            Self::SetIdentityTemplate(_) => "set-identity-template",
            Self::RequestJoin { .. } => "request-join",
            Self::ResetJoin => "reset-join",
        }
    }

    /// The other tenant it is about.
    pub fn about(&self) -> Option<TenantId> {
        match self {
            Self::AddTenant { tenant, .. } | Self::ChangeRole { tenant, .. } => Some(*tenant),
            Self::RequestJoin { owner } => Some(*owner),
            Self::CreateOrganization { .. }
            | Self::UpdateOrganization { .. }
            | Self::SetPartnerTemplate(_)
            | Self::SetIdentityTemplate(_)
            | Self::ResetJoin => None,
        }
    }

    /// For people.
    pub fn text(&self, names: &Names) -> String {
        let role = |role: mto_messages::Role| match Role::from(role) {
            Role::Owner => "owner",
            Role::Member | Role::Unrecognised(_) => "member",
        };
        match self {
            Self::CreateOrganization { display_name, .. } => {
                format!("create the multi-tenant organization \"{display_name}\"")
            }
            Self::UpdateOrganization { .. } => "change the organization's name or description".to_owned(),
            Self::AddTenant { tenant, role: wanted, .. } => {
                format!("add {} as {}", names.of(*tenant), role(*wanted))
            }
            Self::ChangeRole { tenant, role: wanted } => {
                format!("make {} {}", names.of(*tenant), role(*wanted))
            }
            Self::SetPartnerTemplate(_) => "set the partner configuration template".to_owned(),
            Self::SetIdentityTemplate(_) => "set the identity synchronization template".to_owned(),
            Self::RequestJoin { owner } => format!("ask to join the organization of {}", names.of(*owner)),
            Self::ResetJoin => "reset the failed join request".to_owned(),
        }
    }

    /// As a line of a plan.
    pub fn planned(&self, tenant: TenantId, names: &Names) -> PlannedWrite {
        PlannedWrite { tenant: Some(tenant), what: self.what().to_owned(), text: self.text(names) }
    }
}
