//! A local AWS emulator as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Pinned: its differences from AWS are written down for this version.
const PACKAGE: &str = "ministack==1.5.33";

/// It starts in about a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// `MiniStack` on loopback; ended when dropped.
pub struct Ministack {
    endpoint: String,
    _process: Child,
}

impl Ministack {
    /// Installs it if need be, and starts it on a free port.
    ///
    /// # Panics
    /// If it cannot be installed or started.
    pub async fn start() -> Self {
        let program = install().await;
        let port = free_port();
        let mut process = Command::new(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("MiniStack starts");
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
        // Its log has to be read on, or the pipe fills up.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { endpoint: format!("http://127.0.0.1:{port}"), _process: process }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An SQS client for it.
    pub fn sqs(&self) -> Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&self.endpoint)
            .build();
        Client::from_conf(config)
    }
}

/// Into `target/venv`, once for all tests.
async fn install() -> PathBuf {
    let target = target_folder();
    let lock = std::fs::File::create(target.join("venv.lock")).expect("target/ can be written to");
    // Two test binaries may get here at the same time; the lock ends with the file.
    lock.lock().expect("the lock file can be locked");
    let venv = target.join("venv");
    let program = venv.join("bin/ministack");
    let marker = venv.join("installed");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == PACKAGE) && program.is_file() {
        return program;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).await;
    run(Command::new(venv.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        PACKAGE,
    ]))
    .await;
    std::fs::write(&marker, PACKAGE).expect("target/ can be written to");
    program
}

async fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().await;
    assert!(
        status.is_ok_and(|status| status.success()),
        "failed: {command:?}; the tests need Python 3 with pip"
    );
}

fn target_folder() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    own.ancestors().nth(3).map(Path::to_path_buf).expect("a test lies in target/<profile>/deps")
}

/// A port the system chooses. Another process could take it before `MiniStack` does; then it does not get ready.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}
