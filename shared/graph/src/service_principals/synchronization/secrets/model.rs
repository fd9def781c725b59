use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::SynchronizationSecretKey;

/// `microsoft.graph.synchronizationSecretKeyStringValuePair`. `Debug` shows the key only, as Graph does when it is asked.
#[derive(Clone)]
pub struct SynchronizationSecret {
    /// What it is.
    pub key: SynchronizationSecretKey,
    value: SecretString,
}

impl SynchronizationSecret {
    /// A secret of this kind.
    pub fn new(key: SynchronizationSecretKey, value: impl Into<SecretString>) -> Self {
        Self { key, value: value.into() }
    }

    /// The tenant to synchronize to.
    pub fn company_id(target: Uuid) -> Self {
        Self::new(SynchronizationSecretKey::CompanyId, target.to_string())
    }

    /// The cross-tenant access policies of both tenants are the proof.
    pub fn sync_policy() -> Self {
        Self::new(SynchronizationSecretKey::AuthenticationType, "SyncPolicy")
    }

    /// Every user of the source, or assigned ones only. A change of it needs a restart of the job.
    pub fn sync_all(everybody: bool) -> Self {
        Self::new(SynchronizationSecretKey::SyncAll, if everybody { "true" } else { "false" })
    }

    /// Whom to write to, and from how many deletions on to stop.
    pub fn notifications(settings: &SyncNotificationSettings) -> Self {
        Self::new(SynchronizationSecretKey::SyncNotificationSettings, settings.to_text())
    }
}

impl fmt::Debug for SynchronizationSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SynchronizationSecret").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The secrets as the bodies hold them.
pub(crate) fn secrets_body(secrets: &[SynchronizationSecret]) -> Vec<Value> {
    let body =
        |secret: &SynchronizationSecret| json!({ "key": secret.key, "value": secret.value.expose_secret() });
    secrets.iter().map(body).collect()
}

/// What happens when something happens. On the wire it is JSON in a string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SyncNotificationSettings {
    /// Whether the recipients are written to.
    pub enabled: bool,
    /// Whether a cycle with too many deletions stops.
    pub delete_threshold_enabled: bool,
    /// How many are too many, in one cycle; users that are switched off count as well.
    pub delete_threshold_value: u32,
    /// For other applications.
    pub human_resources_lookahead_query_enabled: bool,
    /// Addresses, as the service wants them: one text.
    pub recipients: String,
}

impl Default for SyncNotificationSettings {
    /// What the portal begins with.
    fn default() -> Self {
        Self {
            enabled: false,
            delete_threshold_enabled: false,
            delete_threshold_value: 500,
            human_resources_lookahead_query_enabled: false,
            recipients: String::new(),
        }
    }
}

impl SyncNotificationSettings {
    /// As the secret's value holds it.
    pub fn to_text(&self) -> String {
        crate::wire::to_body(self).to_string()
    }

    /// Reads a secret's value; what is absent is as in the portal.
    ///
    /// # Errors
    ///
    /// When the text is not JSON of this shape.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
