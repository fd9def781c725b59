//! Requests to intake: signed and not, by strangers and by senders that were taken over.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mto_fuzz_tests::{Entropy, START, Still, mutated, text_with};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{HttpFunction as _, HttpRequest, HttpResponse, NoBackends, QueueUrl};
use mto_intake::{Config, Intake, MAX_BODY_BYTES, is_destructive};
use mto_messages::{Command, CommandData, Verb};
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{ITERATIONS, RUNS, run, target};

const TEXT_KEY: &str = "canary-text-key-canary-text-key";
const WEBHOOK: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TEAMS: &str = "vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=";

const PATHS: [&str; 6] = ["/slack", "/teams", "/jira", "/servicenow", "/webhook", "/nowhere"];

fn configuration() -> Value {
    let ticket = json!({"type": "{/type}", "data": "{/data}", "subject": "x {/issue/key?}"});
    let people = json!([{"verbs": ["*"], "users": ["*"]}]);
    let joins = json!([{"verbs": ["join", "plan"]}]);
    let key = json!({"header": "x-mto-signature", "encoding": "hex", "prefix": "sha256="});
    json!({"senders": [
        {"name": "slack", "kind": "slack", "path": "/slack", "source": "/slack", "allow": people,
         "secrets": [{"env": "TEXT_KEY"}]},
        {"name": "teams", "kind": "teams", "path": "/teams", "source": "/teams", "allow": people,
         "secrets": [{"env": "TEAMS"}]},
        {"name": "jira", "kind": "jira", "path": "/jira", "source": "/jira", "allow": joins, "command": ticket,
         "secrets": [{"env": "TEXT_KEY"}]},
        {"name": "servicenow", "kind": "servicenow", "path": "/servicenow", "source": "/servicenow", "allow": joins,
         "command": ticket, "secrets": [{"env": "TEXT_KEY"}], "signature": key},
        {"name": "webhook", "kind": "webhook", "path": "/webhook", "source": "/webhook", "allow": joins,
         "command": ticket, "secrets": [{"env": "WEBHOOK"}]},
    ]})
}

struct World {
    intake: Intake,
    queues: MemoryQueues,
}

fn url(verb: Verb) -> QueueUrl {
    QueueUrl::new(format!("https://sqs.example/{verb}"))
}

