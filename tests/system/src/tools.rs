//! Programs from the Python package index, in one virtual environment for all tests.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// Pinned; the last two sign webhooks as their products do. What the emulator does differently from AWS is written down for this version of it.
const PACKAGES: [&str; 7] = [
    "ministack==1.5.33",
    "aws-sam-translator==1.115.0",
    "cfn-lint==1.58.0",
    "boto3==1.43.106",
    "awscli==1.46.2",
    "standardwebhooks==1.1.0",
    "slack_sdk==3.47.0",
];

/// The virtual environment `target/venv`.
#[derive(Debug, Clone)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Installs them, if they are not there yet.
    ///
    /// # Panics
    /// If they cannot be installed.
    pub async fn install() -> Self {
        let target = target_folder();
        let lock = std::fs::File::create(target.join("venv.lock")).expect("target/ can be written to");
        // Several test binaries may get here at the same time; the lock ends with the file.
        lock.lock().expect("the lock file can be locked");
        let folder = target.join("venv");
        let marker = folder.join("installed");
        let wanted = PACKAGES.join(" ");
        if !std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).await;
            let pip = ["install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(folder.join("bin/pip")).args(pip).args(PACKAGES)).await;
            std::fs::write(&marker, wanted).expect("target/ can be written to");
        }
        Self { folder }
    }

    /// A command that runs one of its programs.
    pub fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join("bin").join(program))
    }

    /// A command that runs a script of `tests/system/clients`.
    pub fn client(&self, script: &str) -> Command {
        let mut command = self.command("python");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(script));
        command
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

async fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().await;
    assert!(
        status.is_ok_and(|status| status.success()),
        "failed: {command:?}; the tests need Python 3 with pip"
    );
}

/// The folder of the binaries that were built with this test: `target/<profile>`.
///
/// # Panics
/// If the test does not lie in `target/<profile>/deps`.
pub fn profile_folder() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    own.ancestors().nth(2).map(Path::to_path_buf).expect("a test lies in target/<profile>/deps")
}

fn target_folder() -> PathBuf {
    profile_folder().parent().map(Path::to_path_buf).expect("a profile lies in target/")
}

/// The root of the repository.
///
/// # Panics
/// If this crate was moved.
pub fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).map(Path::to_path_buf).expect("this crate lies in tests/system")
}
