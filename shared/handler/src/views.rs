//! From Graph's types to the core's words, shared by the functions.

use mto_graph::prelude::{
    self as graph, GetIdentitySynchronizationTemplate, GetJoinRequest, GetMultiTenantOrganization,
    GetPartnerConfigurationTemplate, ListMembers,
};
use mto_graph::{GraphError, GraphRequest};
use mto_messages::{
    ApplicationLevel, AutomaticUserConsentSettings, IdentitySynchronizationTemplate, InboundTrust,
    PartnerConfigurationTemplate, TemplateValues, TenantId, UserSyncInbound,
};
use mto_reconcile::{
    JoinRequest, MemberRow, MemberState, OrganizationState, OrganizationView, Progress, Role, Transition,
};

use crate::function::Look;
use crate::sides::Parts;

/// The organization as `tenant` sees it: one request, and a second one for the list if there is one.
///
/// # Errors
/// What Graph answered.
pub async fn organization(look: &Look<'_>, tenant: TenantId) -> Result<OrganizationView, GraphError> {
    let seen = look.send(tenant, &GetMultiTenantOrganization).await?;
    let mut view = organization_view(seen);
    if view.state == OrganizationState::Active {
        view.members = look.list(tenant, &ListMembers).await?.into_iter().map(row).collect();
    }
    Ok(view)
}

/// The same in one `$batch`, for a tenant that was seen to be in one: the list is asked for without waiting for the
/// answer that says so.
///
/// # Errors
/// What Graph answered. That there is no list, where there is no organization, is none.
pub async fn organization_with_list(
    look: &Look<'_>,
    tenant: TenantId,
) -> Result<OrganizationView, GraphError> {
    let requests = [GraphRequest::of(&GetMultiTenantOrganization), GraphRequest::of(&ListMembers)];
    let mut parts = Parts(look.batch(tenant, &requests).await?.into_iter());
    let mut view = organization_view(parts.next(&GetMultiTenantOrganization)?);
    let list = parts.next(&ListMembers);
    if view.state == OrganizationState::Active {
        view.members = look.rest(tenant, &ListMembers, list?).await?.into_iter().map(row).collect();
    }
    Ok(view)
}

/// The organization and the join request in one `$batch`, for a tenant that is expected to be in none; a second request
/// for the list if there is one.
///
/// # Errors
/// What Graph answered.
pub async fn organization_and_request(
    look: &Look<'_>,
    tenant: TenantId,
) -> Result<(OrganizationView, JoinRequest), GraphError> {
    let requests = [GraphRequest::of(&GetMultiTenantOrganization), GraphRequest::of(&GetJoinRequest)];
    let mut parts = Parts(look.batch(tenant, &requests).await?.into_iter());
    let mut view = organization_view(parts.next(&GetMultiTenantOrganization)?);
    let request = request_view(parts.next(&GetJoinRequest)?);
    if view.state == OrganizationState::Active {
        view.members = look.list(tenant, &ListMembers).await?.into_iter().map(row).collect();
    }
    Ok((view, request))
}

/// The organization without its list.
pub(crate) fn organization_view(seen: graph::MultiTenantOrganization) -> OrganizationView {
    let state = match seen.state {
        Some(graph::MultiTenantOrganizationState::Active) => OrganizationState::Active,
        Some(graph::MultiTenantOrganizationState::Inactive) => OrganizationState::Inactive,
        Some(graph::MultiTenantOrganizationState::Unknown(state)) => OrganizationState::Unrecognised(state),
        None => OrganizationState::Unrecognised("null".to_owned()),
    };
    let (display_name, description) = (seen.display_name, seen.description);
    OrganizationView { state, display_name, description, members: Vec::new() }
}

/// The tenant's own join request.
///
/// # Errors
/// What Graph answered.
pub async fn join_request(look: &Look<'_>, tenant: TenantId) -> Result<JoinRequest, GraphError> {
    Ok(request_view(look.send(tenant, &GetJoinRequest).await?))
}

fn request_view(seen: graph::JoinRequestRecord) -> JoinRequest {
    let (progress, details) = match seen.transition_details {
        Some(change) => (change.status.map(progress), change.details.filter(|text| !text.is_empty())),
        None => (None, None),
    };
    JoinRequest {
        owner: seen.added_by_tenant_id.map(TenantId::new),
        state: seen.member_state.map(state),
        progress,
        details,
    }
}

