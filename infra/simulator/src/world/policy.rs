//! The cross-tenant access policy of one tenant (5): root, default configuration, partners with identity
//! synchronization, and the two templates (4).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::templates::Template;
use super::{Refusal, properties};

/// Most partners of one tenant; the service's own cap went away (5.4), ours keeps memory finite.
const MAX_PARTNERS: usize = 10_000;
const CLOUD_ENDPOINTS: [&str; 3] =
    ["microsoftonline.com", "microsoftonline.us", "partner.microsoftonline.cn"];

const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";
const RESTRICTIONS: &str = "tenantRestrictions";

#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) root: Map<String, Value>,
    pub(crate) default: Map<String, Value>,
    pub(crate) is_service_default: bool,
    pub(crate) partners: BTreeMap<Uuid, Partner>,
    pub(crate) partner_template: Template,
    pub(crate) identity_template: Template,
}

/// The values are shared by all partners that were made alike, until one of them is changed: an organization of a
/// hundred tenants has 9,900 partners.
#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) values: Arc<Map<String, Value>>,
    /// Null until the tenants were once in one organization (unverified; false is as likely).
    pub(crate) in_organization: Option<bool>,
    /// Identity synchronization, if there is any.
    pub(crate) identity: Option<Arc<Map<String, Value>>>,
}

/// What a partner is without any configuration.
pub(super) static UNCONFIGURED: LazyLock<Arc<Map<String, Value>>> = LazyLock::new(|| {
    let mut values = properties::all_null(properties::PARTNER);
    let consent = json!({"inboundAllowed": null, "outboundAllowed": null});
    values.insert("automaticUserConsentSettings".to_owned(), consent);
    Arc::new(values)
});

/// Identity synchronization that nobody has configured.
pub(super) static UNCONFIGURED_IDENTITY: LazyLock<Arc<Map<String, Value>>> = LazyLock::new(|| {
    let mut values = properties::all_null(properties::IDENTITY);
    values.insert("userSyncInbound".to_owned(), json!({"isSyncAllowed": null}));
    Arc::new(values)
});

fn all(access: &str, users: &str, applications: &str) -> Value {
    json!({
        "usersAndGroups": {"accessType": access, "targets": [{"target": users, "targetType": "user"}]},
        "applications": {"accessType": access, "targets": [{"target": applications, "targetType": "application"}]},
    })
}

/// The service's default configuration (5.2).
fn system_default() -> Map<String, Value> {
    let (allowed, blocked) =
        (all("allowed", "AllUsers", "AllApplications"), all("blocked", "AllUsers", "AllApplications"));
    let mut restrictions = blocked.clone();
    restrictions["devices"] = Value::Null;
    let mut values = properties::all_null(properties::DEFAULT);
    let known = [
        (
            "inboundTrust",
            json!({"isMfaAccepted": false, "isCompliantDeviceAccepted": false, "isHybridAzureADJoinedDeviceAccepted": false}),
        ),
        ("automaticUserConsentSettings", json!({"inboundAllowed": false, "outboundAllowed": false})),
        ("b2bCollaborationInbound", allowed.clone()),
        ("b2bCollaborationOutbound", allowed),
        ("b2bDirectConnectInbound", blocked.clone()),
        ("b2bDirectConnectOutbound", blocked),
        (RESTRICTIONS, restrictions),
        (
            REDEMPTION,
            json!({
                "primaryIdentityProviderPrecedenceOrder":
                    ["externalFederation", "azureActiveDirectory", "socialIdentityProviders"],
                "fallbackIdentityProvider": "defaultConfiguredIdp",
            }),
        ),
    ];
    values.extend(known.map(|(name, value)| (name.to_owned(), value)));
    values
}

impl Default for Policy {
    fn default() -> Self {
        let root = json!({"displayName": "CrossTenantAccessPolicy", "allowedCloudEndpoints": []});
        let Value::Object(root) = root else { unreachable!("an object was written above") };
        Self {
            root,
            default: system_default(),
            is_service_default: true,
            partners: BTreeMap::new(),
            partner_template: Template::partner_default(),
            identity_template: Template::identity_default(),
        }
    }
}

impl Policy {
    pub(crate) fn patch_root(&mut self, body: &Map<String, Value>) -> Result<(), Refusal> {
        properties::check(properties::ROOT, body)?;
        if let Some(endpoints) = body.get("allowedCloudEndpoints") {
            let known = |one: &Value| one.as_str().is_some_and(|one| CLOUD_ENDPOINTS.contains(&one));
            if !endpoints.as_array().is_some_and(|all| all.iter().all(known)) {
                return Err(Refusal::Bad(
                    "Invalid value specified for property 'allowedCloudEndpoints'.".to_owned(),
                ));
            }
        }
        properties::merge(&mut self.root, body);
        Ok(())
    }

    pub(crate) fn patch_default(&mut self, body: &Map<String, Value>) -> Result<(), Refusal> {
        properties::check(properties::DEFAULT, body)?;
        let consent = body.get("automaticUserConsentSettings").and_then(Value::as_object);
        if consent.is_some_and(|consent| consent.values().any(|value| value == &Value::Bool(true))) {
            // cannot be turned on in the default (5.2); the text is (unverified)
            let text = "Automatic user consent cannot be enabled in the default configuration.";
            return Err(Refusal::Bad(text.to_owned()));
        }
        let mut values = self.default.clone();
        properties::merge(&mut values, body);
        let redemption = values.get(REDEMPTION).filter(|redemption| redemption.is_object());
        if redemption.is_some_and(|redemption| redemption["fallbackIdentityProvider"].is_null()) {
            // compulsory (5.2); the text is (unverified)
            let text = "Invalid value specified for property 'fallbackIdentityProvider'.";
            return Err(Refusal::Bad(text.to_owned()));
        }
        self.default = values;
        self.is_service_default = false;
        Ok(())
    }

