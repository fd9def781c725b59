//! The least possible: what any implementation has to ask Graph and SQS for that obeys the same rules.
//!
//! The rules: nothing is written that is there already, so there is one look before the first write; no tenant asks
//! to join before the owner lists it, which only the owner's tenant can say, and another tenant needs another token
//! and so another request; what takes hours is looked at when the delay rule says so, once each time. A look is one
//! request, because what it needs in one tenant fits into one `$batch`; so are twenty adds. The answer to a write is
//! believed.
//!
//! Of SQS: a look that is due later is one message that is sent with a delay, because no message can be delayed for
//! longer than 15 minutes and nobody waits in a process that is billed. Nothing is deleted: the event source mapping
//! deletes what an invocation took. Follow-ups are sent ten in one `SendMessageBatch`. Outcomes tell different things
//! at different times. What messages of different commands are sent can share a request only if they meet in one
//! invocation, so there are two bounds: [`Meeting`].

use std::time::Duration;

use mto_messages::Verb;
use mto_reconcile::{Limits, next_look};
use time::OffsetDateTime;

use super::formation::{Formation, Run};
use super::money::Work;
use super::real;

/// Parts of one `$batch` (reference 8.4).
const MAX_PARTS: u64 = 20;

/// Messages of one batch, and entries of one `SendMessageBatch` (Amazon SQS quotas).
const MAX_MESSAGES: u64 = 10;

/// Whether messages of different joins meet in one invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// Never: each is an invocation, a send each look, and a send each outcome.
    Never,
    /// Always ten of them: one invocation, one send for ten looks, one for ten outcomes. Looks are spread by jitter on
    /// purpose, so this is a bound that nobody means to reach.
    Tens,
}

impl Meeting {
    /// Requests or invocations for so many messages.
    fn of(self, messages: u64) -> u64 {
        match self {
            Self::Never => messages,
            Self::Tens => messages.div_ceil(MAX_MESSAGES),
        }
    }
}

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

/// What one join alone takes at least: an invocation for the command and each look, a send for each look that is due
/// later, a send for each outcome.
pub fn work_of_join(run: &Run) -> Work {
    let polls = run.polls_of(Verb::Join);
    let looks = real(1 + polls);
    Work {
        invocations: looks,
        deliveries: looks,
        calls: real(Least::of_join(run).total()),
        queue_requests: real(polls + run.outcome_requests_of(Verb::Join)),
    }
}

/// What a formation takes at least. There is one create and one add, so their messages meet no others of their queue;
/// those of the joins do or do not.
pub fn work_of_formation(formation: Formation, run: &Run, meeting: Meeting) -> Work {
    let joins = formation.tenants as u64 - 1;
    let polls = run.polls_of(Verb::Join);
    let others = run.polls() - polls;
    let told = run.outcome_requests_of(Verb::Join);
    let told_by_others = run.outcomes.values().sum::<u64>() - told;
    // create posts one add, add posts the joins
    let follow_ups = 1 + joins.div_ceil(MAX_MESSAGES);
    Work {
        invocations: real(2 + others + meeting.of(joins + polls)),
        deliveries: real(2 + others + joins + polls),
        calls: real(Least::of_formation(formation, run).total()),
        queue_requests: real(follow_ups + others + meeting.of(polls) + told_by_others + meeting.of(told)),
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
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_rule_asks_for_about_fifteen_looks_in_two_hours() {
        // 15, 30, 60, 120, 240, 480, 900 s and then each 15 min: by 30 min it is the eighth, by two hours 14.
        let polls = polls_by_rule(Duration::from_hours(2), &Limits::default());
        assert!((13.0..=15.0).contains(&polls), "{polls}");
        assert!(polls_by_rule(Duration::from_secs(1), &Limits::default()) <= 1.0);
    }

    /// 99 joins of 14 later looks and two outcomes each; a create that looks 20 times later and tells three.
    fn run() -> Run {
        Run {
            tenants: 100,
            invocations: 0,
            deliveries: BTreeMap::new(),
            polls: BTreeMap::from([(Verb::Create, 20), (Verb::Join, 99 * 14)]),
            queues: BTreeMap::new(),
            outcomes: BTreeMap::from([(Verb::Create, 3), (Verb::Add, 1), (Verb::Join, 99 * 2)]),
            owner: None,
            requests: Vec::new(),
            took: time::Duration::ZERO,
            is_formed: true,
        }
    }

    #[test]
    fn a_join_alone_takes_a_send_for_each_later_look_and_each_outcome() {
        let mut run = run();
        run.polls = BTreeMap::from([(Verb::Join, 14)]);
        run.outcomes = BTreeMap::from([(Verb::Join, 3)]);
        let least = work_of_join(&run);
        let wanted = Work { invocations: 15.0, deliveries: 15.0, calls: 17.0, queue_requests: 17.0 };
        assert_eq!(least, wanted);
    }

    #[test]
    fn a_formation_takes_a_tenth_for_its_joins_if_they_always_meet() {
        let formation = Formation { tenants: 100, templates: false };
        let never = work_of_formation(formation, &run(), Meeting::Never);
        assert_eq!(never.deliveries.to_bits(), real(2 + 20 + 99 + 1_386).to_bits());
        assert_eq!(never.invocations.to_bits(), never.deliveries.to_bits());
        assert_eq!(never.queue_requests.to_bits(), real(11 + 20 + 1_386 + 4 + 198).to_bits());
        let tens = work_of_formation(formation, &run(), Meeting::Tens);
        assert_eq!(tens.deliveries.to_bits(), never.deliveries.to_bits());
        assert_eq!(tens.invocations.to_bits(), real(2 + 20 + 149).to_bits());
        assert_eq!(tens.queue_requests.to_bits(), real(11 + 20 + 139 + 4 + 20).to_bits());
        assert_eq!(tens.calls.to_bits(), never.calls.to_bits());
    }

    #[test]
    fn whoever_polls_each_half_minute_looks_240_times() {
        assert_eq!(polls_at_interval(Duration::from_hours(2), Duration::from_secs(30)), 240);
        assert_eq!(polls_at_interval(Duration::from_secs(31), Duration::from_secs(30)), 2);
    }
}
