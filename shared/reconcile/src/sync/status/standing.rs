//! How things stand, line by line.

use mto_messages::{Names, TenantId, clip};
use serde::Serialize;

use super::super::progress::counted;
use super::super::{Configuration, Quarantine, explain_quarantine};
use crate::settings::Difference;
use crate::{MemberRow, MemberState, Role};

/// One line of a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A row of the organization's list.
    Member(MemberRow),
    /// Settings that are not as wanted.
    Differs(Difference),
    /// A synchronization of users.
    Synchronization(Synchronization),
    /// Lines that are not told one by one.
    More {
        /// Of what kind: `members`.
        what: &'static str,
        /// How many.
        count: usize,
    },
}

/// A synchronization of users from one tenant to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synchronization {
    /// The tenant whose users go out.
    pub source: TenantId,
    /// The tenant they go to.
    pub target: TenantId,
    /// How its job stands.
    pub state: JobState,
    /// Users it keeps in the target.
    pub users: u64,
    /// Why it is in quarantine, where it is.
    pub quarantine: Option<Quarantine>,
}

/// How the job of a synchronization stands. What needs somebody's attention comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// Given up by the service for the time being.
    Quarantine,
    /// Its schedule is not active.
    Stopped,
    /// On its way to its steady state.
    Initial,
    /// There is a configuration, and no job.
    NoJob,
    /// It has looked at every object.
    Steady,
}

impl JobState {
    /// How the job of this configuration stands.
    pub fn of(configuration: &Configuration) -> Self {
        match &configuration.job {
            None => Self::NoJob,
            Some(job) if job.quarantine.is_some() => Self::Quarantine,
            Some(job) if !job.is_enabled => Self::Stopped,
            Some(job) if job.steady_since.is_some() => Self::Steady,
            Some(_) => Self::Initial,
        }
    }

    /// For people.
    fn text(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Stopped => "stopped",
            Self::Initial => "initial",
            Self::NoJob => "no job",
            Self::Steady => "steady",
        }
    }
}

impl Synchronization {
    /// A configuration in its source.
    pub(super) fn of(source: TenantId, target: TenantId, configuration: &Configuration) -> Self {
        let job = configuration.job.as_ref();
        Self {
            source,
            target,
            state: JobState::of(configuration),
            users: job.map_or(0, |job| job.users),
            quarantine: job.and_then(|job| job.quarantine.clone()),
        }
    }

    fn text(&self, names: &Names) -> String {
        let (source, target) = (names.of(self.source), names.of(self.target));
        let (state, users) = (self.state.text(), counted(self.users, "user", "users"));
        let why = self.quarantine.as_ref().map(why).unwrap_or_default();
        format!("synchronization: {source} → {target}: {state}, {users}{why}")
    }
}

fn why(quarantine: &Quarantine) -> String {
    let (means, fix) = explain_quarantine(quarantine);
    let code = clip(quarantine.code.as_deref().unwrap_or(&quarantine.reason), 100);
    format!("; {means} ({code}); {fix}")
}

impl Standing {
    /// For people.
    pub fn text(&self, names: &Names) -> String {
        match self {
            Self::Member(row) => member(row, names),
            Self::Differs(difference) => {
                let about = difference.about.map(|about| format!(" about {}", names.of(about)));
                format!(
                    "settings: {}{} differ; wanted: {}",
                    names.of(difference.tenant),
                    about.unwrap_or_default(),
                    difference.wanted.join("; ")
                )
            }
            Self::Synchronization(synchronization) => synchronization.text(names),
            Self::More { what, count } => format!("{what}: and {count} more"),
        }
    }
}

/// Most characters of a word that the service made.
const WORD_CHARS: usize = 100;

fn member(row: &MemberRow, names: &Names) -> String {
    let name = names.of(row.tenant);
    let is_other = |listed: &&str| !name.to_lowercase().starts_with(&listed.to_lowercase());
    let listed = row.display_name.as_deref().filter(is_other);
    let listed = listed.map(|listed| format!(", listed as \"{}\"", clip(listed, WORD_CHARS)));
    let becoming = row.transition.as_ref().filter(|change| change.progress.is_running());
    let becoming = becoming.map(|change| {
        let wish = [change.desired_state.as_ref().map(state), change.desired_role.as_ref().map(role)];
        format!(", becoming {}", wish.into_iter().flatten().collect::<Vec<_>>().join(" "))
    });
    let (role, state) = (role(&row.role), state(&row.state));
    format!("member: {name}{}: {role}, {state}{}", listed.unwrap_or_default(), becoming.unwrap_or_default())
}

fn role(role: &Role) -> String {
    match role {
        Role::Owner => "owner".to_owned(),
        Role::Member => "member".to_owned(),
        Role::Unrecognised(word) => clip(word, WORD_CHARS),
    }
}

fn state(state: &MemberState) -> String {
    match state {
        MemberState::Pending => "pending".to_owned(),
        MemberState::Active => "active".to_owned(),
        MemberState::Removed => "removed".to_owned(),
        MemberState::Unrecognised(word) => clip(word, WORD_CHARS),
    }
}
