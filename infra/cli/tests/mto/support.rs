//! A world that is served over loopback HTTP, and the binary that looks at it.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use entra_simulator::{Options, Seed};
use mto_graph::Endpoint;
use mto_local::{Setup, World};
use mto_messages::{Command as MtoCommand, Scope, TenantId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What the binary did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Simulator, functions and a server like the local one, in one process; the binary is another.
pub(crate) struct Stage {
    pub(crate) world: Arc<World>,
    pub(crate) tenants: Vec<Uuid>,
    pub(crate) server: String,
    pub(crate) environment: BTreeMap<String, String>,
    /// The commands that the server took.
    pub(crate) taken: Arc<Mutex<Vec<String>>>,
    runtime: Runtime,
}

const GROUPS: u128 = 0x6d74_6f00_0000_4000_8000_0000_0000_0000;

#[derive(Clone)]
struct Served {
    world: Arc<World>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    /// Tenants contoso, fabrikam and tailspin in no organization.
    pub(crate) fn new() -> Self {
        let mut seed = Seed::demo(3);
        let mut scopes = BTreeMap::new();
        for (tenant, number) in seed.tenants.iter_mut().zip(1_u128..) {
            for group in tenant.groups.iter_mut().filter(|group| !group.members.is_empty()) {
                let id = Uuid::from_u128(GROUPS + number);
                group.id = Some(id);
                scopes.insert(tenant.tenant_id, Scope { groups: vec![id], ..Scope::default() });
            }
        }
        let tenants: Vec<Uuid> = seed.tenants.iter().map(|tenant| tenant.tenant_id).collect();
        let environment = environment(&seed, &scopes);
        let world = Arc::new(World::new(Setup { scopes, ..Setup::new(seed, Options::default()) }).unwrap());
        let runtime = Runtime::new().unwrap();
        let graph = runtime.block_on(serve(entra_simulator::router(world.simulator().clone())));
        let taken = Arc::new(Mutex::new(Vec::new()));
        let office = Served { world: world.clone(), taken: taken.clone() };
        let commands =
            Router::new().route("/commands", post(take)).route("/outcomes", get(outcomes)).with_state(office);
        let server = runtime.block_on(serve(commands));
        let mut stage = Self { world, tenants, server, environment, taken, runtime };
        stage.environment.insert("MTO_GRAPH_ROOT".to_owned(), format!("{graph}/v1.0"));
        stage.environment.insert("MTO_LOGIN_ROOT".to_owned(), graph);
        stage
    }

    /// All three are members, and share their groups with each other.
    pub(crate) fn formed() -> Self {
        let stage = Self::new();
        let tenants = json!([
            {"tenant": "fabrikam", "displayName": "Fabrikam"},
            {"tenant": "tailspin", "displayName": "Tailspin"},
        ]);
        let data = json!({
            "owner": "contoso", "displayName": "Contoso group", "templates": "admin-center", "tenants": tenants,
            "then": {"join": {"templates": "admin-center"}, "sync": {}},
        });
        stage.command("create", &data);
        stage
    }

    /// Posts a command, and lets everything that follows happen.
    pub(crate) fn command(&self, verb: &str, data: &Value) {
        let body = json!({"type": format!("mto.{verb}.v1"), "id": format!("test-{verb}"), "source": "/test", "data": data});
        let verb = mto_messages::Verb::from_name(verb).unwrap();
        self.runtime.block_on(async {
            self.world.post(verb, &body.to_string()).await.unwrap();
            assert!(self.world.run(500).await, "the commands come to an end");
        });
    }

    /// A write by somebody else.
    pub(crate) fn write<E: Endpoint>(&self, tenant: usize, endpoint: &E) {
        let deadline = self.world.clock().now() + time::Duration::minutes(1);
        let call = mto_graph::Call::new(self.tenants[tenant], Uuid::nil(), deadline);
        let sent = self.runtime.block_on(self.world.graph().send(&call, endpoint));
        assert!(sent.is_ok(), "{:?}", sent.err());
    }

    pub(crate) fn id(&self, tenant: usize) -> TenantId {
        TenantId::new(self.tenants[tenant])
    }

    /// The ids of the commands that the server took so far.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// With a text on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        run(arguments, &self.environment, input)
    }
}

/// The binary with exactly this environment.
pub(crate) fn run(arguments: &[&str], environment: &BTreeMap<String, String>, input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mto"))
        .args(arguments)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may have closed it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn environment(seed: &Seed, scopes: &BTreeMap<Uuid, Scope>) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::new();
    let mut entries = Vec::new();
    for tenant in &seed.tenants {
        let name = tenant.display_name.to_lowercase();
        let variable = format!("{}_SECRET", name.to_uppercase());
        let application = &tenant.applications[0];
        entries.push(json!({
            "tenantId": tenant.tenant_id, "name": name, "displayName": tenant.display_name,
            "application": {"clientId": application.client_id, "credential": {"clientSecret": {"env": variable}}},
            "syncScope": scopes.get(&tenant.tenant_id),
        }));
        environment.insert(variable, application.secrets[0].expose().to_owned());
    }
    environment.insert("MTO_DIRECTORY".to_owned(), json!({"tenants": entries}).to_string());
    environment
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// As the local server answers, but everything that follows has happened before it does.
async fn take(State(served): State<Served>, body: String) -> (StatusCode, String) {
    let command = match MtoCommand::parse(&body) {
        Ok(command) => command,
        Err(error) => return (StatusCode::BAD_REQUEST, json!({"error": error.to_string()}).to_string()),
    };
    let verb = command.data.verb();
    served.taken.lock().unwrap().push(command.id.clone());
    served.world.post(verb, &body).await.unwrap();
    served.world.run(500).await;
    (StatusCode::ACCEPTED, json!({"id": command.id, "type": verb.command_type()}).to_string())
}

async fn outcomes(State(served): State<Served>, Query(query): Query<BTreeMap<String, usize>>) -> String {
    let all = served.world.outcomes();
    let after = query.get("after").copied().unwrap_or(0).min(all.len());
    json!({"next": all.len(), "outcomes": &all[after..]}).to_string()
}
