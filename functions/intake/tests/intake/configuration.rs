//! A bad configuration stops the start, names sender and field, and shows no secret.

use std::collections::BTreeMap;

use mto_handler::NoBackends;
use mto_intake::Config;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{environment, open};

fn problem(environment: &BTreeMap<String, String>) -> String {
    Config::read(environment, &NoBackends).map(|_| ()).unwrap_err().to_string()
}

/// The configuration with one field of one sender changed; null takes it away.
fn changed(sender: usize, field: &str, value: &Value) -> String {
    let mut configuration = open();
    let entry = configuration["senders"][sender].as_object_mut().unwrap();
    if field == "cases" && value[0]["when"].get("/a").is_some() {
        entry.remove("command");
    }
    if value.is_null() {
        entry.remove(field);
    } else {
        entry.insert(field.to_owned(), value.clone());
    }
    let mut environment = environment();
    environment.insert("MTO_INTAKE".to_owned(), configuration.to_string());
    environment.insert("EMPTY".to_owned(), " ".to_owned());
    environment.insert("NOT_BASE64".to_owned(), "whsec_sesame!!".to_owned());
    environment.insert("BARE_PREFIX".to_owned(), "whsec_".to_owned());
    problem(&environment)
}

#[rstest]
#[case(0, "path", json!("slack"), "senders[0] (slack): path: \"slack\"")]
#[case(0, "path", json!("/teams"), "path: is used twice")]
#[case(1, "name", json!("slack"), "name: is used twice")]
#[case(0, "source", json!(" "), "source: give a URI reference")]
#[case(1, "source", json!("/slack"), "senders[1] (teams): source: \"/slack\" is that of sender slack too")]
#[case(0, "kind", json!("irc"), "senders[0].kind: ")]
#[case(0, "secrets", json!([]), "secrets: give 1 to 8")]
#[case(0, "secrets", json!([{"env": "EMPTY"}]), "senders[0] (slack): secrets: variable EMPTY is empty")]
#[case(0, "secrets", json!([{"env": "ABSENT"}]), "variable ABSENT cannot be read")]
#[case(1, "secrets", json!([{"env": "NOT_BASE64"}]), "senders[1] (teams): secrets: a secret is not base64")]
#[case(4, "secrets", json!([{"env": "NOT_BASE64"}]), "senders[4] (webhook): secrets: a secret is not whsec_")]
#[case(4, "secrets", json!([{"env": "BARE_PREFIX"}]), "senders[4] (webhook): secrets: a secret is empty")]
#[case(0, "allow", json!([{"verbs": ["status"]}]), "allow[0].users: is missing")]
#[case(0, "allow", json!([{"verbs": [], "users": ["*"]}]), "allow[0].verbs: is empty")]
#[case(0, "allow", json!([{"verbs": ["fly"], "users": ["*"]}]), "allow[0].verbs[0]: \"fly\" is unknown")]
#[case(0, "allow", json!([{"verbs": ["*"], "groups": ["admins"]}]), "allow[0].groups[0]: \"admins\" is not in people")]
#[case(2, "allow", json!([{"verbs": ["*"], "users": ["kim"]}]), "allow[0].users: nobody is known here")]
#[case(0, "command", json!({}), "command: has no effect for chats")]
#[case(0, "replyTo", json!("slack:{channel id}"), "replyTo: \"{channel id\" is no place")]
#[case(0, "signature", json!({"header": "x", "encoding": "hex"}), "signature: has no effect")]
#[case(0, "surprise", json!(1), "unknown field `surprise`")]
#[case(2, "command", Value::Null, "command: is missing")]
#[case(2, "command", json!({"type": "mto.join.v1"}), "command.data: is missing")]
#[case(2, "command", json!({"type": "mto.dance.v1", "data": {}}), "command.type: \"mto.dance.v1\" is unknown")]
#[case(2, "command", json!({"type": "mto.join.v1", "data": {"tenant": "{issue key}"}}), "command.data.tenant: ")]
#[case(2, "command", json!({"type": "mto.join.v1", "data": {}, "source": "/me"}), "command.source: cannot be given")]
#[case(2, "command", json!({"type": "mto.join.v1", "data": {}, "root": "x"}), "command.root: cannot be given")]
#[case(2, "cases", json!([{"when": {}, "command": {}}]), "command: is given beside cases")]
#[case(2, "user", json!("accountId"), "user: \"accountId\" is no pointer")]
#[case(2, "user", json!("/headers/x-user"), "senders[2] (jira): user: \"/headers/x-user\" is a header")]
#[case(3, "cases", json!([{"when": {"/a": 1, "/headers/x-kind": "mto"}, "command": {}}]),
    "senders[3] (servicenow): cases[0].when: \"/headers/x-kind\" is a header")]
