//! `mto send`.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Stage, run};

#[test]
fn a_command_is_sent_to_the_server_and_followed_to_its_last_outcome() {
    let stage = Stage::new();
    let create = ["send", "--server", &stage.server, "create", "contoso", "--name", "Contoso group"];
    let ran = stage.run(&[&create[..], &["--id", "T1", "--dry-run", "--wait"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("T1 planned: nothing was written; 1 writes would be made"), "{}", ran.out);
    assert!(
        ran.out.contains("\n  would create the multi-tenant organization \"Contoso group\"\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "mto: sent T1\n");
    let members = ["--tenant", "fabrikam=Fabrikam", "--co-owner", "tailspin=Tailspin", "--join", "--wait"];
    let ran = stage.run(&[&create[..], &members, &["--id", "T2", "--output", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.json()["type"], "mto.create.succeeded.v1");
    assert!(ran.err.contains("mto: T2/accepted: "), "{}", ran.err);
    let ran = stage.run(&[
        "send",
        "--server",
        &stage.server,
        "leave",
        "fabrikam",
        "--from",
        "contoso",
        "--mode",
        "remove",
        "--wait",
    ]);
    assert_eq!(ran.code, Some(1), "it is not confirmed: {}", ran.out);
    assert!(ran.out.contains("\n  remedy: "), "{}", ran.out);
}

#[test]
fn a_command_from_a_file_keeps_its_id_and_its_source() {
    let stage = Stage::new();
    let command = json!({"type": "mto.join.v1", "id": "INC7", "source": "/tickets", "data": {"tenant": "fabrikam", "owner": "contoso"}});
    let args = ["send", "--file", "-", "--server", &stage.server, "--output", "json"];
    let ran = stage.run_with(&args, &command.to_string());
    assert_eq!(
        (ran.code, ran.json()),
        (Some(0), json!({"id": "INC7", "type": "mto.join.v1"})),
        "{}",
        ran.err
    );
    let told = stage.world.outcomes();
    assert!(told.iter().any(|outcome| outcome["data"]["command"]["source"] == "/tickets"), "{told:?}");
}

#[test]
fn the_server_can_stand_in_the_environment_unless_a_queue_is_named() {
    let mut stage = Stage::new();
    stage.environment.insert("MTO_SERVER".to_owned(), stage.server.clone());
    let args = ["send", "join", "fabrikam", "--to", "contoso", "--id", "T1"];
    let ran = stage.run(&args);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "T1\n"), "{}", ran.err);
    assert_eq!(stage.taken(), ["T1"]);
    let keys =
        [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let nobody = [("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")];
    for (name, value) in keys.into_iter().chain(nobody) {
        stage.environment.insert(name.to_owned(), value.to_owned());
    }
    let ran = stage.run(&[&args[..], &["--queue-url", "http://127.0.0.1:1/join"]].concat());
    assert_eq!((ran.code, stage.taken().len()), (Some(1), 1), "{}", ran.err);
    assert!(ran.err.contains("SendMessage on http://127.0.0.1:1/join failed"), "{}", ran.err);
}

#[test]
fn ids_are_made_where_none_is_given() {
    let stage = Stage::new();
    let args = ["send", "--server", &stage.server, "--dry-run", "join", "fabrikam", "--to", "contoso"];
    let (one, other) = (stage.run(&args), stage.run(&args));
    assert_eq!(stage.taken(), [one.out.trim(), other.out.trim()]);
    assert_ne!(one.out, other.out);
}

#[rstest]
#[case(&["send"], "say what to send")]
#[case(&["send", "join", "fabrikam", "--to", "contoso"], "MTO_QUEUE_JOIN: give the URL of the queue")]
#[case(&["send", "join", "fabrikam", "--to", "contoso", "--wait"], "--outcomes-queue")]
#[case(&["send", "add", "contoso"], "--tenant is missing")]
#[case(&["send", "create", "contoso", "--name", " "], "data.displayName")]
#[case(&["send", "create", "contoso", "--name", "x", "--templates", "all"], "\"all\" is neither admin-center nor default")]
#[case(&["send", "sync", "--from", "contoso"], "--to is missing")]
#[case(&["send", "sync"], "--from <SOURCE>")]
#[case(&["send", "--file", "/nowhere/at/all"], "/nowhere/at/all cannot be read")]
#[case(&["send", "--file", "-"], "is not JSON")]
#[case(&["send", "--server", "localhost:1", "join", "fabrikam", "--to", "contoso"], "--server localhost:1: give an address")]
#[case(&["redrive", "--queue", "join"], "--id <ID>|--all")]
#[case(&["redrive", "--queue", "join", "--all"], "MTO_DEAD_LETTERS_JOIN: give the URL")]
#[case(&["dead-letters"], "MTO_DEAD_LETTERS_<VERB>: give the URL")]
#[case(&["apply"], "<FILE>")]
fn what_cannot_be_sent_is_named(#[case] arguments: &[&str], #[case] problem: &str) {
    let keys =
        [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let environment: BTreeMap<String, String> =
        keys.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let ran = run(arguments, &environment, "no json");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains(problem), "{}", ran.err);
}

#[test]
fn a_server_that_is_not_there_is_a_failure_and_one_that_refuses_says_why() {
    let stage = Stage::new();
    let ran = stage.run(&["send", "--server", "http://127.0.0.1:1", "join", "fabrikam", "--to", "contoso"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("is the local server running?"), "{}", ran.err);
    let graph = stage.environment["MTO_LOGIN_ROOT"].clone();
    let ran = stage.run(&["send", "--server", &graph, "join", "fabrikam", "--to", "contoso"]);
    assert_eq!(ran.code, Some(1), "the simulator takes no commands");
}

/// Every verb's flags give what the same command as JSON gives.
#[rstest]
#[case(
    &["add", "contoso", "--tenant", "fabrikam=Fabrikam", "--join", "--join-templates", "default", "--sync"],
    json!({"owner": "contoso", "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam"}],
           "then": {"join": {"templates": "default"}, "sync": {}}})
)]
#[case(
    &["leave", "fabrikam", "--from", "contoso", "--mode", "leave", "--cleanup", "users", "--confirm", "fabrikam", "--confirm-users", "9"],
    json!({"tenant": "fabrikam", "owner": "contoso", "mode": "leave", "cleanup": "users",
           "confirm": {"tenant": "fabrikam", "users": 9}})
)]
#[case(
    &["sync", "--from", "contoso", "--to", "all", "--everyone", "--user-type", "guest"],
    json!({"action": "configure", "source": "contoso", "targets": "all", "scope": {"everyone": true}, "userType": "Guest"})
)]
#[case(
    &["sync", "unshare", "--from", "contoso", "--to", "fabrikam", "tailspin", "--cleanup", "settings", "--both-directions"],
    json!({"action": "unshare", "source": "contoso", "targets": ["fabrikam", "tailspin"], "cleanup": "settings",
           "bothDirections": true})
)]
#[case(&["sync", "settings", "--owner", "contoso"], json!({"action": "settings", "owner": "contoso"}))]
fn flags_say_what_a_document_says(#[case] arguments: &[&str], #[case] data: Value) {
    use clap::Parser;
    let arguments: Vec<&str> = ["mto", "send", "--id", "X"].iter().chain(arguments).copied().collect();
    let args = mto_cli::Args::try_parse_from(arguments).unwrap();
    let mto_cli::Action::Send(args) = args.action else { panic!("send was asked for") };
    let command = mto_cli::command_of(&args, &crate::letters::context(&[])).unwrap();
    let event: Value = serde_json::from_str(&command.to_json()).unwrap();
    assert_eq!((&event["data"], &event["id"], &event["source"]), (&data, &json!("X"), &json!("/mto-cli")));
}
