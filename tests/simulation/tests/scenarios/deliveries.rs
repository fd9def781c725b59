//! At least once, in any order, with crashes in between: what happens to every record.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mto_local::{outcomes_queue, queue};
use mto_messages::Verb;
use mto_simulation_tests::{Fault, Point, Scene, Stage, Told, add, create, join};
use serde_json::{Value, json};
use time::Duration;

/// A hook that answers `fault` at the `wanted`th point (from 0) that fits, and lets all others pass.
fn once(
    fault: Fault,
    wanted: usize,
    fits: impl Fn(Point<'_>) -> bool + Send + Sync + 'static,
) -> impl Fn(Point<'_>) -> Fault + Send + Sync + 'static {
    let seen = AtomicUsize::new(0);
    move |point| {
        if fits(point) && seen.fetch_add(1, Ordering::SeqCst) == wanted { fault } else { Fault::None }
    }
}

/// Contoso's organization with Fabrikam listed.
fn listed(stage: Stage) -> Scene {
    let scene = stage.build();
    scene.admin("contoso").creates("Group");
    scene.admin("contoso").adds("fabrikam", "member");
    scene
}

fn ids(words: &[Told]) -> BTreeSet<&str> {
    words.iter().map(Told::id).collect()
}

#[tokio::test]
async fn a_command_sent_twice_has_one_effect_and_outcomes_with_the_same_ids() {
    let scene = Scene::new(3);
    let command = create("INC1", &["fabrikam", "tailspin"], &json!({"then": {"join": true}}));
    scene.post(&command).await;
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(scene.writes().len(), 5, "one PUT, two POST, two PATCH");
    let words = scene.last_words("INC1");
    assert_eq!((words.len(), ids(&words).len()), (2, 1), "told twice, with one id");
    assert!(words.iter().all(|told| told.kind() == "succeeded"));
    let children: BTreeSet<String> =
        words.iter().flat_map(|told| told.list("children")).map(|id| id.to_string()).collect();
    assert_eq!(children.len(), 1, "both posted the same child");
}

#[tokio::test]
async fn a_command_sent_again_after_it_succeeded_changes_nothing() {
    let scene = Scene::new(2);
    for command in [
        create("C1", &["fabrikam"], &json!({"templates": "admin-center", "then": {"join": true}})),
        add("A1", &["fabrikam"], &json!({})),
        join("J1", "fabrikam", &json!({})),
    ] {
        scene.post(&command).await;
        scene.run().await;
        let before = scene.writes().len();
        scene.post(&command).await;
        scene.run().await;
        assert_eq!(scene.writes().len(), before, "{command}");
        let words = scene.last_words(command["id"].as_str().unwrap());
        assert_eq!((words.len(), ids(&words).len()), (2, 1));
        assert_eq!(words[1].kind(), "succeeded");
        assert!(words[1].writes().is_empty());
    }
}

#[tokio::test]
async fn two_deliveries_of_one_command_at_the_same_time_race_and_agree() {
    let scene = listed(Stage::new(2).interleaved());
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    let message = scene.waiting(Verb::Join).message_id;
    assert!(scene.world().queues().duplicate(&queue(Verb::Join), &message));
    scene.look().await;
    // Both looked before either wrote; the service takes the second request for the first.
    assert_eq!(scene.count("PATCH", "/joinRequest"), 2);
    assert_eq!(scene.world().waiting(Verb::Join).len(), 2, "two chains");
    scene.run().await;
    let words = scene.last_words("J1");
    assert_eq!((words.len(), ids(&words).len()), (2, 1));
    assert!(words.iter().all(|told| told.kind() == "succeeded"));
    assert_eq!(scene.writes().len(), 2, "no write after the race");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn two_deliveries_of_an_add_at_the_same_time_list_each_tenant_once() {
    let scene = Stage::new(4).interleaved().build();
    scene.admin("contoso").creates("Group");
    scene.post(&add("A1", &["fabrikam", "tailspin", "northwind"], &json!({"then": {"join": true}}))).await;
    let message = scene.waiting(Verb::Add).message_id;
    scene.world().queues().duplicate(&queue(Verb::Add), &message);
    scene.run().await;
    assert_eq!(scene.admin("contoso").sees("/tenants")["value"].as_array().unwrap().len(), 4);
    let made = scene.writes().into_iter().filter(|line| line.method == "POST" && line.status == 201);
    assert_eq!(made.count(), 3);
    assert_eq!(ids(&scene.last_words("A1")).len(), 1);
    assert!(
        scene.outcomes().iter().filter(|told| told.is_last_word()).all(|told| told.kind() == "succeeded")
    );
}

#[tokio::test]
async fn a_crash_between_send_and_delete_leaves_two_chains_with_one_effect() {
    let crash = once(Fault::Crash, 0, |point| point == Point::Delete);
    let scene = listed(Stage::new(2).faults(crash));
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.look().await;
    let stored = scene.world().waiting(Verb::Join);
    assert_eq!(stored.len(), 2, "the new message, and the old one that was not deleted");
    let counts: Vec<u32> = stored.iter().map(|message| message.receive_count).collect();
    assert_eq!(counts, [1, 0]);
    assert_eq!(stored[0].body, stored[1].body);
    // The old one comes back after the visibility timeout, without a journal: it looks before it writes.
    scene.run_for(Duration::minutes(7)).await;
    let stored = scene.world().waiting(Verb::Join);
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|message| message.receive_count == 0), "both chains wait as new messages");
    scene.run().await;
    let words = scene.last_words("J1");
    assert_eq!((words.len(), ids(&words).len()), (2, 1));
    assert_eq!(scene.writes().len(), 1, "one request to join");
}

#[tokio::test]
async fn a_refused_delete_is_made_up_for_by_the_batch() {
    let scene = listed(Stage::new(2).faults(once(Fault::Error, 0, |point| point == Point::Delete)));
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.look().await;
    assert_eq!(scene.waiting(Verb::Join).receive_count, 0, "only the new message is left");
    scene.run().await;
    assert_eq!(scene.last_words("J1").len(), 1);
}

#[tokio::test]
async fn an_outcome_that_no_queue_takes_leaves_the_record_in_its_queue() {
    let refuse = once(Fault::Error, 0, |point| point == Point::Send(outcomes_queue().as_str()));
    let scene = listed(Stage::new(2).faults(refuse));
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.look().await;
    assert_eq!(scene.waiting(Verb::Join).receive_count, 1);
    assert!(scene.outcomes().is_empty());
    scene.run().await;
    assert_eq!(scene.last_words("J1").len(), 1);
    assert_eq!(scene.writes().len(), 1);
}

#[tokio::test]
async fn one_unparseable_record_goes_to_the_dead_letters_and_harms_no_other() {
    let scene = listed(Stage::new(3));
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    let unreadable = "{\"type\": \"mto.join.v1\", \"id\": ";
    scene.world().post(Verb::Join, unreadable).await.unwrap();
    scene.post(&join("J2", "tailspin", &json!({}))).await;
    scene.look().await;
    let letters = scene.world().dead_letters(Verb::Join);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].body, unreadable, "to the letter");
    assert_eq!(letters[0].attributes["reason"], "not-json");
    assert!(letters[0].attributes["reasonText"].contains("send one CloudEvents event"));
    assert_eq!(letters[0].attributes["sourceQueue"], queue(Verb::Join).as_str());
    assert_eq!(scene.queued(Verb::Join), ["J1", "J2"], "both wait");
    assert!(scene.world().waiting(Verb::Join).iter().all(|message| message.receive_count == 0));
    scene.admin("contoso").adds("tailspin", "member");
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.verdict("J2").0, "succeeded");
}