/// The values of the tenant's two templates, in one `$batch`.
///
/// # Errors
/// What Graph answered.
pub async fn templates(look: &Look<'_>, tenant: TenantId) -> Result<TemplateValues, GraphError> {
    let requests = [
        GraphRequest::of(&GetPartnerConfigurationTemplate),
        GraphRequest::of(&GetIdentitySynchronizationTemplate),
    ];
    Parts(look.batch(tenant, &requests).await?.into_iter()).templates()
}

/// The values of both templates.
pub(crate) fn template_values(
    partner: &graph::PartnerConfigurationTemplate,
    identity: &graph::IdentitySynchronizationTemplate,
) -> TemplateValues {
    TemplateValues {
        partner_configuration: Some(PartnerConfigurationTemplate {
            automatic_user_consent_settings: partner.automatic_user_consent_settings.as_ref().map(consent),
            inbound_trust: partner.inbound_trust.as_ref().map(trust),
            template_application_level: Some(levels(&partner.template_application_level)),
        }),
        identity_synchronization: Some(IdentitySynchronizationTemplate {
            user_sync_inbound: identity
                .user_sync_inbound
                .as_ref()
                .map(|inbound| UserSyncInbound { is_sync_allowed: inbound.is_sync_allowed }),
            template_application_level: Some(levels(&identity.template_application_level)),
        }),
    }
}

pub(crate) fn consent(consent: &graph::AutomaticUserConsentSettings) -> AutomaticUserConsentSettings {
    AutomaticUserConsentSettings {
        inbound_allowed: consent.inbound_allowed,
        outbound_allowed: consent.outbound_allowed,
    }
}

pub(crate) fn trust(trust: &graph::InboundTrust) -> InboundTrust {
    InboundTrust {
        is_mfa_accepted: trust.is_mfa_accepted,
        is_compliant_device_accepted: trust.is_compliant_device_accepted,
        is_hybrid_azure_ad_joined_device_accepted: trust.is_hybrid_azure_ad_joined_device_accepted,
    }
}

/// A row of the organization's list.
pub fn row(row: graph::MultiTenantOrganizationMember) -> MemberRow {
    let transition = row.transition_details.map(|change| Transition {
        desired_role: change.desired_role.map(role),
        desired_state: change.desired_state.map(state),
        progress: change.status.map_or(Progress::Unrecognised("null".to_owned()), progress),
        details: change.details.filter(|text| !text.is_empty()),
    });
    MemberRow {
        tenant: TenantId::new(row.tenant_id),
        display_name: row.display_name,
        role: row.role.map_or(Role::Unrecognised("null".to_owned()), role),
        state: row.state.map_or(MemberState::Unrecognised("null".to_owned()), state),
        transition,
    }
}

fn role(role: graph::MemberRole) -> Role {
    match role {
        graph::MemberRole::Owner => Role::Owner,
        graph::MemberRole::Member => Role::Member,
        graph::MemberRole::Unknown(text) => Role::Unrecognised(text),
    }
}

fn state(state: graph::MemberState) -> MemberState {
    match state {
        graph::MemberState::Pending => MemberState::Pending,
        graph::MemberState::Active => MemberState::Active,
        graph::MemberState::Removed => MemberState::Removed,
        graph::MemberState::Unknown(text) => MemberState::Unrecognised(text),
    }
}

fn progress(status: graph::ProcessingStatus) -> Progress {
    match status {
        graph::ProcessingStatus::NotStarted => Progress::NotStarted,
        graph::ProcessingStatus::Running => Progress::Running,
        graph::ProcessingStatus::Succeeded => Progress::Succeeded,
        graph::ProcessingStatus::Failed => Progress::Failed,
        graph::ProcessingStatus::Unknown(text) => Progress::Unrecognised(text),
    }
}

fn levels(level: &graph::TemplateApplicationLevel) -> Vec<ApplicationLevel> {
    let mut levels = Vec::new();
    if level.new_partners {
        levels.push(ApplicationLevel::NewPartners);
    }
    if level.existing_partners {
        levels.push(ApplicationLevel::ExistingPartners);
    }
    levels
}
