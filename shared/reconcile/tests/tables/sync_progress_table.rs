//! What sync says while it works: how far it is, what was counted, and how long it may take.

use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{Journal, Names, UserType};
use mto_reconcile::sync::{Action, Job, Preflight, SyncReason, users};
use mto_reconcile::{Decision, Finish, Limits, Note, Reason, Step, Wait};
use rstest::rstest;
use serde_json::json;
use std::time::Duration as Span;
use time::macros::date;

fn synchronizing(done: u64, of: Option<u64>) -> SyncReason {
    SyncReason::Synchronizing { target: OTHER, done, of }
}

fn names() -> Names {
    [(OTHER, "Fabrikam".to_owned())].into_iter().collect()
}

const BY: &str = "more, by Microsoft's published 0.01 to 0.08 minutes an object";

#[rstest]
#[case::nobody_counted(0, None, "0 users so far".to_owned())]
#[case::nobody_counted_one(1, None, "1 user so far".to_owned())]
#[case::some(120, Some(500), format!("120 of about 500 users; 4 to 31 minutes {BY}"))]
#[case::one(0, Some(1), format!("0 of about 1 user; up to 1 minute {BY}"))]
#[case::three_hours(0, Some(2_250), format!("0 of about 2250 users; 23 to 180 minutes {BY}"))]
#[case::longer(0, Some(100_000), format!("0 of about 100000 users; 17 to 134 hours {BY}"))]
#[case::all(3, Some(3), "3 of about 3 users; the cycle is not over yet".to_owned())]
#[case::more_than_counted(4, Some(3), "4 of about 3 users; the cycle is not over yet".to_owned())]
fn progress_is_told_in_words(#[case] done: u64, #[case] of: Option<u64>, #[case] expected: String) {
    let text = synchronizing(done, of).text(&names());
    assert_eq!(text, format!("users are being synchronized to {}: {expected}", names().of(OTHER)));
}

#[rstest]
#[case::nobody_counted(1, None, json!({"done": 1}))]
#[case::some(
    120, Some(500),
    json!({"done": 120, "expected": 500, "remaining": 380, "leastMinutes": 4, "mostMinutes": 31})
)]
#[case::all(3, Some(3), json!({"done": 3, "expected": 3, "remaining": 0, "leastMinutes": 0, "mostMinutes": 0}))]
fn progress_is_told_in_numbers(
    #[case] done: u64,
    #[case] of: Option<u64>,
    #[case] expected: serde_json::Value,
) {
    assert_eq!(serde_json::to_value(synchronizing(done, of).progress()).unwrap(), expected);
}

#[rstest]
#[case::one(1, "1 user left")]
#[case::many(2, "2 users left")]
fn users_who_are_taken_back_are_counted_down(#[case] left: u64, #[case] expected: &str) {
    let text = SyncReason::TakingBack { target: OTHER, left }.text(&names());
    assert!(text.ends_with(expected), "{text}");
}

fn unsteady() -> mto_reconcile::sync::Configuration {
    with_job(|job| *job = Job { steady_since: None, users: 1, in_scope: Some(9), ..job.clone() })
}

fn remembering(scene: Scene, users: u64) -> Scene {
    let mut scene = scene;
    scene.journal.note_users(users);
    scene
}

/// What is counted in this look comes first, then what was counted before the start, then what the job counts.
#[rstest]
#[case::by_this_look(remembering(configure().counted(counting(4, 0)), 7), Some(5))]
#[case::before(remembering(configure(), 7), Some(7))]
#[case::by_the_job(configure(), Some(9))]
#[case::by_nobody(
    configure().with(&[with_job(|job| *job = Job { steady_since: None, in_scope: None, ..job.clone() })]), None
)]
fn the_total_is_the_number_that_was_counted(#[case] scene: Scene, #[case] expected: Option<u64>) {
    let scene = if expected.is_none() { scene } else { scene.with(&[unsteady()]) };
    let Step::Wait(Wait { reason: Reason::Sync(SyncReason::Synchronizing { of, .. }), .. }) =
        scene.decide().step
    else {
        panic!("it waits: {:?}", scene.decide().step)
    };
    assert_eq!(of, expected);
}

// The number that the journal keeps

#[rstest]
#[case::in_scope(configure().counted(counting(4, 0)), Some(5))]
#[case::counted_anew(remembering(configure().counted(counting(4, 0)), 600), Some(5))]
#[case::by_the_job(configure(), Some(3))]
#[case::by_the_job_only_where_nothing_is_known(remembering(configure(), 7), None)]
#[case::to_be_taken_back(unshare(), Some(3))]
#[case::in_both_directions(unsharing(true, None).back(&[steady()]), Some(6))]
#[case::fewer_than_before(remembering(unshare(), 7), None)]
#[case::restart(restart(None), None)]
#[case::stop(scene(Action::Stop), None)]
#[case::not_read(configure().forward(denied()), None)]
fn users_are_kept_where_they_are_counted(#[case] scene: Scene, #[case] expected: Option<u64>) {
    assert_eq!(users(&scene.aim, &scene.observed, &scene.journal), expected);
}

// The budget

#[rstest]
#[case::nobody_counted(None, 240)]
#[case::few(Some(3), 240)]
#[case::as_many_as_fit(Some(1_500), 240)]
#[case::more(Some(5_000), 800)]
#[case::thirty_days(Some(270_000), 30 * 24 * 60)]
#[case::no_more_than_that(Some(u64::MAX), 30 * 24 * 60)]
fn the_budget_grows_with_the_users(#[case] users: Option<u64>, #[case] minutes: u64) {
    let (limits, mut journal) = (Limits::default(), Journal::default());
    if let Some(users) = users {
        journal.note_users(users);
    }
    // It survives the way through a message attribute.
    let journal = Journal::read(Some(&journal.to_attribute()));
    assert_eq!(limits.grown(limits.sync, &journal), Span::from_mins(minutes));
}

