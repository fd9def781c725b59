//! Reading the cross-tenant settings of tenants, many side by side.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use mto_graph::prelude::{
    self as graph, AccessType, B2bSetting, CrossTenantAccessPolicyPartner,
    GetIdentitySynchronizationTemplate, GetMultiTenantOrganization, GetPartnerConfigurationTemplate,
    ListMembers, ListPartners, TargetConfiguration, TargetType,
};
use mto_graph::{Endpoint, GraphError, GraphRequest, GraphResponse};
use mto_messages::{TemplateValues, TenantId};
use mto_reconcile::settings::Side;
use mto_reconcile::{
    Access, IdentitySynchronization, MemberRow, OrganizationState, OrganizationView, Partner, Reading,
    Unreadable,
};

use crate::apply::{is_denied, text_of};
use crate::function::Look;
use crate::{permissions, views};

/// Tenants that are read side by side.
const TENANTS_AT_ONCE: usize = 8;

const PARTNERS: ListPartners = ListPartners { expand_identity_synchronization: true };

/// A tenant to read, and what is needed beside its partner records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideToRead {
    /// The tenant.
    pub tenant: TenantId,
    /// Whether to read its organization with the list: for what opens, not for what closes.
    pub organization: bool,
    /// Whether to read its templates too.
    pub templates: bool,
}

impl SideToRead {
    /// Partner records alone.
    pub fn partners(tenant: TenantId) -> Self {
        Self { tenant, organization: false, templates: false }
    }

    /// With the organization and its list.
    pub fn with_organization(tenant: TenantId) -> Self {
        Self { tenant, organization: true, templates: false }
    }
}

/// Reads tenants, eight at a time. That one of them cannot be read is an answer, not an error; a tenant that the
/// directory marks as external is not asked.
pub async fn sides(look: &Look<'_>, tenants: Vec<SideToRead>) -> BTreeMap<TenantId, Reading<Side>> {
    let readings = tenants.into_iter().map(|one| async move { (one.tenant, reading(look, one).await) });
    stream::iter(readings).buffer_unordered(TENANTS_AT_ONCE).collect().await
}

async fn reading(look: &Look<'_>, one: SideToRead) -> Reading<Side> {
    if look.directory.is_external(one.tenant) {
        return Reading::Unreadable(Unreadable::External);
    }
    match side(look, one).await {
        Ok(side) => Reading::Seen(side),
        Err(error) if is_denied(&error) => Reading::Unreadable(Unreadable::Denied(words(&error))),
        Err(error) => Reading::Unreadable(Unreadable::Unreachable(words(&error))),
    }
}

/// The error in words that are the same at the next look: without the ids of the request.
pub(crate) fn words(error: &GraphError) -> String {
    let text = match error.service() {
        Some(service) => {
            let needs = service.missing_permission.map(permissions::named);
            let needs = needs.map(|names| format!(" It needs the permission {names}."));
            let status = service.status.as_u16();
            format!("{status} {}: {}{}", service.code, service.message, needs.unwrap_or_default())
        }
        None => text_of(error),
    };
    text.split(" Trace ID:").next().unwrap_or_default().to_owned()
}

