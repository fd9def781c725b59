//! Seeded runs of one formation alone, under few enough faults that it has to succeed: the formation has to be there.
//! Whatever may cross it, and every other fault, is in `tests/seeded`. A failing seed is named in the message.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use entra_simulator::{Change, Options};
use mto_local::queue;
use mto_messages::Verb;
use mto_simulation_tests::{Fault, Point, Scene, Stage, Told, create};
use serde_json::json;
use time::Duration;

const SEEDS: u64 = 12;
const MEMBERS: [&str; 2] = ["fabrikam", "tailspin"];
const VERBS: [Verb; 3] = [Verb::Create, Verb::Add, Verb::Join];

/// Splitmix64: small, and the same everywhere.
#[derive(Clone)]
struct Dice(Arc<AtomicU64>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    fn below(&self, bound: u64) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// At one point in sixty something happens. What may fork a chain is counted.
fn faults(
    dice: Dice,
    on: Arc<AtomicBool>,
    forks: Arc<AtomicU64>,
) -> impl Fn(Point<'_>) -> Fault + Send + Sync {
    move |point| {
        if !on.load(Ordering::SeqCst) || dice.below(60) > 0 {
            return Fault::None;
        }
        let fault = match dice.below(4) {
            0 => Fault::Crash,
            1 => Fault::Error,
            2 => Fault::Answer(503),
            _ => Fault::Answer(504),
        };
        // A record that was not finished comes again: it may have sent its next message, or posted its children.
        let unfinished = match point {
            Point::Send(_) | Point::Sent(_) | Point::Delete | Point::Deleted => true,
            Point::Request(..) | Point::Answered(..) => fault == Fault::Crash,
        };
        forks.fetch_add(u64::from(unfinished), Ordering::SeqCst);
        fault
    }
}

/// What else happens in five minutes: old answers, throttling, revoked tokens, a second delivery.
fn trouble(scene: &Scene, dice: &Dice, forks: &AtomicU64) {
    let tenants = ["contoso", "fabrikam", "tailspin"];
    let tenant = scene.id(tenants[usize::try_from(dice.below(3)).unwrap_or(0)]);
    match dice.below(12) {
        0 => scene.script(Change::StaleReads { tenant, count: 3 }),
        1 => {
            scene.script(Change::Throttle { tenant: Some(tenant), count: 2, retry_after_seconds: Some(120) });
        }
        2 => scene.script(Change::RevokeTokens { tenant }),
        3 => scene.script(Change::FailJoins { tenant, count: 1 }),
        4 | 5 => {
            for verb in VERBS {
                if let Some(stored) = scene.world().waiting(verb).first() {
                    scene.world().queues().duplicate(&queue(verb), &stored.message_id);
                    forks.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
        _ => {}
    }
}

/// Chains of one command never outnumber the forks that were made, by more than the first one.
fn check_chains(scene: &Scene, forks: &AtomicU64, seed: u64) {
    for verb in VERBS {
        let queued = scene.queued(verb);
        let commands: BTreeSet<&String> = queued.iter().collect();
        for command in commands {
            let chains = queued.iter().filter(|other| *other == command).count() as u64;
            let forks = forks.load(Ordering::SeqCst);
            assert!(chains <= forks + 1, "seed {seed}: {chains} chains of {command} after {forks} forks");
        }
    }
}

async fn run(seed: u64) -> Scene {
    let (dice, on, forks) = (Dice::new(seed), Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
    let options = Options { request_log_capacity: 100_000, ..Options::realistic() };
    let stage = Stage::new(3).options(options).interleaved();
    let scene = stage.faults(faults(dice.clone(), on.clone(), forks.clone())).build();
    let then = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
    scene.post(&create("INC1", &MEMBERS, &then)).await;
    for _ in 0..40 {
        trouble(&scene, &dice, &forks);
        scene.run_for(Duration::minutes(5)).await;
        check_chains(&scene, &forks, seed);
    }
    on.store(false, Ordering::SeqCst);
    scene.script(Change::NoFaults);
    scene.run().await;
    scene
}

#[tokio::test]
async fn whatever_goes_wrong_for_hours_the_formation_is_there_in_the_end() {
    for seed in 0..SEEDS {
        let scene = run(seed).await;
        assert_eq!(scene.organizations(), 1, "seed {seed}");
        let letters: usize = VERBS.iter().map(|verb| scene.world().dead_letters(*verb).len()).sum();
        assert_eq!(letters, 0, "seed {seed}");
        let mut commands = vec!["INC1".to_owned(), "INC1/add".to_owned()];
        commands.extend(MEMBERS.map(|tenant| format!("INC1/add/join/{}", scene.id(tenant))));
        for command in commands {
            let words = scene.last_words(&command);
            let ids: BTreeSet<&str> = words.iter().map(Told::id).collect();
            assert_eq!(ids.len(), 1, "seed {seed}: {ids:?}");
            assert_eq!(words[0].kind(), "succeeded", "seed {seed}: {}", words[0].summary());
        }
        for tenant in MEMBERS {
            assert_eq!(scene.row("contoso", tenant), "member active", "seed {seed}");
        }
        let rows = scene.admin("contoso").sees("/tenants");
        assert_eq!(rows["value"].as_array().map(Vec::len), Some(3), "seed {seed}");
    }
}
