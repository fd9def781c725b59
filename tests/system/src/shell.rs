//! The commands of a document, run as they stand.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// No section of a document takes longer.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a section prints last; it is no output of a command.
const END: &str = "-- end of section --";

/// One bash, as a person would have it open from the first section to the last.
pub struct Shell {
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Shell {
    /// Starts it in a folder, with these variables and no others but `PATH` and `HOME`.
    ///
    /// # Panics
    /// If there is no bash.
    pub fn start(folder: &Path, path: &str, variables: &[(&str, String)]) -> Self {
        let mut process = Command::new("bash")
            .args(["-e", "-u", "-o", "pipefail", "-s"])
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder)
            .envs(variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("there is a bash");
        let input = process.stdin.take().expect("stdin is piped");
        let output = BufReader::new(process.stdout.take().expect("stdout is piped")).lines();
        Self { process, input, output }
    }

    /// Runs commands and returns what they print.
    ///
    /// # Panics
    /// If one of them fails, or all together take too long.
    pub async fn run(&mut self, commands: &str) -> String {
        // In braces, so that bash has read everything before a command could read from the same input.
        let script = format!("{{\n{commands}\n}} < /dev/null\necho '{END}'\n");
        self.input.write_all(script.as_bytes()).await.expect("the shell takes commands");
        let mut printed = String::new();
        let section = async {
            while let Ok(Some(line)) = self.output.next_line().await {
                if line == END {
                    return true;
                }
                printed.push_str(&line);
                printed.push('\n');
            }
            false
        };
        let ended = tokio::time::timeout(PATIENCE, section).await;
        if ended != Ok(true) {
            let errors = self.errors().await;
            panic!("{ended:?} for\n{commands}\nIt printed\n{printed}\n{errors}");
        }
        printed
    }

    async fn errors(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.process.stderr.take() {
            let read = stderr.read_to_string(&mut text);
            let _ = tokio::time::timeout(Duration::from_secs(1), read).await;
        }
        text
    }
}

/// The shell blocks under a heading of a Markdown document.
///
/// # Panics
/// If there are none: the document was changed, and the test with it.
pub fn blocks(document: &str, heading: &str) -> Vec<String> {
    let wanted = format!("## {heading}");
    let section = document.lines().skip_while(|line| *line != wanted).skip(1);
    let section = section.take_while(|line| !line.starts_with("## "));
    let mut blocks: Vec<String> = Vec::new();
    let mut inside = false;
    for line in section {
        match (inside, line) {
            (false, "```sh") => {
                inside = true;
                blocks.push(String::new());
            }
            (true, "```") => inside = false,
            (true, line) => {
                if let Some(block) = blocks.last_mut() {
                    block.push_str(line);
                    block.push('\n');
                }
            }
            (false, _) => {}
        }
    }
    assert!(!blocks.is_empty(), "no commands under \"{heading}\"");
    blocks
}
