//! What a tenant wants to have set about its fellows, and how far a partner record is from it.

use mto_messages::{AutomaticUserConsentSettings, InboundTrust, Templates, TenantId};

use crate::{
    Access, Change, Everybody, IdentitySynchronization, Partner, PartnerSettings, Wish, partner::trust_text,
};

/// What one tenant wants to have set, about each of its fellows.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedSettings {
    /// Automatic redemption of invitations in both directions; `false`: left alone.
    pub automatic_redemption: bool,
    /// Users of the fellow may be synchronized into the tenant; `false`: left alone.
    pub inbound_sync: bool,
    /// Which proofs of the fellow count; what is `None` is left alone.
    pub inbound_trust: Option<InboundTrust>,
    /// Shared channels; `None`: left alone.
    pub b2b_direct_connect: Option<DirectConnect>,
    /// The tenant's own two templates; `None`: left alone.
    pub templates: Option<Templates>,
}

impl Default for WantedSettings {
    /// What synchronization between two tenants needs, and nothing else.
    fn default() -> Self {
        Self {
            automatic_redemption: true,
            inbound_sync: true,
            inbound_trust: None,
            b2b_direct_connect: None,
            templates: None,
        }
    }
}

/// Which directions of B2B direct connect are to be open to everybody, for shared channels; `false`: left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DirectConnect {
    /// Users of the fellow, to the tenant's shared channels.
    pub inbound: bool,
    /// The tenant's users, to the fellow's shared channels.
    pub outbound: bool,
}

impl WantedSettings {
    /// The writes that give the record about `partner` what is wanted. A policy of synchronization needs a record: it
    /// comes in the next round.
    pub(super) fn opening(&self, partner: TenantId, seen: Option<&Partner>) -> Vec<Change> {
        let Some(seen) = seen else {
            let settings = self.missing(&Partner::default());
            let is_needed = self.inbound_sync || !settings.is_empty();
            return is_needed.then_some(Change::CreatePartner { partner, settings }).into_iter().collect();
        };
        let settings = self.missing(seen);
        let update = (!settings.is_empty()).then_some(Change::UpdatePartner { partner, settings });
        let synchronization = (self.inbound_sync && !seen.is_sync_allowed()).then(|| {
            if seen.identity_synchronization.is_some() {
                Change::UpdateIdentitySynchronization { partner, is_sync_allowed: true }
            } else {
                Change::CreateIdentitySynchronization { partner, is_sync_allowed: true }
            }
        });
        update.into_iter().chain(synchronization).collect()
    }

    /// The settings in which a record differs from what is wanted. Meanings are compared, not texts: consent that is
    /// not set is off, and all applications include Office 365.
    fn missing(&self, seen: &Partner) -> PartnerSettings {
        let both = AutomaticUserConsentSettings { inbound_allowed: Some(true), outbound_allowed: Some(true) };
        let consent = self.automatic_redemption && seen.automatic_user_consent_settings != both;
        let direct = self.b2b_direct_connect.unwrap_or_default();
        let opened =
            |wanted: bool, seen: Access| (wanted && seen != Access::Open).then_some(Wish::Set(Everybody));
        PartnerSettings {
            automatic_user_consent_settings: consent.then_some(both),
            inbound_trust: self.missing_trust(seen.inbound_trust.unwrap_or_default()).map(Wish::Set),
            b2b_direct_connect_inbound: opened(direct.inbound, seen.b2b_direct_connect_inbound),
            b2b_direct_connect_outbound: opened(direct.outbound, seen.b2b_direct_connect_outbound),
        }
    }

    /// Sent whole: what is not wanted keeps the value that was seen.
    fn missing_trust(&self, seen: InboundTrust) -> Option<InboundTrust> {
        let wanted = self.inbound_trust?;
        let whole = InboundTrust {
            is_mfa_accepted: wanted.is_mfa_accepted.or(seen.is_mfa_accepted),
            is_compliant_device_accepted: wanted
                .is_compliant_device_accepted
                .or(seen.is_compliant_device_accepted),
            is_hybrid_azure_ad_joined_device_accepted: wanted
                .is_hybrid_azure_ad_joined_device_accepted
                .or(seen.is_hybrid_azure_ad_joined_device_accepted),
        };
        (whole != seen).then_some(whole)
    }

    /// The proofs that these settings accept, by themselves or by the templates of a join.
    fn opened_trust(&self) -> Option<InboundTrust> {
        let template = self.templates.as_ref().and_then(|templates| templates.values().partner_configuration);
        let template = template.and_then(|template| template.inbound_trust);
        let (Some(own), Some(template)) = (self.inbound_trust, template) else {
            return self.inbound_trust.or(template);
        };
        let either = |own, template| if is_on(own) { own } else { template };
        Some(InboundTrust {
            is_mfa_accepted: either(own.is_mfa_accepted, template.is_mfa_accepted),
            is_compliant_device_accepted: either(
                own.is_compliant_device_accepted,
                template.is_compliant_device_accepted,
            ),
            is_hybrid_azure_ad_joined_device_accepted: either(
                own.is_hybrid_azure_ad_joined_device_accepted,
                template.is_hybrid_azure_ad_joined_device_accepted,
            ),
        })
    }

