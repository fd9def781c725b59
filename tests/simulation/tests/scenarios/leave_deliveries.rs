//! A leave that crashes, forks or loses its memory: the clean-up is posted all the same, with everybody in it.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use entra_simulator::{Change, MemberRole, MemberState};
use mto_local::queue;
use mto_messages::Verb;
use mto_simulation_tests::{
    Fault, Point, Scene, Stage, Told, leave, seed_with_organization, still_open, with_open_mesh,
};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

const MEMBERS: [&str; 3] = ["contoso", "fabrikam", "tailspin"];

/// Contoso's organization with Fabrikam and Tailspin, all of them open to each other.
fn group() -> Stage {
    let active = |name| (name, MemberRole::Member, MemberState::Active);
    Stage::with(with_open_mesh(seed_with_organization(3, &[active("fabrikam"), active("tailspin")])))
}

fn command(mode: &str) -> Value {
    let tenant = if mode == "dissolve" { "contoso" } else { "fabrikam" };
    leave("L1", tenant, mode, &json!({"cleanup": "settings"}))
}

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

fn ids(words: &[Told]) -> BTreeSet<&str> {
    words.iter().map(Told::id).collect()
}

/// Who is out is out, every end agrees, and nothing is open that was to be closed.
fn assert_left(scene: &Scene, mode: &str, what: &str) {
    let words = scene.last_words("L1");
    assert!((1..=2).contains(&words.len()), "{what}: {}", words.len());
    assert_eq!(ids(&words).len(), 1, "{what}");
    assert_eq!(words[0].kind(), "succeeded", "{what}: {}", words[0].summary());
    let dissolved = mode == "dissolve";
    assert_eq!(scene.organizations(), usize::from(!dissolved), "{what}");
    assert_eq!(scene.row("contoso", "fabrikam"), "absent", "{what}");
    let (contoso, tailspin) = ("Contoso about Tailspin", "Tailspin about Contoso");
    let stays = |line: &String| !dissolved && (line.starts_with(contoso) || line.starts_with(tailspin));
    let open = still_open(scene);
    assert!(open.iter().all(stays), "{what}: {open:?}");
    assert_eq!(open.len(), if dissolved { 0 } else { 6 }, "{what}: {open:?}");
    let removed: Vec<_> =
        scene.writes().into_iter().filter(|line| line.method == "DELETE" && line.status < 300).collect();
    assert_eq!(removed.len(), if dissolved { 3 } else { 1 }, "{what}: {removed:?}");
    for verb in [Verb::Leave, Verb::Sync] {
        assert!(scene.world().dead_letters(verb).is_empty(), "{what}");
    }
}

