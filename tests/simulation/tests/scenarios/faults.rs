//! A service and a network that fail now and then.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use entra_simulator::{Change, MemberRole, MemberState, Options, Seed, Throttling};
use mto_messages::Verb;
use mto_simulation_tests::{Fault, Scene, Stage, add, create, join, seed_with_organization};
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

fn listed() -> Seed {
    seed_with_organization(2, &[("fabrikam", MemberRole::Member, MemberState::Pending)])
}

fn throttle(scene: &Scene, seconds: Option<u64>) {
    scene.script(Change::Throttle { tenant: None, count: 1, retry_after_seconds: seconds });
}

/// The moments of the functions' requests, each once.
fn moments(scene: &Scene) -> BTreeSet<OffsetDateTime> {
    scene.requests().iter().map(|line| OffsetDateTime::parse(&line.time, &Rfc3339).unwrap()).collect()
}

#[tokio::test]
async fn a_short_retry_after_is_waited_for_inside_the_call() {
    for (retry_after, seconds) in [(Some(5), 5..=6), (Some(30), 30..=31), (None, 0..=2)] {
        let scene = Stage::with(listed()).build();
        throttle(&scene, retry_after);
        scene.post(&join("J1", "fabrikam", &json!({}))).await;
        scene.look().await;
        assert!(seconds.contains(&scene.elapsed().whole_seconds()), "{retry_after:?}: {}", scene.elapsed());
        assert_eq!(scene.waited_for("J1"), ["joining"], "the same look went on");
        scene.run().await;
        assert_eq!(scene.verdict("J1").0, "succeeded");
        assert_eq!(scene.writes().len(), 1);
    }
}

#[tokio::test]
async fn a_long_retry_after_becomes_a_wait_that_ends_not_before_it() {
    let scene = Stage::with(listed()).build();
    throttle(&scene, Some(600));
    let start = scene.world().clock().now();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.look().await;
    let wait = &scene.waits("J1")[0];
    assert_eq!(wait.code(), "throttled");
    assert!(wait.text().contains("Fabrikam"));
    assert!(wait.next_look() - start >= Duration::seconds(600));
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    let early = moments(&scene).into_iter().filter(|at| *at > start && *at < start + Duration::seconds(600));
    assert_eq!(early.count(), 0, "no request before the time the service asked for");
}

#[tokio::test]
async fn a_wait_longer_than_a_message_can_be_delayed_hops_without_a_request() {
    let scene = Stage::with(listed()).build();
    throttle(&scene, Some(3_000));
    let start = scene.world().clock().now();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    let mut deliveries = Vec::new();
    loop {
        scene.look().await;
        let (stored, journal) = (scene.waiting(Verb::Join), scene.journal(Verb::Join));
        deliveries.push(stored.visible_at);
        assert!(stored.visible_at - scene.world().clock().now() <= Duration::minutes(15), "SQS's limit");
        if journal.not_before.is_none() {
            break;
        }
        assert_eq!(journal.looks, 1, "hops do not look");
        assert_eq!(moments(&scene).len(), 1, "hops do not ask Graph");
        scene.world().clock().jump_to(stored.visible_at);
    }
    assert_eq!(deliveries.len(), 5, "three hops of 15 min, one of 5, and the look after it: {deliveries:?}");
    assert!(scene.world().clock().now() >= start + Duration::seconds(3_000));
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
}

#[tokio::test]
async fn the_pause_after_a_failed_join_hops_too() {
    let scene = Stage::with(listed()).build();
    scene.script(Change::FailJoins { tenant: scene.id("fabrikam"), count: 1 });
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    let paused = scene.waits("J1").into_iter().find(|told| told.code() == "pausing-after-failure").unwrap();
    let (from, to) = (paused.time(), paused.next_look());
    assert_eq!(to - from, Duration::hours(2));
    let during = moments(&scene).into_iter().filter(|at| *at > from && *at < to);
    assert_eq!(during.count(), 0);
}

