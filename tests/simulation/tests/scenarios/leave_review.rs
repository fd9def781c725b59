//! A leave that cannot tell, or does not come to its end: nothing is closed between fellows, and whoever has to close
//! the rest by hand is told how.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use entra_simulator::{Change, MemberRole, MemberState};
use mto_messages::Verb;
use mto_simulation_tests::{
    Fault, Scene, Stage, Told, command, leave, seed_with_organization, still_open, with_open_mesh,
};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

/// Contoso's organization with Fabrikam and Tailspin, all of them open to each other.
fn group(fabrikam: MemberRole) -> Stage {
    let rows =
        [("fabrikam", fabrikam, MemberState::Active), ("tailspin", MemberRole::Member, MemberState::Active)];
    Stage::with(with_open_mesh(seed_with_organization(3, &rows)))
}

fn dissolve() -> Value {
    leave("L1", "contoso", "dissolve", &json!({"cleanup": "settings"}))
}

fn remove() -> Value {
    leave("L1", "fabrikam", "remove", &json!({"cleanup": "settings"}))
}

/// What is open between the two, both ways.
fn open_between(scene: &Scene, one: &str, other: &str) -> usize {
    let both = [format!("{one} about {other}"), format!("{other} about {one}")];
    still_open(scene).iter().filter(|line| both.iter().any(|pair| line.starts_with(pair))).count()
}

/// The data of the command that the outcome names.
fn named_clean_up(end: &Told) -> Value {
    let notes: Vec<String> = end.list("notes").iter().map(|note| note.as_str().unwrap().to_owned()).collect();
    let named: Vec<&String> = notes.iter().filter(|note| note.contains("mto.sync.v1")).collect();
    assert_eq!(named.len(), 1, "{notes:?}");
    let body = &named[0][named[0].find('{').unwrap()..=named[0].rfind('}').unwrap()];
    serde_json::from_str(body).unwrap()
}

/// Sends what the outcome names, and it works.
async fn close_as_named(scene: &Scene, end: &Told) {
    let data = named_clean_up(end);
    scene.post(&command("sync", "S1", &data)).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded", "{data}");
}

// The owner was put out by another owner

#[tokio::test]
async fn an_owner_that_another_owner_put_out_has_dissolved_nothing() {
    let deletes = AtomicUsize::new(0);
    let crash = move |point: mto_simulation_tests::Point<'_>| {
        let is_write = |(method, path): (&str, &str)| method == "DELETE" || path.ends_with("/$batch");
        let first = point.request().is_some_and(is_write) && deletes.fetch_add(1, Ordering::SeqCst) == 0;
        if first { Fault::Crash } else { Fault::None }
    };
    let scene = group(MemberRole::Owner).faults(crash).build();
    scene.script(Change::RemovalDuration { tenant: scene.id("contoso"), seconds: Some(0) });
    scene.post(&dissolve()).await;
    scene.look().await;
    assert!(scene.writes().is_empty());
    scene.admin("fabrikam").removes("contoso");
    scene.run().await;

    let end = scene.end("L1");
    assert_eq!((end.kind(), end.code()), ("rejected", "owner-has-no-organization"));
    assert!(end.list("children").is_empty());
    assert_eq!(scene.organizations(), 1);
    assert_eq!(open_between(&scene, "Fabrikam", "Tailspin"), 6, "they are fellows still");

    close_as_named(&scene, &end).await;
    assert_eq!(open_between(&scene, "Contoso", "Fabrikam"), 0);
    assert_eq!(open_between(&scene, "Contoso", "Tailspin"), 0);
    assert_eq!(open_between(&scene, "Fabrikam", "Tailspin"), 6);
}

// Answers that are not true

#[tokio::test]
async fn one_answer_that_there_is_no_organization_does_not_end_a_dissolution() {
    let looks = AtomicUsize::new(0);
    let stage = group(MemberRole::Owner).rewriting(move |method, path, body| {
        let is_state = method == "GET" && path.ends_with("/multiTenantOrganization");
        if is_state && looks.fetch_add(1, Ordering::SeqCst) == 3 {
            assert_eq!(body["state"], "active");
            body["state"] = json!("inactive");
        }
    });
    let scene = stage.build();
    scene.post(&dissolve()).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.organizations(), 0);
    assert_eq!(still_open(&scene), Vec::<String>::new());
}

