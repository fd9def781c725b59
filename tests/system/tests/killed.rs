//! The deployed binaries get SIGKILL at points drawn from a seed, while one command forms an organization of three tenants
//! with users and another has one of them leave. Nothing is lost, nothing is made twice.
//!
//! The template is deployed on the emulator as in `deployment.rs`; its event source mappings deliver again what a killed
//! process held, once the visibility timeout is over. Only that is changed: a test cannot wait six minutes.
//!
//! What cannot be had here: a kill between the answer to the Runtime API and the deletion by the event source mapping. In
//! the emulator both are one process and one step. A kill after the last message is taken, before that answer
//! ([`Point::Outcome`], [`Point::Deleted`]), leaves the same behind: everything is done, and the message comes again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entra_simulator::{DirectoryOptions, Options};
use mto_messages::{OutcomeKind, Verb};
use mto_system_tests::{Deployment, Killer, Point};
use serde_json::{Value, json};
use uuid::Uuid;

/// The seed of continuous integration; `MTO_FIRST_SEED` is another one.
const SEED: u64 = 7;

/// Shorter than any of the functions' timeouts: what runs longer is delivered twice, which is a fault more, and none that
/// the test needs.
const VISIBILITY_SECONDS: u32 = 4;

/// A chain whose removal was made by a process that was killed waits five minutes to be sure that the row is gone for good.
const PATIENCE: Duration = Duration::from_mins(7);

/// Point, kills, and the first so many occasions among which they are drawn. A run without kills has more.
type Planned = (Point, usize, usize);

const WHILE_IT_FORMS: [Planned; 9] = [
    (Point::FirstRequest, 2, 5),
    (Point::Request, 3, 60),
    (Point::Read, 3, 40),
    (Point::Write, 4, 20),
    (Point::Post, 2, 3),
    (Point::Hop, 2, 6),
    (Point::Delete, 2, 6),
    (Point::Deleted, 1, 6),
    (Point::Outcome, 2, 10),
];

const WHILE_ONE_LEAVES: [Planned; 6] = [
    (Point::Request, 1, 6),
    (Point::Read, 1, 10),
    (Point::Write, 2, 8),
    (Point::Post, 1, 1),
    (Point::Hop, 1, 2),
    (Point::Outcome, 1, 3),
];

/// Writes by method and end of the path, and how many of them this story needs.
const ONCE: [(&str, &str, usize); 5] = [
    ("PUT", "/multiTenantOrganization", 1),
    ("POST", "/multiTenantOrganization/tenants", 2),
    ("PATCH", "/joinRequest", 2),
    ("POST", "/instantiate", 6),
    ("POST", "/synchronization/jobs", 6),
];

#[tokio::test]
async fn processes_that_are_killed_at_random_lose_nothing_and_every_command_ends() {
    let seed = seed();
    let killer = Killer::new(seed);
    let _replay = Replay(seed, killer.clone());
    let deployment = deploy(&killer).await;

    plan(&killer, &WHILE_IT_FORMS);
    deployment.post("create", &create().to_string()).await;
    deployment.outcome("INC0012345/succeeded").await;
    deployment.quiet().await;
    is_shared(&deployment, [&[1, 2], &[0, 2], &[0, 1]], [3, 2, 3]);

    plan(&killer, &WHILE_ONE_LEAVES);
    deployment.post("leave", &leave().to_string()).await;
    deployment.outcome("INC0012346/succeeded").await;
    deployment.quiet().await;
    is_shared(&deployment, [&[2], &[], &[0]], [1, 0, 1]);

    every_kill_hit_a_process_at_work(&deployment, &killer);
    every_command_ended_once(&deployment, &killer).await;
    nothing_was_made_again_without_cause(&killer);
    nothing_is_left(&deployment).await;
    whatever_is_left_over_has_its_kill(&deployment, &killer);
    assert_eq!(deployment.simulated.simulator.violations(), Vec::<String>::new());
}

#[expect(clippy::disallowed_methods, reason = "the one place where the seed is read")]
fn seed() -> u64 {
    let Ok(text) = std::env::var("MTO_FIRST_SEED") else { return SEED };
    text.parse().unwrap_or_else(|_| panic!("MTO_FIRST_SEED={text}: give a whole number"))
}

/// A failure says how to come to the same plan again, and what has happened.
struct Replay(u64, Killer);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(seed, killer) = self;
            eprintln!("again: MTO_FIRST_SEED={seed} cargo test -p mto-system-tests --test killed");
            eprintln!("killed: {:#?}", killer.kills());
            eprintln!("reached: {:?}; not killed yet: {:?}", killer.reached(), killer.left());
        }
    }
}

