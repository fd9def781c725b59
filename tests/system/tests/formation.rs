//! The binaries as Lambda runs them, over a real SQS-compatible server and the simulator over HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use entra_simulator::{Options, Seed};
use mto_messages::Verb;
use mto_system_tests::{Answer, Function, Mapping, Ministack, Queues, Simulated};
use serde_json::{Value, json};

const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/certificates/test-client.crt.pem");
const PRIVATE_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/certificates/test-client.key.pem");

/// Contoso signs in with a certificate, the others with secrets.
fn seed() -> Seed {
    let mut seed = Seed::demo(4);
    let contoso = &mut seed.tenants[0].applications[0];
    contoso.secrets.clear();
    contoso.certificates = vec![std::fs::read_to_string(CERTIFICATE).unwrap()];
    seed
}

fn directory(seed: &Seed) -> Value {
    let tenants = seed.tenants.iter().take(3).map(|tenant| {
        let name = tenant.display_name.to_lowercase();
        let credential = if name == "contoso" {
            json!({"certificate": {"certificate": {"file": CERTIFICATE}, "privateKey": {"file": PRIVATE_KEY}}})
        } else {
            json!({"clientSecret": {"env": format!("SECRET_{}", name.to_uppercase())}})
        };
        json!({
            "tenantId": tenant.tenant_id, "name": name, "displayName": tenant.display_name,
            "application": {"clientId": tenant.applications[0].client_id, "credential": credential},
        })
    });
    json!({"tenants": tenants.collect::<Vec<_>>()})
}

/// Everything one installation needs.
struct Installation {
    simulated: Simulated,
    ministack: Ministack,
    queues: Queues,
    environment: BTreeMap<String, String>,
    mappings: Vec<Mapping>,
}

impl Installation {
    async fn new(options: Options) -> Self {
        let seed = seed();
        let simulated = Simulated::serve(seed.clone(), options).await;
        let ministack = Ministack::start().await;
        let verbs = Verb::ALL.map(Verb::as_str);
        let queues = Queues::create(&ministack, &verbs).await;
        let environment = environment(&seed, &simulated, &ministack, &queues);
        let mut mappings = Vec::new();
        for verb in verbs {
            let function = start(verb, &environment, &queues).await;
            mappings.push(Mapping { verb: verb.to_owned(), function });
        }
        Self { simulated, ministack, queues, environment, mappings }
    }

    /// Lets the mappings work until the outcomes queue has given `wanted` terminal outcomes.
    async fn run_until(&self, wanted: usize) -> Vec<Value> {
        let mut outcomes: Vec<Value> = Vec::new();
        let work = async {
            loop {
                for mapping in &self.mappings {
                    if let Some((_, answer)) = mapping.pump(&self.queues).await {
                        assert!(matches!(answer, Answer::Response(_)), "{answer:?}");
                    }
                }
                let told = self.queues.drain("outcomes").await;
                outcomes
                    .extend(told.iter().map(|m| serde_json::from_str::<Value>(m.body().unwrap()).unwrap()));
                if outcomes.iter().filter(|outcome| is_terminal(outcome)).count() >= wanted {
                    return;
                }
            }
        };
        let in_time = tokio::time::timeout(std::time::Duration::from_secs(90), work).await;
        assert!(in_time.is_ok(), "no end in 90 s; outcomes: {outcomes:#?}");
        outcomes
    }
}

fn is_terminal(outcome: &Value) -> bool {
    let kind = outcome["type"].as_str().unwrap();
    !kind.contains(".waiting.") && !kind.contains(".accepted.")
}

async fn start(verb: &str, environment: &BTreeMap<String, String>, queues: &Queues) -> Function {
    let mut environment = environment.clone();
    let dead_letters = queues.url(&format!("{verb}-dead-letters")).to_owned();
    environment.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), dead_letters);
    Function::start(verb, &environment).await
}

