//! A local AWS emulator as a process of its own.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::http::exchange;
use crate::program::run;
use crate::tools::Tools;

/// It starts in about a second.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where everything is.
pub const REGION: &str = "eu-central-1";

/// Who everybody is, but for the functions: the emulator's root.
pub(crate) const ROOT_KEY: &str = "test";

/// `MiniStack` on loopback; ended when dropped.
pub struct Ministack {
    tools: Tools,
    endpoint: String,
    process: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Ministack {
    /// Installs it if need be, and starts it on a free port.
    ///
    /// # Panics
    /// If it cannot be installed or started.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, with more variables. `AUTH=true` makes it enforce IAM.
    ///
    /// # Panics
    /// If it cannot be installed or started.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        let tools = Tools::install().await;
        let endpoint = format!("http://127.0.0.1:{}", free_port());
        let mut command = tools.command("ministack");
        command
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", endpoint.rsplit(':').next().unwrap_or_default())
            .env("MINISTACK_REGION", REGION)
            // What the functions inside it call.
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("AWS_ACCESS_KEY_ID", ROOT_KEY)
            .env("AWS_SECRET_ACCESS_KEY", ROOT_KEY)
            .envs(variables.iter().copied());
        let mut process = spawn(&mut command);
        let mut lines = BufReader::new(process.stderr.take().expect("stderr is piped")).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("Running on http") {
                    return true;
                }
            }
            false
        };
        assert!(tokio::time::timeout(PATIENCE, ready).await.unwrap_or(false), "MiniStack does not get ready");
        let log = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sink.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { tools, endpoint, process, log }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The lines of its log so far; what functions log is among them.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The programs it came with.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Variables for programs that are to talk to it.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ROOT_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", ROOT_KEY.to_owned()),
        ]
    }

    /// Runs a script of `tests/system/clients` and returns what it prints.
    ///
    /// # Panics
    /// If it fails.
    pub async fn run_client(&self, script: &str, arguments: &[&str], input: &str) -> String {
        let mut command = self.tools.client(script);
        command.args(arguments).envs(self.variables());
        run(&mut command, input).await
    }

    /// An SQS client for it.
    pub fn sqs(&self) -> Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new(ROOT_KEY, ROOT_KEY, None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&self.endpoint)
            .build();
        Client::from_conf(config)
    }

    /// Everything that stands in a queue, visible or not, without receiving it: the emulator's own addition to SQS.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn peek(&self, queue: &str) -> Vec<Value> {
        stored(&self.endpoint, queue).await
    }

    /// Its own process.
    pub(crate) fn process(&self) -> Option<u32> {
        self.process.id()
    }

    /// The processes of a function, by their ids: those whose environment names it, among the emulator's descendants.
    pub fn processes(&self, function: &str) -> Vec<u32> {
        let own = self.process.id().unwrap_or_default();
        let name = format!("AWS_LAMBDA_FUNCTION_NAME={function}");
        let is_it = |id: &u32| {
            let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == name.as_bytes())
        };
        running().into_iter().filter(|id| descends(*id, own)).filter(is_it).collect()
    }
}

/// What [`Ministack::peek`] tells, by the emulator's address.
pub(crate) async fn stored(endpoint: &str, queue: &str) -> Vec<Value> {
    let address = endpoint.trim_start_matches("http://");
    let (_, body) =
        exchange(address, "GET", "/_ministack/sqs/messages", &[], "").await.expect("the emulator answers");
    let all: Value = serde_json::from_str(&body).expect("JSON");
    let regions = all["messages"].as_object().into_iter().flat_map(|accounts| accounts.values());
    let queues = regions.filter_map(|regions| regions[REGION].as_object()).flatten();
    let found = queues.filter(|(url, _)| url.rsplit('/').next() == Some(queue));
    found.filter_map(|(_, messages)| messages.as_array()).flatten().cloned().collect()
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("MiniStack starts")
}

/// The ids of all processes.
pub(crate) fn running() -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Whether one process was started by the other, or by one that was.
pub(crate) fn descends(process: u32, from: u32) -> bool {
    // Bounded, should the tree change while it is read.
    std::iter::successors(Some(process), |id| parent(*id)).take(20).any(|id| id == from)
}

/// `/proc/<id>/stat`: id, name in brackets, state, parent.
fn parent(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// A port the system chooses. Another process could take it before `MiniStack` does; then it does not get ready.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}
