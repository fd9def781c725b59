//! What Graph says now, in our words. Unknown values are kept: they lead to a wait, never to a guess.

use mto_messages::TemplateValues;
use mto_messages::TenantId;
use serde::Serialize;

/// An organization as one tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationView {
    /// Whether the viewing tenant is in an organization.
    pub state: OrganizationState,
    /// The organization's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The organization's description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The rows the viewing tenant sees; empty if it is in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRow>,
}

impl OrganizationView {
    /// A tenant that is in no organization.
    pub fn none() -> Self {
        Self {
            state: OrganizationState::Inactive,
            display_name: None,
            description: None,
            members: Vec::new(),
        }
    }

    /// The row of a tenant.
    pub fn row(&self, tenant: TenantId) -> Option<&MemberRow> {
        self.members.iter().find(|row| row.tenant == tenant)
    }

    /// The active tenants.
    pub fn active(&self) -> impl Iterator<Item = &MemberRow> {
        self.members.iter().filter(|row| row.state == MemberState::Active)
    }
}

/// `state` of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OrganizationState {
    /// The tenant is in one.
    Active,
    /// It is in none.
    Inactive,
    /// A value this release does not know.
    Unrecognised(String),
}

/// One row of the organization's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    /// The tenant.
    pub tenant: TenantId,
    /// How the list names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its role.
    pub role: Role,
    /// Its state.
    pub state: MemberState,
    /// What is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
}

impl MemberRow {
    /// Whether this row is on its way out: gone, or wanted gone and not failed.
    pub fn is_leaving(&self) -> bool {
        self.state == MemberState::Removed
            || self.transition.as_ref().is_some_and(|change| {
                change.desired_state == Some(MemberState::Removed) && change.progress.is_running()
            })
    }

    /// The role this row has or is about to have.
    pub fn role_to_be(&self) -> &Role {
        self.transition
            .as_ref()
            .filter(|change| change.progress.is_running())
            .and_then(|change| change.desired_role.as_ref())
            .unwrap_or(&self.role)
    }

    /// What this row shows that this release does not know, apart from its role: whether it stays or goes cannot
    /// be told.
    pub(crate) fn unknown(&self) -> Option<String> {
        if let MemberState::Unrecognised(state) = &self.state {
            return Some(format!("state \"{state}\""));
        }
        let change = self.transition.as_ref()?;
        match (&change.progress, &change.desired_state) {
            (Progress::Unrecognised(progress), _) => Some(format!("change with status \"{progress}\"")),
            (Progress::NotStarted | Progress::Running, Some(MemberState::Unrecognised(state))) => {
                Some(format!("change to state \"{state}\""))
            }
            (Progress::NotStarted | Progress::Running | Progress::Succeeded | Progress::Failed, _) => None,
        }
    }

    /// Whether a change of this row is under way (a pending row's wish to become active is none).
    pub fn is_changing(&self) -> bool {
        self.is_leaving() || *self.role_to_be() != self.role
    }
}

/// A member's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Manages the list.
    Owner,
    /// Takes part.
    Member,
    /// A value this release does not know.
    Unrecognised(String),
}

impl From<mto_messages::Role> for Role {
    fn from(role: mto_messages::Role) -> Self {
        match role {
            mto_messages::Role::Owner => Self::Owner,
            mto_messages::Role::Member => Self::Member,
        }
    }
}

/// A member's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MemberState {
    /// Added; has not joined.
    Pending,
    /// Joined.
    Active,
    /// Being removed.
    Removed,
    /// A value this release does not know.
    Unrecognised(String),
}

/// `transitionDetails` of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transition {
    /// The role it is to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_role: Option<Role>,
    /// The state it is to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_state: Option<MemberState>,
    /// How far it is.
    pub progress: Progress,
    /// The service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// `processingStatus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// Queued.
    NotStarted,
    /// Under way.
    Running,
    /// Done.
    Succeeded,
    /// Failed; stays so until it is reset.
    Failed,
    /// A value this release does not know.
    Unrecognised(String),
}

impl Progress {
    /// Queued or under way.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::NotStarted | Self::Running)
    }
}

/// The tenant's own join request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinRequest {
    /// The owner it was sent to; absent for the zero GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<TenantId>,
    /// The state it gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<MemberState>,
    /// How far it is; absent when nothing is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl JoinRequest {
    /// Whether it is queued or under way. Judged by the progress alone: a sample of 2023 shows state active
    /// together with progress notStarted.
    pub fn is_running(&self) -> bool {
        self.owner.is_some() && self.progress.as_ref().is_some_and(Progress::is_running)
    }

    /// Whether it says it was accepted, with nothing under way. While the tenant is in no organization, that is
    /// either not visible yet, or left over from a membership that ended (unverified which).
    pub fn was_accepted(&self) -> bool {
        self.owner.is_some()
            && self.state == Some(MemberState::Active)
            && self.progress.as_ref().is_none_or(|progress| *progress == Progress::Succeeded)
    }

    /// Whether it failed and waits to be reset.
    pub fn has_failed(&self) -> bool {
        self.owner.is_some() && self.progress == Some(Progress::Failed)
    }
}

/// A look that may not have been possible. "Could not read" is never "is not so".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reading<T> {
    /// It was read.
    Seen(T),
    /// It could not be read.
    Unreadable(Unreadable),
    /// The decision does not need it.
    NotNeeded,
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Unreadable {
    /// By design: the tenant directory marks the tenant as external.
    External,
    /// The service refuses our application there (403), or the credential (AADSTS…); with its words.
    Denied(String),
    /// Not reached; with the reason.
    Unreachable(String),
}

/// The organization from the owner's side, as far as a join needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "one value a look")]
pub enum OwnerView {
    /// The owner is in no organization.
    InNone,
    /// The owner is in one.
    InOne {
        /// The owner's own role, where it was looked up (it is when our row is not visible).
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Our row in the owner's list.
        #[serde(skip_serializing_if = "Option::is_none")]
        row: Option<MemberRow>,
        /// How many tenants are active, where it was counted (it is after a failed join).
        #[serde(skip_serializing_if = "Option::is_none")]
        active: Option<usize>,
    },
}

/// The values of a tenant's two templates.
pub type TemplatesView = TemplateValues;
