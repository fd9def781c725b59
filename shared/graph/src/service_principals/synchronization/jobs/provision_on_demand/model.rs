use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::wire::open_enum;

open_enum! {
    /// What became of the user.
    ProvisionResult {
        /// Changed in the target.
        Success = "Success",
        /// Nothing to do, or not in scope.
        Skipped = "Skipped",
        /// Not possible.
        Failure = "Failure",
    }
}

/// `microsoft.graph.stringKeyStringValuePair`, in which this operation hides JSON in strings.
///
/// Read tolerantly: what is not as described is `None` or empty, and both strings are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProvisionOnDemandAnswer {
    /// What became of the user. `None` when the answer names a type instead, or is not understood.
    pub result: Option<ProvisionResult>,
    /// Such as `RedundantExport`: source and target are the same already.
    pub error_code: Option<String>,
    /// The same for people.
    pub error_message: Option<String>,
    /// What was done, such as `Create`.
    pub action: Option<String>,
    /// The user's object id in the target, when it was found or made.
    pub target_id: Option<String>,
    /// Import, scoping, matching and action, in this order.
    pub steps: Vec<OnDemandStep>,
    /// The first string, as it came.
    pub key: String,
    /// The second string, as it came.
    pub value: String,
}

/// One step. Other than in the provisioning log, kinds and states begin with a capital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDemandStep {
    /// Such as `EntryImport`, `EntrySynchronizationSkip`.
    pub name: String,
    /// `Import`, `Scoping`, `Matching`, `Export`.
    pub kind: Option<String>,
    /// `Success`, `Skipped`, `Failure`.
    pub status: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Why it was skipped, such as `RedundantExport`.
    pub skip_reason: Option<String>,
}

impl ProvisionOnDemandAnswer {
    fn read(key: String, value: String) -> Self {
        let head = json_or_null(&key);
        let body = json_or_null(&value);
        let info = &body["statusInfo"];
        let result = text(&head["result"]).or_else(|| text(&info["status"]));
        let steps = body["provisioningSteps"].as_array().or_else(|| body.as_array());
        Self {
            result: result.as_deref().map(ProvisionResult::from),
            error_code: text(&head["details"]["errorCode"]).or_else(|| text(&info["errorCode"])),
            error_message: text(&head["details"]["errorMessage"]).or_else(|| text(&info["reason"])),
            action: text(&body["action"]),
            target_id: text(&body["targetIdentity"]["id"]),
            steps: steps.into_iter().flatten().filter_map(OnDemandStep::read).collect(),
            key,
            value,
        }
    }
}

impl OnDemandStep {
    fn read(step: &Value) -> Option<Self> {
        Some(Self {
            name: text(&step["name"])?,
            kind: text(&step["type"]).or_else(|| text(&step["provisioningStepType"])),
            status: text(&step["status"]),
            description: text(&step["description"]),
            skip_reason: text(&step["details"]["SkipReason"]),
        })
    }
}

fn json_or_null(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// The service writes "nothing" as null, and as an empty string.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

impl<'de> Deserialize<'de> for ProvisionOnDemandAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Pair {
            #[serde(default)]
            key: Option<String>,
            #[serde(default)]
            value: Option<String>,
        }

        let Pair { key, value } = Pair::deserialize(deserializer)?;
        Ok(Self::read(key.unwrap_or_default(), value.unwrap_or_default()))
    }
}
