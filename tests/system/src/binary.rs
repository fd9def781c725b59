//! A built binary, running as Lambda would run it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::RuntimeApi;

/// A function's process and its Runtime API; ended when dropped.
pub struct Function {
    /// What Lambda would be to it.
    pub runtime: RuntimeApi,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Function {
    /// Starts the binary `mto-<verb>` with exactly this environment.
    ///
    /// # Panics
    /// If the binary was not built: `cargo test --workspace` builds it.
    pub async fn start(verb: &str, environment: &BTreeMap<String, String>) -> Self {
        let runtime = RuntimeApi::serve().await;
        let mut child = Command::new(path_of(verb))
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", runtime.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", format!("mto-{verb}"))
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = child.stderr.take().expect("stderr is piped");
        tokio::spawn(collect(stderr, Arc::clone(&log)));
        Self { runtime, child, log }
    }

    /// The lines of its log so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it with SIGKILL, as a machine that goes away would.
    ///
    /// # Panics
    /// If the system cannot end it.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the process can be ended");
    }
}

async fn collect(stderr: tokio::process::ChildStderr, log: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Beside the test's own binary: `target/<profile>/deps/<test>` → `target/<profile>/mto-<verb>`.
fn path_of(verb: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let folder =
        own.parent().and_then(std::path::Path::parent).expect("a test lies in target/<profile>/deps");
    let path = folder.join(format!("mto-{verb}"));
    assert!(path.is_file(), "{} is not built; run: cargo test --workspace", path.display());
    path
}