async fn deploy(killer: &Killer) -> Deployment {
    let at_once = Options::immediate();
    let options = Options {
        join_duration_seconds: 3,
        // Longer than four deliveries: a chain that never saw the removal waits five minutes to be sure of it.
        removal_duration_seconds: 20,
        // What a second chain of a command wants again, the next cycle does.
        directory: DirectoryOptions { cycle_interval_seconds: 2, ..at_once.directory },
        request_log_capacity: 1_000_000, // the killer reads it
        ..at_once
    };
    let mut deployment = Deployment::with_killer(options, killer).await;
    deployment.patience = PATIENCE;
    for verb in Verb::ALL {
        deployment.set_visibility_timeout(verb.as_str(), VISIBILITY_SECONDS).await;
    }
    deployment
}

fn plan(killer: &Killer, planned: &[Planned]) {
    assert_eq!(killer.left(), [], "the plan before this one was carried out");
    for (point, kills, among) in planned {
        killer.plan(*point, *kills, *among);
    }
}

fn create() -> Value {
    json!({
        "type": "mto.create.v1", "id": "INC0012345", "source": "/servicenow/prod",
        "data": {
            "owner": "contoso", "displayName": "Contoso",
            "tenants": [
                {"tenant": "fabrikam", "displayName": "Fabrikam"},
                {"tenant": "tailspin", "displayName": "Tailspin"},
            ],
            "then": {"join": true, "sync": {}},
        },
    })
}

fn leave() -> Value {
    json!({
        "type": "mto.leave.v1", "id": "INC0012346", "source": "/servicenow/prod",
        "data": {"tenant": "fabrikam", "owner": "contoso", "mode": "leave", "cleanup": "users",
                 "confirm": {"tenant": "fabrikam"}},
    })
}

/// Of Contoso, Fabrikam and Tailspin: those that share users are the members of the one organization, each has exactly one
/// configuration with a job for each of the others, and so many users of others.
fn is_shared(deployment: &Deployment, targets: [&[usize]; 3], guests: [u64; 3]) {
    let state = deployment.simulated.simulator.state();
    let [organization] = state["organizations"].as_array().unwrap().as_slice() else {
        panic!("one organization: {:#}", state["organizations"])
    };
    let tenants: Vec<&str> =
        state["tenants"].as_array().unwrap().iter().map(|tenant| text(&tenant["tenantId"])).collect();
    let of = |name: &str| {
        let found =
            state["tenants"].as_array().unwrap().iter().position(|tenant| tenant["displayName"] == name);
        tenants[found.unwrap()]
    };
    let ids = ["Contoso", "Fabrikam", "Tailspin"].map(of);
    let rows = organization["tenants"].as_array().unwrap();
    let members: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (text(&row["tenantId"]), text(&row["state"]))).collect();
    let wanted = (0..3).filter(|index| !targets[*index].is_empty()).map(|index| (ids[index], "active"));
    assert_eq!(members, wanted.collect(), "{organization:#}");
    assert_eq!(rows.len(), members.len(), "no tenant stands there twice: {organization:#}");
    for (index, id) in ids.iter().enumerate() {
        let directories = state["directories"].as_array().unwrap();
        let directory = directories.iter().find(|directory| directory["tenantId"] == **id).unwrap();
        let configurations = directory["servicePrincipals"].as_array().unwrap().iter();
        let mut found: Vec<String> = configurations
            .filter(|principal| text(&principal["displayName"]).starts_with("MTO_Sync_"))
            .filter(|principal| !is_left_over(principal))
            .map(|principal| format!("{} {}", text(&principal["target"]), principal["job"]["quarantine"]))
            .collect();
        found.sort();
        let mut wanted: Vec<String> =
            targets[index].iter().map(|target| format!("{} null", ids[*target])).collect();
        wanted.sort();
        assert_eq!(found, wanted, "{directory:#}");
        let segments = directory["segmentation"].as_object().unwrap().iter();
        let external = segments.filter(|(segment, _)| segment.starts_with("external"));
        let external: u64 = external.map(|(_, users)| users.as_u64().unwrap()).sum();
        assert_eq!(external, guests[index], "users of others: {directory:#}");
    }
}

/// The price of a kill between the request that makes a configuration and the one that tags it: nobody knows any more that
/// it is ours (docs/operations.md, "What these APIs cannot do"). Nobody uses it, or the next delivery has; then it was
/// emptied and stopped when its pair parted, and shares nothing.
fn is_left_over(principal: &Value) -> bool {
    let is_ours = principal["tags"].as_array().unwrap().iter().any(|tag| tag == "mto-functions");
    let job = &principal["job"];
    let is_unused = job.is_null() && principal["target"].is_null();
    let is_emptied = job["status"] == "Paused" && job["provisioned"] == 0 && principal["assignments"] == 0;
    !is_ours && (is_unused || is_emptied)
}

