//! How a job is doing.

use serde::Deserialize;
use time::OffsetDateTime;

use crate::wire::{null_is_default, null_is_empty, open_enum, time_or_never};

open_enum! {
    /// How a job is.
    JobStatusCode {
        /// Without secrets.
        NotConfigured = "NotConfigured",
        /// Started, and its first cycle has not begun.
        NotRun = "NotRun",
        /// Running, or waiting for its next cycle.
        Active = "Active",
        /// Paused; so it begins.
        Paused = "Paused",
        /// Too much fails, or it would delete too much.
        Quarantine = "Quarantine",
    }
}

open_enum! {
    /// How a cycle ended.
    ExecutionState {
        /// Well.
        Succeeded = "Succeeded",
        /// Badly; the first read after a start can show it, with all counts 0 and the error code `None`.
        Failed = "Failed",
        /// Well but for some objects.
        EntryLevelErrors = "EntryLevelErrors",
    }
}

open_enum! {
    /// Why a job is in quarantine.
    QuarantineReason {
        /// Too many failures.
        EncounteredBaseEscrowThreshold = "EncounteredBaseEscrowThreshold",
        /// Too many failures, references included.
        EncounteredTotalEscrowThreshold = "EncounteredTotalEscrowThreshold",
        /// Too large a part of all fails.
        EncounteredEscrowProportionThreshold = "EncounteredEscrowProportionThreshold",
        /// It cannot work at all: mostly secrets or policies.
        EncounteredQuarantineException = "EncounteredQuarantineException",
        /// The service does not know either.
        Unnamed = "Unknown",
        /// Asked for.
        QuarantinedOnDemand = "QuarantinedOnDemand",
        /// It would delete more than the threshold allows.
        TooManyDeletes = "TooManyDeletes",
        /// Reading was interrupted.
        IngestionInterrupted = "IngestionInterrupted",
    }
}

/// `microsoft.graph.synchronizationStatus`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SynchronizationStatus {
    /// How it is.
    pub code: Option<JobStatusCode>,
    /// Cycles that failed one after the other.
    #[serde(deserialize_with = "null_is_default")]
    pub count_successive_complete_failures: i64,
    /// Whether failed objects were forgotten.
    pub escrows_pruned: Option<bool>,
    /// The last cycle.
    pub last_execution: Option<SynchronizationTaskExecution>,
    /// The last that ended well.
    pub last_successful_execution: Option<SynchronizationTaskExecution>,
    /// The last that ended well and changed something.
    pub last_successful_execution_with_exports: Option<SynchronizationTaskExecution>,
    /// How far the current cycle is.
    #[serde(deserialize_with = "null_is_empty")]
    pub progress: Vec<SynchronizationProgress>,
    /// Why it is in quarantine, if it is.
    pub quarantine: Option<SynchronizationQuarantine>,
    /// When the initial cycle was done; `None` before that.
    #[serde(deserialize_with = "time_or_never")]
    pub steady_state_first_achieved_time: Option<OffsetDateTime>,
    /// When it last was done with everything.
    #[serde(deserialize_with = "time_or_never")]
    pub steady_state_last_achieved_time: Option<OffsetDateTime>,
    /// How many objects it takes care of.
    #[serde(deserialize_with = "null_is_empty")]
    pub synchronized_entry_count_by_type: Vec<EntryCount>,
    /// A page with more.
    pub troubleshooting_url: Option<String>,
}

/// `microsoft.graph.synchronizationTaskExecution`: one cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SynchronizationTaskExecution {
    /// The id of the cycle, for support.
    pub activity_identifier: Option<String>,
    /// Objects in scope.
    #[serde(deserialize_with = "null_is_default")]
    pub count_entitled: i64,
    /// Objects to provision.
    #[serde(deserialize_with = "null_is_default")]
    pub count_entitled_for_provisioning: i64,
    /// Objects that failed, to be tried again.
    #[serde(deserialize_with = "null_is_default")]
    pub count_escrowed: i64,
    /// The same, references included.
    #[serde(deserialize_with = "null_is_default")]
    pub count_escrowed_raw: i64,
    /// Objects changed in the target.
    #[serde(deserialize_with = "null_is_default")]
    pub count_exported: i64,
    /// Objects to change in the target.
    #[serde(deserialize_with = "null_is_default")]
    pub count_exports: i64,
    /// Objects read.
    #[serde(deserialize_with = "null_is_default")]
    pub count_imported: i64,
    /// Objects read that had changed.
    #[serde(deserialize_with = "null_is_default")]
    pub count_imported_deltas: i64,
    /// References read that had changed.
    #[serde(deserialize_with = "null_is_default")]
    pub count_imported_reference_deltas: i64,
    /// What went wrong.
    pub error: Option<SynchronizationError>,
    /// How it ended.
    pub state: Option<ExecutionState>,
    /// From.
    #[serde(deserialize_with = "time_or_never")]
    pub time_began: Option<OffsetDateTime>,
    /// Until.
    #[serde(deserialize_with = "time_or_never")]
    pub time_ended: Option<OffsetDateTime>,
}

/// `microsoft.graph.synchronizationError`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SynchronizationError {
    /// Such as `AzureDirectoryB2BManagementPolicyCheckFailure`; `None` on the wire can be the text `None`.
    #[serde(deserialize_with = "code_or_none")]
    pub code: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// Whether the tenant can do something about it.
    pub tenant_actionable: Option<bool>,
}

fn code_or_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let code = Option::<String>::deserialize(deserializer)?;
    Ok(code.filter(|code| !code.is_empty() && code != "None"))
}

/// `microsoft.graph.synchronizationProgress`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SynchronizationProgress {
    /// Done.
    #[serde(deserialize_with = "null_is_default")]
    pub completed_units: i64,
    /// Of how many.
    #[serde(deserialize_with = "null_is_default")]
    pub total_units: i64,
    /// Of what.
    pub units: Option<String>,
    /// When it was so.
    #[serde(deserialize_with = "time_or_never")]
    pub progress_observation_date_time: Option<OffsetDateTime>,
}

/// `microsoft.graph.stringKeyLongValuePair`: how many objects of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EntryCount {
    /// The kind of object.
    pub key: String,
    /// How many.
    pub value: i64,
}

/// `microsoft.graph.synchronizationQuarantine`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SynchronizationQuarantine {
    /// Since when, this time.
    #[serde(deserialize_with = "time_or_never")]
    pub current_began: Option<OffsetDateTime>,
    /// When it is tried again: after 6, 12 and 24 hours, then daily.
    #[serde(deserialize_with = "time_or_never")]
    pub next_attempt: Option<OffsetDateTime>,
    /// Since when, pauses between included. Four weeks later the job is disabled.
    #[serde(deserialize_with = "time_or_never")]
    pub series_began: Option<OffsetDateTime>,
    /// How many times.
    #[serde(deserialize_with = "null_is_default")]
    pub series_count: i64,
    /// What went wrong.
    pub error: Option<SynchronizationError>,
    /// Why.
    pub reason: Option<QuarantineReason>,
}
