//! What is measured: our functions, the floors, and the peers.

use std::path::{Path, PathBuf};

use entra_simulator::Seed;

use super::environment::{Environment, environment};
use super::services::Services;

/// Our functions.
pub(crate) const FUNCTIONS: [&str; 7] = ["create", "add", "join", "leave", "sync", "intake", "notify"];

/// A program as Lambda would run it.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// Its name in the table.
    pub(crate) name: String,
    /// Which of them it is.
    pub(crate) kind: Kind,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Where it runs.
    pub(crate) folder: PathBuf,
    pub(crate) environment: Environment,
}

/// What can be asked of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It starts, and polls.
    Starts,
    /// It makes the requests of a join, whatever the message.
    Repeats,
    /// It joins a tenant.
    Joins,
}

/// Without the environment: there are secrets in it.
impl std::fmt::Debug for Candidate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {} {:?}", self.name, self.program.display(), self.arguments)
    }
}

/// Makes candidates of one scene.
pub(crate) struct Candidates<'a> {
    pub(crate) seed: &'a Seed,
    pub(crate) services: &'a Services,
}

impl Candidates<'_> {
    /// One of our functions: the binary that is deployed.
    pub(crate) fn function(&self, verb: &str, program: PathBuf) -> Candidate {
        let kind = if verb == "join" { Kind::Joins } else { Kind::Starts };
        self.candidate(verb, kind, program, &[], Path::new("/"))
    }

    /// A bare `lambda_runtime`.
    pub(crate) fn runtime(&self, program: PathBuf) -> Candidate {
        self.candidate("bare lambda_runtime", Kind::Starts, program, &[], Path::new("/"))
    }

    /// The requests of a join with nothing around them.
    pub(crate) fn requests(&self, program: PathBuf, plan: &serde_json::Value) -> Candidate {
        let mut candidate = self.candidate("same requests bare", Kind::Repeats, program, &[], Path::new("/"));
        candidate.environment.insert("FLOOR_PLAN".to_owned(), plan.to_string());
        candidate
    }

    /// The join of `peers/python`, under AWS's runtime interface client.
    pub(crate) fn python(&self, folder: &Path) -> Candidate {
        let arguments = ["-m", "awslambdaric", "join.handler"];
        let mut candidate =
            self.candidate("Python peer", Kind::Joins, folder.join("venv/bin/python"), &arguments, folder);
        candidate.environment.insert("PYTHONPATH".to_owned(), folder.display().to_string());
        candidate
    }

    /// The join of `peers/node`, in a loop of its own.
    pub(crate) fn node(&self, folder: &Path) -> Candidate {
        self.candidate("Node peer", Kind::Joins, node(), &["runtime.mjs"], folder)
    }

    fn candidate(
        &self,
        name: &str,
        kind: Kind,
        program: PathBuf,
        arguments: &[&str],
        folder: &Path,
    ) -> Candidate {
        let function = if kind == Kind::Starts { name.replace(' ', "-") } else { "join".to_owned() };
        let mut environment = environment(&function, self.seed, self.services);
        environment.insert("_HANDLER".to_owned(), "join.handler".to_owned());
        environment.insert("LAMBDA_TASK_ROOT".to_owned(), folder.display().to_string());
        Candidate {
            name: name.to_owned(),
            kind,
            program,
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            folder: folder.to_owned(),
            environment,
        }
    }
}

/// Node itself: a program that looks for it would be measured with it.
///
/// # Panics
/// If it is not on `PATH`.
fn node() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("node")).find(|node| node.is_file());
    found.expect("Node is on PATH; install it, or use --no-peers")
}