fn environment(
    seed: &Seed,
    simulated: &Simulated,
    ministack: &Ministack,
    queues: &Queues,
) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::new();
    let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
    set("AWS_REGION", "eu-central-1");
    set("AWS_ACCESS_KEY_ID", "test");
    set("AWS_SECRET_ACCESS_KEY", "test");
    set("AWS_ENDPOINT_URL", ministack.endpoint());
    set("MTO_GRAPH_ROOT", &format!("{}/v1.0", simulated.root()));
    set("MTO_LOGIN_ROOT", simulated.root());
    set("MTO_DIRECTORY", &directory(seed).to_string());
    set("MTO_QUEUE_CREATE", queues.url("create"));
    set("MTO_QUEUE_ADD", queues.url("add"));
    set("MTO_QUEUE_JOIN", queues.url("join"));
    set("MTO_QUEUE_LEAVE", queues.url("leave"));
    set("MTO_QUEUE_SYNC", queues.url("sync"));
    set("MTO_QUEUE_OUTCOMES", queues.url("outcomes"));
    set("MTO_SHORTEST_DELAY_SECONDS", "1");
    set("MTO_LONGEST_DELAY_SECONDS", "1");
    for tenant in &seed.tenants[1..3] {
        let name = format!("SECRET_{}", tenant.display_name.to_uppercase());
        set(&name, tenant.applications[0].secrets[0].expose());
    }
    environment
}

fn create() -> Value {
    json!({
        "type": "mto.create.v1", "id": "INC0012345", "source": "/servicenow/prod",
        "data": {
            "owner": "contoso", "displayName": "Contoso", "templates": "admin-center",
            "tenants": [
                {"tenant": "fabrikam", "displayName": "Fabrikam"},
                {"tenant": "tailspin", "displayName": "Tailspin", "role": "owner"},
            ],
            "then": {"join": {"templates": "admin-center"}},
        },
    })
}

#[tokio::test]
async fn the_binaries_form_an_organization_from_one_message() {
    let short = Options { join_queued_for_seconds: 1, join_duration_seconds: 3, ..Options::immediate() };
    let installation = Installation::new(short).await;
    installation.queues.post("create", &create().to_string()).await;

    let outcomes = installation.run_until(4).await;

    let ended: BTreeMap<&str, &str> = outcomes
        .iter()
        .filter(|outcome| is_terminal(outcome))
        .map(|outcome| (outcome["id"].as_str().unwrap(), outcome["type"].as_str().unwrap()))
        .collect();
    let id = |index: usize| seed().tenants[index].tenant_id;
    let joined = [1, 2].map(|index| format!("INC0012345/add/join/{}/succeeded", id(index)));
    assert_eq!(ended["INC0012345/succeeded"], "mto.create.succeeded.v1");
    assert_eq!(ended["INC0012345/add/succeeded"], "mto.add.succeeded.v1");
    for join in &joined {
        assert_eq!(ended[join.as_str()], "mto.join.succeeded.v1");
    }
    assert!(outcomes.iter().any(|outcome| outcome["type"] == "mto.join.waiting.v1"), "the joins have waited");

    let created = outcomes.iter().find(|outcome| outcome["id"] == "INC0012345/succeeded").unwrap();
    let members = created["data"]["observed"]["own"]["members"].as_array().unwrap();
    let states: Vec<&Value> = members.iter().map(|member| &member["state"]).collect();
    assert_eq!(states, [&json!("active"); 3], "{members:#?}");
    assert!(
        created["data"]["writes"].as_array().unwrap().iter().all(|write| write["requestId"].is_string()),
        "every write carries Graph's request-id: {created:#}"
    );
    assert_eq!(installation.simulated.simulator.violations(), Vec::<String>::new());

    check_logs(&installation, &["create", "add", "join"]);
    let counted = counted(&installation.mappings);
    let count = |key: &str| counted.get(key).copied().unwrap_or(0.0);
    assert!((count("join Outcomes succeeded") - 2.0).abs() < 0.5, "{counted:?}");
    assert!((count("create Outcomes succeeded") - 1.0).abs() < 0.5, "{counted:?}");
    assert!(count("join Waits joining") >= 2.0, "{counted:?}");
    assert!(count("join GraphRequests ") >= 4.0, "{counted:?}");
    assert!(count("join AgeAtFinish ") >= 2.0, "{counted:?}");
    drop(installation.ministack);
}

fn leave() -> Value {
    json!({
        "type": "mto.leave.v1", "id": "INC0012345", "source": "/servicenow/leavers",
        "data": {"tenant": "fabrikam", "owner": "contoso", "mode": "leave", "cleanup": "settings",
                 "confirm": {"tenant": "fabrikam"}},
    })
}

