//! The delay rule, the budgets, and the patience with refusals.

use std::time::Duration as Span;

use crate::support::*;
use mto_messages::{Journal, Verb};
use mto_reconcile::{
    Denial, Finish, Limits, OrganizationView, Reason, Step, Timing, after_refusal, fingerprint, next_look,
    note_refusal,
};
use proptest::prelude::*;
use rstest::rstest;
use time::{Duration, OffsetDateTime};

// The delay rule

/// The delay after `quiet` without a change, with nothing else in the way.
fn delay(quiet: Duration, jitter: u64) -> Duration {
    let deadline = NOW + Duration::days(2);
    next_look(NOW, NOW - quiet, None, deadline, jitter, &Limits::default()) - NOW
}

fn seconds(range: std::ops::Range<i64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::seconds)
}

#[rstest]
#[case::at_least_fifteen_seconds(Duration::ZERO, Duration::seconds(15))]
#[case::as_long_again(Duration::minutes(4), Duration::minutes(4))]
#[case::at_most_fifteen_minutes(Duration::hours(5), Duration::minutes(15))]
#[case::a_change_in_the_future_counts_as_now(Duration::hours(-1), Duration::seconds(15))]
fn without_jitter_it_waits(#[case] quiet: Duration, #[case] expected: Duration) {
    assert_eq!(delay(quiet, 0), expected);
}

#[rstest]
#[case::not_before_what_the_service_asked_for(Some(60), 3_600, 60)]
#[case::not_sooner_because_the_service_allows_it(Some(1), 3_600, 15)]
#[case::not_past_the_deadline(None, 5, 5)]
#[case::the_deadline_counts_more_than_the_service(Some(60), 30, 30)]
#[case::at_once_past_the_deadline(Some(60), -30, 0)]
#[case::a_pause_may_be_longer_than_the_longest_delay(Some(7_200), 36_000, 7_200)]
fn the_next_look_is(#[case] not_before: Option<i64>, #[case] deadline: i64, #[case] expected: i64) {
    let at = |seconds| NOW + Duration::seconds(seconds);
    let next = next_look(NOW, NOW, not_before.map(at), at(deadline), 0, &Limits::default());
    assert_eq!(next, at(expected));
}

proptest! {
    #[test]
    fn the_next_look_keeps_its_bounds(
        quiet in seconds(-100..100_000),
        not_before in proptest::option::of(seconds(-100..100_000)),
        deadline in seconds(-100..100_000),
        jitter in any::<u64>(),
    ) {
        let (not_before, deadline) = (not_before.map(|wait| NOW + wait), NOW + deadline);
        let limits = Limits::default();
        let next = next_look(NOW, NOW - quiet, not_before, deadline, jitter, &limits);
        prop_assert_eq!(next, next_look(NOW, NOW - quiet, not_before, deadline, jitter, &limits));
        prop_assert!(next >= NOW);
        prop_assert!(next <= deadline.max(NOW), "past the deadline");
        prop_assert!(next >= not_before.unwrap_or(NOW).min(deadline.max(NOW)), "too early");
        prop_assert!(next >= (NOW + limits.shortest_delay).min(deadline.max(NOW)), "too hasty");
        prop_assert!(next <= (NOW + limits.longest_delay).max(not_before.unwrap_or(NOW)), "too late");
    }

    #[test]
    fn the_longer_it_was_quiet_the_longer_it_waits(
        quiet in seconds(0..1_200), longer in seconds(0..1_200), jitter in any::<u64>(),
    ) {
        prop_assert!(delay(quiet, jitter) <= delay(quiet + longer, jitter));
    }

    #[test]
    fn jitter_adds_at_most_a_tenth(quiet in seconds(0..1_200), jitter in any::<u64>()) {
        let (plain, jittered) = (delay(quiet, 0), delay(quiet, jitter));
        prop_assert!(plain <= jittered && jittered <= plain + plain / 10);
    }

    #[test]
    fn odd_limits_do_no_harm(
        shortest in 0..100_000_u64, longest in 0..100_000_u64, quiet in seconds(0..100_000), jitter in any::<u64>(),
    ) {
        let limits = Limits {
            shortest_delay: Span::from_secs(shortest),
            longest_delay: Span::from_secs(longest),
            ..Limits::default()
        };
        let next = next_look(NOW, NOW - quiet, None, NOW + Duration::days(9), jitter, &limits);
        prop_assert!(next >= NOW + limits.shortest_delay);
    }
}

