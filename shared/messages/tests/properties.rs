//! Properties of the wire contract.

use mto_messages::{Command, Journal, MAX_JOURNAL_BYTES, Outcome, OutcomeData, OutcomeKind, TenantId, Write};
use proptest::prelude::*;
use time::OffsetDateTime;

const BODY: &str = r#"{"type":"mto.join.v1","id":"INC1","source":"/servicenow/prod","replyto":"slack:C1",
    "data":{"tenant":"fabrikam","owner":"contoso"}}"#;

fn write(text: String) -> Write {
    Write {
        at: OffsetDateTime::UNIX_EPOCH,
        tenant: TenantId::new(uuid::Uuid::nil()),
        what: "add-tenant".to_owned(),
        about: None,
        status: Some(201),
        request_id: Some(text),
    }
}

fn outcome(command: &Command, kind: OutcomeKind) -> Outcome {
    let data = OutcomeData {
        command: command.reference(),
        requested_by: None,
        summary: "done".to_owned(),
        reason: None,
        observed: serde_json::Value::Null,
        writes: Vec::new(),
        writes_dropped: 0,
        plan: None,
        children: Vec::new(),
        notes: Vec::new(),
        wait: None,
        took_seconds: 1,
    };
    Outcome::of(command, kind, None, OffsetDateTime::UNIX_EPOCH, data)
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(body in ".{0,400}") {
        let _ = Command::parse(&body);
    }

    #[test]
    fn a_journal_is_bounded_and_no_write_is_forgotten(count in 0_usize..1500, text in "\\PC{0,90}") {
        let mut journal = Journal::default();
        for _ in 0..count {
            journal.note_write(write(text.clone()));
        }
        let attribute = journal.to_attribute();
        prop_assert!(attribute.len() <= MAX_JOURNAL_BYTES);
        prop_assert_eq!(Journal::read(Some(&attribute)).writes_made(), count);
    }

    #[test]
    fn an_unreadable_journal_is_an_empty_one(attribute in ".{0,200}") {
        prop_assert_eq!(Journal::read(Some(&attribute)), Journal::default());
    }

    #[test]
    fn outcomes_of_two_sources_never_share_their_source(left in "\\PC{1,20}", right in "\\PC{1,20}") {
        let mut first = Command::parse(BODY).unwrap();
        let mut second = first.clone();
        first.source.clone_from(&left);
        second.source.clone_from(&right);
        let same = outcome(&first, OutcomeKind::Failed).source == outcome(&second, OutcomeKind::Failed).source;
        prop_assert_eq!(same, left == right);
    }
}

#[test]
fn a_journal_of_another_version_is_an_empty_one() {
    let journal = Journal { looks: 3, ..Journal::default() };
    let attribute = journal.to_attribute();
    assert_eq!(Journal::read(Some(&attribute)).looks, 3);
    assert_eq!(Journal::read(Some(&attribute.replace("\"v\":1", "\"v\":2"))), Journal::default());
}

#[test]
fn only_a_roots_outcomes_and_a_childs_failures_are_told() {
    let root = Command::parse(BODY).unwrap();
    let child = root.child(root.data.clone(), &[], OffsetDateTime::UNIX_EPOCH);
    assert_eq!(child.id, "INC1/join");
    assert_eq!(child.root.as_deref(), Some("INC1"));
    let told = |command: &Command, kind| outcome(command, kind).reply_to.is_some();
    assert!(told(&root, OutcomeKind::Succeeded) && told(&root, OutcomeKind::Waiting));
    assert!(told(&child, OutcomeKind::Failed) && told(&child, OutcomeKind::Expired));
    assert!(!told(&child, OutcomeKind::Succeeded) && !told(&child, OutcomeKind::Waiting));
}

#[test]
fn an_outcome_is_a_cloud_event_with_a_derived_id() {
    let command = Command::parse(BODY).unwrap();
    let event: serde_json::Value =
        serde_json::from_str(&outcome(&command, OutcomeKind::Succeeded).to_json()).unwrap();
    assert_eq!(event["type"], "mto.join.succeeded.v1");
    assert_eq!(event["id"], "INC1/succeeded");
    assert_eq!(event["source"], "/mto-functions/join?of=/servicenow/prod");
    assert_eq!(event["replyto"], "slack:C1");
    assert_eq!(event["data"]["command"]["type"], "mto.join.v1");
}
