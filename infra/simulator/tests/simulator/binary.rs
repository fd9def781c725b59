//! The program itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use entra_simulator::Seed;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_entra-simulator"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("the program runs")
}

#[test]
fn the_printed_seed_can_be_read_back() {
    let output = run(&["--print-seed", "4"]);
    let seed = Seed::from_json(&String::from_utf8_lossy(&output.stdout)).expect("a seed");
    assert_eq!(seed, Seed::demo(4));
    assert!(!run(&["--print-seed"]).stdout.is_empty());
}

#[test]
fn help_names_every_option() {
    let help = String::from_utf8_lossy(&run(&["--help"]).stdout).into_owned();
    for option in ["--listen", "--seed", "--options", "--clock", "--print-seed"] {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_and_nothing_is_served() {
    for (arguments, wanted) in [
        (["--clock", "fast"], "use real, manual, or a whole number from 1"),
        (["--seed", "/nowhere.json"], "give the path of a readable JSON file"),
        (
            ["--options", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")],
            "leave a field out for its default",
        ),
    ] {
        let output = run(&arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(wanted), "{text}");
    }
}

#[test]
fn one_line_says_where_it_listens_when_it_is_ready() {
    let mut child =
        program().args(["--clock", "600"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let address = line.trim().strip_prefix("listening on http://").expect("the ready line").to_owned();
    let connected = std::net::TcpStream::connect(&address);
    child.kill().expect("stopped");
    child.wait().expect("ended");
    assert!(connected.is_ok(), "{address}");
}
