//! A tenant that leaves between our look and our write, when that takes long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use entra_simulator::{Change, Options, Seed};
use http::Method;
use mto_simulation_tests::{Fault, Scene, Stage};
use serde_json::Value;
use time::Duration;

use crate::support::*;

/// A scene in which something happens after requests were answered; they count from 0, those for tokens left out.
struct Race {
    scene: Arc<Scene>,
    answered: Arc<AtomicUsize>,
}

impl Race {
    fn new(seed: Seed, event: impl Fn(usize, &Scene) + Send + Sync + 'static) -> Self {
        let built: Arc<OnceLock<std::sync::Weak<Scene>>> = Arc::default();
        let answered = Arc::new(AtomicUsize::new(0));
        let (on, count) = (built.clone(), answered.clone());
        let options = Options { fellow_partner_may_be_deleted: true, ..Options::default() };
        let stage = Stage::with(seed).options(options).faults(move |point| {
            if point.answered().is_some_and(|(_, path)| !path.ends_with("/token")) {
                let number = count.fetch_add(1, Ordering::SeqCst);
                event(number, &on.get().unwrap().upgrade().unwrap());
            }
            Fault::None
        });
        let scene = Arc::new(stage.build());
        assert!(built.set(Arc::downgrade(&scene)).is_ok());
        scene.script(Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(0) });
        Self { scene, answered }
    }

    async fn opens(&self) {
        self.scene.post(&of_organization("S1")).await;
        self.scene.run().await;
    }
}

fn passes(scene: &Scene, time: Duration) {
    let clock = scene.world().clock();
    clock.jump_to(mto_graph::Clock::now(clock) + time);
}

fn fabrikam_leaves(scene: &Scene) {
    let list = "/tenantRelationships/multiTenantOrganization/tenants";
    let fabrikam = scene.id("fabrikam");
    by_hand(scene, fabrikam, &Method::DELETE, &format!("{list}/{fabrikam}"), &Value::Null);
}

#[tokio::test]
async fn writes_that_come_late_are_not_made_on_an_old_look() {
    // Three requests are the look, the fourth is the first that writes.
    let race = Race::new(of_three(), |number, scene| {
        if number == 3 {
            fabrikam_leaves(scene);
            passes(scene, Duration::seconds(30));
        }
    });
    race.opens().await;
    let scene = &race.scene;
    assert!(race.answered.load(Ordering::SeqCst) > 6, "it looked again");
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_records(scene, &["contoso", "tailspin"], OPEN);
    let pairs = [
        ("contoso", "fabrikam"),
        ("fabrikam", "contoso"),
        ("tailspin", "fabrikam"),
        ("fabrikam", "tailspin"),
    ];
    let holders: std::collections::BTreeSet<&str> = pairs
        .into_iter()
        .filter(|(one, other)| short(scene, one, other) == OPEN)
        .map(|(one, _)| one)
        .collect();
    assert!(holders.len() <= 1, "only the batch that was under way when it left: {holders:?}");
}

#[tokio::test]
async fn what_was_accepted_is_not_believed_after_a_while() {
    let race = Race::new(with_open_mesh(of_three()), |number, scene| {
        if number == 3 {
            fabrikam_leaves(scene);
            passes(scene, Duration::seconds(30));
        }
    });
    race.scene.admin("contoso").drops_partner("fabrikam");
    race.opens().await;
    let scene = &race.scene;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_eq!(scene.count("POST", "/partners"), 1);
    assert_eq!(scene.count("PUT", "/identitySynchronization"), 0, "it is no fellow any more");
    assert!(
        scene.end("S1").summary().contains("2 ordered pairs among 2 tenants"),
        "{}",
        scene.end("S1").summary()
    );
}

#[tokio::test]
async fn what_was_accepted_is_believed_at_once() {
    let race = Race::new(with_open_mesh(of_three()), |_, scene| passes(scene, Duration::seconds(3)));
    race.scene.admin("contoso").drops_partner("fabrikam");
    race.opens().await;
    assert_eq!(race.scene.verdict("S1").0, "succeeded");
    assert_eq!(race.scene.count("PUT", "/identitySynchronization"), 1);
    assert_eq!(race.answered.load(Ordering::SeqCst), 5, "one look, and two rounds of writes");
}

#[tokio::test]
async fn on_a_look_that_takes_too_long_nothing_is_written() {
    let race = Race::new(of_three(), |number, scene| {
        if number < 3 {
            passes(scene, Duration::seconds(10));
        }
    });
    race.scene.post(&of_organization("S1")).await;
    race.scene.look().await;
    assert_eq!(race.scene.waited_for("S1"), ["service-unavailable"]);
    assert!(race.scene.writes().is_empty());
    race.scene.run().await;
    assert_eq!(race.scene.verdict("S1").0, "succeeded");
    assert_records(&race.scene, &["contoso", "fabrikam", "tailspin"], OPEN);
}
