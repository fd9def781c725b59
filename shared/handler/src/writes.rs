//! Changes become requests to Graph.

use mto_graph::prelude::{
    AccessType, AutomaticUserConsentSettings, B2bSetting, DeleteMember,
    IdentitySynchronizationTemplateUpdate, IdentitySynchronizationUpdate, InboundTrust, MemberRole,
    PartnerConfigurationTemplateUpdate, PartnerUpdate, PatchIdentitySynchronization,
    PatchIdentitySynchronizationTemplate, PatchJoinRequest, PatchMember, PatchMultiTenantOrganization,
    PatchPartner, PatchPartnerConfigurationTemplate, PostMember, PostPartner, PutIdentitySynchronization,
    PutMultiTenantOrganization, ResetIdentitySynchronizationTemplate, ResetPartnerConfigurationTemplate,
    Target, TargetConfiguration, TargetType, TemplateApplicationLevel, UserSyncInbound,
};
use mto_graph::{GraphRequest, Nullable};
use mto_messages::{ApplicationLevel, IdentitySynchronizationTemplate, PartnerConfigurationTemplate, Role};
use mto_reconcile::{Change, Everybody, PartnerSettings, Wish};

use crate::synchronization_writes;

/// The request that makes this change.
pub(crate) fn request_of(change: &Change) -> GraphRequest {
    match change {
        Change::CreateOrganization { display_name, description } => {
            GraphRequest::of(&PutMultiTenantOrganization {
                display_name: display_name.clone(),
                description: description.clone(),
            })
        }
        Change::UpdateOrganization { display_name, description } => {
            GraphRequest::of(&PatchMultiTenantOrganization {
                display_name: display_name.clone(),
                description: description.clone(),
            })
        }
        Change::AddTenant { tenant, display_name, role } => GraphRequest::of(&PostMember {
            tenant_id: tenant.as_uuid(),
            display_name: display_name.clone(),
            role: Some(role_of(*role)),
        }),
        Change::ChangeRole { tenant, role } => {
            GraphRequest::of(&PatchMember { tenant_id: tenant.as_uuid(), role: role_of(*role) })
        }
        Change::RequestJoin { owner } => GraphRequest::of(&PatchJoinRequest::join(owner.as_uuid())),
        Change::RemoveTenant { tenant } => GraphRequest::of(&DeleteMember { tenant_id: tenant.as_uuid() }),
        Change::ResetJoin => GraphRequest::of(&PatchJoinRequest::reset()),
        Change::SetPartnerTemplate(template) => partner_template(template),
        Change::SetIdentityTemplate(template) => identity_template(template),
        Change::ResetPartnerTemplate => GraphRequest::of(&ResetPartnerConfigurationTemplate),
        Change::ResetIdentityTemplate => GraphRequest::of(&ResetIdentitySynchronizationTemplate),
        Change::CreateConfiguration { target } => synchronization_writes::create(*target),
        Change::Configuration { target, configuration, change } => {
            synchronization_writes::request_of(*target, *configuration, change)
        }
        Change::CreatePartner { partner, settings } => GraphRequest::of(&PostPartner {
            tenant_id: partner.as_uuid(),
            settings: partner_update(settings),
        }),
        Change::UpdatePartner { partner, settings } => {
            GraphRequest::of(&PatchPartner { tenant_id: partner.as_uuid(), update: partner_update(settings) })
        }
        Change::CreateIdentitySynchronization { partner, is_sync_allowed } => {
            GraphRequest::of(&PutIdentitySynchronization {
                tenant_id: partner.as_uuid(),
                update: synchronization_update(*is_sync_allowed),
            })
        }
        Change::UpdateIdentitySynchronization { partner, is_sync_allowed } => {
            GraphRequest::of(&PatchIdentitySynchronization {
                tenant_id: partner.as_uuid(),
                update: synchronization_update(*is_sync_allowed),
            })
        }
    }
}

fn partner_update(settings: &PartnerSettings) -> PartnerUpdate {
    PartnerUpdate {
        automatic_user_consent_settings: settings.automatic_user_consent_settings.map(consent_of),
        inbound_trust: settings.inbound_trust.map(|wish| nullable(wish, trust_of)),
        b2b_direct_connect_inbound: settings.b2b_direct_connect_inbound.map(|wish| nullable(wish, open)),
        b2b_direct_connect_outbound: settings.b2b_direct_connect_outbound.map(|wish| nullable(wish, open)),
        ..PartnerUpdate::default()
    }
}

fn nullable<T, U>(wish: Wish<T>, value: impl FnOnce(T) -> U) -> Nullable<U> {
    match wish {
        Wish::Set(wanted) => Nullable::Value(value(wanted)),
        Wish::Unset => Nullable::Null,
    }
}

/// All users, to the applications that shared channels are made of (Microsoft Teams docs, shared channels).
fn open(_: Everybody) -> B2bSetting {
    let allowed = |target: &str, kind: TargetType| TargetConfiguration {
        access_type: Some(AccessType::Allowed),
        targets: vec![Target { target: target.to_owned(), target_type: Some(kind) }],
    };
    B2bSetting {
        users_and_groups: Some(allowed("AllUsers", TargetType::User)),
        applications: Some(allowed("Office365", TargetType::Application)),
    }
}

fn synchronization_update(is_sync_allowed: bool) -> IdentitySynchronizationUpdate {
    IdentitySynchronizationUpdate {
        display_name: None,
        user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(is_sync_allowed) }),
    }
}

fn consent_of(consent: mto_messages::AutomaticUserConsentSettings) -> AutomaticUserConsentSettings {
    AutomaticUserConsentSettings {
        inbound_allowed: consent.inbound_allowed,
        outbound_allowed: consent.outbound_allowed,
    }
}

fn trust_of(trust: mto_messages::InboundTrust) -> InboundTrust {
    InboundTrust {
        is_mfa_accepted: trust.is_mfa_accepted,
        is_compliant_device_accepted: trust.is_compliant_device_accepted,
        is_hybrid_azure_ad_joined_device_accepted: trust.is_hybrid_azure_ad_joined_device_accepted,
    }
}

fn role_of(role: Role) -> MemberRole {
    match role {
        Role::Owner => MemberRole::Owner,
        Role::Member => MemberRole::Member,
    }
}

fn partner_template(template: &PartnerConfigurationTemplate) -> GraphRequest {
    GraphRequest::of(&PatchPartnerConfigurationTemplate {
        update: PartnerConfigurationTemplateUpdate {
            automatic_user_consent_settings: template.automatic_user_consent_settings.map(consent_of),
            inbound_trust: template.inbound_trust.map(trust_of),
            template_application_level: template.template_application_level.as_deref().map(level_of),
            ..PartnerConfigurationTemplateUpdate::default()
        },
    })
}

fn identity_template(template: &IdentitySynchronizationTemplate) -> GraphRequest {
    GraphRequest::of(&PatchIdentitySynchronizationTemplate {
        update: IdentitySynchronizationTemplateUpdate {
            user_sync_inbound: template
                .user_sync_inbound
                .map(|inbound| UserSyncInbound { is_sync_allowed: inbound.is_sync_allowed }),
            template_application_level: template.template_application_level.as_deref().map(level_of),
        },
    })
}

fn level_of(levels: &[ApplicationLevel]) -> TemplateApplicationLevel {
    TemplateApplicationLevel {
        new_partners: levels.contains(&ApplicationLevel::NewPartners),
        existing_partners: levels.contains(&ApplicationLevel::ExistingPartners),
        unknown: Vec::new(),
    }
}
