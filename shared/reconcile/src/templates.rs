//! Templates: compare what is wanted with what is there, and name the writes.

use mto_messages::{
    AutomaticUserConsentSettings, IdentitySynchronizationTemplate, InboundTrust, Journal,
    PartnerConfigurationTemplate, Templates, TenantId, UserSyncInbound,
};

use crate::{Change, Decision, Reason, TemplatesView, Timing};

/// What has to be done before the templates hold what is wanted; nothing, if none are wanted or they do. What
/// was written a moment ago may not show yet: then it is waited for instead.
pub(crate) fn decide(
    tenant: TenantId,
    wanted: Option<&Templates>,
    seen: Option<&TemplatesView>,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    let mut writes = missing(wanted?, seen?);
    if writes.is_empty() {
        return None;
    }
    writes.retain(|write| !timing.is_settling(journal, write.what(), write.about()));
    if writes.is_empty() {
        return Some(Decision::wait(Reason::Settling("change of the templates")));
    }
    Some(Decision::act(tenant, writes))
}

/// The writes that make `seen` hold everything in `wanted`. What is not wanted is left alone, and only what
/// differs is sent.
pub(crate) fn missing(wanted: &Templates, seen: &TemplatesView) -> Vec<Change> {
    if *wanted == Templates::Default {
        return resets(&wanted.values(), seen);
    }
    let wanted = wanted.values();
    let partner = wanted
        .partner_configuration
        .map(|wanted| partner_difference(&wanted, seen.partner_configuration.as_ref()))
        .filter(|difference| *difference != PartnerConfigurationTemplate::default())
        .map(Change::SetPartnerTemplate);
    let identity = wanted
        .identity_synchronization
        .map(|wanted| identity_difference(&wanted, seen.identity_synchronization.as_ref()))
        .filter(|difference| *difference != IdentitySynchronizationTemplate::default())
        .map(Change::SetIdentityTemplate);
    partner.into_iter().chain(identity).collect()
}

/// The templates that are not as the service makes them, as far as commands can set them.
fn resets(default: &TemplatesView, seen: &TemplatesView) -> Vec<Change> {
    let seen = TemplatesView {
        partner_configuration: seen.partner_configuration.clone().map(|seen| PartnerConfigurationTemplate {
            automatic_user_consent_settings: seen
                .automatic_user_consent_settings
                .filter(|consent| *consent != AutomaticUserConsentSettings::default()),
            inbound_trust: seen.inbound_trust.filter(|trust| *trust != InboundTrust::default()),
            template_application_level: seen.template_application_level.map(sorted),
        }),
        identity_synchronization: seen.identity_synchronization.clone().map(|seen| {
            IdentitySynchronizationTemplate {
                user_sync_inbound: seen.user_sync_inbound.filter(|sync| *sync != UserSyncInbound::default()),
                template_application_level: seen.template_application_level.map(sorted),
            }
        }),
    };
    let partner =
        (seen.partner_configuration != default.partner_configuration).then_some(Change::ResetPartnerTemplate);
    let identity = (seen.identity_synchronization != default.identity_synchronization)
        .then_some(Change::ResetIdentityTemplate);
    partner.into_iter().chain(identity).collect()
}

fn sorted<L: Ord>(mut levels: Vec<L>) -> Vec<L> {
    levels.sort();
    levels
}

/// A complex property is sent whole, because Graph replaces complex values as a unit: what is not wanted
/// keeps the value that is there.
fn partner_difference(
    wanted: &PartnerConfigurationTemplate,
    seen: Option<&PartnerConfigurationTemplate>,
) -> PartnerConfigurationTemplate {
    let seen = seen.cloned().unwrap_or_default();
    let consent = wanted.automatic_user_consent_settings.map(|wanted| {
        let seen = seen.automatic_user_consent_settings.unwrap_or_default();
        AutomaticUserConsentSettings {
            inbound_allowed: wanted.inbound_allowed.or(seen.inbound_allowed),
            outbound_allowed: wanted.outbound_allowed.or(seen.outbound_allowed),
        }
    });
    let trust = wanted.inbound_trust.map(|wanted| {
        let seen = seen.inbound_trust.unwrap_or_default();
        InboundTrust {
            is_mfa_accepted: wanted.is_mfa_accepted.or(seen.is_mfa_accepted),
            is_compliant_device_accepted: wanted
                .is_compliant_device_accepted
                .or(seen.is_compliant_device_accepted),
            is_hybrid_azure_ad_joined_device_accepted: wanted
                .is_hybrid_azure_ad_joined_device_accepted
                .or(seen.is_hybrid_azure_ad_joined_device_accepted),
        }
    });
    PartnerConfigurationTemplate {
        automatic_user_consent_settings: changed(
            consent,
            &seen.automatic_user_consent_settings.unwrap_or_default(),
        ),
        inbound_trust: changed(trust, &seen.inbound_trust.unwrap_or_default()),
        template_application_level: level_difference(
            wanted.template_application_level.as_deref(),
            seen.template_application_level.as_deref(),
        ),
    }
}

fn identity_difference(
    wanted: &IdentitySynchronizationTemplate,
    seen: Option<&IdentitySynchronizationTemplate>,
) -> IdentitySynchronizationTemplate {
    let seen = seen.cloned().unwrap_or_default();
    let old = seen.user_sync_inbound.unwrap_or_default();
    let new = wanted
        .user_sync_inbound
        .map(|wanted| UserSyncInbound { is_sync_allowed: wanted.is_sync_allowed.or(old.is_sync_allowed) });
    IdentitySynchronizationTemplate {
        user_sync_inbound: changed(new, &old),
        template_application_level: level_difference(
            wanted.template_application_level.as_deref(),
            seen.template_application_level.as_deref(),
        ),
    }
}

fn changed<T: PartialEq>(wanted: Option<T>, seen: &T) -> Option<T> {
    wanted.filter(|wanted| wanted != seen)
}

/// Levels are a set: order and repeats do not matter.
fn level_difference<L: Copy + Ord>(wanted: Option<&[L]>, seen: Option<&[L]>) -> Option<Vec<L>> {
    let set = |levels: &[L]| levels.iter().copied().collect::<std::collections::BTreeSet<L>>();
    let wanted = wanted.map(set)?;
    (wanted != set(seen.unwrap_or_default())).then(|| wanted.into_iter().collect())
}

/// The templates after a write of ours.
pub(crate) fn assume(mut seen: TemplatesView, change: &Change) -> TemplatesView {
    if let Change::SetPartnerTemplate(sent) = change {
        let old = seen.partner_configuration.take().unwrap_or_default();
        seen.partner_configuration = Some(PartnerConfigurationTemplate {
            automatic_user_consent_settings: sent
                .automatic_user_consent_settings
                .or(old.automatic_user_consent_settings),
            inbound_trust: sent.inbound_trust.or(old.inbound_trust),
            template_application_level: sent
                .template_application_level
                .clone()
                .or(old.template_application_level),
        });
    } else if let Change::SetIdentityTemplate(sent) = change {
        let old = seen.identity_synchronization.take().unwrap_or_default();
        seen.identity_synchronization = Some(IdentitySynchronizationTemplate {
            user_sync_inbound: sent.user_sync_inbound.or(old.user_sync_inbound),
            template_application_level: sent
                .template_application_level
                .clone()
                .or(old.template_application_level),
        });
    } else if *change == Change::ResetPartnerTemplate {
        seen.partner_configuration = Templates::Default.values().partner_configuration;
    } else if *change == Change::ResetIdentityTemplate {
        seen.identity_synchronization = Templates::Default.values().identity_synchronization;
    }
    seen
}
