//! What is measured is what is deployed: the release binaries and their zips.

use std::path::{Path, PathBuf};
use std::process::Command;

use mto_system_tests::repository;

use super::candidates::FUNCTIONS;

/// Where cargo has put the release binaries, and the build script the zips.
pub(crate) struct Artifacts {
    target: PathBuf,
}

impl Artifacts {
    /// `target`, or what cargo uses: `CARGO_TARGET_DIR`, else `target/`.
    pub(crate) fn of(target: Option<&Path>) -> Self {
        let target = target.map(Path::to_path_buf).or_else(cargos_own);
        let target = target.unwrap_or_else(|| PathBuf::from("target"));
        Self { target: if target.is_absolute() { target } else { repository().join(target) } }
    }

    /// Builds them: functions with the script that builds what is deployed, floors beside them. For a part of the
    /// functions there are no zips.
    ///
    /// # Panics
    /// If something cannot be built.
    pub(crate) fn build(&self, functions: &[String]) {
        if functions.len() == FUNCTIONS.len() {
            let mut script = Command::new("infra/aws/build");
            self.run(script.args(["--plain", "--arch", "x86_64"]));
        } else if !functions.is_empty() {
            let mut cargo = release();
            for function in functions {
                cargo.arg("-p").arg(format!("mto-{function}"));
            }
            self.run(&mut cargo);
        }
        self.run(release().args(["-p", "mto-benchmark-floor"]));
    }

    fn run(&self, command: &mut Command) {
        let status = command.current_dir(repository()).env("CARGO_TARGET_DIR", &self.target).status();
        let done = status.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(done, "failed: {command:?}: {status:?}");
    }

    /// A release binary.
    ///
    /// # Panics
    /// If it is not there.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        let path = self.target.join("release").join(name);
        assert!(path.is_file(), "{} is not built; leave --no-build out", path.display());
        path
    }

    /// The size of a function's zip in bytes.
    ///
    /// # Errors
    /// In words: there is none, or it is older than the binary.
    pub(crate) fn zip_bytes(&self, function: &str) -> Result<u64, &'static str> {
        let zip = self.target.join("lambda/x86_64").join(format!("{function}.zip"));
        let zip = zip.metadata().map_err(|_| "not there: run infra/aws/build --plain --arch x86_64")?;
        let binary = self.binary(&format!("mto-{function}")).metadata().and_then(|binary| binary.modified());
        match (zip.modified(), binary) {
            (Ok(zipped), Ok(built)) if zipped >= built => Ok(zip.len()),
            _ => Err("older than the binary: run infra/aws/build --plain --arch x86_64"),
        }
    }

    /// A folder for what the benchmark needs and leaves behind.
    ///
    /// # Panics
    /// If it cannot be made.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.target.join("benchmarks").join(name);
        std::fs::create_dir_all(&folder).expect("target/ can be written to");
        folder
    }
}

fn release() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked"]);
    cargo
}

#[expect(clippy::disallowed_methods, reason = "a tool beside cargo follows cargo's variable")]
fn cargos_own() -> Option<PathBuf> {
    std::env::var("CARGO_TARGET_DIR").ok().filter(|path| !path.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn a_zip_counts_once_it_is_there_and_no_older_than_its_binary() {
        let target = std::env::temp_dir().join(format!("mto-benchmarks-zips-{}", std::process::id()));
        let artifacts = Artifacts::of(Some(&target));
        let (release, lambda) = (target.join("release"), target.join("lambda/x86_64"));
        std::fs::create_dir_all(&release).unwrap();
        std::fs::create_dir_all(&lambda).unwrap();
        let binary = File::create(release.join("mto-join")).unwrap();
        let built = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        binary.set_modified(built).unwrap();
        assert!(artifacts.zip_bytes("join").unwrap_err().starts_with("not there"));
        let path = lambda.join("join.zip");
        std::fs::write(&path, b"zip").unwrap();
        let zip = File::options().write(true).open(&path).unwrap();
        zip.set_modified(built - Duration::from_secs(1)).unwrap();
        assert!(artifacts.zip_bytes("join").unwrap_err().starts_with("older"));
        zip.set_modified(built).unwrap();
        assert_eq!(artifacts.zip_bytes("join"), Ok(3));
        std::fs::remove_dir_all(&target).unwrap();
    }
}
