//! Exactly one write to Graph.

use mto_messages::{
    IdentitySynchronizationTemplate, Names, PartnerConfigurationTemplate, PlannedWrite, TenantId,
};
use serde::Serialize;
use uuid::Uuid;

use crate::sync::ConfigurationChange;
use crate::{PartnerSettings, Role};

/// One write, and the tenant it is made in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mutation {
    /// The tenant it is made in, with that tenant's own application.
    pub tenant: TenantId,
    /// What is written.
    pub change: Change,
}

/// What a write changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
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
    /// DELETE a row; a tenant that deletes its own row leaves.
    RemoveTenant {
        /// The tenant.
        tenant: TenantId,
    },
    /// PATCH the partner configuration template.
    SetPartnerTemplate(PartnerConfigurationTemplate),
    /// PATCH the identity synchronization template.
    SetIdentityTemplate(IdentitySynchronizationTemplate),
    /// POST: the partner configuration template back to the service's defaults.
    ResetPartnerTemplate,
    /// POST: the identity synchronization template back to the service's defaults.
    ResetIdentityTemplate,
    /// PATCH the join request to the owner.
    RequestJoin {
        /// The owner that added us.
        owner: TenantId,
    },
    /// PATCH the join request to the zero GUID, so that a failed join can be tried again.
    ResetJoin,
    /// POST a partner configuration.
    CreatePartner {
        /// The partner.
        partner: TenantId,
        /// Its first settings; the others stay unset.
        settings: PartnerSettings,
    },
    /// PATCH a partner configuration.
    UpdatePartner {
        /// The partner.
        partner: TenantId,
        /// The settings that change.
        settings: PartnerSettings,
    },
    /// PUT the identity synchronization of a partner that has none.
    CreateIdentitySynchronization {
        /// The partner.
        partner: TenantId,
        /// Whether its users may be synchronized into this tenant.
        is_sync_allowed: bool,
    },
    /// PATCH the identity synchronization of a partner.
    UpdateIdentitySynchronization {
        /// The partner.
        partner: TenantId,
        /// Whether its users may be synchronized into this tenant.
        is_sync_allowed: bool,
    },
    /// POST instantiate: a synchronization configuration for a target.
    CreateConfiguration {
        /// The tenant that users go to.
        target: TenantId,
    },
    /// A write to a synchronization configuration, or to its job.
    Configuration {
        /// The tenant that users go to.
        target: TenantId,
        /// The service principal's object id.
        configuration: Uuid,
        /// What is written.
        change: ConfigurationChange,
    },
}

impl Mutation {
    /// As a line of a plan.
    pub fn planned(&self, names: &Names) -> PlannedWrite {
        let what = self.change.what().to_owned();
        PlannedWrite { tenant: Some(self.tenant), what, text: self.change.text(names) }
    }
}

impl Change {
    /// The write that makes this change in `tenant`.
    pub fn within(self, tenant: TenantId) -> Mutation {
        Mutation { tenant, change: self }
    }

    /// A stable word for journals, metrics and logs.
    pub fn what(&self) -> &'static str {
        match self {
            Self::CreateOrganization { .. } => "create-organization",
            Self::UpdateOrganization { .. } => "update-organization",
            Self::AddTenant { .. } => "add-tenant",
            Self::ChangeRole { .. } => "change-role",
            Self::RemoveTenant { .. } => "remove-tenant",
            Self::SetPartnerTemplate(_) => "set-partner-template",
            Self::SetIdentityTemplate(_) => "set-identity-template",
            Self::ResetPartnerTemplate => "reset-partner-template",
            Self::ResetIdentityTemplate => "reset-identity-template",
            Self::RequestJoin { .. } => "request-join",
            Self::ResetJoin => "reset-join",
            Self::CreatePartner { .. } => "create-partner",
            Self::UpdatePartner { .. } => "update-partner",
            Self::CreateIdentitySynchronization { .. } => "create-identity-synchronization",
            Self::UpdateIdentitySynchronization { .. } => "update-identity-synchronization",
            Self::CreateConfiguration { .. } => "create-configuration",
            Self::Configuration { change, .. } => change.what(),
        }
    }

    /// The other tenant it is about.
    pub fn about(&self) -> Option<TenantId> {
        match self {
            Self::AddTenant { tenant, .. }
            | Self::ChangeRole { tenant, .. }
            | Self::RemoveTenant { tenant } => Some(*tenant),
            Self::RequestJoin { owner } => Some(*owner),
            Self::CreatePartner { partner, .. }
            | Self::UpdatePartner { partner, .. }
            | Self::CreateIdentitySynchronization { partner, .. }
            | Self::UpdateIdentitySynchronization { partner, .. } => Some(*partner),
            Self::CreateConfiguration { target } | Self::Configuration { target, .. } => Some(*target),
            Self::CreateOrganization { .. }
            | Self::UpdateOrganization { .. }
            | Self::SetPartnerTemplate(_)
            | Self::SetIdentityTemplate(_)
            | Self::ResetPartnerTemplate
            | Self::ResetIdentityTemplate
            | Self::ResetJoin => None,
        }
    }

    /// For people: what is changed.
    pub fn text(&self, names: &Names) -> String {
        let role = |role: mto_messages::Role| match Role::from(role) {
            Role::Owner => "owner",
            Role::Member | Role::Unrecognised(_) => "member",
        };
        let allow = |allowed: bool| if allowed { "allow" } else { "stop allowing" };
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
            Self::RemoveTenant { tenant } => format!("remove {} from the list", names.of(*tenant)),
            Self::SetPartnerTemplate(_) => "set the partner configuration template".to_owned(),
            Self::SetIdentityTemplate(_) => "set the identity synchronization template".to_owned(),
            Self::ResetPartnerTemplate => "reset the partner configuration template".to_owned(),
            Self::ResetIdentityTemplate => "reset the identity synchronization template".to_owned(),
            Self::RequestJoin { owner } => format!("ask to join the organization of {}", names.of(*owner)),
            Self::ResetJoin => "reset the failed join request".to_owned(),
            Self::CreatePartner { partner, settings } => {
                format!("create the partner configuration for {}: {}", names.of(*partner), settings.text())
            }
            Self::UpdatePartner { partner, settings } => {
                format!("change the partner configuration for {}: {}", names.of(*partner), settings.text())
            }
            Self::CreateIdentitySynchronization { partner, is_sync_allowed }
            | Self::UpdateIdentitySynchronization { partner, is_sync_allowed } => {
                format!("{} users synchronized from {}", allow(*is_sync_allowed), names.of(*partner))
            }
            Self::CreateConfiguration { target } => {
                format!("create the synchronization to {}", names.of(*target))
            }
            Self::Configuration { target, change, .. } => change.text(&names.of(*target)),
        }
    }
}
