//! Whole functions between a sender who forges the journal and a service that answers whatever it likes.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mto_fuzz_tests::{CANARY, Entropy, HostileService, ORIGIN, OneToken, Still, bodies, mutated};
use mto_graph::{Clock, Cloud, GraphClient};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{
    BatchFunction, Config, Function, Handler, JOURNAL_ATTRIBUTE, Message, Queue as _, QueueUrl,
};
use mto_messages::Verb;
use serde_json::{Value, json};

use crate::journals::full;
use crate::support::{RUNS, run, target};

/// Deliveries of one command that are followed.
const HOPS: usize = 6;

fn directory() -> Value {
    let application = json!({"clientId": "c", "credential": {"clientSecret": {"env": "SECRET"}}});
    json!({"tenants": [
        {"tenantId": "11111111-1111-4111-8111-111111111111", "name": "contoso", "application": application},
        {"tenantId": "22222222-2222-4222-8222-222222222222", "name": "fabrikam", "application": application,
         "settings": {"inboundTrust": {"isMfaAccepted": true}}},
        {"tenantId": "33333333-3333-4333-8333-333333333333", "name": "tailspin", "external": true},
    ]})
}

/// Commands that reach every part of the functions.
fn commands() -> Vec<Value> {
    let (one, two, all) = ("contoso", "fabrikam", json!({"join": {}, "sync": {}}));
    let user = "55555555-5555-4555-8555-555555555555";
    let confirm = json!({"tenant": "fabrikam", "users": 5});
    let data = [
        (
            "create",
            json!({"owner": one, "displayName": "Group", "tenants": [{"tenant": two, "displayName": "F"}], "then": all}),
        ),
        ("create", json!({"owner": one, "displayName": "Group", "update": true, "dryRun": true})),
        (
            "add",
            json!({"owner": one, "tenants": [{"tenant": two, "displayName": "F", "role": "owner"}], "then": all}),
        ),
        ("join", json!({"tenant": two, "owner": one, "then": {"sync": {}}})),
        ("join", json!({"tenant": "unlisted.example", "owner": one})),
        (
            "leave",
            json!({"tenant": two, "owner": one, "mode": "leave", "cleanup": "users", "confirm": confirm}),
        ),
        (
            "leave",
            json!({"tenant": two, "owner": one, "mode": "remove", "cleanup": "settings", "confirm": confirm}),
        ),
        ("leave", json!({"tenant": one, "owner": one, "mode": "dissolve", "dryRun": true})),
        ("sync", json!({"source": one, "targets": [two], "scope": {"users": [user]}})),
        ("sync", json!({"source": one, "targets": "all", "action": "unshare", "confirm": {"tenant": one}})),
        ("sync", json!({"source": one, "targets": [two], "action": "restart"})),
        ("sync", json!({"source": one, "targets": [two], "action": "stop"})),
        ("sync", json!({"owner": one, "action": "settings"})),
        ("sync", json!({"owner": one, "action": "status"})),
    ];
    let event =
        |(verb, data)| json!({"type": format!("mto.{verb}.v1"), "id": "C1", "source": "/t", "data": data});
    data.into_iter().map(event).collect()
}

fn url(name: &str) -> QueueUrl {
    QueueUrl::new(format!("https://sqs.example/{name}"))
}

fn config(verb: Verb) -> Config {
    let mut environment: BTreeMap<String, String> =
        [("SECRET", CANARY), ("MTO_QUEUE_OUTCOMES", "https://sqs.example/outcomes")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    for verb in Verb::ALL {
        environment
            .insert(format!("MTO_QUEUE_{}", verb.as_str().to_uppercase()), url(verb.as_str()).to_string());
    }
    environment.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), url("letters").to_string());
    environment.insert("MTO_DIRECTORY".to_owned(), directory().to_string());
    Config::read(&environment, verb).unwrap()
}

struct Scene {
    queues: MemoryQueues,
    clock: Arc<Still>,
    service: Arc<HostileService>,
}