#[tokio::test]
async fn throttled_parts_of_a_batch_are_sent_later_and_each_tenant_is_added_once() {
    let throttling = Throttling { enabled: true, writes: 1, ..Throttling::default() };
    let stage = Stage::with(seed_with_organization(4, &[]));
    let scene = stage.options(Options { throttling, ..Options::default() }).build();
    scene.post(&add("A1", &["fabrikam", "tailspin", "northwind"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    let made = scene.writes().into_iter().filter(|line| line.method == "POST" && line.status == 201);
    assert_eq!(made.count(), 3);
    assert!(scene.elapsed() < Duration::minutes(20), "{}", scene.elapsed());
}

#[tokio::test]
async fn a_command_that_is_throttled_for_good_expires_and_says_so() {
    let throttling = Throttling { enabled: true, writes: 0, ..Throttling::default() };
    let stage = Stage::with(seed_with_organization(2, &[]));
    let scene = stage.options(Options { throttling, ..Options::default() }).build();
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    let end = scene.end("A1");
    assert_eq!(end.kind(), "expired");
    assert!(end.text().contains("add Fabrikam") && end.text().contains("throttled"), "{}", end.text());
    assert!(end.remedy().contains("send the command again under a new id"));
}

/// Every write of a formation in turn: no effect and no answer, effect and no answer, and other server errors.
#[rstest::rstest]
#[case::unavailable_before(503, false)]
#[case::time_out_after(504, true)]
#[case::error_before(500, false)]
#[case::error_after(500, true)]
#[tokio::test]
async fn a_server_error_at_any_write_leaves_exactly_one_of_each(#[case] status: u16, #[case] after: bool) {
    let mut all = Vec::new();
    for at in 0.. {
        let hit = Arc::new(Mutex::new(None));
        let (writes, told) = (AtomicUsize::new(0), hit.clone());
        let scene = Stage::new(2)
            .faults(move |point| {
                let place = if after { point.answered() } else { point.request() };
                let Some((method, path)) = place.filter(|(method, path)| is_write(method, path)) else {
                    return Fault::None;
                };
                if writes.fetch_add(1, Ordering::SeqCst) != at {
                    return Fault::None;
                }
                let last = path.rsplit('/').next().unwrap_or_default();
                *told.lock().unwrap() = Some(format!("{method} {last}"));
                Fault::Answer(status)
            })
            .build();
        let then = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
        scene.post(&create("INC1", &["fabrikam"], &then)).await;
        scene.run().await;
        assert_eq!(scene.verdict("INC1").0, "succeeded");
        assert_eq!(scene.row("contoso", "fabrikam"), "member active");
        assert_eq!(scene.organizations(), 1);
        let done: Vec<_> = scene.writes().into_iter().filter(|line| line.status < 300).collect();
        assert_eq!(done.len(), 7, "write {at}: {done:?}");
        let Some(hit) = hit.lock().unwrap().take() else { break };
        all.push(hit);
    }
    // A look that is a `$batch` cannot be told from writes by its address: it is hit as well.
    for write in ["PUT multiTenantOrganization", "POST tenants", "PATCH joinRequest", "POST $batch"] {
        assert!(all.iter().any(|hit| hit == write), "{write} was not hit: {all:?}");
    }
}

fn is_write(method: &str, path: &str) -> bool {
    method != "GET" && !path.ends_with("/oauth2/v2.0/token")
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_not_made_again_once_its_effect_shows() {
    let scene = Stage::with(listed()).build();
    let tenant = Some(scene.id("fabrikam"));
    scene.script(Change::ServerErrors { tenant, count: 1, after_effect: true, writes_only: true });
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    let write = scene.end("J1").list("writes").remove(0);
    assert_eq!((write["what"].as_str(), write["status"].as_u64()), (Some("request-join"), Some(504)));
    assert!(write["requestId"].is_string(), "for a support case");
    assert_eq!(scene.writes().len(), 1);
}

#[tokio::test]
async fn a_service_that_is_away_for_an_hour_is_waited_for() {
    let away = Arc::new(AtomicBool::new(true));
    let is_away = away.clone();
    let scene = Stage::with(listed())
        .faults(move |point| {
            let lost = point.request().is_some() && is_away.load(Ordering::SeqCst);
            if lost { Fault::Error } else { Fault::None }
        })
        .build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(55)).await;
    assert_eq!(scene.waited_for("J1"), ["service-unavailable"]);
    assert_eq!(scene.waits("J1").len(), 1);
    away.store(false, Ordering::SeqCst);
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
}

#[tokio::test]
async fn a_login_service_with_errors_is_waited_for_and_never_a_denial() {
    let left = AtomicUsize::new(30);
    let scene = Stage::with(listed())
        .faults(move |point| {
            let signs_in = point.request().is_some_and(|(_, path)| path.ends_with("/token"));
            let take = |left: usize| left.checked_sub(1);
            let fails = signs_in && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok();
            if fails { Fault::Answer(503) } else { Fault::None }
        })
        .build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(!scene.waited_for("J1").contains(&"denied".to_owned()));
}

#[tokio::test]
async fn revoked_tokens_are_renewed_without_notice() {
    let scene = Stage::with(listed()).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    for _ in 0..6 {
        scene.run_for(Duration::minutes(15)).await;
        scene.script(Change::RevokeTokens { tenant: scene.id("fabrikam") });
    }
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(scene.waited_for("J1").iter().all(|code| code == "joining"));
}

/// Old answers for a while: of nothing that is written there are two, and nothing is concluded too early.
#[tokio::test]
async fn stale_reads_delay_a_formation_and_do_no_harm() {
    for count in [1, 2, 3, 5, 8, 13] {
        let scene = Stage::new(2).build();
        for tenant in ["contoso", "fabrikam"] {
            scene.admin(tenant).sees("");
            scene.admin(tenant).sees("/joinRequest");
            scene.script(Change::StaleReads { tenant: scene.id(tenant), count });
        }
        scene.post(&create("INC1", &["fabrikam"], &json!({"then": {"join": true}}))).await;
        scene.run().await;
        assert_eq!(scene.verdict("INC1").0, "succeeded", "{count}");
        assert_eq!(scene.row("contoso", "fabrikam"), "member active");
        let done: Vec<_> = scene.writes().into_iter().filter(|line| line.status < 300).collect();
        assert_eq!(done.len(), 3, "{count}: {done:?}");
    }
}

#[tokio::test]
async fn a_write_that_does_not_show_for_longer_than_it_may_is_made_again_and_does_no_harm() {
    let scene = Stage::with(listed()).build();
    for path in ["", "/joinRequest"] {
        scene.admin("fabrikam").sees(path);
    }
    scene.script(Change::StaleReads { tenant: scene.id("fabrikam"), count: 24 });
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.writes().len(), 2, "ten minutes later");
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}
