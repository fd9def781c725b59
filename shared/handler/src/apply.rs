//! Mutations become writes to Graph; answers become what the core understands.

use std::error::Error;
use std::time::Duration;

use mto_graph::prelude::{
    AutomaticUserConsentSettings, IdentitySynchronizationTemplateUpdate, InboundTrust, MemberRole,
    PartnerConfigurationTemplateUpdate, PatchIdentitySynchronizationTemplate, PatchJoinRequest, PatchMember,
    PatchMultiTenantOrganization, PatchPartnerConfigurationTemplate, PostMember, PutMultiTenantOrganization,
    TemplateApplicationLevel, UserSyncInbound,
};
use mto_graph::{Class, GraphError, GraphRequest, GraphResponse};
use mto_messages::{
    ApplicationLevel, IdentitySynchronizationTemplate, PartnerConfigurationTemplate, Role, TenantId, Write,
    clip,
};
use mto_reconcile::{Denial, Mutation, Reason};
use time::OffsetDateTime;

use crate::function::{Function, Look};
use crate::handler::Handler;
use crate::process::Work;

/// Pause where the service throttles or is away without saying for how long.
const DEFAULT_PAUSE: Duration = Duration::from_secs(30);

/// What became of one write.
pub(crate) enum Applied {
    /// 2xx.
    Done,
    /// Nobody knows: look again.
    Unknown,
    /// Not made; not to be tried before this time.
    NotNow(Reason, OffsetDateTime),
    /// The service said no.
    Refused(Denial),
}

impl<F: Function> Handler<F> {
    /// Makes the writes, several in one `$batch`, and notes each in the journal.
    pub(crate) async fn apply(
        &self,
        work: &mut Work<'_>,
        look: &Look<'_>,
        tenant: TenantId,
        mutations: Vec<Mutation>,
    ) -> Vec<(Mutation, Applied)> {
        let requests: Vec<GraphRequest> = mutations.iter().map(request_of).collect();
        let answers = match self.graph.batch_requests(&look.call(tenant), &requests).await {
            Ok(answers) => answers,
            Err(error) => {
                // The whole batch has one fate; it is told once and holds for each part.
                let applied = |m: &Mutation| self.judge(work, tenant, m, &Err(&error));
                let fates: Vec<_> = mutations.iter().map(applied).collect();
                return mutations.into_iter().zip(fates).collect();
            }
        };
        let fates: Vec<Applied> = mutations
            .iter()
            .zip(&answers)
            .map(|(mutation, answer)| self.judge(work, tenant, mutation, &answer.as_ref()))
            .collect();
        mutations.into_iter().zip(fates).collect()
    }

    fn judge(
        &self,
        work: &mut Work<'_>,
        tenant: TenantId,
        mutation: &Mutation,
        answer: &Result<&GraphResponse, &GraphError>,
    ) -> Applied {
        let now = self.clock.now();
        let (status, request_id, client_request_id) = match answer {
            Ok(response) => {
                (Some(response.status), response.request_id.as_deref(), Some(response.client_request_id))
            }
            Err(error) => {
                (error.status(), error.request_id(), error.service().map(|service| service.client_request_id))
            }
        };
        let status = status.map(|status| status.as_u16());
        let applied = match answer {
            Ok(_) => Applied::Done,
            Err(error) => match error.class() {
                Class::Throttled(after) => {
                    Applied::NotNow(Reason::Throttled(tenant), now + after.unwrap_or(DEFAULT_PAUSE))
                }
                Class::Transient => {
                    Applied::NotNow(Reason::Unavailable(tenant, text_of(error)), now + DEFAULT_PAUSE)
                }
                Class::Ambiguous => Applied::Unknown,
                Class::Permanent => {
                    Applied::Refused(denial(mutation.what(), mutation.about(), tenant, error))
                }
            },
        };
        let outcome = match applied {
            Applied::Done => "done",
            Applied::Unknown => "unknown",
            Applied::NotNow(..) => "not made",
            Applied::Refused(_) => "refused",
        };
        tracing::info!(
            write = mutation.what(),
            %tenant,
            about = mutation.about().map(tracing::field::display),
            status,
            request_id,
            client_request_id = client_request_id.map(tracing::field::display),
            outcome,
            error = answer.as_ref().err().map(|error| text_of(error)),
            "write"
        );
        if !matches!(applied, Applied::NotNow(..)) {
            // A failure that somebody else left behind does not use up one of our own tries.
            let ours = work.journal.writes.iter().any(|write| write.what == "request-join");
            let reset =
                *mutation == Mutation::ResetJoin && matches!(applied, Applied::Done | Applied::Unknown);
            work.journal.resets = work.journal.resets.saturating_add(u32::from(reset && ours));
            work.journal.note_write(Write {
                at: now,
                tenant,
                what: mutation.what().to_owned(),
                about: mutation.about(),
                status,
                request_id: request_id.map(str::to_owned),
            });
        }
        applied
    }
}