#[rstest::rstest]
#[case::no_type(json!({"id": "X", "source": "/tests", "data": {}}), "missing-attribute", "type")]
#[case::no_data(json!({"type": "mto.join.v1", "id": "X", "source": "/tests"}), "missing-attribute", "data")]
#[case::unknown(json!({"type": "mto.merge.v1", "id": "X", "source": "/tests", "data": {}}), "unknown-type", "mto.merge.v1")]
#[case::newer(json!({"type": "mto.join.v2", "id": "X", "source": "/tests", "data": {}}), "unknown-version", "mto.join.v1")]
#[case::bad_field(json!({"type": "mto.join.v1", "id": "X", "source": "/tests", "data": {"tenant": "fabrikam", "owner": 7}}), "bad-field", "data.owner")]
#[case::other_verb(json!({"type": "mto.create.v1", "id": "X", "source": "/tests", "data": {"owner": "contoso", "displayName": "G"}}), "wrong-queue", "create")]
#[tokio::test]
async fn what_is_no_command_of_this_queue_becomes_a_dead_letter_with_its_reason(
    #[case] body: Value,
    #[case] code: &str,
    #[case] says: &str,
) {
    let scene = Scene::new(2);
    scene.world().post(Verb::Join, &body.to_string()).await.unwrap();
    scene.run().await;
    let letters = scene.world().dead_letters(Verb::Join);
    assert_eq!(letters[0].attributes["reason"], code);
    assert!(letters[0].attributes["reasonText"].contains(says), "{:?}", letters[0].attributes);
    assert_eq!(letters[0].body, body.to_string());
    assert!(scene.outcomes().is_empty());
    assert_eq!(scene.world().simulator().counters().graph_requests, 0);
}

#[tokio::test]
async fn a_record_of_an_unknown_tenant_is_rejected_and_harms_no_other() {
    let scene = listed(Stage::new(2));
    scene.post(&join("J1", "wingtip", &json!({}))).await;
    scene.post(&join("J2", "fabrikam", &json!({}))).await;
    scene.run().await;
    let end = scene.end("J1");
    assert_eq!((end.kind(), end.code()), ("rejected", "invalid"));
    assert!(end.text().contains("data.tenant") && end.text().contains("wingtip"), "{}", end.text());
    assert!(end.remedy().contains("directory"));
    assert_eq!(scene.verdict("J2").0, "succeeded");
    assert!(scene.world().dead_letters(Verb::Join).is_empty());
}

