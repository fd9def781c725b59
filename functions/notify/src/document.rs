//! The configuration's document, as it stands in JSON.

use std::collections::BTreeSet;

use mto_handler::SecretReference;
use mto_messages::OutcomeKind;
use serde::Deserialize;
use serde_json::Value;

/// `MTO_NOTIFY`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Document {
    /// Each is read by its `kind`, so that an error can name the field.
    pub(crate) destinations: Vec<Value>,
    /// Where outcomes go that say nothing: `slack:C0123`.
    #[serde(default)]
    pub(crate) default: Option<String>,
}

/// What every destination has.
#[derive(Deserialize)]
pub(crate) struct CommonDocument {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The kinds of outcome that are told; all, if absent.
    #[serde(default)]
    pub(crate) tell: Option<BTreeSet<OutcomeKind>>,
}

/// `kind` `slack`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SlackDocument {
    pub(crate) token: SecretReference,
    pub(crate) channels: BTreeSet<String>,
    #[serde(default = "slack")]
    pub(crate) base_url: String,
}

/// `kind` `teams`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TeamsDocument {
    pub(crate) url: SecretReference,
}

/// `kind` `jira`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JiraDocument {
    pub(crate) base_url: String,
    pub(crate) email: String,
    pub(crate) token: SecretReference,
    pub(crate) projects: BTreeSet<String>,
    /// In Jira Service Management: not for the customer's eyes.
    #[serde(default)]
    pub(crate) internal: bool,
}

/// `kind` `servicenow`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServiceNowDocument {
    pub(crate) base_url: String,
    pub(crate) credential: ServiceNowCredentialDocument,
    pub(crate) tables: BTreeSet<String>,
}

/// How `ServiceNow` is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ServiceNowCredentialDocument {
    Basic { user: String, password: SecretReference },
    Bearer(SecretReference),
}

/// `kind` `webhook`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookDocument {
    pub(crate) url: String,
    pub(crate) secret: SecretReference,
}

fn slack() -> String {
    "https://slack.com".to_owned()
}
