//! What is written to a synchronization configuration.

use std::collections::BTreeSet;

use mto_messages::UserType;
use serde::Serialize;
use uuid::Uuid;

/// One write to a configuration, or to its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ConfigurationChange {
    /// PATCH the service principal's tags.
    Tag {
        /// All of them, from now on.
        tags: BTreeSet<String>,
    },
    /// DELETE the application, and with it the configuration and its job.
    Delete {
        /// The application's client id.
        app_id: Uuid,
    },
    /// PUT the secrets: the target, the deletion threshold, and whether everybody is in scope.
    SetSecrets {
        /// Everybody, not only who is assigned.
        everyone: bool,
    },
    /// POST a job.
    CreateJob,
    /// POST validateCredentials: whether both sides allow it.
    Validate,
    /// POST an assignment: a user or group comes into scope.
    Assign {
        /// The role it is assigned with.
        app_role: Uuid,
        /// The user or group.
        principal: Uuid,
    },
    /// DELETE an assignment: it goes out of scope.
    Unassign {
        /// The user or group.
        principal: Uuid,
        /// The assignment's id.
        assignment: String,
    },
    /// PUT the job's schema.
    SetSchema {
        /// The job.
        job: String,
        /// The type that users get.
        user_type: UserType,
        /// Whether users that exist already get it too.
        always: bool,
        /// The whole schema as it was read.
        #[serde(skip)]
        schema: serde_json::Map<String, serde_json::Value>,
    },
    /// POST start.
    Start {
        /// The job.
        job: String,
    },
    /// POST pause.
    Pause {
        /// The job.
        job: String,
    },
    /// POST restart.
    Restart {
        /// The job.
        job: String,
        /// Deletions that were held back are let through.
        force_deletes: bool,
    },
}

impl ConfigurationChange {
    /// A stable word for journals, metrics and logs.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Tag { .. } => "tag-configuration",
            Self::Delete { .. } => "delete-configuration",
            Self::SetSecrets { .. } => "set-secrets",
            Self::CreateJob => "create-job",
            Self::Validate => "validate-credentials",
            Self::Assign { .. } => "assign-scope",
            Self::Unassign { .. } => "unassign-scope",
            Self::SetSchema { .. } => "set-schema",
            Self::Start { .. } => "start-job",
            Self::Pause { .. } => "pause-job",
            Self::Restart { .. } => "restart-job",
        }
    }

    /// For people; `to` is the target.
    pub(crate) fn text(&self, to: &str) -> String {
        match self {
            Self::Tag { .. } => format!("tag the synchronization to {to} as made by mto-functions"),
            Self::Delete { .. } => format!("delete the synchronization to {to}"),
            Self::SetSecrets { everyone: true } => {
                format!("set the synchronization to {to} to share everybody")
            }
            Self::SetSecrets { everyone: false } => {
                format!("set the synchronization to {to} to share who is assigned")
            }
            Self::CreateJob => format!("create the synchronization job to {to}"),
            Self::Validate => {
                format!("let the service check that both sides allow the synchronization to {to}")
            }
            Self::Assign { principal, .. } => format!("share {principal} with {to}"),
            Self::Unassign { principal, .. } => format!("stop sharing {principal} with {to}"),
            Self::SetSchema { .. } => format!("set the type that users get in {to}"),
            Self::Start { .. } => format!("start the synchronization to {to}"),
            Self::Pause { .. } => format!("pause the synchronization to {to}"),
            Self::Restart { force_deletes: false, .. } => format!("restart the synchronization to {to}"),
            Self::Restart { force_deletes: true, .. } => {
                format!("restart the synchronization to {to}, letting the held-back deletions through")
            }
        }
    }
}
