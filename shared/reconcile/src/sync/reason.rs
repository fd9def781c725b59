//! Why a synchronization of users waits, was rejected or failed.

use mto_messages::{Names, TenantId, clip};

use super::progress::{SyncProgress, counted};
use super::{Quarantine, explain_quarantine};

/// A reason about the synchronization of users; see [`crate::Reason`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncReason {
    // Waits
    /// On its way to its steady state.
    Synchronizing {
        /// The tenant that users go to.
        target: TenantId,
        /// Users that are there.
        done: u64,
        /// About how many users there will be, where they were counted.
        of: Option<u64>,
    },
    /// Users are being taken back.
    TakingBack {
        /// The tenant that users went to.
        target: TenantId,
        /// Users that are still there.
        left: u64,
    },
    // Waits where it can be mended from here, else failures
    /// The job is in quarantine.
    Quarantined {
        /// The tenant that users go to.
        target: TenantId,
        /// Why, as the service says.
        quarantine: Quarantine,
        /// Whether users were to be taken back: then another command goes on than where they are shared.
        takes_back: bool,
    },
    // Rejections
    /// More users would be created or deleted than the command confirms, or may without saying so.
    TooManyUsers {
        /// Users that would be created.
        new: u64,
        /// Users that would be deleted.
        leaving: u64,
        /// How many may without confirmation.
        threshold: u64,
        /// How many the command confirms.
        confirmed: Option<u64>,
    },
    /// Somebody stopped it while the command waited for it.
    StoppedMeanwhile {
        /// The tenant whose users go out.
        source: TenantId,
        /// The tenant they go to.
        target: TenantId,
    },
    /// Somebody changed whom it shares, took the users back or deleted it while the command waited for it.
    ChangedMeanwhile {
        /// The tenant whose users go out.
        source: TenantId,
        /// The tenant they go to.
        target: TenantId,
    },
    /// There is none from one tenant to the other.
    NoSynchronization {
        /// The tenant whose users would go out.
        source: TenantId,
        /// The tenant they would go to.
        target: TenantId,
    },
}

impl SyncReason {
    pub(super) const SYNCHRONIZING: &'static str = "synchronizing";
    pub(super) const QUARANTINED: &'static str = "quarantined";

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Synchronizing { .. } => Self::SYNCHRONIZING,
            Self::TakingBack { .. } => "taking-back",
            Self::Quarantined { .. } => Self::QUARANTINED,
            Self::TooManyUsers { .. } => "too-many-users",
            Self::StoppedMeanwhile { .. } => "stopped-meanwhile",
            Self::ChangedMeanwhile { .. } => "changed-meanwhile",
            Self::NoSynchronization { .. } => "no-synchronization",
        }
    }

    /// How far it is, in numbers; only for what takes its time.
    pub fn progress(&self) -> Option<SyncProgress> {
        match self {
            Self::Synchronizing { done, of, .. } => Some(SyncProgress::of(*done, *of)),
            Self::TakingBack { .. }
            | Self::Quarantined { .. }
            | Self::TooManyUsers { .. }
            | Self::StoppedMeanwhile { .. }
            | Self::ChangedMeanwhile { .. }
            | Self::NoSynchronization { .. } => None,
        }
    }

    /// For people: what is the matter.
    pub fn text(&self, names: &Names) -> String {
        match self {
            Self::Synchronizing { target, done, of } => {
                let progress = SyncProgress::of(*done, *of).text();
                format!("users are being synchronized to {}: {progress}", names.of(*target))
            }
            Self::TakingBack { target, left } => {
                format!(
                    "users are being taken back from {}: {} left",
                    names.of(*target),
                    counted(*left, "user", "users")
                )
            }
            Self::Quarantined { target, quarantine, .. } => {
                let code = quarantine.code.as_deref().unwrap_or(&quarantine.reason);
                let (means, _) = explain_quarantine(quarantine);
                let target = names.of(*target);
                format!("the synchronization to {target} is in quarantine: {means} ({})", clip(code, 100))
            }
            Self::TooManyUsers { new, leaving, threshold, confirmed } => {
                let users = counted(*new, "user", "users");
                // A number that is given counts whatever the threshold.
                let confirmed = confirmed.map_or_else(
                    || format!("more than {threshold}; the command confirms none"),
                    |confirmed| format!("more than the command confirms: the command confirms {confirmed}"),
                );
                format!("{users} would be created and {leaving} deleted, {confirmed}")
            }
            Self::StoppedMeanwhile { source, target } => format!(
                "the synchronization from {} to {} was stopped by somebody else",
                names.of(*source),
                names.of(*target)
            ),
            Self::ChangedMeanwhile { source, target } => format!(
                "whom the synchronization from {} to {} shares was changed by somebody else, or it was taken back or \
                 deleted",
                names.of(*source),
                names.of(*target)
            ),
            Self::NoSynchronization { source, target } => {
                format!("there is no synchronization from {} to {}", names.of(*source), names.of(*target))
            }
        }
    }

    /// What somebody can do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Synchronizing { .. } | Self::TakingBack { .. } => "nothing; this takes its time".to_owned(),
            Self::Quarantined { quarantine, takes_back: false, .. } => {
                explain_quarantine(quarantine).1.to_owned()
            }
            Self::Quarantined { quarantine, takes_back: true, .. } => format!(
                "{}; but instead of restart or configure send unshare again under a new id: it restarts the job \
                 whoever is in which organization",
                explain_quarantine(quarantine).1
            ),
            Self::TooManyUsers { new, leaving, .. } => format!(
                "if this is meant, send it again under a new id with \"users\": {} in \"confirm\"; else narrow the \
                 scope",
                new.max(leaving)
            ),
            Self::StoppedMeanwhile { .. } | Self::ChangedMeanwhile { .. } => {
                "ask who did it; send the command again under a new id if it is still meant".to_owned()
            }
            Self::NoSynchronization { .. } => "send mto.sync.v1 with action configure first".to_owned(),
        }
    }

    /// What somebody can do once the command has stopped waiting.
    pub fn remedy_when_expired(&self) -> String {
        match self {
            Self::Synchronizing { .. } | Self::TakingBack { .. } => {
                "look at the provisioning logs of the configuration in the Entra admin center; send the command \
                 again to go on from where it stands"
                    .to_owned()
            }
            Self::Quarantined { .. }
            | Self::TooManyUsers { .. }
            | Self::StoppedMeanwhile { .. }
            | Self::ChangedMeanwhile { .. }
            | Self::NoSynchronization { .. } => self.remedy(),
        }
    }
}
