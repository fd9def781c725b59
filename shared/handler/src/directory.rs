//! The tenant directory: which tenants may be touched at all, and with which credential.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use mto_graph::Cloud;
use mto_messages::{InboundTrust, Names, Scope, Templates, TenantId, Verb};
use mto_reconcile::settings::{DirectConnect, WantedSettings};
use serde::Deserialize;
use uuid::Uuid;

use crate::config::{ConfigError, Environment};
use crate::credentials::{Backends, CredentialReference, DirectoryCredentials, Reader};
use crate::directory_problem;

/// The directory's document. Anything that is not in it is rejected.
///
/// ```json
/// {"tenants": [
///   {"tenantId": "11111111-…", "name": "contoso", "displayName": "Contoso", "domains": ["contoso.example"],
///    "application": {"clientId": "…", "credential": {"clientSecret": {"env": "CONTOSO_SECRET"}}},
///    "applications": {"sync": {"clientId": "…", "credential": {…}}},
///    "syncScope": {"groups": ["…"]},
///    "settings": {"inboundTrust": {"isMfaAccepted": true}, "b2bDirectConnect": {"inbound": true}}},
///   {"tenantId": "22222222-…", "name": "tailspin", "external": true}
/// ]}
/// ```
///
/// | `credential` | Means |
/// |---|---|
/// | `{"federated": {"webIdentity": {}}}` | nothing stored: a token that AWS issues for the function's role |
/// | `{"federated": {"tokenFile": "/path"}}` | nothing stored: a token in a file |
/// | `{"certificate": {"certificate": S, "privateKey": S}}` | PEM texts |
/// | `{"clientSecret": S}` | a client secret |
///
/// | `S` | Means |
/// |---|---|
/// | `{"secretsManager": "<name or ARN>"}`, `"<name or ARN>#<key>"` | in AWS Secrets Manager; with a key, one text of a JSON object |
/// | `{"env": "<variable>"}`, `{"file": "<path>"}` | in the environment |
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryDocument {
    /// The tenants.
    pub tenants: Vec<TenantEntry>,
}

/// One tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantEntry {
    /// Its id.
    pub tenant_id: Uuid,
    /// The name people use in commands; unique, whatever the case.
    pub name: String,
    /// The name in texts. Default: `name`.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Verified domains that name it in commands.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Its cloud. Only `global` has multi-tenant organizations.
    #[serde(default)]
    pub cloud: Option<String>,
    /// Known, but not ours to act for.
    #[serde(default)]
    pub external: bool,
    /// The application that acts there.
    #[serde(default)]
    pub application: Option<Application>,
    /// Applications for single functions, instead of `application`: so that `join` need not hold what `sync`
    /// needs.
    #[serde(default)]
    pub applications: BTreeMap<String, Application>,
    /// Whom it shares unless a command says otherwise.
    #[serde(default)]
    pub sync_scope: Option<Scope>,
    /// What it wants to have set about its fellows in an organization.
    #[serde(default)]
    pub settings: Option<TenantSettings>,
}

/// The cross-tenant settings one tenant wants to have about every fellow. What is absent is left alone, except the two
/// that synchronization needs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantSettings {
    /// Automatic redemption of invitations, in both directions. Default: true.
    #[serde(default)]
    pub automatic_redemption: Option<bool>,
    /// Users of a fellow may be synchronized into the tenant. Default: true.
    #[serde(default)]
    pub inbound_sync: Option<bool>,
    /// Which proofs of a fellow count.
    #[serde(default)]
    pub inbound_trust: Option<TrustSettings>,
    /// B2B direct connect: open to everybody, for shared channels.
    #[serde(default)]
    pub b2b_direct_connect: Option<DirectConnectSettings>,
    /// The tenant's own templates, as in commands.
    #[serde(default)]
    pub templates: Option<Templates>,
}

/// Proofs of a fellow: `true` accepts, `false` refuses, absent is left alone. Names are Graph's.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustSettings {
    /// Multi-factor authentication.
    #[serde(default)]
    pub is_mfa_accepted: Option<bool>,
    /// Compliant devices.
    #[serde(default)]
    pub is_compliant_device_accepted: Option<bool>,
    /// Hybrid joined devices.
    #[serde(default, rename = "isHybridAzureADJoinedDeviceAccepted")]
    pub is_hybrid_azure_ad_joined_device_accepted: Option<bool>,
}

/// Directions of B2B direct connect that are to be open; `false` and absent are left alone.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectConnectSettings {
    /// Users of a fellow, to the tenant's shared channels.
    #[serde(default)]
    pub inbound: bool,
    /// The tenant's users, to a fellow's shared channels.
    #[serde(default)]
    pub outbound: bool,
}

impl From<&TenantSettings> for WantedSettings {
    fn from(settings: &TenantSettings) -> Self {
        let default = Self::default();
        Self {
            automatic_redemption: settings.automatic_redemption.unwrap_or(default.automatic_redemption),
            inbound_sync: settings.inbound_sync.unwrap_or(default.inbound_sync),
            inbound_trust: settings.inbound_trust.map(|trust| InboundTrust {
                is_mfa_accepted: trust.is_mfa_accepted,
                is_compliant_device_accepted: trust.is_compliant_device_accepted,
                is_hybrid_azure_ad_joined_device_accepted: trust.is_hybrid_azure_ad_joined_device_accepted,
            }),
            b2b_direct_connect: settings
                .b2b_direct_connect
                .map(|direct| DirectConnect { inbound: direct.inbound, outbound: direct.outbound }),
            templates: settings.templates.clone(),
        }
    }
}

/// An application registration.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// Its application (client) id.
    pub client_id: String,
    /// Where its credential is.
    pub credential: CredentialReference,
}