async fn story(mode: &str, hook: impl Fn(Point<'_>) -> Fault + Send + Sync + 'static) -> Scene {
    let scene = group().faults(hook).build();
    scene.post(&command(mode)).await;
    scene.run().await;
    scene
}

/// How many points a story has until its clean-up is posted and its end is told; what `sync` does then is its own.
async fn points(mode: &str) -> usize {
    let posts: Arc<Mutex<Vec<bool>>> = Arc::default();
    let seen = posts.clone();
    let scene = story(mode, move |point| {
        seen.lock().unwrap().push(point == Point::Sent(queue(Verb::Sync).as_str()));
        Fault::None
    })
    .await;
    assert_left(&scene, mode, "without a fault");
    let posts = posts.lock().unwrap();
    let posted = posts.iter().position(|is_post| *is_post).unwrap();
    // The outcome is about to be sent, and sent.
    posted + 3
}

#[rstest]
#[case("leave", Fault::Crash)]
#[case("leave", Fault::Error)]
#[case("remove", Fault::Crash)]
#[case("dissolve", Fault::Crash)]
#[case("dissolve", Fault::Error)]
#[tokio::test]
async fn a_fault_at_any_point_loses_no_clean_up(#[case] mode: &str, #[case] fault: Fault) {
    let points = points(mode).await;
    assert!(points > 30, "{points}");
    for at in 0..points {
        let scene = story(mode, once(fault, at, |_| true)).await;
        assert_left(&scene, mode, &format!("{mode}, {fault:?} at {at}"));
    }
}

#[rstest]
#[case("leave")]
#[case("remove")]
#[case("dissolve")]
#[tokio::test]
async fn the_membership_is_stored_before_the_first_row_is_deleted(#[case] mode: &str) {
    let crash = once(Fault::Crash, 0, |point| {
        point.request().is_some_and(|(method, path)| method == "DELETE" || path.ends_with("/$batch"))
    });
    let scene = group().faults(crash).build();
    scene.post(&command(mode)).await;
    scene.look().await;
    assert!(scene.writes().is_empty());
    let membership = scene.journal(Verb::Leave).membership.unwrap();
    assert_eq!(membership.tenants.len(), if mode == "dissolve" { 3 } else { 2 });
    assert_eq!(membership.display_name.as_deref(), Some("Group"));
    scene.run().await;
    assert_left(&scene, mode, mode);
}

#[rstest]
#[case("leave")]
#[case("remove")]
#[case("dissolve")]
#[tokio::test]
async fn a_crash_after_the_delete_and_a_removal_that_ends_before_the_next_look_lose_nothing(
    #[case] mode: &str,
) {
    // The function dies before anything of the DELETE is stored, and comes back when the row is gone.
    let crash = once(Fault::Crash, 0, |point| {
        point.answered().is_some_and(|(method, path)| method == "DELETE" || path.ends_with("/$batch"))
    });
    let scene = group().faults(crash).build();
    for tenant in MEMBERS {
        scene.script(Change::RemovalDuration { tenant: scene.id(tenant), seconds: Some(30) });
    }
    scene.post(&command(mode)).await;
    scene.run().await;
    assert_left(&scene, mode, mode);
    let child = &scene.last_words("L1")[0].list("children")[0];
    assert_eq!(scene.verdict(child.as_str().unwrap()).0, "succeeded");
}

#[rstest]
#[case("leave")]
#[case("remove")]
#[case("dissolve")]
#[tokio::test]
async fn two_deliveries_at_any_time_agree(#[case] mode: &str) {
    for minutes in 0..8 {
        let scene = group().interleaved().build();
        scene.post(&command(mode)).await;
        scene.run_for(Duration::minutes(minutes)).await;
        let Some(stored) = scene.world().waiting(Verb::Leave).first().cloned() else { break };
        assert!(scene.world().queues().duplicate(&queue(Verb::Leave), &stored.message_id));
        scene.run().await;
        assert_left(&scene, mode, &format!("after {minutes} minutes"));
    }
}

#[tokio::test]
async fn a_body_without_its_journal_while_the_removal_runs_remembers_again() {
    for mode in ["leave", "remove", "dissolve"] {
        let scene = group().build();
        scene.post(&command(mode)).await;
        scene.run_for(Duration::minutes(2)).await;
        let stored = scene.waiting(Verb::Leave);
        scene.world().queues().drain(&queue(Verb::Leave));
        scene.world().post(Verb::Leave, &stored.body).await.unwrap();
        scene.run().await;
        assert_left(&scene, mode, mode);
    }
}

#[tokio::test]
async fn a_body_without_its_journal_after_the_removal_cleans_nothing_up_and_says_how_to() {
    let scene = group().build();
    scene.post(&command("remove")).await;
    scene.run_for(Duration::minutes(2)).await;
    let stored = scene.waiting(Verb::Leave);
    scene.world().queues().drain(&queue(Verb::Leave));
    scene.run_for(Duration::minutes(10)).await;
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    scene.world().post(Verb::Leave, &stored.body).await.unwrap();
    scene.run().await;
    let end = scene.end("L1");
    assert_eq!((end.kind(), end.summary()), ("succeeded", "the owner does not list the tenant"));
    assert!(end.list("children").is_empty());
    let note = end.list("notes")[0].as_str().unwrap().to_owned();
    for says in ["nothing was cleaned up", "mto.sync.v1", "unshare", "source", "targets"] {
        assert!(note.contains(says), "{says}: {note}");
    }
    // And that works.
    let data = json!({"action": "unshare", "source": "fabrikam", "targets": ["contoso", "tailspin"],
        "cleanup": "settings", "bothDirections": true});
    scene.post(&mto_simulation_tests::command("sync", "S1", &data)).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_eq!(still_open(&scene).len(), 6, "Contoso and Tailspin");
}