/// A refusal in the core's words.
pub(crate) fn denial(what: &str, about: Option<TenantId>, tenant: TenantId, error: &GraphError) -> Denial {
    let token_refused = is_token_refused(error);
    Denial {
        what: what.to_owned(),
        about,
        status: error.status().map(|status| status.as_u16()),
        code: error
            .code()
            .unwrap_or(if token_refused { "credential-refused" } else { "unreadable" })
            .to_owned(),
        text: error.service().map_or_else(|| text_of(error), |service| clip(&service.message, 300)),
        request_id: error.request_id().map(str::to_owned),
        denied_in: is_denied(error).then_some(tenant),
    }
}

/// Whether we are not let in: 401, 403, or a credential that is not accepted.
pub fn is_denied(error: &GraphError) -> bool {
    error.is_unauthorized() || error.is_forbidden() || is_token_refused(error)
}

fn is_token_refused(error: &GraphError) -> bool {
    match error {
        GraphError::Token(error) => !error.is_transient(),
        GraphError::Batch(whole) => is_token_refused(whole),
        GraphError::DeadlineTooClose { .. }
        | GraphError::Service(_)
        | GraphError::Transport { .. }
        | GraphError::Decode { .. }
        | GraphError::TooManyPages { .. }
        | GraphError::TooLarge { .. }
        | GraphError::ForeignNextLink { .. }
        | GraphError::MissingPart { .. }
        | GraphError::Request(_) => false,
    }
}

/// An error and its sources, on one bounded line.
pub fn text_of(error: &GraphError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    clip(&text, 400)
}

fn request_of(mutation: &Mutation) -> GraphRequest {
    match mutation {
        Mutation::CreateOrganization { display_name, description } => {
            GraphRequest::of(&PutMultiTenantOrganization {
                display_name: display_name.clone(),
                description: description.clone(),
            })
        }
        Mutation::UpdateOrganization { display_name, description } => {
            GraphRequest::of(&PatchMultiTenantOrganization {
                display_name: display_name.clone(),
                description: description.clone(),
            })
        }
        Mutation::AddTenant { tenant, display_name, role } => GraphRequest::of(&PostMember {
            tenant_id: tenant.as_uuid(),
            display_name: display_name.clone(),
            role: Some(role_of(*role)),
        }),
        Mutation::ChangeRole { tenant, role } => {
            GraphRequest::of(&PatchMember { tenant_id: tenant.as_uuid(), role: role_of(*role) })
        }
        Mutation::RequestJoin { owner } => GraphRequest::of(&PatchJoinRequest::join(owner.as_uuid())),
        Mutation::ResetJoin => GraphRequest::of(&PatchJoinRequest::reset()),
        Mutation::SetPartnerTemplate(template) => partner_template(template),
        Mutation::SetIdentityTemplate(template) => identity_template(template),
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
            automatic_user_consent_settings: template.automatic_user_consent_settings.map(|consent| {
                AutomaticUserConsentSettings {
                    inbound_allowed: consent.inbound_allowed,
                    outbound_allowed: consent.outbound_allowed,
                }
            }),
            inbound_trust: template.inbound_trust.map(|trust| InboundTrust {
                is_mfa_accepted: trust.is_mfa_accepted,
                is_compliant_device_accepted: trust.is_compliant_device_accepted,
                is_hybrid_azure_ad_joined_device_accepted: trust.is_hybrid_azure_ad_joined_device_accepted,
            }),
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