#[tokio::test]
async fn a_list_that_lacks_the_others_does_not_make_the_owner_go_first() {
    let lists = AtomicUsize::new(0);
    let stage = group(MemberRole::Owner).rewriting(move |method, path, body| {
        if method == "GET" && path.ends_with("/tenants") && lists.fetch_add(1, Ordering::SeqCst) == 1 {
            body["value"].as_array_mut().unwrap().retain(|row| row["displayName"] == "Contoso");
        }
    });
    let scene = stage.build();
    let contoso = scene.id("contoso").to_string();
    scene.post(&dissolve()).await;
    scene.run().await;
    let deletes: Vec<String> = scene
        .writes()
        .into_iter()
        .filter(|line| line.method == "DELETE" && line.status < 300)
        .map(|line| line.path)
        .collect();
    assert_eq!(deletes.len(), 3, "{deletes:?}");
    assert!(deletes[2].contains(&contoso), "{deletes:?}");
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.organizations(), 0);
    assert_eq!(still_open(&scene), Vec::<String>::new());
}

// Ends that come after the DELETE

/// Nobody lets the owner in any more, from this moment.
fn shut_out(scene: &Scene, broken: bool) {
    let tenant = scene.id("contoso");
    scene.script(Change::BreakCredential { tenant, broken });
    scene.script(Change::RevokeTokens { tenant });
}

#[rstest]
#[case::denied("failed")]
#[case::too_slow("expired")]
#[tokio::test]
async fn an_end_after_the_delete_names_the_command_that_closes_the_rest(#[case] kind: &str) {
    let scene = group(MemberRole::Member).build();
    if kind == "expired" {
        let slow = Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(5 * 3_600) };
        scene.script(slow);
    }
    scene.post(&remove()).await;
    scene.run_for(Duration::seconds(20)).await;
    assert_eq!(scene.count("DELETE", &scene.id("fabrikam").to_string()), 1);
    if kind == "failed" {
        shut_out(&scene, true);
    }
    scene.run().await;
    let end = scene.end("L1");
    assert_eq!(end.kind(), kind, "{}", end.summary());
    let data = named_clean_up(&end);
    assert_eq!((&data["action"], &data["source"]), (&json!("unshare"), &json!("fabrikam")));
    assert_eq!((&data["cleanup"], &data["bothDirections"]), (&json!("settings"), &json!(true)));
    assert_eq!(data["targets"].as_array().unwrap().len(), 2);

    if kind == "failed" {
        shut_out(&scene, false);
    }
    scene.run_for(Duration::hours(6)).await;
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    close_as_named(&scene, &end).await;
    assert_eq!(open_between(&scene, "Contoso", "Fabrikam"), 0);
    assert_eq!(open_between(&scene, "Fabrikam", "Tailspin"), 0);
    assert_eq!(open_between(&scene, "Contoso", "Tailspin"), 6);
}

#[tokio::test]
async fn also_if_the_delivery_that_made_the_delete_was_lost() {
    let scene = group(MemberRole::Member).faults({
        let seen = AtomicUsize::new(0);
        move |point| {
            let made = point.answered().is_some_and(|(method, _)| method == "DELETE");
            if made && seen.fetch_add(1, Ordering::SeqCst) == 0 { Fault::Crash } else { Fault::None }
        }
    });
    let scene = scene.build();
    scene.post(&remove()).await;
    scene.look().await;
    assert!(scene.journal(Verb::Leave).writes.is_empty(), "nobody knows of the DELETE");
    shut_out(&scene, true);
    scene.run().await;
    let end = scene.end("L1");
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    assert_eq!(named_clean_up(&end)["source"], "fabrikam");
}

#[tokio::test]
async fn a_success_names_no_such_command_and_neither_does_an_end_before_anything_was_to_be_deleted() {
    let scene = group(MemberRole::Member).build();
    scene.post(&remove()).await;
    scene.post(&leave("L2", "contoso", "leave", &json!({"cleanup": "settings"}))).await;
    scene.run().await;
    assert_eq!((scene.end("L1").kind(), scene.end("L2").kind()), ("succeeded", "rejected"));
    for id in ["L1", "L2"] {
        let notes = serde_json::to_string(&scene.end(id).list("notes")).unwrap();
        assert!(!notes.contains("mto.sync.v1"), "{id}: {notes}");
    }
}

// The number that was agreed to

#[tokio::test]
async fn the_clean_up_of_users_confirms_the_number_that_the_leave_confirms() {
    let scene = group(MemberRole::Member).build();
    let away = |count| Change::ServerErrors {
        tenant: Some(scene.id("tailspin")),
        count,
        after_effect: false,
        writes_only: false,
    };
    scene.script(away(10_000));
    let more = json!({"cleanup": "users", "confirm": {"tenant": "fabrikam", "users": 70}});
    scene.post(&leave("L1", "fabrikam", "leave", &more)).await;
    scene.run_for(Duration::minutes(30)).await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    let waiting = scene.world().waiting(Verb::Sync);
    assert!(!waiting.is_empty());
    for stored in waiting {
        let data = serde_json::from_str::<Value>(&stored.body).unwrap()["data"].clone();
        assert_eq!(data["confirm"], json!({"tenant": data["source"], "users": 70}), "{data}");
    }
    scene.script(Change::NoFaults);
    scene.run().await;
}
