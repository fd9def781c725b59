use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::wire::{null_is_default, null_is_empty, open_enum, time_or_never};

open_enum! {
    /// What was done to an object of the target.
    ProvisioningAction {
        /// Something else, or nothing.
        Other = "other",
        /// Made.
        Create = "create",
        /// Deleted.
        Delete = "delete",
        /// Switched off.
        Disable = "disable",
        /// Changed.
        Update = "update",
        /// Not deleted, because a threshold holds it back.
        StagedDelete = "stagedDelete",
    }
}

open_enum! {
    /// How it, or a step of it, ended.
    ProvisioningStatus {
        /// Well.
        Success = "success",
        /// Not at all.
        Failure = "failure",
        /// Nothing to do.
        Skipped = "skipped",
        /// Well, but.
        Warning = "warning",
    }
}

open_enum! {
    /// Whose failure it is.
    ProvisioningErrorCategory {
        /// The service's.
        Failure = "failure",
        /// Somebody else's.
        NonServiceFailure = "nonServiceFailure",
        /// None.
        Success = "success",
    }
}

open_enum! {
    /// What a step does.
    ProvisioningStepType {
        /// Reads the source.
        Import = "import",
        /// Asks whether the object is in scope.
        Scoping = "scoping",
        /// Looks for the object in the target.
        Matching = "matching",
        /// Computes.
        Processing = "processing",
        /// Looks for what the object refers to.
        ReferenceResolution = "referenceResolution",
        /// Writes the target.
        Export = "export",
    }
}

open_enum! {
    /// What began it.
    InitiatorType {
        /// Somebody.
        User = "user",
        /// An application.
        Application = "application",
        /// The schedule.
        System = "system",
    }
}

/// `microsoft.graph.provisioningObjectSummary`: what happened to one object in one cycle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvisioningObjectSummary {
    /// The key.
    pub id: String,
    /// When.
    #[serde(default, deserialize_with = "time_or_never")]
    pub activity_date_time: Option<OffsetDateTime>,
    /// The tenant that synchronizes.
    #[serde(default)]
    pub tenant_id: Option<String>,
    /// The job.
    #[serde(default)]
    pub job_id: Option<String>,
    /// The cycle of the job.
    #[serde(default)]
    pub cycle_id: Option<String>,
    /// The change in the cycle.
    #[serde(default)]
    pub change_id: Option<String>,
    /// See [`ProvisioningObjectSummary::duration`].
    #[serde(default)]
    pub duration_in_milliseconds: Option<i64>,
    /// What was done.
    #[serde(default)]
    pub provisioning_action: Option<ProvisioningAction>,
    /// How it ended.
    #[serde(default)]
    pub provisioning_status_info: Option<ProvisioningStatusInfo>,
    /// How it went.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub provisioning_steps: Vec<ProvisioningStep>,
    /// The object in the source.
    #[serde(default)]
    pub source_identity: Option<ProvisionedIdentity>,
    /// The object in the target.
    #[serde(default)]
    pub target_identity: Option<ProvisionedIdentity>,
    /// The source.
    #[serde(default)]
    pub source_system: Option<ProvisioningSystem>,
    /// The target.
    #[serde(default)]
    pub target_system: Option<ProvisioningSystem>,
    /// The service principal of the job.
    #[serde(default)]
    pub service_principal: Option<ProvisioningSystem>,
    /// Who began it.
    #[serde(default)]
    pub initiated_by: Option<ProvisioningInitiator>,
    /// What was changed.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub modified_properties: Vec<ModifiedProperty>,
}

impl ProvisioningObjectSummary {
    /// How long it took.
    pub fn duration(&self) -> Option<Duration> {
        u64::try_from(self.duration_in_milliseconds?).ok().map(Duration::from_millis)
    }
}

/// `microsoft.graph.provisioningStatusInfo`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisioningStatusInfo {
    /// How it ended.
    pub status: Option<ProvisioningStatus>,
    /// What went wrong.
    pub error_information: Option<ProvisioningErrorInfo>,
}

/// `microsoft.graph.provisioningErrorInfo`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisioningErrorInfo {
    /// Such as `AzureActiveDirectoryForbidden`.
    pub error_code: Option<String>,
    /// Whose failure it is.
    pub error_category: Option<ProvisioningErrorCategory>,
    /// For people.
    pub reason: Option<String>,
    /// For people who look closer.
    pub additional_details: Option<String>,
    /// What to do.
    pub recommended_action: Option<String>,
}

/// `microsoft.graph.provisioningStep`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisioningStep {
    /// Such as `EntryImportAdd`, `EntrySynchronizationScoping`.
    pub name: Option<String>,
    /// What it does.
    pub provisioning_step_type: Option<ProvisioningStepType>,
    /// How it ended.
    pub status: Option<ProvisioningStatus>,
    /// For people.
    pub description: Option<String>,
    /// Whatever else, by name; null when there is nothing.
    pub details: Value,
}

/// `microsoft.graph.provisionedIdentity`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisionedIdentity {
    /// The object id; empty or null for an object that is not there.
    pub id: Option<String>,
    /// The name.
    pub display_name: Option<String>,
    /// Such as `User`.
    pub identity_type: Option<String>,
    /// Whatever else, by name; null when there is nothing.
    pub details: Value,
}

/// `microsoft.graph.provisioningSystem` and `provisioningServicePrincipal`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisioningSystem {
    /// The id.
    pub id: Option<String>,
    /// The name.
    pub display_name: Option<String>,
}

/// `microsoft.graph.initiator`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisioningInitiator {
    /// The id.
    pub id: Option<String>,
    /// Such as `Azure AD Provisioning Service`.
    pub display_name: Option<String>,
    /// What it is.
    pub initiator_type: Option<InitiatorType>,
}

/// `microsoft.graph.modifiedProperty`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModifiedProperty {
    /// The attribute.
    #[serde(deserialize_with = "null_is_default")]
    pub display_name: String,
    /// From.
    pub old_value: Option<String>,
    /// To.
    pub new_value: Option<String>,
}
