//! `mto status`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::Stage;

#[test]
fn members_settings_and_synchronizations_are_told() {
    let stage = Stage::formed();
    let ran = stage.run(&["status", "contoso"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let id = stage.id(1).to_string();
    let row = ran.out.lines().find(|line| line.contains(&id)).unwrap();
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["Fabrikam", &id, "member", "active"]);
    assert!(
        ran.out.starts_with("Contoso group: all settings are as wanted; 6 synchronizations "),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("steady  ").count(), 6, "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no colours but on a terminal");
    let json = stage.run(&["status", "contoso", "--output", "json"]).json();
    let states: Vec<&str> =
        json["members"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active"; 3]);
    let pairs = json["synchronizations"].as_array().unwrap().iter();
    let pairs: Vec<String> =
        pairs.map(|one| format!("{} {}", one["source"]["name"], one["target"]["name"])).collect();
    assert!(pairs.len() == 6 && pairs.is_sorted(), "{pairs:?}");
    assert_eq!(json["settings"]["differing"], serde_json::json!([]));
}

#[test]
fn some_pairs_are_looked_at_by_their_source() {
    let stage = Stage::formed();
    let ran = stage.run(&["status", "fabrikam", "--to", "contoso"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
}

#[test]
fn a_tenant_in_no_organization_is_a_failure_with_the_remedy() {
    let stage = Stage::new();
    let ran = stage.run(&["status", "contoso"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    assert!(ran.out.contains("remedy: send mto.create.v1"), "{}", ran.out);
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let stage = Stage::formed();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mto"))
        .args(["status", "contoso"])
        .env_clear()
        .envs(&stage.environment)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before anything was written, as by a reader that ended at once.
    drop(child.stdout.take());
    let mut words = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut words).unwrap();
    assert_eq!((words.as_str(), child.wait().unwrap().code()), ("", Some(141)));
}
