//! The shapes of policy properties (5.2 to 5.5, 4.1), and how a PATCH changes them.

use serde_json::{Map, Value};

use super::Refusal;

/// What a property may hold; null is always allowed.
#[derive(Debug)]
pub(crate) enum Shape {
    Flag,
    Text,
    Texts,
    /// One of these words, spelt like this.
    Word(&'static [&'static str]),
    Record(&'static [(&'static str, Shape)]),
    List(&'static Shape),
}

pub(crate) type Fields = [(&'static str, Shape)];

const TARGET: &Fields = &[
    ("target", Shape::Text),
    ("targetType", Shape::Word(&["user", "group", "application", "unknownFutureValue"])),
];
const ACCESS: Shape = Shape::Word(&["allowed", "blocked", "unknownFutureValue"]);
const TARGETS: &Fields = &[("accessType", ACCESS), ("targets", Shape::List(&Shape::Record(TARGET)))];
const B2B: &Fields = &[("usersAndGroups", Shape::Record(TARGETS)), ("applications", Shape::Record(TARGETS))];
const RESTRICTIONS: &Fields = &[
    ("usersAndGroups", Shape::Record(TARGETS)),
    ("applications", Shape::Record(TARGETS)),
    ("devices", Shape::Record(&[("mode", ACCESS), ("rule", Shape::Text)])),
];
const TRUST: &Fields = &[
    ("isMfaAccepted", Shape::Flag),
    ("isCompliantDeviceAccepted", Shape::Flag),
    ("isHybridAzureADJoinedDeviceAccepted", Shape::Flag),
];
const CONSENT: &Fields = &[("inboundAllowed", Shape::Flag), ("outboundAllowed", Shape::Flag)];
const SYNC_INBOUND: &Fields = &[("isSyncAllowed", Shape::Flag)];
const REDEMPTION: &Fields = &[
    (
        "primaryIdentityProviderPrecedenceOrder",
        Shape::List(&Shape::Word(&["azureActiveDirectory", "externalFederation", "socialIdentityProviders"])),
    ),
    (
        "fallbackIdentityProvider",
        Shape::Word(&["defaultConfiguredIdp", "emailOneTimePasscode", "microsoftAccount"]),
    ),
];

/// Writable properties of a partner (5.4).
pub(crate) const PARTNER: &Fields = &[
    ("isServiceProvider", Shape::Flag),
    ("inboundTrust", Shape::Record(TRUST)),
    ("automaticUserConsentSettings", Shape::Record(CONSENT)),
    ("b2bCollaborationInbound", Shape::Record(B2B)),
    ("b2bCollaborationOutbound", Shape::Record(B2B)),
    ("b2bDirectConnectInbound", Shape::Record(B2B)),
    ("b2bDirectConnectOutbound", Shape::Record(B2B)),
    ("tenantRestrictions", Shape::Record(RESTRICTIONS)),
    ("appServiceConnectInbound", Shape::Record(&[("applications", Shape::Record(TARGETS))])),
    ("m365CollaborationInbound", Shape::Record(&[("users", Shape::Record(TARGETS))])),
    ("m365CollaborationOutbound", Shape::Record(&[("usersAndGroups", Shape::Record(TARGETS))])),
];

/// Properties of a partner that only the service writes.
pub(crate) const PARTNER_READ_ONLY: &[&str] =
    &["tenantId", "isInMultiTenantOrganization", "identitySynchronization"];

/// Writable properties of the default configuration (5.2).
pub(crate) const DEFAULT: &Fields = &[
    ("inboundTrust", Shape::Record(TRUST)),
    ("automaticUserConsentSettings", Shape::Record(CONSENT)),
    ("b2bCollaborationInbound", Shape::Record(B2B)),
    ("b2bCollaborationOutbound", Shape::Record(B2B)),
    ("b2bDirectConnectInbound", Shape::Record(B2B)),
    ("b2bDirectConnectOutbound", Shape::Record(B2B)),
    ("tenantRestrictions", Shape::Record(RESTRICTIONS)),
    ("invitationRedemptionIdentityProviderConfiguration", Shape::Record(REDEMPTION)),
    ("appServiceConnectInbound", Shape::Record(&[("applications", Shape::Record(TARGETS))])),
    ("m365CollaborationInbound", Shape::Record(&[("users", Shape::Record(TARGETS))])),
    ("m365CollaborationOutbound", Shape::Record(&[("usersAndGroups", Shape::Record(TARGETS))])),
];

/// Writable properties of the policy itself (5.1).
pub(crate) const ROOT: &Fields = &[("displayName", Shape::Text), ("allowedCloudEndpoints", Shape::Texts)];

/// Writable properties of identity synchronization (5.5).
pub(crate) const IDENTITY: &Fields =
    &[("displayName", Shape::Text), ("userSyncInbound", Shape::Record(SYNC_INBOUND))];

/// Values of the partner configuration template (4.1), apart from its level.
pub(crate) const PARTNER_TEMPLATE: &Fields = &[
    ("inboundTrust", Shape::Record(TRUST)),
    ("automaticUserConsentSettings", Shape::Record(CONSENT)),
    ("b2bCollaborationInbound", Shape::Record(B2B)),
    ("b2bCollaborationOutbound", Shape::Record(B2B)),
    ("b2bDirectConnectInbound", Shape::Record(B2B)),
    ("b2bDirectConnectOutbound", Shape::Record(B2B)),
];

/// Values of the identity synchronization template (4.1), apart from its level.
pub(crate) const IDENTITY_TEMPLATE: &Fields = &[("userSyncInbound", Shape::Record(SYNC_INBOUND))];

/// Checks names and types; names are case-sensitive (0.2 no. 18). OData annotations are passed over.
pub(crate) fn check(fields: &Fields, body: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in body.iter().filter(|(name, _)| !is_annotation(name)) {
        let Some((_, shape)) = fields.iter().find(|(known, _)| known == name) else {
            return Err(invalid_property(name));
        };
        fits(name, shape, value)?;
    }
    Ok(())
}

pub(crate) fn is_annotation(name: &str) -> bool {
    name.contains("@odata.")
}

/// The observed text (5.4).
pub(crate) fn invalid_property(name: &str) -> Refusal {
    Refusal::Bad(format!("Invalid property '{name}'"))
}

fn fits(name: &str, shape: &Shape, value: &Value) -> Result<(), Refusal> {
    let ok = match (shape, value) {
        (_, Value::Null) => true,
        (Shape::Flag, value) => value.is_boolean(),
        (Shape::Text, value) => value.is_string(),
        (Shape::Texts, Value::Array(items)) => items.iter().all(Value::is_string),
        (Shape::Word(words), Value::String(word)) => words.contains(&word.as_str()),
        (Shape::Record(fields), Value::Object(map)) => return check(fields, map),
        (Shape::List(item), Value::Array(items)) => {
            return items.iter().try_for_each(|one| fits(name, item, one));
        }
        (Shape::Texts | Shape::Word(_) | Shape::Record(_) | Shape::List(_), _) => false,
    };
    // (unverified) the text for a value of the wrong type
    if ok { Ok(()) } else { Err(Refusal::Bad(format!("Invalid value specified for property '{name}'."))) }
}

/// Every property, null.
pub(crate) fn all_null(fields: &Fields) -> Map<String, Value> {
    fields.iter().map(|(name, _)| ((*name).to_owned(), Value::Null)).collect()
}

/// PATCH: records are merged, everything else is replaced, null empties (as OData has it; for XTAP unverified).
pub(crate) fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch.iter().filter(|(name, _)| !is_annotation(name)) {
        match (target.get_mut(name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

/// A template's values onto a partner: null leaves alone, anything else overwrites (4.3).
pub(crate) fn overlay(target: &mut Map<String, Value>, template: &Map<String, Value>) {
    for (name, value) in template {
        match value {
            Value::Null => {}
            Value::Object(new) => {
                if let Some(Value::Object(old)) = target.get_mut(name) {
                    overlay(old, new);
                } else if new.values().any(|value| !value.is_null()) {
                    target.insert(name.clone(), value.clone());
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}