/// Reads one tenant: its partner records with their policies, and the organization with its list, and the templates,
/// where they are needed. One `$batch`, and a request for each further page.
///
/// # Errors
/// What Graph answered. That there is no list, where there is no organization, is none.
pub async fn side(look: &Look<'_>, one: SideToRead) -> Result<Side, GraphError> {
    let tenant = one.tenant;
    let mut requests = vec![GraphRequest::of(&PARTNERS)];
    if one.organization {
        requests.push(GraphRequest::of(&GetMultiTenantOrganization));
        requests.push(GraphRequest::of(&ListMembers));
    }
    if one.templates {
        requests.push(GraphRequest::of(&GetPartnerConfigurationTemplate));
        requests.push(GraphRequest::of(&GetIdentitySynchronizationTemplate));
    }
    let mut parts = Parts(look.batch(tenant, &requests).await?.into_iter());
    let partners = parts.next(&PARTNERS)?;
    let mut own = not_read();
    if one.organization {
        own = views::organization_view(parts.next(&GetMultiTenantOrganization)?);
        let list = parts.next(&ListMembers);
        if own.state == OrganizationState::Active {
            let rows = look.rest(tenant, &ListMembers, list?).await?;
            own.members = rows.into_iter().map(views::row).collect::<Vec<MemberRow>>();
        }
    }
    let templates = if one.templates { Some(parts.templates()?) } else { None };
    let partners = look.rest(tenant, &PARTNERS, partners).await?;
    let partners = partners.into_iter().map(|one| (TenantId::new(one.tenant_id), partner(one))).collect();
    Ok(Side { own, partners, templates })
}

/// In place of an organization that was not asked for: a state on which nothing is ever opened.
pub(crate) fn not_read() -> OrganizationView {
    let state = OrganizationState::Unrecognised("not read".to_owned());
    OrganizationView { state, ..OrganizationView::none() }
}

/// The parts of a batch, in the order of the requests.
pub(crate) struct Parts(pub(crate) std::vec::IntoIter<Result<GraphResponse, GraphError>>);

impl Parts {
    pub(crate) fn next<E: Endpoint>(&mut self, endpoint: &E) -> Result<E::Answer, GraphError> {
        let missing = || GraphError::MissingPart { id: endpoint.path(), is_write: false, request_id: None };
        Ok(self.0.next().ok_or_else(missing)??.decode(endpoint)?.value)
    }

    pub(crate) fn templates(&mut self) -> Result<TemplateValues, GraphError> {
        let partner = self.next(&GetPartnerConfigurationTemplate)?;
        let identity = self.next(&GetIdentitySynchronizationTemplate)?;
        Ok(views::template_values(&partner, &identity))
    }
}

pub(crate) fn partner(seen: CrossTenantAccessPolicyPartner) -> Partner {
    Partner {
        automatic_user_consent_settings: seen
            .automatic_user_consent_settings
            .as_ref()
            .map(views::consent)
            .unwrap_or_default(),
        inbound_trust: seen.inbound_trust.as_ref().map(views::trust),
        b2b_direct_connect_inbound: access(seen.b2b_direct_connect_inbound.as_ref()),
        b2b_direct_connect_outbound: access(seen.b2b_direct_connect_outbound.as_ref()),
        identity_synchronization: seen.identity_synchronization.map(synchronization),
    }
}

fn synchronization(seen: graph::IdentitySynchronization) -> IdentitySynchronization {
    IdentitySynchronization {
        is_sync_allowed: seen.user_sync_inbound.and_then(|inbound| inbound.is_sync_allowed),
    }
}

/// Open to everybody, where all users are let through to what shared channels are made of.
fn access(setting: Option<&B2bSetting>) -> Access {
    let Some(setting) = setting else { return Access::Inherited };
    let users = allows(setting.users_and_groups.as_ref(), &TargetType::User, &["AllUsers"]);
    let applications = ["AllApplications", "Office365"];
    let applications = allows(setting.applications.as_ref(), &TargetType::Application, &applications);
    match (users, applications) {
        (true, true) => Access::Open,
        _ if *setting == B2bSetting::default() => Access::Inherited,
        _ => Access::Other,
    }
}

/// Whether the targets hold one of these words, and are let through. A target without a type is taken by its word.
fn allows(configuration: Option<&TargetConfiguration>, kind: &TargetType, words: &[&str]) -> bool {
    configuration.is_some_and(|configuration| {
        configuration.access_type == Some(AccessType::Allowed)
            && configuration.targets.iter().any(|one| {
                one.target_type.as_ref().is_none_or(|its| its == kind) && words.contains(&one.target.as_str())
            })
    })
}