#[test]
fn jitter_is_spread() {
    let delays: std::collections::BTreeSet<_> =
        (0..100).map(|jitter| delay(Duration::minutes(4), jitter)).collect();
    assert_eq!(delays.len(), 11);
}

/// Looks after the first one, in the time given, while nothing changes.
fn looks(within: Duration, jitter: u64) -> usize {
    let limits = Limits::default();
    let (start, end) = (NOW, NOW + within);
    let next = |now: &OffsetDateTime| {
        Some(next_look(*now, start, None, end, jitter, &limits)).filter(|next| *next < end)
    };
    std::iter::successors(Some(start), next).skip(1).count()
}

#[test]
fn two_hours_without_a_change_take_about_fifteen_looks() {
    for jitter in 0..11 {
        let looks = looks(Duration::hours(2), jitter);
        assert!((12..=18).contains(&looks), "{looks} looks with jitter {jitter}");
    }
}

#[test]
fn twelve_hours_without_a_change_take_about_fifty_looks() {
    for jitter in 0..11 {
        let looks = looks(Duration::hours(12), jitter);
        assert!((45..=60).contains(&looks), "{looks} looks with jitter {jitter}");
    }
}

// Budgets

#[rstest]
#[case::create(Verb::Create, false, 2)]
#[case::create_as_long_as_its_children(Verb::Create, true, 2 + 2 + 12)]
#[case::add(Verb::Add, false, 2)]
#[case::join(Verb::Join, false, 12)]
#[case::leave(Verb::Leave, false, 4)]
#[case::sync_at_least(Verb::Sync, false, 4)]
fn the_budget_of(#[case] verb: Verb, #[case] aims_at_members: bool, #[case] hours: u64) {
    assert_eq!(Limits::default().budget(verb, aims_at_members), Span::from_hours(hours));
}

#[test]
fn a_join_has_time_for_the_documents_worst() {
    let (limits, four_hours) = (Limits::default(), Span::from_hours(4));
    assert!(limits.join >= four_hours + limits.pause_after_failure + four_hours);
}

#[test]
fn patience_and_pauses_fit_into_every_budget() {
    let limits = Limits::default();
    for verb in Verb::ALL {
        let budget = limits.budget(verb, false);
        assert!(limits.refusal_patience < budget && limits.settle < budget && limits.confirm < budget);
    }
}

// What a decision knows about time

#[test]
fn time_that_ran_backwards_counts_as_none() {
    with_timing(|timing| assert_eq!(timing.since(NOW + Duration::hours(1)), Span::ZERO));
}

#[test]
fn only_a_wait_for_the_same_reason_goes_on() {
    let journal = Journal {
        waiting: Some(waiting("settling: membership", Duration::minutes(7))),
        ..Journal::default()
    };
    with_timing(|timing| {
        let waited = |reason| timing.waited_for(&journal, &reason);
        assert_eq!(waited(Reason::Settling("membership")), Span::from_mins(7));
        assert_eq!(waited(Reason::Settling("join request")), Span::ZERO);
        assert_eq!(waited(Reason::Joining(OWNER)), Span::ZERO);
    });
}

#[test]
fn of_two_writes_the_later_one_settles() {
    let mut journal = Journal::default();
    journal.note_write(write("add-tenant", Some(US), Duration::hours(1), Some(201)));
    journal.note_write(write("add-tenant", Some(US), Duration::minutes(2), None));
    with_timing(|timing| assert!(!timing.is_settling(&journal, "add-tenant", Some(US))));
    journal.note_write(write("add-tenant", Some(US), Duration::minutes(1), Some(201)));
    with_timing(|timing| assert!(timing.is_settling(&journal, "add-tenant", Some(US))));
}

// Patience with refusals

fn denial() -> Denial {
    Denial {
        what: "add-tenant".to_owned(),
        about: Some(US),
        status: Some(400),
        code: "Request_BadRequest".to_owned(),
        text: "still being removed".to_owned(),
        request_id: Some("11111111-2222-3333-4444-555555555555".to_owned()),
        denied_in: None,
    }
}

/// What follows `again`, refused some minutes after `first`, with what was seen at both times.
fn follows(first: (&Denial, u64), again: (&Denial, u64), minutes: i64) -> Step {
    let limits = Limits::default();
    let mut journal = Journal::default();
    note_refusal(&mut journal, first.0, first.1, &Timing { now: NOW, limits: &limits });
    let timing = Timing { now: NOW + Duration::minutes(minutes), limits: &limits };
    note_refusal(&mut journal, again.0, again.1, &timing);
    after_refusal(&journal, again.0, &timing)
}