/// The directory, checked, as seen by one function.
#[derive(Clone)]
pub struct Directory {
    entries: BTreeMap<TenantId, TenantEntry>,
    by_name: HashMap<String, TenantId>,
    names: Arc<Names>,
    function: Verb,
}

impl Directory {
    /// Reads and checks the document.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the field. It never shows what stands where a credential belongs.
    pub fn parse(text: &str, variable: &str, function: Verb) -> Result<Self, ConfigError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let document: DirectoryDocument =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
                let (field, problem) = directory_problem::of(&error);
                bad(variable, &field, &problem)
            })?;
        Self::new(document, variable, function)
    }

    /// Checks the document.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the field.
    pub fn new(document: DirectoryDocument, variable: &str, function: Verb) -> Result<Self, ConfigError> {
        let mut directory =
            Self { entries: BTreeMap::new(), by_name: HashMap::new(), names: Arc::default(), function };
        for (index, entry) in document.tenants.into_iter().enumerate() {
            directory
                .insert(entry)
                .map_err(|(field, problem)| bad(variable, &format!("tenants[{index}].{field}"), &problem))?;
        }
        let name = |entry: &TenantEntry| entry.display_name.clone().unwrap_or_else(|| entry.name.clone());
        let names = directory.entries.iter().map(|(tenant, entry)| (*tenant, name(entry)));
        directory.names = Arc::new(names.collect());
        Ok(directory)
    }

    fn insert(&mut self, entry: TenantEntry) -> Result<(), (&'static str, String)> {
        let tenant = TenantId::new(entry.tenant_id);
        if entry.tenant_id.is_nil() {
            return Err(("tenantId", "is the zero GUID, which Graph takes for none".to_owned()));
        }
        if entry.name.trim().is_empty() {
            return Err(("name", "is blank".to_owned()));
        }
        if entry.name.parse::<TenantId>().is_ok() {
            return Err(("name", "looks like a tenant id".to_owned()));
        }
        if let Some(Err(error)) = entry.cloud.as_deref().map(str::parse::<Cloud>) {
            return Err(("cloud", error.to_string()));
        }
        for function in entry.applications.keys() {
            if !Verb::ALL.iter().any(|verb| verb.as_str() == function) {
                return Err(("applications", format!("\"{function}\" is no function")));
            }
        }
        let acts = entry.application.is_some() || !entry.applications.is_empty();
        if entry.external == acts {
            let problem = if acts {
                "is true, but an application is given; drop one of them"
            } else {
                "no application is given; give one, or set external to true"
            };
            return Err(("external", problem.to_owned()));
        }
        if entry.external && entry.settings.is_some() {
            let problem = "has no effect on an external tenant: nothing is written there; leave it out";
            return Err(("settings", problem.to_owned()));
        }
        for name in std::iter::once(&entry.name).chain(&entry.domains) {
            if self.by_name.insert(name.trim().to_lowercase(), tenant).is_some() {
                return Err(("name", format!("\"{name}\" stands twice in the directory")));
            }
        }
        if self.entries.insert(tenant, entry).is_some() {
            return Err(("tenantId", format!("{tenant} stands twice in the directory")));
        }
        Ok(())
    }

    /// The tenant with this id, name or domain.
    pub fn find(&self, text: &str) -> Option<TenantId> {
        match text.parse::<TenantId>() {
            Ok(tenant) => self.entries.contains_key(&tenant).then_some(tenant),
            Err(_) => self.by_name.get(&text.to_lowercase()).copied(),
        }
    }

    /// Whether this tenant is not ours to act for: marked so, or not known at all.
    pub fn is_external(&self, tenant: TenantId) -> bool {
        self.entries.get(&tenant).is_none_or(|entry| entry.external)
    }

    /// The tenants that are ours to act for, by whatever function.
    pub fn insiders(&self) -> impl Iterator<Item = TenantId> {
        self.entries.iter().filter(|(_, entry)| !entry.external).map(|(tenant, _)| *tenant)
    }

    /// The tenants this function can act in.
    pub fn ours(&self) -> impl Iterator<Item = TenantId> {
        self.entries.iter().filter(|(_, entry)| self.application(entry).is_some()).map(|(tenant, _)| *tenant)
    }

    /// Names for texts. They are gathered once: each message needs them several times.
    pub fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names)
    }

    /// The default scopes of the tenants that have one.
    pub fn scopes(&self) -> BTreeMap<TenantId, Scope> {
        self.entries.iter().filter_map(|(tenant, e)| Some((*tenant, e.sync_scope.clone()?))).collect()
    }

    /// What tenants want to have set about their fellows, where the document says so.
    pub fn settings(&self) -> BTreeMap<TenantId, WantedSettings> {
        self.entries.iter().filter_map(|(tenant, e)| Some((*tenant, e.settings.as_ref()?.into()))).collect()
    }

    /// The credentials this function uses: those that the environment holds are read now, the others when they are
    /// needed.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the secret which cannot be read, or what is missing to fetch it. Never its value.
    pub fn credentials(
        &self,
        environment: &dyn Environment,
        backends: &dyn Backends,
    ) -> Result<DirectoryCredentials, ConfigError> {
        let references = self.entries.values().filter_map(|entry| {
            let application = self.application(entry)?;
            Some((
                entry.tenant_id,
                entry.name.as_str(),
                application.client_id.as_str(),
                &application.credential,
            ))
        });
        DirectoryCredentials::new(references, &Reader { environment, backends })
    }

    fn application<'a>(&self, entry: &'a TenantEntry) -> Option<&'a Application> {
        entry.applications.get(self.function.as_str()).or(entry.application.as_ref())
    }
}

fn bad(variable: &str, field: &str, problem: &str) -> ConfigError {
    ConfigError { variable: variable.to_owned(), problem: format!("{field}: {problem}") }
}
