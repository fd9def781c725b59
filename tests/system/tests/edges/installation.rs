//! An installation with both edges: what stands around the binaries, and how they are let work.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use entra_simulator::{Options, Seed};
use mto_messages::Verb;
use mto_system_tests::edges::{Jira, Receiver, Served, ServiceNow, Slack, TeamsWorkflow};
use mto_system_tests::{Answer, Function, FunctionUrl, Mapping, Ministack, Queues, Simulated};
use serde_json::{Value, json};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(45);

pub(crate) const CHANNEL: &str = "C0123ABCD";
pub(crate) const ISSUE: &str = "OPS-17";
pub(crate) const RECORD: &str = "9d385017c611228701d22104cc95c371";
/// What Slack signs with; a bot's token; what Teams shows once; what Jira, `ServiceNow` and webhooks sign with.
pub(crate) const SECRETS: [(&str, &str); 9] = [
    ("SLACK_SIGNING", "8f742231b10e8888abcd99yyyzzz85a5"),
    ("SLACK_TOKEN", "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"),
    ("TEAMS_SIGNING", "dGVhbXMgc2lnbnMgd2l0aCB0aGVzZSBieXRlcyEhISE="),
    ("JIRA_SIGNING", "It's a Secret to Everybody"),
    ("JIRA_TOKEN", "ATATT3xFfGF0-not-a-token"),
    ("SERVICENOW_SIGNING", "a shared key of the instance"),
    ("SERVICENOW_PASSWORD", "Pa55-of-the-integration-user"),
    ("WEBHOOK_SIGNING", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("RECEIVER_SIGNING", "whsec_plJ3nmyCDGBKInavdOK15jsl1JwO7OZ9"),
];
const WORKFLOW: &str = "/workflows/0123/triggers/manual/paths/invoke?sig=VGhlIFVSTCBpcyB0aGUgc2VjcmV0";

pub(crate) fn secret(name: &str) -> &'static str {
    SECRETS.iter().find(|(of, _)| *of == name).unwrap().1
}

/// What stands for the products.
pub(crate) struct Products {
    pub(crate) slack: Served<Slack>,
    pub(crate) teams: Served<TeamsWorkflow>,
    pub(crate) jira: Served<Jira>,
    pub(crate) servicenow: Served<ServiceNow>,
    pub(crate) receiver: Served<Receiver>,
}

impl Products {
    async fn serve() -> Self {
        let basic = |user: &str, password: &str| {
            use base64::Engine as _;
            format!(
                "Basic {}",
                base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"))
            )
        };
        let jira = Jira::new(&basic("mto@contoso.example", secret("JIRA_TOKEN")), &[ISSUE]);
        let servicenow = basic("mto", secret("SERVICENOW_PASSWORD"));
        Self {
            slack: Served::serve(Slack::new(secret("SLACK_TOKEN"))).await,
            teams: Served::serve(TeamsWorkflow::new(WORKFLOW)).await,
            jira: Served::serve(jira).await,
            servicenow: Served::serve(ServiceNow::new(&servicenow, &[("incident", RECORD)])).await,
            receiver: Served::serve(Receiver::default()).await,
        }
    }

    /// What was sent in another shape than the documented one.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let Self { slack, teams, jira, servicenow, receiver } = self;
        [
            slack.complaints(),
            teams.complaints(),
            jira.complaints(),
            servicenow.complaints(),
            receiver.complaints(),
        ]
        .concat()
    }
}

/// Everything one installation needs.
pub(crate) struct Installation {
    pub(crate) simulated: Simulated,
    pub(crate) ministack: Ministack,
    pub(crate) queues: Queues,
    pub(crate) verbs: Vec<Mapping>,
    pub(crate) intake: FunctionUrl,
    pub(crate) notify: Mapping,
    pub(crate) products: Products,
}