#[tokio::test]
async fn the_binaries_open_what_is_wanted_and_close_it_when_a_tenant_leaves() {
    let options = Options { removal_duration_seconds: 2, ..Options::immediate() };
    let installation = Installation::new(options).await;
    let mut bare = create();
    bare["data"].as_object_mut().unwrap().remove("templates");
    bare["data"]["then"] = json!({"join": true});
    installation.queues.post("create", &bare.to_string()).await;
    installation.run_until(4).await;
    assert_eq!(installation.simulated.open(), Vec::<String>::new());

    let settings = json!({"type": "mto.sync.v1", "id": "INC0012345", "source": "/schedule",
                          "data": {"action": "settings", "owner": "contoso"}});
    installation.queues.post("sync", &settings.to_string()).await;
    let compared = installation.run_until(1).await;
    assert_eq!(compared.last().unwrap()["type"], "mto.sync.succeeded.v1", "{compared:#?}");
    let open = installation.simulated.open();
    assert_eq!(open.len(), 18, "redemption both ways and synchronization, in six ordered pairs: {open:#?}");

    installation.queues.post("leave", &leave().to_string()).await;
    let outcomes = installation.run_until(2).await;
    let of = |kind: &str| outcomes.iter().find(|outcome| outcome["type"] == kind);
    let left = of("mto.leave.succeeded.v1").unwrap_or_else(|| panic!("{outcomes:#?}"));
    let closed = of("mto.sync.succeeded.v1").unwrap_or_else(|| panic!("{outcomes:#?}"));
    assert!(of("mto.leave.waiting.v1").is_some(), "the removal took its time: {outcomes:#?}");
    let child = left["data"]["children"][0].as_str().unwrap();
    assert_eq!(closed["id"], format!("{child}/succeeded"));
    let untouched: Vec<String> = open.into_iter().filter(|line| !line.contains("Fabrikam")).collect();
    assert_eq!(installation.simulated.open(), untouched);
    assert_eq!(untouched.len(), 6);
    assert_eq!(installation.simulated.simulator.violations(), Vec::<String>::new());

    check_logs(&installation, &["leave", "sync"]);
    let counted = counted(&installation.mappings);
    for (key, times) in [("leave Outcomes succeeded", 1.0), ("sync Outcomes succeeded", 2.0)] {
        assert!(counted.get(key).is_some_and(|count| (count - times).abs() < 0.5), "{key}: {counted:?}");
    }
}

/// Every line is JSON, leads to Graph's own log, and holds no secret.
fn check_logs(installation: &Installation, verbs: &[&str]) {
    let secrets: Vec<&String> = installation
        .environment
        .iter()
        .filter(|(name, _)| name.starts_with("SECRET_"))
        .map(|(_, v)| v)
        .collect();
    for mapping in installation.mappings.iter().filter(|mapping| verbs.contains(&mapping.verb.as_str())) {
        let log = mapping.function.log();
        assert!(!log.is_empty());
        check_way_to_graphs_log(&log);
        for line in &log {
            let entry: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: not JSON: {line}"));
            assert!(entry["level"].is_string(), "{line}");
            assert!(secrets.iter().all(|secret| !line.contains(secret.as_str())), "a secret in {line}");
            assert!(!line.contains("Bearer") && !line.contains("PRIVATE KEY"), "{line}");
        }
    }
}

/// From the ticket's id to the ids Microsoft's support asks for, as docs/operations.md says.
fn check_way_to_graphs_log(log: &[String]) {
    let lines = log.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let writes: Vec<Value> = lines.filter(|line| line["message"] == "write").collect();
    assert!(!writes.is_empty());
    for write in writes {
        assert_eq!(write["span"]["root"], "INC0012345", "{write}");
        for id in ["request_id", "client_request_id"] {
            assert!(write[id].as_str().is_some_and(|text| text.len() == 36), "{id}: {write}");
        }
    }
}

