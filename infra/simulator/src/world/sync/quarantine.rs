//! Quarantine: when a job enters it, when it tries again, when it is given up (6.10).

use time::OffsetDateTime;

use crate::options_directory::DirectoryOptions;
use crate::world::later;

/// Retries come after 6, 12 and 24 hours, then daily.
const RETRY_HOURS: [u64; 3] = [6, 12, 24];
const HOUR_SECONDS: u64 = 60 * 60;

#[derive(Clone, Debug)]
pub(crate) struct Quarantine {
    pub(crate) began: OffsetDateTime,
    pub(crate) next_attempt: OffsetDateTime,
    /// Attempts so far.
    pub(crate) count: u64,
    pub(crate) reason: &'static str,
    pub(crate) error: Option<(&'static str, String)>,
}

/// Why a cycle ends in quarantine.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) reason: &'static str,
    pub(crate) error: Option<(&'static str, String)>,
}

impl Cause {
    /// Credentials or policy are no good.
    pub(crate) fn exception(code: &'static str, text: impl Into<String>) -> Self {
        Self { reason: "EncounteredQuarantineException", error: Some((code, text.into())) }
    }

    /// More deletions in one cycle than the threshold allows; disables count as well.
    pub(crate) fn too_many_deletes(count: u64, threshold: u64) -> Self {
        let text = format!("{count} deletions in one cycle are more than the threshold of {threshold}.");
        Self { reason: "TooManyDeletes", error: Some(("TooManyDeletes", text)) }
    }

    /// Too many failing objects, absolutely or as a share of what the cycle looked at.
    pub(crate) fn failures(options: &DirectoryOptions, failed: u64, looked_at: u64) -> Option<Self> {
        let share =
            failed.saturating_mul(100) > looked_at.saturating_mul(u64::from(options.escrow_share_percent));
        let reason = if failed > u64::from(options.escrow_limit) {
            "EncounteredBaseEscrowThreshold"
        } else if failed >= u64::from(options.escrow_share_from) && share {
            "EncounteredEscrowProportionThreshold"
        } else {
            return None;
        };
        Some(Self { reason, error: None })
    }
}

impl Quarantine {
    /// The first, or one more, attempt ended in quarantine.
    pub(crate) fn after(before: Option<&Self>, cause: Cause, now: OffsetDateTime) -> Self {
        let (began, count) = before.map_or((now, 0), |before| (before.began, before.count));
        let place = usize::try_from(count).unwrap_or(usize::MAX).min(RETRY_HOURS.len() - 1);
        let hours = RETRY_HOURS.get(place).copied().unwrap_or(24);
        let next_attempt = later(now, hours * HOUR_SECONDS);
        Self { began, next_attempt, count: count + 1, reason: cause.reason, error: cause.error }
    }

    pub(crate) fn is_too_old(&self, options: &DirectoryOptions, now: OffsetDateTime) -> bool {
        now >= later(self.began, options.quarantine_disables_after_seconds)
    }
}
