//! The cross-tenant settings of one tenant about another: what is seen, and what a write sets.

use mto_messages::{AutomaticUserConsentSettings, InboundTrust};
use serde::Serialize;

/// A partner configuration as it is read, with its identity synchronization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    /// Automatic redemption of invitations, by direction. Never inherited; not set is off.
    pub automatic_user_consent_settings: AutomaticUserConsentSettings,
    /// Which proofs of the partner count here; `None`: as the default configuration says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_trust: Option<InboundTrust>,
    /// Users of the partner, to our shared channels.
    pub b2b_direct_connect_inbound: Access,
    /// Our users, to the partner's shared channels.
    pub b2b_direct_connect_outbound: Access,
    /// Identity synchronization, if there is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_synchronization: Option<IdentitySynchronization>,
}

/// A partner's identity synchronization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySynchronization {
    /// Whether the partner's users may be synchronized into this tenant; not set is not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_sync_allowed: Option<bool>,
}

impl Partner {
    /// Whether the partner's users may be synchronized into this tenant.
    pub fn is_sync_allowed(&self) -> bool {
        self.identity_synchronization.as_ref().and_then(|policy| policy.is_sync_allowed) == Some(true)
    }
}

/// What a B2B direct connect setting comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Not set: the default configuration applies, which blocks unless somebody opened it.
    #[default]
    Inherited,
    /// Everybody is let through to what shared channels need (`Office365`, or `AllApplications`).
    Open,
    /// Set in another way.
    Other,
}

/// What a write sets; what is `None` is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerSettings {
    /// Automatic redemption. A complex property is sent whole, because Graph may replace it as a unit
    /// (unverified): what does not change keeps the value that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Which proofs of the partner count here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_trust: Option<Wish<InboundTrust>>,
    /// Users of the partner, to our shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_inbound: Option<Wish<Everybody>>,
    /// Our users, to the partner's shared channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b2b_direct_connect_outbound: Option<Wish<Everybody>>,
}

/// What a property becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Wish<T> {
    /// This value.
    Set(T),
    /// Not set any more (`null`): the default configuration applies again.
    Unset,
}

/// All users, to what shared channels need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Everybody;

impl PartnerSettings {
    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// For people.
    pub fn text(&self) -> String {
        let parts = self.parts();
        if parts.is_empty() { "no settings".to_owned() } else { parts.join("; ") }
    }

    /// For people, each setting by itself.
    pub(crate) fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(consent) = &self.automatic_user_consent_settings {
            let on = |allowed: Option<bool>| if allowed == Some(true) { "on" } else { "off" };
            let (inbound, outbound) = (on(consent.inbound_allowed), on(consent.outbound_allowed));
            parts.push(format!("automatic redemption inbound {inbound}, outbound {outbound}"));
        }
        if let Some(trust) = &self.inbound_trust {
            parts.push(match trust {
                Wish::Set(trust) => format!("inbound trust {}", trust_text(*trust)),
                Wish::Unset => "inbound trust as in the default configuration".to_owned(),
            });
        }
        let direct =
            [("inbound", &self.b2b_direct_connect_inbound), ("outbound", &self.b2b_direct_connect_outbound)];
        for (direction, wish) in direct {
            match wish {
                Some(Wish::Set(Everybody)) => parts.push(format!("B2B direct connect {direction} open")),
                Some(Wish::Unset) => {
                    parts.push(format!("B2B direct connect {direction} as in the default configuration"));
                }
                None => {}
            }
        }
        parts
    }
}

/// Which proofs are accepted, for people.
pub(crate) fn trust_text(trust: InboundTrust) -> String {
    let accepted: Vec<&str> = [
        (trust.is_mfa_accepted, "MFA"),
        (trust.is_compliant_device_accepted, "compliant devices"),
        (trust.is_hybrid_azure_ad_joined_device_accepted, "hybrid joined devices"),
    ]
    .into_iter()
    .filter(|(accepted, _)| *accepted == Some(true))
    .map(|(_, what)| what)
    .collect();
    if accepted.is_empty() { "in nothing".to_owned() } else { format!("in {}", accepted.join(", ")) }
}