    /// Trust without what this tenant's settings opened; `None`: nothing of it is open. Where somebody else's trust
    /// stays, ours is said to be off, because leaving it out of a merged value would leave it on.
    fn trust_to_close(&self, seen: InboundTrust) -> Option<Wish<InboundTrust>> {
        let wanted = self.opened_trust()?;
        let off = |wanted: Option<bool>, seen| if is_on(wanted) && is_on(seen) { Some(false) } else { seen };
        let rest = InboundTrust {
            is_mfa_accepted: off(wanted.is_mfa_accepted, seen.is_mfa_accepted),
            is_compliant_device_accepted: off(
                wanted.is_compliant_device_accepted,
                seen.is_compliant_device_accepted,
            ),
            is_hybrid_azure_ad_joined_device_accepted: off(
                wanted.is_hybrid_azure_ad_joined_device_accepted,
                seen.is_hybrid_azure_ad_joined_device_accepted,
            ),
        };
        match rest == seen {
            true => None,
            false if is_trusting(rest) => Some(Wish::Set(rest)),
            false => Some(Wish::Unset),
        }
    }
}

fn is_on(flag: Option<bool>) -> bool {
    flag == Some(true)
}

fn is_trusting(trust: InboundTrust) -> bool {
    is_on(trust.is_mfa_accepted)
        || is_on(trust.is_compliant_device_accepted)
        || is_on(trust.is_hybrid_azure_ad_joined_device_accepted)
}

/// The ends of pairs that one record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// The partner's users come in here.
    pub(super) receiving: bool,
    /// Our users go out from here.
    pub(super) sending: bool,
}

/// The writes that close these ends in a record; with `opened`, also what these settings open beside them.
pub(super) fn closing(
    partner: TenantId,
    seen: &Partner,
    ends: Ends,
    opened: Option<&WantedSettings>,
) -> Vec<Change> {
    let old = seen.automatic_user_consent_settings;
    let off = |end: bool, seen| if end && is_on(seen) { Some(false) } else { seen };
    let new = AutomaticUserConsentSettings {
        inbound_allowed: off(ends.receiving, old.inbound_allowed),
        outbound_allowed: off(ends.sending, old.outbound_allowed),
    };
    let direct = opened.and_then(|opened| opened.b2b_direct_connect).unwrap_or_default();
    let unset = |opened: bool, seen: Access| (opened && seen == Access::Open).then_some(Wish::Unset);
    let settings = PartnerSettings {
        automatic_user_consent_settings: (new != old).then_some(new),
        inbound_trust: opened.zip(seen.inbound_trust).and_then(|(opened, seen)| opened.trust_to_close(seen)),
        b2b_direct_connect_inbound: unset(direct.inbound, seen.b2b_direct_connect_inbound),
        b2b_direct_connect_outbound: unset(direct.outbound, seen.b2b_direct_connect_outbound),
    };
    let update = (!settings.is_empty()).then_some(Change::UpdatePartner { partner, settings });
    let synchronization = (ends.receiving && seen.is_sync_allowed())
        .then_some(Change::UpdateIdentitySynchronization { partner, is_sync_allowed: false });
    update.into_iter().chain(synchronization).collect()
}

impl Partner {
    /// What this record still opens, for people.
    pub(super) fn open_things(&self) -> Vec<String> {
        let consent = self.automatic_user_consent_settings;
        let direct = |access: Access, way: &str| match access {
            Access::Inherited => None,
            Access::Open => Some(format!("B2B direct connect {way}")),
            // It may open something or block everything.
            Access::Other => Some(format!("B2B direct connect {way} set otherwise")),
        };
        let trust = self.inbound_trust.filter(|trust| is_trusting(*trust));
        let things = [
            is_on(consent.inbound_allowed).then(|| "automatic redemption inbound".to_owned()),
            is_on(consent.outbound_allowed).then(|| "automatic redemption outbound".to_owned()),
            self.is_sync_allowed().then(|| "inbound synchronization".to_owned()),
            trust.map(|trust| format!("inbound trust {}", trust_text(trust))),
            direct(self.b2b_direct_connect_inbound, "inbound"),
            direct(self.b2b_direct_connect_outbound, "outbound"),
        ];
        things.into_iter().flatten().collect()
    }

    /// The record after a write of ours about it.
    pub(super) fn assume(&mut self, change: &Change) {
        if let Change::CreatePartner { settings, .. } | Change::UpdatePartner { settings, .. } = change {
            self.set(settings);
        } else if let Change::CreateIdentitySynchronization { is_sync_allowed, .. }
        | Change::UpdateIdentitySynchronization { is_sync_allowed, .. } = change
        {
            let is_sync_allowed = Some(*is_sync_allowed);
            self.identity_synchronization = Some(IdentitySynchronization { is_sync_allowed });
        }
    }

    fn set(&mut self, sent: &PartnerSettings) {
        let access = |wish: Wish<Everybody>| match wish {
            Wish::Set(Everybody) => Access::Open,
            Wish::Unset => Access::Inherited,
        };
        if let Some(consent) = sent.automatic_user_consent_settings {
            self.automatic_user_consent_settings = consent;
        }
        if let Some(trust) = sent.inbound_trust {
            self.inbound_trust = match trust {
                Wish::Set(trust) => Some(trust),
                Wish::Unset => None,
            };
        }
        if let Some(wish) = sent.b2b_direct_connect_inbound {
            self.b2b_direct_connect_inbound = access(wish);
        }
        if let Some(wish) = sent.b2b_direct_connect_outbound {
            self.b2b_direct_connect_outbound = access(wish);
        }
    }
}