impl Scene {
    fn new(service: HostileService) -> Self {
        let clock = Arc::new(Still::start());
        let names = Verb::ALL.map(Verb::as_str).into_iter().chain(["outcomes", "letters"]);
        let queues = names.fold(MemoryQueues::new(clock.clone()), |queues, name| {
            queues.with(&url(name), QueueSettings::default())
        });
        Self { queues, clock, service: Arc::new(service) }
    }

    fn handler<F: Function + 'static>(&self, function: F) -> Box<dyn BatchFunction> {
        let client =
            GraphClient::new(Cloud::global(), self.service.clone(), Arc::new(OneToken), self.clock.clone());
        let queues = Arc::new(self.queues.clone());
        Box::new(Handler::new(function, config(F::VERB), client, queues, self.clock.clone()))
    }

    fn function(&self, verb: Verb) -> Box<dyn BatchFunction> {
        match verb {
            Verb::Create => self.handler(mto_create::Create),
            Verb::Add => self.handler(mto_add::Add),
            Verb::Join => self.handler(mto_join::Join),
            Verb::Leave => self.handler(mto_leave::Leave),
            Verb::Sync => self.handler(mto_sync::Sync),
        }
    }

    /// Follows what stands in the verb's queue for a few deliveries.
    async fn follow(&self, verb: Verb) {
        let (function, queue) = (self.function(verb), url(verb.as_str()));
        for _ in 0..HOPS {
            let Some(at) = self.queues.next_visible(std::slice::from_ref(&queue)) else { return };
            let wait = Duration::try_from(at - self.clock.time()).unwrap_or_default();
            self.clock.sleep(wait + Duration::from_secs(1)).await;
            let records = self.queues.receive(&queue, 10);
            let receipts: Vec<String> = records.iter().map(|record| record.receipt_handle.clone()).collect();
            let end = self.clock.time() + Duration::from_mins(2);
            let failed = function.handle(records, end).await;
            assert_eq!(failed, Vec::<String>::new(), "a record panicked, or a queue refused what followed");
            for receipt in receipts {
                // The receipt of what was sent again is spent.
                let _ = self.queues.delete(&queue, &receipt).await;
            }
        }
    }

    fn check(&self) {
        for name in Verb::ALL.map(Verb::as_str).into_iter().chain(["outcomes", "letters"]) {
            for stored in self.queues.contents(&url(name)) {
                let seen = format!("{} {:?}", stored.body, stored.attributes);
                assert!(!seen.contains(CANARY), "a secret is in {name}");
            }
        }
        for asked in self.service.requests() {
            let uri: http::Uri = asked.parse().unwrap();
            assert_eq!(uri.authority().map(http::uri::Authority::as_str), Some(ORIGIN), "{asked}");
        }
    }
}

fn play(bytes: &[u8], commands: &[Value], documents: &[(String, Value)]) {
    let mut entropy = Entropy::new(bytes);
    let command = entropy.one_of(commands).clone();
    let verb: Verb =
        Verb::ALL.into_iter().find(|verb| command["type"] == format!("mto.{}.v1", verb.as_str())).unwrap();
    let mut attributes = BTreeMap::new();
    if entropy.byte() > 80 {
        let journal = mutated(&mut entropy, &[full()]);
        attributes.insert(JOURNAL_ATTRIBUTE.to_owned(), journal.to_string());
    }
    let scene = Scene::new(HostileService::new(entropy.rest(), documents));
    run(async {
        let message = Message { body: command.to_string(), attributes, ..Message::default() };
        scene.queues.send(&url(verb.as_str()), vec![message]).await.unwrap();
        scene.follow(verb).await;
    });
    scene.check();
}

#[test]
fn no_answer_and_no_journal_makes_a_function_panic_or_give_its_secrets_away() {
    let (commands, documents) = (commands(), bodies("graph"));
    target!(RUNS, |bytes: &[u8]| play(bytes, &commands, &documents));
}