#[rstest]
#[case::a_first_refusal_is_borne(0, "wait refused")]
#[case::for_half_an_hour(29, "wait refused")]
#[case::and_then_no_longer(30, "failed refused")]
fn the_same_refusal_in_the_same_state(#[case] minutes: i64, #[case] expected: &str) {
    assert_eq!(line(&follows((&denial(), 1), (&denial(), 1), minutes)), expected);
}

#[rstest]
#[case::another_write(Denial { what: "change-role".to_owned(), ..denial() }, 1)]
#[case::another_status(Denial { status: Some(409), ..denial() }, 1)]
#[case::no_status(Denial { status: None, ..denial() }, 1)]
#[case::another_code(Denial { code: "Request_Conflict".to_owned(), ..denial() }, 1)]
#[case::another_state_of_the_world(denial(), 2)]
fn a_difference_starts_the_clock_again(#[case] again: Denial, #[case] seen: u64) {
    assert_eq!(line(&follows((&denial(), 1), (&again, seen), 300)), "wait refused");
}

#[rstest]
#[case::another_text(Denial { text: "trace id 2".to_owned(), ..denial() }, denial())]
#[case::another_request_id(Denial { request_id: None, ..denial() }, denial())]
#[case::a_code_longer_than_the_journal_keeps(
    Denial { code: "x".repeat(1_000), ..denial() }, Denial { code: "x".repeat(1_000), ..denial() }
)]
#[case::a_code_the_journal_has_to_clean(
    Denial { code: "bad\ncode".to_owned(), ..denial() }, Denial { code: "bad\ncode".to_owned(), ..denial() }
)]
fn it_is_the_same_refusal_with(#[case] first: Denial, #[case] again: Denial) {
    assert_eq!(line(&follows((&first, 1), (&again, 1), 30)), "failed refused");
}

#[test]
fn the_clock_runs_from_the_first_of_many() {
    let limits = Limits::default();
    let mut journal = Journal::default();
    let mut steps = Vec::new();
    for minutes in [0, 10, 20, 30] {
        let timing = Timing { now: NOW + Duration::minutes(minutes), limits: &limits };
        note_refusal(&mut journal, &denial(), 1, &timing);
        // It survives the way through a message attribute.
        journal = Journal::read(Some(&journal.to_attribute()));
        steps.push(line(&after_refusal(&journal, &denial(), &timing)));
    }
    assert_eq!(steps, ["wait refused", "wait refused", "wait refused", "failed refused"]);
}

#[test]
fn a_refusal_keeps_the_services_own_words() {
    let Step::Finish(Finish::Failed(reason)) = follows((&denial(), 1), (&denial(), 1), 30) else {
        panic!("it fails")
    };
    let expected = Reason::Refused {
        what: "add-tenant".to_owned(),
        about: Some(US),
        status: Some(400),
        code: "Request_BadRequest".to_owned(),
        text: "still being removed".to_owned(),
    };
    assert_eq!(reason, expected);
}

#[rstest]
#[case::at_first(0, "wait denied")]
#[case::in_the_end(30, "failed denied")]
fn what_only_an_administrator_can_mend_is_denied(#[case] minutes: i64, #[case] expected: &str) {
    let denial = Denial { denied_in: Some(OWNER), status: Some(403), ..denial() };
    let step = follows((&denial, 1), (&denial, 1), minutes);
    assert_eq!(line(&step), expected);
    let (Step::Wait(mto_reconcile::Wait { reason, .. }) | Step::Finish(Finish::Failed(reason))) = step else {
        panic!("it has a reason")
    };
    let words = "add-tenant (Request_BadRequest: still being removed)".to_owned();
    assert_eq!(reason, Reason::Denied(OWNER, words));
}

#[test]
fn what_the_service_writes_does_not_swell_the_journal() {
    let long = "x".repeat(100_000);
    let denial = Denial { code: long.clone(), text: long.clone(), request_id: Some(long), ..denial() };
    let mut journal = Journal::default();
    with_timing(|timing| note_refusal(&mut journal, &denial, 1, timing));
    assert!(journal.to_attribute().len() < 1_000);
}

#[test]
fn a_fingerprint_tells_states_apart_and_survives_json() {
    let some = organization(vec![owner(OWNER), pending(US)]);
    assert_eq!(fingerprint(&some), fingerprint(&some.clone()));
    assert_ne!(fingerprint(&some), fingerprint(&organization(vec![owner(OWNER), active(US)])));
    assert!(fingerprint(&OrganizationView::none()) < 1 << 53);
}