#[case(3, "signature", json!({"header": " ", "encoding": "hex"}), "signature: a header's name is empty")]
fn a_bad_value_is_named(
    #[case] sender: usize,
    #[case] field: &str,
    #[case] value: Value,
    #[case] named: &str,
) {
    let problem = changed(sender, field, &value);
    assert!(problem.contains(named), "{problem}");
    assert!(problem.starts_with("configuration: MTO_INTAKE"), "{problem}");
}

#[rstest]
#[case(json!("sesame"))]
#[case(json!(["sesame"]))]
#[case(json!([{"sesame": "x"}]))]
#[case(json!([{"env": {"sesame": 1}}]))]
#[case(json!([{"secretsManager": "sesame ~"}]))]
#[case(json!({"env": "sesame"}))]
#[case(json!([{"env": "sesame sesame"}]))]
fn a_secret_in_the_wrong_place_is_not_shown(#[case] secrets: Value) {
    let problem = changed(0, "secrets", &secrets);
    assert!(problem.contains("secrets"), "{problem}");
    assert!(!problem.contains("sesame"), "{problem}");
}

#[test]
fn a_named_verb_needs_its_queue_and_everything_needs_one_at_least() {
    let mut environment = environment();
    let mut configuration = open();
    configuration["senders"][0]["allow"] = json!([{"verbs": ["remove"], "users": ["*"]}]);
    environment.insert("MTO_INTAKE".to_owned(), configuration.to_string());
    environment.remove("MTO_QUEUE_LEAVE");
    let problem = problem(&environment);
    assert!(
        problem.contains("MTO_QUEUE_LEAVE") && problem.contains("slack") && problem.contains("remove"),
        "{problem}"
    );
    environment.insert("MTO_INTAKE".to_owned(), open().to_string());
    assert!(Config::read(&environment, &NoBackends).is_ok(), "* is everything that there are queues for");
    environment.retain(|name, _| !name.starts_with("MTO_QUEUE"));
    assert!(Config::read(&environment, &NoBackends).is_err());
}

#[rstest]
#[case(&[], "MTO_INTAKE: give the senders")]
#[case(&[("MTO_INTAKE", "{"), ("MTO_INTAKE_FILE", "x")], "drop either")]
#[case(&[("MTO_INTAKE", "{")], "MTO_INTAKE: ")]
#[case(&[("MTO_INTAKE", "{\"senders\": []}")], "senders: is empty")]
#[case(&[("MTO_INTAKE", "{\"senders\": []} x")], "follows")]
#[case(&[("MTO_INTAKE_FILE", "{\"senders\": []}")], "MTO_INTAKE_FILE: holds JSON")]
#[case(&[("MTO_INTAKE_FILE", "/nowhere")], "MTO_INTAKE_FILE: /nowhere cannot be read")]
fn a_document_that_is_none_is_named(#[case] variables: &[(&str, &str)], #[case] named: &str) {
    let environment =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let problem = problem(&environment);
    assert!(problem.contains(named), "{problem}");
}
