//! What is seen of the synchronization from one tenant to another.

use std::collections::{BTreeMap, BTreeSet};

use mto_messages::UserType;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Reading, settings};

/// What is seen in both tenants in one look.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// Both tenants' organizations and settings.
    pub sides: settings::Observed,
    /// The synchronization that was asked for, in its source tenant.
    pub forward: Reading<Direction>,
    /// The other direction, where it is to be taken back too.
    pub backward: Reading<Direction>,
    /// What would change for people; looked at only before a first start and where the scope changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
}

/// The synchronization from one tenant to another, as its source tenant holds it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Direction {
    /// The configurations named after the target (`MTO_Sync_<tenant id>`), by id.
    pub configurations: Vec<Configuration>,
}

/// A synchronization configuration: an application's service principal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// The service principal's object id.
    pub id: Uuid,
    /// The application's client id.
    pub app_id: Uuid,
    /// Its tags: ours among them where we made it.
    pub tags: BTreeSet<String>,
    /// The role that scope is assigned with; absent until the service has it.
    pub app_role: Option<Uuid>,
    /// Who is assigned.
    pub assignments: BTreeMap<Uuid, Assignment>,
    /// Its job; the first one, if there are more.
    pub job: Option<Job>,
    /// How the job's schema sets the type of users; looked at only where it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
}

/// That somebody is in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// Its id.
    pub id: String,
    /// Whether it is a group's.
    pub is_group: bool,
}

/// The part of a job's schema that decides about the type of users.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The constant that users get; absent where it is no constant.
    pub user_type: Option<UserType>,
    /// Whether it is written to users that exist already, not only to new ones.
    pub always: bool,
    /// The whole schema: it can only be replaced as a whole.
    #[serde(skip)]
    pub whole: serde_json::Map<String, serde_json::Value>,
}

/// A synchronization job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Whether its schedule is active.
    pub is_enabled: bool,
    /// `status.code`.
    pub code: JobCode,
    /// When every object had been looked at for the first time.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub steady_since: Option<OffsetDateTime>,
    /// Why it is in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
    /// The last cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Execution>,
    /// Users in scope, as the service counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_scope: Option<u64>,
    /// Users it keeps in the target.
    pub users: u64,
}

/// `status.code` of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum JobCode {
    /// No credentials yet.
    NotConfigured,
    /// Has not run yet.
    NotRun,
    /// Runs in cycles.
    Active,
    /// Somebody paused it, or it was never started.
    Paused,
    /// Given up for the time being.
    Quarantine,
    /// A value this release does not know.
    Unrecognised(String),
}

/// Why a job is in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantine {
    /// The service's reason: `TooManyDeletes`.
    pub reason: String,
    /// The service's error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A cycle of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// When it began.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub began: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub ended: Option<OffsetDateTime>,
    /// Whether it failed as a whole.
    pub has_failed: bool,
    /// Objects it looked at.
    pub imported: u64,
    /// Objects it could not bring over.
    pub escrowed: u64,
    /// The service's error code, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a configuration would change for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preflight {
    /// Users in the wanted scope.
    pub in_scope: u64,
    /// Of those, users that the target does not have yet.
    pub new: u64,
    /// Users of the old scope that are not in the wanted one: they would be deleted in the target.
    pub leaving: u64,
    /// Users in scope that the target knows as guests.
    pub guests: u64,
    /// Of those, guests that have not redeemed their invitation.
    pub pending: u64,
    /// Users in scope whose address several objects of the target hold.
    pub ambiguous: u64,
    /// Whether a part of it was too large to be compared one by one; then numbers are upper bounds.
    pub is_estimate: bool,
}

/// The tag of configurations that we made: only those are ever deleted.
pub const OUR_TAG: &str = "mto-functions";

/// The tag that says what the secrets hold, since they cannot be read back.
pub(super) fn secrets_tag(everyone: bool) -> &'static str {
    if everyone { "mto-functions:scope=everyone" } else { "mto-functions:scope=assigned" }
}

impl Configuration {
    /// Whether we made it.
    pub fn is_ours(&self) -> bool {
        self.tags.contains(OUR_TAG)
    }

    /// Whether its secrets are known to share everybody.
    pub fn shares_everyone(&self) -> bool {
        self.has_secrets(true)
    }

    /// Whether its secrets are known to hold this scope.
    pub(super) fn has_secrets(&self, everyone: bool) -> bool {
        self.tags.contains(secrets_tag(everyone)) && !self.tags.contains(secrets_tag(!everyone))
    }

    /// Its tags, once its secrets hold this scope.
    pub(super) fn tags_with(&self, everyone: bool, ours: bool) -> BTreeSet<String> {
        let mut tags = self.tags.clone();
        tags.remove(secrets_tag(!everyone));
        tags.insert(secrets_tag(everyone).to_owned());
        if ours {
            tags.insert(OUR_TAG.to_owned());
        }
        tags
    }
}

impl Direction {
    /// The configuration that is used: one with a running job first, then one with a job, then one of ours, then the
    /// one with the lowest id. Every look chooses the same one.
    pub fn chosen(&self) -> Option<&Configuration> {
        self.configurations.iter().min_by_key(|one| {
            let runs = one.job.as_ref().is_some_and(|job| job.is_enabled);
            (!runs, one.job.is_none(), !one.is_ours(), one.id)
        })
    }

    /// Configurations beside the chosen one that never got a job, and are ours: what is left of a race. `created`:
    /// this command made one where there was none, so that what has no tag yet was made at the same time.
    pub(super) fn surplus(&self, created: bool) -> Vec<&Configuration> {
        let chosen = self.chosen().map(|one| one.id);
        let is_surplus =
            |one: &&Configuration| Some(one.id) != chosen && one.job.is_none() && (created || one.is_ours());
        self.configurations.iter().filter(is_surplus).collect()
    }

    /// Configurations for the same target that are not ours to touch.
    pub(super) fn foreign(&self) -> Vec<&Configuration> {
        let chosen = self.chosen().map(|one| one.id);
        let is_foreign =
            |one: &&Configuration| Some(one.id) != chosen && !(one.is_ours() && one.job.is_none());
        self.configurations.iter().filter(is_foreign).collect()
    }
}

/// The name of the configuration for a target; the admin center's own (reference 6.13).
pub fn configuration_name(target: mto_messages::TenantId) -> String {
    format!("MTO_Sync_{target}")
}
