use serde::Deserialize;

/// `microsoft.graph.synchronizationTemplate`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationTemplate {
    /// Such as `Azure2Azure`.
    pub id: String,
    /// The kind of application it is for.
    #[serde(default)]
    pub factory_tag: Option<String>,
    /// Whether it is the one to use when nothing else is said.
    #[serde(default)]
    pub default: Option<bool>,
}
