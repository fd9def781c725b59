//! What outcomes tell about an organization, read back from their JSON.

use mto_messages::TenantId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::status::named;
use crate::tenants::Tenants;

/// An organization as one tenant sees it: `observed.own` of create.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Organization {
    /// `active`, `inactive`; an object for what this release does not know.
    pub state: Value,
    /// Its name.
    pub display_name: Option<String>,
    /// The rows of its list.
    pub members: Vec<Member>,
}

/// One row of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The tenant.
    pub tenant: TenantId,
    /// How the list names it.
    #[serde(default)]
    pub display_name: Option<String>,
    role: Value,
    state: Value,
    #[serde(default)]
    transition: Option<Transition>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transition {
    #[serde(default)]
    desired_role: Value,
    #[serde(default)]
    desired_state: Value,
    progress: Value,
}

/// A synchronization: `observed.synchronizations` of status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synchronization {
    /// Whose users go out.
    pub source: TenantId,
    /// Where they go to.
    pub target: TenantId,
    /// `steady`, `on its way`, `stopped`, `in quarantine: …`, `no job`.
    pub state: String,
    /// Users it keeps in the target.
    pub users: u64,
}

#[derive(Deserialize)]
struct Configuration {
    job: Option<Job>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    is_enabled: bool,
    #[serde(default)]
    steady_since: Option<String>,
    #[serde(default)]
    quarantine: Option<Quarantine>,
    users: u64,
}

#[derive(Deserialize)]
struct Quarantine {
    reason: String,
}

impl Organization {
    /// The organization that a look of create shows; an empty one, if the outcome does not hold any.
    pub fn of(observed: &Value) -> Self {
        Self::deserialize(&observed["own"]).unwrap_or_default()
    }

    /// Whether the tenant that was asked is in one.
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// The row of a tenant.
    pub fn row(&self, tenant: TenantId) -> Option<&Member> {
        self.members.iter().find(|row| row.tenant == tenant)
    }
}

impl Member {
    /// `owner`, `member`.
    pub fn role(&self) -> String {
        word(&self.role)
    }

    /// The role it has or is about to have.
    pub fn role_to_be(&self) -> String {
        let wanted = self.transition.as_ref().filter(|change| change.is_running());
        match wanted.map(|change| &change.desired_role) {
            Some(Value::String(role)) => role.clone(),
            Some(_) | None => self.role(),
        }
    }

    /// `active`, `pending`, `removed`.
    pub fn state(&self) -> String {
        word(&self.state)
    }

    /// Whether it is active and stays.
    pub fn is_active(&self) -> bool {
        self.state == "active" && !self.is_leaving()
    }

    /// Whether its removal is done or under way.
    pub fn is_leaving(&self) -> bool {
        self.state == "removed"
            || self
                .transition
                .as_ref()
                .is_some_and(|change| change.is_running() && change.desired_state == "removed")
    }

    /// What is under way, in words.
    pub fn change(&self) -> String {
        let Some(change) = &self.transition else { return String::new() };
        let wish = [&change.desired_state, &change.desired_role].map(word).join(" ");
        match change.progress.as_str() {
            Some("succeeded") => String::new(),
            Some("failed") => format!("failed to become {}", wish.trim()),
            Some(_) => format!("becoming {}", wish.trim()),
            None => word(&change.progress),
        }
    }

    /// For programs.
    pub fn json(&self, tenants: &Tenants) -> Value {
        let mut json = named(self.tenant, tenants);
        json["role"] = json!(self.role());
        json["state"] = json!(self.state());
        if !self.change().is_empty() {
            json["change"] = json!(self.change());
        }
        json
    }
}

impl Transition {
    fn is_running(&self) -> bool {
        self.progress == "notStarted" || self.progress == "running"
    }
}

impl Synchronization {
    /// For programs.
    pub fn json(&self, tenants: &Tenants) -> Value {
        let (source, target) = (named(self.source, tenants), named(self.target, tenants));
        json!({"source": source, "target": target, "state": self.state, "users": self.users})
    }
}

/// What was seen of the synchronizations, by source and target.
pub fn synchronizations(observed: &Value) -> Vec<Synchronization> {
    let Some(by_source) = observed["synchronizations"].as_object() else { return Vec::new() };
    let of_source = |(source, reading): (&String, &Value)| {
        let source: TenantId = source.parse().ok()?;
        let pairs = Vec::<(TenantId, Configuration)>::deserialize(&reading["seen"]).ok()?;
        Some(pairs.into_iter().map(move |(target, one)| synchronization(source, target, one.job)))
    };
    by_source.iter().filter_map(of_source).flatten().collect()
}

fn synchronization(source: TenantId, target: TenantId, job: Option<Job>) -> Synchronization {
    let users = job.as_ref().map_or(0, |job| job.users);
    let state = match job {
        None => "no job".to_owned(),
        Some(Job { quarantine: Some(quarantine), .. }) => format!("in quarantine: {}", quarantine.reason),
        Some(Job { is_enabled: false, .. }) => "stopped".to_owned(),
        Some(Job { steady_since: Some(_), .. }) => "steady".to_owned(),
        Some(_) => "on its way".to_owned(),
    };
    Synchronization { source, target, state, users }
}

/// A text as it is; what this release does not know as the service says it.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Object(unknown) => unknown.values().map(word).collect::<Vec<_>>().join(" "),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}
