//! A built binary, running as Lambda would run it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::RuntimeApi;

/// A function's process and its Runtime API; ended when dropped.
pub struct Function {
    /// What Lambda would be to it.
    pub runtime: RuntimeApi,
    child: Child,
    log: Lines,
    metrics: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Function {
    /// Starts the binary `mto-<verb>` with exactly this environment.
    ///
    /// # Panics
    /// If the binary was not built: `cargo test --workspace` builds it.
    pub async fn start(verb: &str, environment: &BTreeMap<String, String>) -> Self {
        let runtime = RuntimeApi::serve().await;
        let own = format!("functions/{verb}");
        let mut child = Command::new(binary(&format!("mto-{verb}"), &[own.as_str(), "shared"]))
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", runtime.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", format!("mto-{verb}"))
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let (log, metrics) = (Lines::default(), Lines::default());
        tokio::spawn(collect(child.stderr.take().expect("stderr is piped"), Arc::clone(&log)));
        tokio::spawn(collect(child.stdout.take().expect("stdout is piped"), Arc::clone(&metrics)));
        Self { runtime, child, log, metrics }
    }

    /// The lines of its standard output so far: embedded metrics, and nothing else.
    pub fn metrics(&self) -> Vec<String> {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// The most memory it has had so far, in bytes (`VmHWM` of `/proc/<id>/status`).
    ///
    /// # Panics
    /// If it has ended.
    pub fn memory(&self) -> u64 {
        let id = self.child.id().expect("it has not ended");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux tells");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells");
        line.trim().trim_end_matches(" kB").parse::<u64>().map_or(0, |kilobytes| kilobytes * 1024)
    }
}

async fn collect(stream: impl AsyncRead + Unpin, kept: Lines) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// A built binary by its name, beside the test's own: `target/<profile>/deps/<test>` → `target/<profile>/mto-<verb>`. It
/// must not be older than what it is made of.
///
/// # Panics
/// If it is not there, or older: `cargo test --workspace` builds it.
pub fn binary(name: &str, sources: &[&str]) -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let folder =
        own.parent().and_then(std::path::Path::parent).expect("a test lies in target/<profile>/deps");
    let path = folder.join(name);
    assert!(path.is_file(), "{} is not built; run: cargo test --workspace", path.display());
    assert_newer(&path, sources);
    path
}

/// Fails if a source is newer than the binary: `cargo test -p mto-system-tests` alone does not build the functions,
/// and would test those of yesterday.
///
/// # Panics
/// If it is so.
pub fn assert_current(binary: &Path) {
    let name = binary.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // Of the other functions it is not made.
    let own = format!("functions/{}", name.strip_prefix("mto-").unwrap_or_default());
    assert_newer(binary, &[own.as_str(), "shared"]);
}

fn assert_newer(binary: &Path, sources: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let newest = sources.iter().filter_map(|folder| newest_source(&root.join(folder))).max();
    let built = binary.metadata().and_then(|metadata| metadata.modified()).expect("a file has a time");
    assert!(
        newest.is_none_or(|newest| newest <= built),
        "{} is older than its sources; run: cargo test --workspace",
        binary.display()
    );
}

/// The time of the newest file in any `src` below `folder`.
fn newest_source(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let times = entries.filter_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return newest_source(&path);
        }
        let source = path.components().any(|part| part.as_os_str() == "src");
        let source = source && path.extension().is_some_and(|extension| extension == "rs");
        entry.metadata().and_then(|metadata| metadata.modified()).ok().filter(|_| source)
    });
    times.max()
}
