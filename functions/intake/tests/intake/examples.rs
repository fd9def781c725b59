//! Every example file gives the commands that stand in it, one for each of its requests.

use std::path::Path;

use mto_messages::Command;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::{World, body, form, post, sign};

#[tokio::test]
async fn each_example_gives_its_command() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let example: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.display().to_string();
        check(&name, &example, &example).await;
        let mut ids = vec![example["gives"]["id"].clone()];
        for (index, step) in example["then"].as_array().into_iter().flatten().enumerate() {
            check(&format!("{name}, then[{index}]"), &example, step).await;
            ids.push(step["gives"]["id"].clone());
        }
        ids.sort_by_key(Value::to_string);
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: each request is a command of its own");
        seen += 1;
    }
    assert_eq!(seen, 6, "each product has its example");
}

/// Sends one request of an example to the example's sender.
async fn check(name: &str, example: &Value, step: &Value) {
    let sender = &example["configuration"]["senders"][0];
    let now = OffsetDateTime::parse(example["now"].as_str().unwrap(), &Rfc3339).unwrap();
    let content = match step["form"].as_object() {
        Some(fields) => form(
            &fields.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect::<Vec<_>>(),
        ),
        None => serde_json::to_vec(&step["body"]).unwrap(),
    };
    let headers = step["headers"].as_object().cloned().unwrap_or_default();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let request = post(sender["path"].as_str().unwrap(), &headers, &content);
    let kind = match (sender["kind"].as_str().unwrap(), sender["signature"].is_object()) {
        ("servicenow", true) => "servicenow with time",
        ("servicenow", false) => "webhook",
        (kind, _) => kind,
    };
    let world = World::at(&example["configuration"], now);
    let answer = world.send(sign(kind, request, now)).await;
    let posted = world.posted();
    assert_eq!(posted.len(), 1, "{name}: {answer:?}");
    assert_eq!(posted[0].1, step["gives"], "{name}");
    assert!(Command::parse(&posted[0].1.to_string()).is_ok(), "{name}");
    if answer.status == 202 {
        assert_eq!(body(&answer)["id"], step["gives"]["id"], "{name}");
        assert_eq!(body(&answer).get("dryRun"), step["gives"]["data"].get("dryRun"), "{name}");
    } else {
        assert_eq!(answer.status, 200, "{name}");
    }
}