    pub(crate) fn reset_default(&mut self) {
        self.default = system_default();
        self.is_service_default = true;
    }

    pub(crate) fn add_partner(&mut self, partner: Uuid, body: &Map<String, Value>) -> Result<(), Refusal> {
        let mut values = body.clone();
        values.remove("tenantId");
        writable(&values)?;
        properties::check(properties::PARTNER, &values)?;
        if self.partners.contains_key(&partner) {
            return Err(Refusal::PartnerExists);
        }
        if self.partners.len() >= MAX_PARTNERS {
            return Err(Refusal::Bad(format!(
                "The simulator holds at most {MAX_PARTNERS} partners a tenant."
            )));
        }
        let mut made = Arc::clone(&UNCONFIGURED);
        properties::merge(Arc::make_mut(&mut made), &values);
        self.partners.insert(partner, Partner { values: made, in_organization: None, identity: None });
        Ok(())
    }

    pub(crate) fn partner(&self, partner: Uuid) -> Result<&Partner, Refusal> {
        self.partners.get(&partner).ok_or(Refusal::Gone)
    }

    pub(crate) fn patch_partner(&mut self, partner: Uuid, body: &Map<String, Value>) -> Result<(), Refusal> {
        writable(body)?;
        properties::check(properties::PARTNER, body)?;
        let found = self.partners.get_mut(&partner).ok_or(Refusal::Gone)?;
        properties::merge(Arc::make_mut(&mut found.values), body);
        Ok(())
    }

    pub(crate) fn delete_partner(&mut self, partner: Uuid) -> Result<(), Refusal> {
        if self.partner(partner)?.identity.is_some() {
            // has to be deleted first (5.4); code and text are (unverified)
            let text = "The identity synchronization policy of the partner has to be deleted first.";
            return Err(Refusal::Bad(text.to_owned()));
        }
        self.partners.remove(&partner);
        Ok(())
    }

    pub(crate) fn put_identity(
        &mut self,
        partner: Uuid,
        body: &Map<String, Value>,
        replaces: bool,
    ) -> Result<(), Refusal> {
        let body = without_key(body);
        properties::check(properties::IDENTITY, &body)?;
        let found = self.partners.get_mut(&partner).ok_or(Refusal::Gone)?;
        if found.identity.is_some() && !replaces {
            return Err(Refusal::PolicyExists);
        }
        let mut made = Arc::clone(&UNCONFIGURED_IDENTITY);
        properties::merge(Arc::make_mut(&mut made), &body);
        found.identity = Some(made);
        Ok(())
    }

    pub(crate) fn identity(&self, partner: Uuid) -> Result<&Map<String, Value>, Refusal> {
        self.partners.get(&partner).and_then(|partner| partner.identity.as_deref()).ok_or(Refusal::Gone)
    }

    pub(crate) fn patch_identity(&mut self, partner: Uuid, body: &Map<String, Value>) -> Result<(), Refusal> {
        let body = without_key(body);
        properties::check(properties::IDENTITY, &body)?;
        let found = self.partners.get_mut(&partner).and_then(|partner| partner.identity.as_mut());
        properties::merge(Arc::make_mut(found.ok_or(Refusal::Gone)?), &body);
        Ok(())
    }

    pub(crate) fn delete_identity(&mut self, partner: Uuid) -> Result<(), Refusal> {
        let found = self.partners.get_mut(&partner).ok_or(Refusal::Gone)?;
        found.identity.take().map(drop).ok_or(Refusal::Gone)
    }

    /// Whether tenant restrictions are configured, in the default or for the partner.
    pub(crate) fn restricts(&self, partner: Uuid) -> bool {
        let partner = self.partners.get(&partner).and_then(|partner| partner.values.get(RESTRICTIONS));
        self.default.get(RESTRICTIONS) != system_default().get(RESTRICTIONS)
            || partner.is_some_and(|restrictions| !restrictions.is_null())
    }

    pub(crate) fn is_service_provider(&self, partner: Uuid) -> bool {
        let marked = |partner: &Partner| partner.values.get("isServiceProvider") == Some(&Value::Bool(true));
        self.partners.get(&partner).is_some_and(marked)
    }

    pub(crate) fn set_in_organization(&mut self, partner: Uuid, inside: bool) {
        if let Some(partner) = self.partners.get_mut(&partner) {
            partner.in_organization = Some(inside);
        }
    }
}

/// The key may stand in the body of identity synchronization; the path decides.
fn without_key(body: &Map<String, Value>) -> Map<String, Value> {
    let mut body = body.clone();
    body.remove("tenantId");
    body
}

fn writable(body: &Map<String, Value>) -> Result<(), Refusal> {
    match properties::PARTNER_READ_ONLY.iter().find(|name| body.contains_key(**name)) {
        // (unverified) the text
        Some(name) => Err(Refusal::Bad(format!("Property '{name}' is read-only and cannot be set."))),
        None => Ok(()),
    }
}
