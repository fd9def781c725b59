//! Every message in `tests/golden/messages` is decoded forever, and says what it said on the day it was added.

#![expect(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use mto_messages::{Command, CommandData, Verb, schema};
use serde_json::{Value, json};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn golden(prefix: &str) -> Vec<(String, Value)> {
    let mut found: Vec<_> = std::fs::read_dir(folder("tests/golden/messages"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    found.sort_by(|left, right| left.0.cmp(&right.0));
    assert!(!found.is_empty(), "no golden file starts with {prefix}");
    found
}

#[test]
fn every_golden_command_is_decoded_and_encodes_to_its_canonical_form() {
    for (name, case) in golden("command-") {
        let command = Command::parse(&case["body"].to_string()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let encoded: Value = serde_json::from_str(&command.to_json()).unwrap();
        assert_eq!(encoded, case["canonical"], "{name}");
        assert_eq!(Command::parse(&command.to_json()).unwrap(), command, "{name}");
    }
}

#[test]
fn every_golden_command_fits_the_published_schema() {
    let schemas = Verb::ALL.map(|verb| (verb, jsonschema::validator_for(&schema::command(verb)).unwrap()));
    for (name, case) in golden("command-") {
        let command = Command::parse(&case["body"].to_string()).unwrap();
        let (_, validator) = schemas.iter().find(|(verb, _)| *verb == command.data.verb()).unwrap();
        for body in [&case["body"], &case["canonical"]] {
            let faults: Vec<_> = validator.iter_errors(body).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
    }
}

#[test]
fn every_golden_refusal_names_the_field_the_value_and_the_remedy() {
    for (name, case) in golden("refused-") {
        let body = case["text"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let refusal = Command::parse(&body).expect_err(&name);
        assert_eq!(json!({"code": refusal.code(), "message": refusal.to_string()}), case["error"], "{name}");
    }
}

#[test]
fn the_published_schema_is_current() {
    let published = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder("docs/schema").join(format!("{name}.json")));
        serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default()
    };
    let hint = "run: cargo run -p mto-messages --features schema --example write_schema";
    for verb in Verb::ALL {
        assert_eq!(published(&format!("mto.{verb}.v1")), schema::command(verb), "{verb}: {hint}");
    }
    assert_eq!(published("outcome"), schema::outcome(), "outcome: {hint}");
}

#[test]
fn a_body_over_the_bound_is_refused_before_it_is_parsed() {
    let body = format!("{{\"id\":\"{}\"}}", "x".repeat(mto_messages::MAX_BODY_BYTES));
    assert_eq!(Command::parse(&body).unwrap_err().code(), "too-large");
}

#[test]
fn join_true_and_an_empty_object_mean_the_same() {
    let with = |join: &str| {
        let body = format!(
            r#"{{"type":"mto.add.v1","id":"1","source":"/t","data":{{"owner":"contoso","tenants":
               [{{"tenant":"fabrikam","displayName":"Fabrikam"}}],"then":{{"join":{join}}}}}}}"#
        );
        match Command::parse(&body).unwrap().data {
            CommandData::Add(data) => data.then.unwrap().join,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with("true"), with("{}"));
    assert_eq!(with("false"), None);
}