impl Installation {
    /// With the functions of these verbs.
    pub(crate) async fn new(options: Options, verbs: &[Verb]) -> Self {
        let seed = Seed::demo(6);
        let simulated = Simulated::serve(seed.clone(), options).await;
        let ministack = Ministack::start().await;
        let queues = Queues::create(&ministack, &Verb::ALL.map(Verb::as_str)).await;
        let products = Products::serve().await;
        let environment = environment(&ministack, &queues);
        let mut mappings = Vec::new();
        for verb in verbs {
            let mut environment = environment.clone();
            environment.extend(simulated.environment(&seed));
            let dead_letters = queues.url(&format!("{verb}-dead-letters")).to_owned();
            environment.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), dead_letters);
            let function = Function::start(verb.as_str(), &environment).await;
            mappings.push(Mapping { verb: verb.as_str().to_owned(), function });
        }
        let mut of_edges = environment;
        of_edges.extend(SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        of_edges.insert("TEAMS_URL".to_owned(), format!("{}{WORKFLOW}", products.teams.root()));
        of_edges.insert("MTO_INTAKE".to_owned(), senders().to_string());
        let intake = FunctionUrl::serve(Function::start("intake", &of_edges).await).await;
        of_edges.insert("MTO_NOTIFY".to_owned(), destinations(&products).to_string());
        of_edges.insert("MTO_QUEUE_DEAD_LETTERS".to_owned(), queues.url("outcomes-dead-letters").to_owned());
        let notify = Function::start("notify", &of_edges).await;
        let notify = Mapping { verb: "outcomes".to_owned(), function: notify };
        Self { simulated, ministack, queues, verbs: mappings, intake, notify, products }
    }

    /// Lets the functions work until something holds, without notify if `tells` says so.
    pub(crate) async fn until(&self, tells: bool, mut holds: impl AsyncFnMut(&Self) -> bool) {
        let work = async {
            while !holds(self).await {
                for mapping in self.verbs.iter().chain(tells.then_some(&self.notify)) {
                    if let Some((_, answer)) = mapping.pump(&self.queues).await {
                        assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})));
                    }
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, work).await;
        assert!(in_time.is_ok(), "no end; notify says\n{}", self.notify.function.log().join("\n"));
    }

    /// Contoso's organization, with everybody listed, and nobody told of it.
    pub(crate) async fn list_everybody(&self) {
        let tenants: Vec<Value> = ["fabrikam", "tailspin", "northwind", "adatum", "litware"]
            .map(|tenant| json!({"tenant": tenant, "displayName": tenant}))
            .into();
        let data = json!({"owner": "contoso", "displayName": "Contoso", "tenants": tenants});
        let create = json!({"type": "mto.create.v1", "id": "C-1", "source": "/test", "data": data});
        self.queues.post("create", &create.to_string()).await;
        self.until(false, async |installation| {
            let outcomes = installation.queues.drain("outcomes").await;
            outcomes.iter().any(|outcome| outcome.body().unwrap().contains("C-1/add/succeeded"))
        })
        .await;
    }

    /// Signs requests as products do, and sends them to the intake; see `clients/webhooks.py`.
    pub(crate) async fn send(&self, mut requests: Vec<Value>) -> Vec<Value> {
        for request in &mut requests {
            request["url"] = json!(format!("{}{}", self.intake.root(), request["path"].as_str().unwrap()));
        }
        let answers = self.ministack.run_client("webhooks.py", &[], &json!(requests).to_string()).await;
        serde_json::from_str(&answers).unwrap()
    }

    /// What stands in the outcomes' dead-letter queue.
    pub(crate) async fn undelivered(&self) -> Vec<Message> {
        self.queues.drain("outcomes-dead-letters").await
    }

    /// No log line of an edge holds a secret, and each is JSON.
    pub(crate) fn check_logs(&self) {
        let logs = [self.intake.function.log(), self.notify.function.log()].concat();
        assert!(!logs.is_empty());
        for line in &logs {
            assert!(
                serde_json::from_str::<Value>(line).is_ok_and(|entry| entry["level"].is_string()),
                "{line}"
            );
            let leaked = SECRETS.iter().find(|(_, secret)| line.contains(secret));
            assert!(
                leaked.is_none() && !line.contains("sig=") && !line.contains("Basic "),
                "a secret in {line}"
            );
        }
    }
}

