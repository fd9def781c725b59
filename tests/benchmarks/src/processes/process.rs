//! A process under a Runtime API, and what it has used.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mto_system_tests::RuntimeApi;
use nix::time::ClockId;
use nix::unistd::Pid;

use super::candidates::Candidate;
use super::cores::Cores;

/// What a process has used since its start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// User and system time of all its threads.
    pub(crate) cpu: Duration,
    /// The most memory it has had (`VmHWM`), in bytes.
    pub(crate) memory: u64,
}

/// Killed when dropped.
pub(crate) struct Process {
    pub(crate) runtime: RuntimeApi,
    pub(crate) started: Instant,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it. What it prints goes to a file in `logs`.
    ///
    /// # Panics
    /// If it cannot be started.
    pub(crate) async fn start(candidate: &Candidate, cores: Cores, logs: &Path) -> Self {
        let runtime = RuntimeApi::serve().await;
        let log = logs.join(format!("{}.log", candidate.name.replace(' ', "-")));
        let printed = File::create(&log).expect("the log can be written");
        let mut command = Command::new(&candidate.program);
        command
            .args(&candidate.arguments)
            .current_dir(&candidate.folder)
            .env_clear()
            .envs(&candidate.environment)
            .env("AWS_LAMBDA_RUNTIME_API", runtime.address())
            .stdin(Stdio::null())
            .stdout(printed.try_clone().expect("a file can be had twice"))
            .stderr(printed);
        let spawned = cores.spawn(command);
        let (child, started) = spawned.unwrap_or_else(|error| panic!("{candidate:?}: {error}"));
        Self { runtime, started, child, log }
    }

    /// CPU time and peak memory so far.
    ///
    /// # Panics
    /// If it has ended.
    pub(crate) fn usage(&self) -> Usage {
        let id = self.child.id();
        let pid = Pid::from_raw(i32::try_from(id).expect("a process id"));
        let clock = ClockId::pid_cpu_clock_id(pid).and_then(ClockId::now);
        let status = std::fs::read_to_string(format!("/proc/{id}/status"));
        let (Ok(cpu), Some(memory)) = (clock, status.ok().as_deref().and_then(peak)) else {
            panic!("the process has ended: {}", self.printed());
        };
        Usage { cpu: cpu.into(), memory }
    }

    /// What it has printed.
    pub(crate) fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits for something it is to do, and fails with what it has printed if it ends instead.
    ///
    /// # Panics
    /// If it ends, or takes longer than a minute.
    pub(crate) async fn does<T>(&mut self, what: impl AsyncFnOnce(&RuntimeApi) -> T) -> T {
        let done = what(&self.runtime);
        let mut done = std::pin::pin!(done);
        for _ in 0..600 {
            if let Ok(done) = tokio::time::timeout(Duration::from_millis(100), &mut done).await {
                return done;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                let printed = std::fs::read_to_string(&self.log).unwrap_or_default();
                panic!("it has ended, {status}: {printed}");
            }
        }
        let printed = std::fs::read_to_string(&self.log).unwrap_or_default();
        panic!("nothing for a minute: {printed}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `VmHWM` of `/proc/<id>/status`, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_memory_is_read_in_bytes() {
        assert_eq!(peak("Name:\tmto-join\nVmHWM:\t   11264 kB\nVmRSS:\t 11000 kB\n"), Some(11_534_336));
        assert_eq!(peak("Name:\tmto-join\n"), None);
    }
}