#[test]
fn the_budget_is_never_shorter_than_what_is_configured() {
    let mut journal = Journal::default();
    journal.note_users(u64::MAX);
    let long = Span::from_hours(100 * 24);
    assert_eq!(Limits::default().grown(long, &journal), long);
}

// What was counted before the start

fn doubts() -> Preflight {
    Preflight { guests: 2, pending: 1, ambiguous: 3, ..counting(4, 0) }
}

/// The notes that these words stand for.
fn told(words: &[&str]) -> Vec<Note> {
    let note = |word: &&str| match *word {
        "guests" => Note::GuestsStayGuests { target: OTHER, guests: 2 },
        "pending" => Note::InvitationsPending { target: OTHER, users: 1 },
        "ambiguous" => Note::AmbiguousAddresses { target: OTHER, users: 3 },
        other => panic!("{other}"),
    };
    words.iter().map(note).collect()
}

#[rstest]
#[case::before_a_write(configure().with(&[]).counted(doubts()), &["guests", "pending", "ambiguous"])]
#[case::with_a_rejection(configure().counted(Preflight { new: 501, ..doubts() }), &["guests", "pending", "ambiguous"])]
#[case::guests_become_members(typed(UserType::Member).with(&[new_job()]).counted(doubts()), &["pending", "ambiguous"])]
#[case::guests_are_wanted(typed(UserType::Guest).with(&[new_job()]).counted(doubts()), &["pending", "ambiguous"])]
#[case::nothing_to_tell(configure().with(&[]).counted(counting(4, 0)), &[])]
fn what_was_counted_is_told_with_every_word_but_a_success(#[case] scene: Scene, #[case] expected: &[&str]) {
    let scene =
        if scene.observed.preflight == Some(counting(4, 0)) { scene.with(&[new_job()]) } else { scene };
    assert_eq!(scene.decide().momentary, told(expected));
}

fn ended(decision: &Decision) -> &[Note] {
    let Step::Finish(Finish::Succeeded { notes, .. }) = &decision.step else { panic!("{:?}", decision.step) };
    notes
}

#[rstest]
#[case::plain(configure(), &[])]
#[case::doubts(configure().counted(doubts()), &["guests", "pending", "ambiguous"])]
#[case::guests_are_wanted(typed(UserType::Guest).counted(doubts()), &["pending", "ambiguous"])]
fn a_success_says_what_is_left(#[case] scene: Scene, #[case] expected: &[&str]) {
    let decision = scene.decide();
    let notes = ended(&decision);
    assert!(matches!(notes[0], Note::PeopleSearchLater { .. }), "{notes:?}");
    assert_eq!(notes[1..3], [Note::NoApiForTheRest, Note::LicencesNotRead { source: US, users: 3 }]);
    assert_eq!(notes[3..], told(expected));
}

#[test]
fn people_search_is_told_with_a_date() {
    let decision = configure().decide();
    let by = (NOW + time::Duration::days(7) - time::Duration::minutes(1)).date();
    assert_eq!(ended(&decision)[0], Note::PeopleSearchLater { by });
    let text = Note::PeopleSearchLater { by: date!(2026 - 11 - 28) }.text(&names());
    assert!(text.ends_with("in people search within seven days, by 2026-11-28"), "{text}");
}

#[rstest]
#[case(1, "1 user is synchronized")]
#[case(2, "2 users are synchronized")]
#[case(0, "0 users are synchronized")]
fn one_user_is_and_two_are(#[case] users: u64, #[case] expected: &str) {
    let decision = configure().with(&[with_job(|job| job.users = users)]).decide();
    let Step::Finish(Finish::Succeeded { summary, .. }) = decision.step else { panic!("it succeeds") };
    assert_eq!(summary, expected);
}

#[rstest]
#[case(Note::GuestsStayGuests { target: OTHER, guests: 1 }, &["1 user was a guest in Fabrikam", "userType Member"])]
#[case(Note::GuestsStayGuests { target: OTHER, guests: 2 }, &["2 users were guests", "userType Member"])]
#[case(Note::InvitationsPending { target: OTHER, users: 1 }, &["1 user in scope is a guest in Fabrikam", "reset"])]
#[case(Note::InvitationsPending { target: OTHER, users: 2 }, &["2 users in scope are guests", "reset"])]
#[case(Note::AmbiguousAddresses { target: OTHER, users: 1 }, &["of 1 user belong", "remove the duplicates"])]
#[case(Note::LicencesNotRead { source: OTHER, users: 1 }, &["1 synchronized user needs", "Organization.Read.All"])]
#[case(Note::EntriesFailed { entries: 1 }, &["1 entry could not"])]
fn notes_count_and_say_what_to_do(#[case] note: Note, #[case] expected: &[&str]) {
    let text = note.text(&names());
    for part in expected {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_somebody_else_changed_has_a_code_of_its_own() {
    let (source, target) = (US, OTHER);
    assert_eq!(SyncReason::ChangedMeanwhile { source, target }.code(), "changed-meanwhile");
    assert_eq!(SyncReason::StoppedMeanwhile { source, target }.code(), "stopped-meanwhile");
}
