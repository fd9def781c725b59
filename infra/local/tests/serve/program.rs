//! The program itself: what it prints, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::support::{Listener, send};

/// Ended when dropped.
pub(crate) struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it; the lines it prints, as many as it prints at once.
pub(crate) fn start(arguments: &[&str], lines: usize) -> (Program, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mto-local"));
    command.args(["serve", "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let out = BufReader::new(program.0.stdout.as_mut().unwrap());
    let lines = out.lines().take(lines).map(Result::unwrap).collect();
    (program, lines)
}

pub(crate) fn address(lines: &[String]) -> &str {
    lines[0].strip_prefix("Listening on http://").unwrap()
}

#[tokio::test]
async fn it_prints_its_address_and_a_line_that_works_and_ends_with_ctrl_c() {
    let (mut program, lines) = start(&["--speed", "max"], 4);
    let address = address(&lines);
    let parts: Vec<&str> = lines[3].split('\'').collect();
    assert_eq!(parts[0], format!("Try: curl -s http://{address}/commands -H "));
    assert_eq!((parts[1], parts[2]), ("content-type: application/json", " -d "));
    let mut listener = Listener::open(address, None).await;
    let headers = [("Host", address), ("Content-Type", "application/json")];
    let answer = send(address, "POST /commands", &headers, parts[3]).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(listener.end_of("INC0012345").await, "mto.create.succeeded.v1");
    interrupt(&mut program);
}

/// Ctrl-C, and what is left to read.
fn interrupt(program: &mut Program) {
    let sent = Command::new("kill").args(["-INT", &program.0.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = program.0.wait().unwrap();
    let mut errors = String::new();
    program.0.stderr.as_mut().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn it_posts_the_formation_of_a_scenario_itself() {
    let (_program, lines) = start(&["--speed", "max", "--scenario", "leave", "--form"], 4);
    let address = address(&lines);
    let mut listener = Listener::open(address, None).await;
    // What ended before this stands here, what ends after it comes as an event.
    let before = send(address, "GET /outcomes", &[("Host", address)], "").await;
    if !before.body.contains("mto.leave.succeeded.v1") {
        assert_eq!(listener.end_of("INC0012400").await, "mto.leave.succeeded.v1");
    }
}
