//! The least possible: what any implementation has to ask Graph for that obeys the same rules.
//!
//! The rules: nothing is written that is there already, so there is one look before the first write; no tenant asks
//! to join before the owner lists it, which only the owner's tenant can say, and another tenant needs another token
//! and so another request; what takes hours is looked at when the delay rule says so, once each time. A look is one
//! request, because what it needs in one tenant fits into one `$batch`; so are twenty adds. The answer to a write is
//! believed.

use std::time::Duration;

use mto_messages::Verb;
use mto_reconcile::{Limits, next_look};
use time::OffsetDateTime;

use super::formation::{Formation, Run};

/// Parts of one `$batch` (reference 8.4).
const MAX_PARTS: u64 = 20;

/// The least number of requests to Graph; a `$batch` counts as one, tokens apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Least {
    /// Looks before the first write of each command.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Looks that the delay rule asks for.
    pub polls: u64,
}

impl Least {
    /// All of them.
    pub fn total(self) -> u64 {
        self.reads + self.writes + self.polls
    }

    /// For a formation: create looks, puts, and looks again as often as the rule says; add looks and posts; each
    /// join looks in both tenants, asks, and looks again as often as the rule says. With templates, one more
    /// `$batch` of two writes in each tenant.
    ///
    /// Polls are what the run's own messages were delayed for; [`polls_by_rule`] holds them to the rule.
    pub fn of_formation(formation: Formation, run: &Run) -> Self {
        let joins = formation.tenants as u64 - 1;
        let templates = if formation.templates { joins + 1 } else { 0 };
        Self {
            reads: 1 + 1 + 2 * joins,
            writes: 1 + joins.div_ceil(MAX_PARTS) + joins + templates,
            polls: run.polls(),
        }
    }

    /// For one join alone that the owner has listed before: it looks in both tenants, asks, and looks again.
    pub fn of_join(run: &Run) -> Self {
        Self { reads: 2, writes: 1, polls: run.polls_of(Verb::Join) }
    }
}

/// How many looks the delay rule asks for until something is over that takes so long: the mean over all jitters, each
/// of which is drawn anew at each hop in reality.
pub fn polls_by_rule(takes: Duration, limits: &Limits) -> f64 {
    let of = |jitter: u64| {
        let (start, mut now, mut polls) = (OffsetDateTime::UNIX_EPOCH, OffsetDateTime::UNIX_EPOCH, 0_u32);
        let deadline = start + limits.join;
        while now - start < takes && now < deadline {
            now = next_look(now, start, None, deadline, jitter, limits);
            polls += 1;
        }
        f64::from(polls)
    };
    (0..11).map(of).sum::<f64>() / 11.0
}

/// Looks of somebody who polls at a fixed interval: the first, and one each interval until it is over.
pub fn polls_at_interval(takes: Duration, interval: Duration) -> u64 {
    u64::try_from(takes.as_millis().div_ceil(interval.as_millis().max(1))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_asks_for_about_fifteen_looks_in_two_hours() {
        // 15, 30, 60, 120, 240, 480, 900 s and then each 15 min: by 30 min it is the eighth, by two hours 14.
        let polls = polls_by_rule(Duration::from_hours(2), &Limits::default());
        assert!((13.0..=15.0).contains(&polls), "{polls}");
        assert!(polls_by_rule(Duration::from_secs(1), &Limits::default()) <= 1.0);
    }

    #[test]
    fn whoever_polls_each_half_minute_looks_240_times() {
        assert_eq!(polls_at_interval(Duration::from_hours(2), Duration::from_secs(30)), 240);
        assert_eq!(polls_at_interval(Duration::from_secs(31), Duration::from_secs(30)), 2);
    }
}