#[tokio::test]
async fn a_panic_in_one_record_leaves_only_that_record_and_five_of_them_end_it() {
    let stage = Stage::new(3);
    let tailspin = stage.setup.seed.tenants[2].tenant_id;
    // Whoever asks for a token of Tailspin panics.
    let sign_in = format!("/{tailspin}/oauth2/v2.0/token");
    let scene = listed(stage.faults(move |point| {
        let hit = point.request().is_some_and(|(_, path)| path == sign_in);
        if hit { Fault::Crash } else { Fault::None }
    }));
    let (first, poison, last) = ("J1", "J2", "J3");
    scene.post(&join(first, "fabrikam", &json!({}))).await;
    scene.post(&join(poison, "tailspin", &json!({}))).await;
    scene.post(&join(last, "fabrikam", &json!({}))).await;
    scene.look().await;
    let counts: Vec<(String, u32)> = scene
        .queued(Verb::Join)
        .into_iter()
        .zip(scene.world().waiting(Verb::Join).iter().map(|message| message.receive_count))
        .collect();
    assert!(counts.contains(&(poison.to_owned(), 1)), "left in the queue: {counts:?}");
    assert!(counts.contains(&(first.to_owned(), 0)) && counts.contains(&(last.to_owned(), 0)), "{counts:?}");
    scene.run().await;
    assert_eq!(scene.verdict(first).0, "succeeded");
    assert_eq!(scene.verdict(last).0, "succeeded");
    let letters = scene.world().dead_letters(Verb::Join);
    assert_eq!(letters.len(), 1, "moved by the queue itself");
    assert_eq!(letters[0].receive_count, 5);
    assert!(letters[0].body.contains(poison));
    // It was accepted at each delivery (with one id), and never more.
    assert_eq!(ids(&scene.told(poison)).into_iter().collect::<Vec<_>>(), ["J2/accepted"]);
}

#[tokio::test]
async fn a_batch_in_which_everything_waits_is_a_success() {
    let scene = Scene::new(12);
    for number in 1..12 {
        let tenant = scene.seed().tenants[number].tenant_id.to_string();
        scene.post(&join(&format!("J{number}"), &tenant, &json!({}))).await;
    }
    scene.look().await;
    let stored = scene.world().waiting(Verb::Join);
    assert_eq!(stored.len(), 11);
    assert!(stored.iter().all(|message| message.receive_count == 0));
}

/// Every point between two effects of a formation, one run each: a crash there, and the same command goes on.
#[tokio::test]
async fn a_crash_at_any_point_leaves_exactly_one_of_each() {
    let points = Arc::new(AtomicUsize::new(0));
    let count = points.clone();
    formation_with(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Fault::None
    })
    .await;
    let points = points.load(Ordering::SeqCst);
    assert!(points > 100, "{points}");
    for at in 0..points {
        formation_with(once(Fault::Crash, at, |_| true)).await;
    }
}

/// The same with errors instead of crashes: a queue that does not confirm, an answer that is lost.
#[tokio::test]
async fn an_error_at_any_point_leaves_exactly_one_of_each() {
    let points = Arc::new(AtomicUsize::new(0));
    let count = points.clone();
    formation_with(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Fault::None
    })
    .await;
    for at in 0..points.load(Ordering::SeqCst) {
        formation_with(once(Fault::Error, at, |_| true)).await;
    }
}

/// A formation of two, with a quick join; checks its end.
async fn formation_with(hook: impl Fn(Point<'_>) -> Fault + Send + Sync + 'static) {
    let options = entra_simulator::Options {
        creation_visible_after_seconds: 30,
        join_duration_seconds: 300,
        ..entra_simulator::Options::default()
    };
    let scene = Stage::new(2).options(options).faults(hook).build();
    let then = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
    scene.post(&create("INC1", &["fabrikam"], &then)).await;
    scene.run().await;
    assert_eq!(scene.organizations(), 1);
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
    for command in
        ["INC1".to_owned(), "INC1/add".to_owned(), format!("INC1/add/join/{}", scene.id("fabrikam"))]
    {
        let words = scene.last_words(&command);
        assert!((1..=2).contains(&words.len()), "{command}: {}", words.len());
        assert_eq!(ids(&words).len(), 1, "{command}");
        assert_eq!(words[0].kind(), "succeeded", "{command}");
    }
    assert!([Verb::Create, Verb::Add, Verb::Join].iter().all(|v| scene.world().dead_letters(*v).is_empty()));
    let done: Vec<String> = scene
        .writes()
        .into_iter()
        .filter(|line| line.status < 300)
        .map(|line| format!("{} {}", line.method, line.path))
        .collect();
    assert_eq!(done.len(), 7, "{done:?}");
    assert!(scene.elapsed() < Duration::hours(2), "{}", scene.elapsed());
}