impl World {
    fn new() -> Self {
        let mut environment: BTreeMap<String, String> =
            [("TEXT_KEY", TEXT_KEY), ("WEBHOOK", WEBHOOK), ("TEAMS", TEAMS)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        environment.insert("MTO_INTAKE".to_owned(), configuration().to_string());
        let clock = Arc::new(Still::start());
        let mut queues = MemoryQueues::new(clock.clone());
        for verb in Verb::ALL {
            let variable = format!("MTO_QUEUE_{}", verb.as_str().to_uppercase());
            environment.insert(variable, url(verb).to_string());
            queues = queues.with(&url(verb), QueueSettings::default());
        }
        let config = Config::read(&environment, &NoBackends).unwrap();
        Self { intake: Intake::new(config, Arc::new(queues.clone()), clock), queues }
    }

    fn ask(&self, request: HttpRequest) -> HttpResponse {
        let response = run(self.intake.answer(request, START + Duration::from_mins(1)));
        let shown = format!("{response:?}");
        let secret = [TEXT_KEY, WEBHOOK, TEAMS].into_iter().find(|secret| shown.contains(secret));
        assert_eq!(secret, None, "{shown}");
        assert!(shown.len() < 16_000, "an answer of {} bytes", shown.len());
        response
    }

    fn posted(&self) -> Vec<(Verb, Command)> {
        let of = |verb| self.queues.contents(&url(verb)).into_iter().map(move |stored| (verb, stored));
        let all = Verb::ALL.into_iter().flat_map(of);
        all.map(|(verb, stored)| (verb, Command::parse(&stored.body).unwrap())).collect()
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
}

/// Signed as the sender at this path signs.
fn signed(path: &str, body: &[u8]) -> HttpRequest {
    let seconds = START.unix_timestamp().to_string();
    let text = TEXT_KEY.as_bytes();
    let headers = match path {
        "/slack" => {
            let tag = hex::encode(mac(text, &[b"v0:", seconds.as_bytes(), b":", body]));
            vec![("x-slack-request-timestamp", seconds), ("x-slack-signature", format!("v0={tag}"))]
        }
        "/teams" => {
            let tag = STANDARD.encode(mac(&STANDARD.decode(TEAMS).unwrap(), &[body]));
            vec![("authorization", format!("HMAC {tag}"))]
        }
        "/jira" => vec![("x-hub-signature", format!("sha256={}", hex::encode(mac(text, &[body]))))],
        "/servicenow" => vec![("x-mto-signature", format!("sha256={}", hex::encode(mac(text, &[body]))))],
        _ => {
            let key = STANDARD.decode(WEBHOOK.trim_start_matches("whsec_")).unwrap();
            let tag = STANDARD.encode(mac(&key, &[b"m1.", seconds.as_bytes(), b".", body]));
            vec![
                ("webhook-id", "m1".to_owned()),
                ("webhook-timestamp", seconds),
                ("webhook-signature", format!("v1,{tag}")),
            ]
        }
    };
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    HttpRequest { method: "POST".to_owned(), path: path.to_owned(), headers, body: body.to_vec().into() }
}

fn documents() -> Vec<Value> {
    let data = json!({"tenant": "fabrikam", "owner": "contoso"});
    let leave = json!({"tenant": "fabrikam", "owner": "contoso", "mode": "remove", "cleanup": "users", "dryRun": true});
    let sync = json!({"source": "contoso", "targets": ["fabrikam"], "action": "unshare"});
    vec![
        json!({"type": "mto.join.v1", "data": data, "sys_id": "a", "sys_mod_count": 1, "issue": {"key": "OPS-1"}}),
        json!({"type": "mto.leave.v1", "data": leave, "timestamp": START.unix_timestamp() * 1_000}),
        json!({"type": "mto.sync.v1", "data": sync, "id": "1", "text": "<at>mto</at> join fabrikam to contoso",
               "from": {"aadObjectId": "u1", "name": "Kim"}, "timestamp": "2026-11-21T09:00:00Z"}),
        json!({"text": "<at>mto</at> leave fabrikam from contoso", "from": {"aadObjectId": "u1"}}),
    ]
}

fn body(path: &str, entropy: &mut Entropy<'_>) -> Vec<u8> {
    if path == "/slack" && entropy.byte() > 20 {
        let (line, user) = (entropy.text(), entropy.text());
        let lines = ["join fabrikam to contoso", "remove fabrikam from contoso", "help", &line];
        let text = format!("{} {}", entropy.one_of(&lines), entropy.one_of(&["", "confirm fabrikam", &line]));
        let form = format!("command=%2Fmto&user_id={user}&text={text}&trigger_id={}", entropy.text());
        return form.into_bytes();
    }
    let document = mutated(entropy, &documents());
    text_with(entropy, &document)
}

/// What a sender with all rights, or with `join` and `plan` only, can bring about.
fn check_posted(path: &str, posted: &[(Verb, Command)]) {
    assert!(posted.len() <= 1, "one request is one command at most");
    for (verb, command) in posted {
        assert_eq!(
            (*verb, command.source.as_str()),
            (command.data.verb(), path),
            "source and queue are ours to say"
        );
        assert_eq!(command.root, None, "nobody outside makes a follow-up");
        let confirmed = match &command.data {
            CommandData::Leave(data) => data.confirm.is_some(),
            CommandData::Sync(data) => data.confirm.is_some(),
            CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => false,
        };
        assert!(
            !is_destructive(&command.data) || command.data.dry_run() || confirmed,
            "what takes away is confirmed, or a plan"
        );
        if !matches!(path, "/slack" | "/teams") {
            let allowed = *verb == Verb::Join || command.data.dry_run();
            assert!(allowed, "the list of {path} has join and plan only: {command:?}");
        }
    }
}

#[test]
fn who_does_not_sign_posts_nothing() {
    target!(ITERATIONS, |bytes: &[u8]| {
        let world = World::new();
        let mut entropy = Entropy::new(bytes);
        let path = *entropy.one_of(&PATHS);
        let body = body(path, &mut entropy);
        let mut request = signed(path, &body);
        // Another body, another header, or none: the signature never fits.
        match entropy.byte() % 3 {
            0 => request.body = [body.as_slice(), b" "].concat().into(),
            1 => request.headers.values_mut().for_each(|value| *value = entropy.text()),
            _ => request.headers.retain(|name, _| name.ends_with("timestamp")),
        }
        // Size comes before the signature, so that nothing is computed for a stranger.
        let expected = if request.body.len() > MAX_BODY_BYTES { 413 } else { 401 };
        let response = world.ask(request);
        assert_eq!(world.posted(), [], "{response:?}");
        assert_eq!(response.status, expected, "every stranger gets the same answer");
    });
}

#[test]
fn who_signs_brings_about_what_the_list_allows_and_nothing_else() {
    static POSTED: AtomicUsize = AtomicUsize::new(0);
    target!(ITERATIONS, |bytes: &[u8]| {
        let world = World::new();
        let mut entropy = Entropy::new(bytes);
        let path = PATHS[entropy.below(5)];
        let body = body(path, &mut entropy);
        world.ask(signed(path, &body));
        let posted = world.posted();
        check_posted(path, &posted);
        POSTED.fetch_add(posted.len(), Ordering::Relaxed);
    });
    let posted = POSTED.load(Ordering::Relaxed);
    assert!(posted > 20, "only {posted} commands: the inputs miss what they are for");
}

#[test]
fn a_configuration_is_read_or_refused_without_its_secrets() {
    let documents = [configuration()];
    target!(RUNS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        let text = String::from_utf8_lossy(&text_with(&mut entropy, &document)).into_owned();
        let secrets =
            [("MTO_INTAKE", text.as_str()), ("TEXT_KEY", TEXT_KEY), ("WEBHOOK", WEBHOOK), ("TEAMS", TEAMS)];
        let environment: BTreeMap<String, String> =
            secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        if let Err(error) = Config::read(&environment, &NoBackends) {
            let shown = error.to_string();
            assert!(![TEXT_KEY, WEBHOOK, TEAMS].iter().any(|secret| shown.contains(secret)), "{shown}");
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_refused_before_anything_is_computed() {
    let world = World::new();
    let body = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(world.ask(signed("/jira", &body)).status, 413);
    assert_eq!(world.posted(), []);
}
