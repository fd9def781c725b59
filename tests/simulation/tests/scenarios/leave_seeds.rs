//! Seeded runs of one leave alone, under few enough faults that it has to succeed: whoever was to be out is out, with
//! nothing left open. Whatever may cross it, and every other fault, is in `tests/seeded`. A failing seed is named in the
//! message.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_local::queue;
use mto_messages::Verb;
use mto_simulation_tests::{
    Fault, Point, Scene, Stage, Told, leave, seed_with_organization, still_open, with_open_mesh,
};
use serde_json::json;
use time::Duration;

const SEEDS: u64 = 12;
const MEMBERS: [&str; 3] = ["contoso", "fabrikam", "tailspin"];
const VERBS: [Verb; 2] = [Verb::Leave, Verb::Sync];

/// Splitmix64: small, and the same everywhere.
#[derive(Clone)]
struct Dice(Arc<AtomicU64>);

impl Dice {
    fn below(&self, bound: u64) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// At one point in fifty something happens.
fn faults(dice: Dice, on: Arc<AtomicBool>) -> impl Fn(Point<'_>) -> Fault + Send + Sync {
    move |_| {
        if !on.load(Ordering::SeqCst) || dice.below(50) > 0 {
            return Fault::None;
        }
        match dice.below(4) {
            0 => Fault::Crash,
            1 => Fault::Error,
            2 => Fault::Answer(503),
            _ => Fault::Answer(504),
        }
    }
}

/// What else happens in five minutes: old answers, throttling, revoked tokens, a second delivery.
fn trouble(scene: &Scene, dice: &Dice) {
    let index = usize::try_from(dice.below(3)).unwrap_or(0);
    let tenant = scene.id(MEMBERS[index]);
    match dice.below(10) {
        0 | 1 => scene.script(Change::StaleReads { tenant, count: 3 }),
        2 => scene.script(Change::Throttle { tenant: Some(tenant), count: 2, retry_after_seconds: Some(90) }),
        3 => scene.script(Change::RevokeTokens { tenant }),
        4 | 5 => {
            for verb in VERBS {
                if let Some(stored) = scene.world().waiting(verb).first() {
                    scene.world().queues().duplicate(&queue(verb), &stored.message_id);
                }
            }
        }
        _ => {}
    }
}

/// The mode that a seed stands for, and its tenant.
fn mode(seed: u64) -> (&'static str, &'static str) {
    match seed % 3 {
        0 => ("leave", "fabrikam"),
        1 => ("remove", "fabrikam"),
        _ => ("dissolve", "contoso"),
    }
}

async fn run(seed: u64) -> Scene {
    let (dice, on) = (Dice(Arc::new(AtomicU64::new(seed))), Arc::new(AtomicBool::new(true)));
    let owner = if dice.below(2) == 0 { MemberRole::Owner } else { MemberRole::Member };
    let rows = [
        ("fabrikam", owner, MemberState::Active),
        ("tailspin", MemberRole::Member, MemberState::Active),
        ("northwind", MemberRole::Member, MemberState::Pending),
    ];
    let options = Options {
        request_log_capacity: 100_000,
        removal_duration_seconds: 30 + dice.below(3_600),
        strict_removal: dice.below(2) == 0,
        ..Options::realistic()
    };
    let stage = Stage::with(with_open_mesh(seed_with_organization(4, &rows))).options(options).interleaved();
    let scene = stage.faults(faults(dice.clone(), on.clone())).build();
    let (mode, tenant) = mode(seed);
    scene.post(&leave("L1", tenant, mode, &json!({"cleanup": "settings"}))).await;
    for _ in 0..20 {
        trouble(&scene, &dice);
        scene.run_for(Duration::minutes(5)).await;
    }
    on.store(false, Ordering::SeqCst);
    scene.script(Change::NoFaults);
    scene.run().await;
    scene
}

#[tokio::test]
async fn whatever_goes_wrong_for_hours_the_tenant_is_out_and_nothing_is_open() {
    for seed in 0..SEEDS {
        let scene = run(seed).await;
        let (mode, _) = mode(seed);
        let what = format!("seed {seed}, {mode}");
        let words = scene.last_words("L1");
        let ids: BTreeSet<&str> = words.iter().map(Told::id).collect();
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["L1/succeeded"], "{what}");
        let letters: usize = VERBS.iter().map(|verb| scene.world().dead_letters(*verb).len()).sum();
        assert_eq!(letters, 0, "{what}");
        assert_eq!(scene.row("contoso", "fabrikam"), "absent", "{what}");
        assert_eq!(scene.organizations(), usize::from(mode != "dissolve"), "{what}");
        let concerned = |line: &&String| {
            let of_the_leaver = line.contains("Fabrikam");
            // Northwind never joined: what is open with it was not opened by the membership.
            !line.contains("Northwind") && (of_the_leaver || mode == "dissolve")
        };
        let open = still_open(&scene);
        assert_eq!(open.iter().filter(concerned).collect::<Vec<_>>(), Vec::<&String>::new(), "{what}");
    }
}