fn environment(ministack: &Ministack, queues: &Queues) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::new();
    let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
    set("AWS_REGION", "eu-central-1");
    set("AWS_ACCESS_KEY_ID", "test");
    set("AWS_SECRET_ACCESS_KEY", "test");
    set("AWS_ENDPOINT_URL", ministack.endpoint());
    for verb in Verb::ALL {
        set(&format!("MTO_QUEUE_{}", verb.as_str().to_uppercase()), queues.url(verb.as_str()));
    }
    set("MTO_QUEUE_OUTCOMES", queues.url("outcomes"));
    environment
}

/// Who may send what: the configuration of the intake.
fn senders() -> Value {
    let join = |tenant: &str| json!({"type": "mto.join.v1", "data": {"tenant": tenant, "owner": "contoso"}});
    json!({"senders": [
        {"name": "slack", "kind": "slack", "path": "/slack", "secrets": [{"env": "SLACK_SIGNING"}],
         "source": "/slack/acme", "people": {"platform": ["U2147483697"]},
         "allow": [{"verbs": ["join", "status"], "groups": ["platform"]}]},
        {"name": "teams", "kind": "teams", "path": "/teams", "secrets": [{"env": "TEAMS_SIGNING"}],
         "source": "/teams/acme", "replyTo": "teams:platform",
         "allow": [{"verbs": ["join"], "users": ["5e6b1f4c-7c52-4a4a-8e2e-0d6ff2a6a1b7"]}]},
        {"name": "jira", "kind": "jira", "path": "/jira", "secrets": [{"env": "JIRA_SIGNING"}],
         "source": "/jira/acme", "allow": [{"verbs": ["join"]}],
         "cases": [{"when": {"/issue/fields/labels": "mto-join"},
                    "command": join("{/issue/fields/customfield_10050}")}]},
        {"name": "servicenow", "kind": "servicenow", "path": "/servicenow",
         "secrets": [{"env": "SERVICENOW_SIGNING"}], "source": "/servicenow/acme",
         "signature": {"header": "X-Signature", "encoding": "base64", "timestampHeader": "X-Timestamp"},
         "replyTo": "servicenow:incident/{/sys_id}", "allow": [{"verbs": ["join"]}],
         "command": join("{/u_tenant}")},
        {"name": "portal", "kind": "webhook", "path": "/portal", "secrets": [{"env": "WEBHOOK_SIGNING"}],
         "source": "/portal", "replyTo": "portal:orders", "allow": [{"verbs": ["join"]}],
         "command": join("{/tenant}")},
    ]})
}

/// Where outcomes may go: the configuration of notify.
fn destinations(products: &Products) -> Value {
    json!({"destinations": [
        {"name": "slack", "kind": "slack", "token": {"env": "SLACK_TOKEN"}, "channels": [CHANNEL],
         "baseUrl": products.slack.root()},
        {"name": "teams", "kind": "teams", "url": {"env": "TEAMS_URL"}},
        {"name": "jira", "kind": "jira", "baseUrl": products.jira.root(), "email": "mto@contoso.example",
         "token": {"env": "JIRA_TOKEN"}, "projects": ["OPS"]},
        {"name": "servicenow", "kind": "servicenow", "baseUrl": products.servicenow.root(), "tables": ["incident"],
         "credential": {"basic": {"user": "mto", "password": {"env": "SERVICENOW_PASSWORD"}}}},
        {"name": "portal", "kind": "webhook", "url": format!("{}/hooks/mto", products.receiver.root()),
         "secret": {"env": "RECEIVER_SIGNING"}},
    ]})
}
