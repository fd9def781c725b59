//! Programs of others, each in a folder of its own: `tests/system/clients/<name>` copied to `target/clients/<name>`,
//! with the packages its lock file names.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::profile_folder;

/// The largest takes half a minute; registries have slow days.
const INSTALLATION: Duration = Duration::from_mins(5);

/// A client, ready to be run.
#[derive(Debug, Clone)]
pub struct Client {
    folder: PathBuf,
    programs: PathBuf,
}

impl Client {
    /// Copies it, and installs its packages unless these very ones are there: with npm where there is a
    /// `package-lock.json`, with pip where there is a `requirements.txt`.
    ///
    /// # Panics
    /// If that cannot be done.
    pub async fn install(name: &str) -> Self {
        let clients = profile_folder().parent().expect("a profile lies in target/").join("clients");
        Self::install_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name), &clients).await
    }

    /// The same for a folder that lies elsewhere; its copy goes below `clients`.
    ///
    /// # Panics
    /// If that cannot be done.
    pub async fn install_from(source: &Path, clients: &Path) -> Self {
        let name = source.file_name().and_then(|name| name.to_str()).expect("a client has a name");
        let folder = clients.join(name);
        std::fs::create_dir_all(&folder).expect("target/ can be written to");
        let lock =
            std::fs::File::create(clients.join(format!("{name}.lock"))).expect("target/ can be written to");
        // Several test binaries may get here at the same time; the lock ends with the file.
        lock.lock().expect("the lock file can be locked");
        copy(source, &folder);
        let npm = folder.join("package-lock.json");
        if npm.is_file() {
            // No scripts of packages are run, and packages that lie about their engine are not our concern.
            let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
            install(&npm, "npm", Command::new("npm").args(options).current_dir(&folder)).await;
            return Self { programs: folder.join("node_modules/.bin"), folder };
        }
        let (requirements, environment) = (folder.join("requirements.txt"), folder.join("venv"));
        let script = "python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check --no-deps \
                      -r requirements.txt";
        install(
            &requirements,
            "Python 3 with venv and pip",
            Command::new("sh").args(["-c", script]).current_dir(&folder),
        )
        .await;
        Self { programs: environment.join("bin"), folder }
    }

    /// A command that runs a program of its packages, or of the system, in its folder and with no variables but
    /// `PATH`, `HOME` and `TMPDIR`.
    ///
    /// # Panics
    /// If the folder has a name that no `PATH` can hold.
    pub fn command(&self, program: &str) -> Command {
        let mut path = vec![self.programs.clone()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let path = std::env::join_paths(path).expect("a PATH");
        let mut command = Command::new("env");
        command.current_dir(&self.folder).env_clear().env("PATH", path);
        command.env("HOME", &self.folder).env("TMPDIR", &self.folder);
        command.arg(program).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Leaves alone what is the same already: another test may be reading it.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the client is in tests/system/clients") {
        let source = entry.expect("a folder can be read").path();
        let copied = to.join(source.file_name().expect("a file has a name"));
        let wanted = std::fs::read(&source).expect("a file of the client can be read");
        if std::fs::read(&copied).is_ok_and(|found| found == wanted) {
            continue;
        }
        std::fs::write(&copied, wanted).expect("target/ can be written to");
    }
}

/// Runs the installer unless the marker holds what the list of packages holds.
async fn install(list: &Path, needed: &str, command: &mut Command) {
    let marker = list.with_extension("installed");
    let wanted = std::fs::read(list).expect("the list of packages can be read");
    if std::fs::read(&marker).is_ok_and(|installed| installed == wanted) {
        return;
    }
    let running = command.stdin(Stdio::null()).kill_on_drop(true).status();
    let status = tokio::time::timeout(INSTALLATION, running).await;
    let done = matches!(status, Ok(Ok(status)) if status.success());
    assert!(done, "failed: {command:?}: {status:?}; the clients need {needed} and a package registry");
    std::fs::write(&marker, wanted).expect("target/ can be written to");
}
