//! Outcomes are read back as they were sent, by programs of this release and of later ones.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_messages::{Command, Outcome, OutcomeData, OutcomeKind};
use serde_json::{Value, json};
use time::OffsetDateTime;

fn outcome(kind: OutcomeKind) -> Outcome {
    let body = r#"{"type":"mto.join.v1","id":"1","source":"/t","replyto":"slack:C1","subject":"fabrikam",
                   "data":{"tenant":"fabrikam","owner":"contoso"}}"#;
    let command = Command::parse(body).unwrap();
    let data: OutcomeData = serde_json::from_value(json!({
        "command": command.reference(), "summary": "as it is", "observed": {"state": "active"}, "notes": ["one"],
        "reason": {"code": "a", "text": "b", "remedy": "c"}, "tookSeconds": 7
    }))
    .unwrap();
    Outcome::of(&command, kind, None, OffsetDateTime::UNIX_EPOCH, data)
}

#[test]
fn an_outcome_of_every_kind_is_read_back_as_it_was_sent() {
    for kind in OutcomeKind::ALL {
        let sent = outcome(kind);
        assert_eq!(Outcome::parse(&sent.to_json()), Ok(sent), "{}", kind.as_str());
    }
}

#[test]
fn what_a_later_release_adds_is_ignored() {
    let sent = outcome(OutcomeKind::Succeeded);
    let mut event: Value = serde_json::from_str(&sent.to_json()).unwrap();
    event["later"] = json!(1);
    event["data"]["later"] = json!({"a": 1});
    assert_eq!(Outcome::parse(&event.to_string()), Ok(sent));
}

#[test]
fn what_is_no_outcome_is_refused_with_the_place() {
    let mut event: Value = serde_json::from_str(&outcome(OutcomeKind::Failed).to_json()).unwrap();
    for kind in ["mto.join.v1", "mto.join.sung.v1", "mto.fly.failed.v1", "mto.join.failed.v2", ""] {
        event["type"] = json!(kind);
        let error = Outcome::parse(&event.to_string()).unwrap_err().to_string();
        assert_eq!(error, format!("the body is no outcome: the type {kind:?} is no outcome's of version 1"));
    }
    event["type"] = json!("mto.join.failed.v1");
    event["data"]["reason"]["code"] = json!(7);
    let error = Outcome::parse(&event.to_string()).unwrap_err().to_string();
    assert!(error.starts_with("the body is no outcome: \"data.reason.code\": invalid type"), "{error}");
    assert!(Outcome::parse("[]").is_err());
}