/// Every line of standard output is one embedded metric; their sums, by verb, name and outcome or reason.
fn counted(mappings: &[Mapping]) -> BTreeMap<String, f64> {
    let mut counted: BTreeMap<String, f64> = BTreeMap::new();
    for mapping in mappings {
        for line in mapping.function.metrics() {
            let metric: Value =
                serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: not JSON: {line}"));
            let set = &metric["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(set["Namespace"], mto_handler::NAMESPACE, "{line}");
            assert_eq!(metric["Verb"], json!(mapping.verb), "{line}");
            let dimension = metric["Outcome"].as_str().or(metric["Reason"].as_str()).unwrap_or("");
            for definition in set["Metrics"].as_array().unwrap() {
                let name = definition["Name"].as_str().unwrap();
                let key = format!("{} {name} {dimension}", mapping.verb);
                *counted.entry(key).or_default() += metric[name].as_f64().unwrap();
            }
        }
    }
    counted
}

#[tokio::test]
async fn a_waiting_message_keeps_its_body_to_the_letter_and_its_journal_grows() {
    let short = Options { join_queued_for_seconds: 1, join_duration_seconds: 4, ..Options::immediate() };
    let installation = Installation::new(short).await;
    let mut command = create();
    command["data"]["tenants"].as_array_mut().unwrap().pop();
    command["data"]["then"] = json!({});
    installation.queues.post("create", &command.to_string()).await;
    installation.run_until(2).await;

    // Odd spacing and key order, an unknown field: all of it is to survive the hops.
    let body = "{ \"id\":\"J-1\",  \"source\":\"/chat\",\"type\":\"mto.join.v1\",\"unknown\":[1, 2],\n \
                \"data\":{\"owner\":\"contoso\",\"tenant\":\"fabrikam\"}}";
    installation.queues.post("join", body).await;
    let join = installation.mappings.iter().find(|mapping| mapping.verb == "join").unwrap();
    let mut looks = Vec::new();
    let hops = async {
        while looks.len() < 3 {
            let Some((messages, answer)) = join.pump(&installation.queues).await else { continue };
            assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})));
            for message in &messages {
                assert_eq!(message.body(), Some(body));
                let journal = message.message_attributes().and_then(|all| all.get("journal"));
                let journal: Value =
                    serde_json::from_str(journal.and_then(|j| j.string_value()).unwrap_or("{}")).unwrap();
                looks.push(journal["looks"].as_u64().unwrap_or(0));
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), hops).await.unwrap();
    assert_eq!(looks, [0, 1, 2]);
}

#[tokio::test]
async fn each_record_of_a_mixed_batch_has_its_own_end() {
    let installation = Installation::new(Options::immediate()).await;
    let queues = &installation.queues;
    let join = |id: &str, tenant: &str| {
        json!({"type": "mto.join.v1", "id": id, "source": "/chat", "data": {"tenant": tenant, "owner": "contoso"}})
            .to_string()
    };
    queues.post("join", "join fabrikam to contoso").await;
    queues.post("join", &join("unknown-tenant", "northwind")).await;
    queues.post("join", &join("itself", "contoso")).await;
    queues.post("join", &create().to_string()).await;

    let mut seen = 0;
    let mapping = installation.mappings.iter().find(|mapping| mapping.verb == "join").unwrap();
    while seen < 4 {
        let Some((messages, answer)) = mapping.pump(queues).await else { continue };
        assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})));
        seen += messages.len();
    }

    let dead = queues.drain("join-dead-letters").await;
    let mut reasons: Vec<(&str, &str)> = dead
        .iter()
        .map(|letter| {
            let attributes = letter.message_attributes().unwrap();
            (attributes["reason"].string_value().unwrap(), letter.body().unwrap())
        })
        .collect();
    reasons.sort_unstable();
    let misplaced = create().to_string();
    assert_eq!(reasons, [("not-json", "join fabrikam to contoso"), ("wrong-queue", misplaced.as_str())]);

    let outcomes = queues.drain("outcomes").await;
    let mut rejected: Vec<(String, String)> = outcomes
        .iter()
        .map(|message| serde_json::from_str::<Value>(message.body().unwrap()).unwrap())
        .filter(is_terminal)
        .map(|outcome| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&outcome["id"]), text(&outcome["data"]["reason"]["code"]))
        })
        .collect();
    rejected.sort_unstable();
    let pair = |id: &str, code: &str| (id.to_owned(), code.to_owned());
    assert_eq!(
        rejected,
        [pair("itself/rejected", "same-tenant"), pair("unknown-tenant/rejected", "invalid")]
    );
    assert_eq!(queues.drain("join").await, [], "nothing is left behind");
}

#[tokio::test]
async fn a_record_whose_outcome_cannot_be_sent_stays_in_its_queue() {
    let installation = Installation::new(Options::immediate()).await;
    let mut environment = installation.environment.clone();
    environment.insert(
        "MTO_QUEUE_OUTCOMES".to_owned(),
        format!("{}/000000000000/no-such-queue", installation.ministack.endpoint()),
    );
    let function = start("join", &environment, &installation.queues).await;
    let mapping = Mapping { verb: "join".to_owned(), function };
    let body = json!({"type": "mto.join.v1", "id": "1", "source": "/chat",
                      "data": {"tenant": "contoso", "owner": "contoso"}});
    installation.queues.post("join", &body.to_string()).await;
    let (messages, answer) = mapping.pump(&installation.queues).await.unwrap();
    let id = messages[0].message_id().unwrap();
    assert_eq!(answer, Answer::Response(json!({"batchItemFailures": [{"itemIdentifier": id}]})));
}
