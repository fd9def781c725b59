use serde::Deserialize;
use uuid::Uuid;

/// `microsoft.graph.application`: the registration behind a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The object id: what paths hold.
    pub id: Uuid,
    /// The client id: what tokens hold. `None` when it was not selected.
    #[serde(default)]
    pub app_id: Option<Uuid>,
    /// The name.
    #[serde(default)]
    pub display_name: Option<String>,
}