/// At most one for each process of sync that was killed.
fn whatever_is_left_over_has_its_kill(deployment: &Deployment, killer: &Killer) {
    let state = deployment.simulated.simulator.state();
    let directories = state["directories"].as_array().unwrap().iter();
    let principals = directories.flat_map(|directory| directory["servicePrincipals"].as_array().unwrap());
    let ours = principals.filter(|principal| text(&principal["displayName"]).starts_with("MTO_Sync_"));
    let left_over = ours.filter(|principal| is_left_over(principal)).count();
    let kills = killer.kills().into_iter().filter(|kill| kill.function == "mto-sync").count();
    assert!(left_over <= kills, "{left_over} configurations are left over from {kills} kills");
}

/// The emulator saw as many invocations end with their process as were planned, and no other.
fn every_kill_hit_a_process_at_work(deployment: &Deployment, killer: &Killer) {
    let planned = WHILE_IT_FORMS.iter().chain(&WHILE_ONE_LEAVES).map(|(_, kills, _)| kills);
    let planned: usize = planned.sum();
    assert!(planned >= 20);
    assert_eq!(killer.left(), []);
    assert_eq!(killer.kills().len(), planned);
    let log = deployment.ministack.log();
    let cut_off = log.iter().filter(|line| line.contains("failed processing SQS batch"));
    let cut_off: Vec<&String> = cut_off.collect();
    assert!(cut_off.iter().all(|line| line.contains("Runtime.ExitError")), "{cut_off:#?}");
    assert_eq!(cut_off.len(), planned, "{cut_off:#?}");
}

/// Those that were posted, and every one that functions have sent: one terminal outcome, however often it was told.
async fn every_command_ended_once(deployment: &Deployment, killer: &Killer) {
    let mut ends: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for outcome in deployment.outcomes().await {
        let (command, kind) = text(&outcome["id"]).rsplit_once('/').unwrap();
        if OutcomeKind::from_name(kind).is_some_and(OutcomeKind::is_terminal) {
            ends.entry(command.to_owned()).or_default().insert(kind.to_owned());
        }
    }
    let mut commands = killer.commands();
    assert!(commands.len() >= 10, "add, two joins, syncs, a clean-up: {commands:#?}");
    commands.extend(["INC0012345".to_owned(), "INC0012346".to_owned()]);
    let succeeded = |command| (command, BTreeSet::from(["succeeded".to_owned()]));
    assert_eq!(ends, commands.into_iter().map(succeeded).collect());
}

/// Kills that leave two chains of a command: the message in hand comes again beside the one that was sent.
fn forks(killer: &Killer) -> usize {
    let kills = killer.kills().into_iter();
    kills.filter(|kill| [Point::Post, Point::Hop, Point::Delete].contains(&kill.point)).count()
}

/// What is made once is made once, and again at most where two chains of a command looked at the same moment. A look that
/// is repeated writes again what cannot be seen to be written: after a kill, or in another chain of its command; nobody
/// else does.
fn nothing_was_made_again_without_cause(killer: &Killer) {
    let forks = forks(killer);
    for (method, end, wanted) in ONCE {
        let is_it = |what: &str| what.starts_with(method) && what.ends_with(end);
        let made = killer.writes().iter().filter(|write| is_it(&write.what)).count();
        assert!(made <= wanted + forks, "{method} {end}: {made} times, {forks} forks");
    }
    let ended: BTreeSet<u32> = killer.kills().into_iter().map(|kill| kill.process).collect();
    let mut makers: BTreeMap<(Option<String>, Option<Uuid>, String), Vec<u32>> = BTreeMap::new();
    for write in killer.writes() {
        makers.entry((write.look, write.tenant, write.what)).or_default().push(write.process);
    }
    let again = makers
        .into_iter()
        .filter(|(_, makers)| makers.iter().filter(|process| !ended.contains(*process)).count() > 1 + forks);
    assert_eq!(again.collect::<Vec<_>>(), [], "killed: {ended:?}");
}

async fn nothing_is_left(deployment: &Deployment) {
    let queues = Verb::ALL.map(Verb::as_str).into_iter();
    let queues = queues.flat_map(|verb| [verb.to_owned(), format!("{verb}-dead-letters")]);
    for queue in queues.chain(["outcomes-dead-letters".to_owned()]) {
        assert_eq!(deployment.peek(&queue).await, Vec::<Value>::new(), "{queue}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
