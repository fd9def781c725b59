//! `Outcome::parse`: what notify reads.

use mto_fuzz_tests::{Entropy, mutated, text_with};
use mto_messages::Outcome;
use serde_json::{Value, json};

use crate::support::{ITERATIONS, target};

/// An outcome with everything in it, told at `reply_to`.
pub(crate) fn full(kind: &str, reply_to: &str) -> Value {
    let (tenant, at) = ("22222222-2222-4222-8222-222222222222", "2026-11-21T08:00:00Z");
    let write = json!({"at": at, "tenant": tenant, "what": "request-join", "about": tenant, "status": 204, "requestId": "r"});
    json!({
        "specversion": "1.0", "type": format!("mto.join.{kind}.v1"), "id": format!("INC1/{kind}"),
        "source": "/mto-functions/join?of=/servicenow/prod", "time": at, "subject": "fabrikam", "replyto": reply_to,
        "root": "INC0", "datacontenttype": "application/json",
        "data": {
            "command": {"source": "/servicenow/prod", "id": "INC1", "type": "mto.join.v1"}, "requestedBy": "kim",
            "summary": "a summary", "reason": {"code": "c", "text": "a text", "remedy": "a remedy"},
            "observed": {"state": "active"}, "writes": [write.clone(), write], "writesDropped": 1,
            "plan": [{"tenant": tenant, "what": "add-tenant", "text": "a line"}], "children": ["INC1/sync/a"],
            "notes": ["a note"], "tookSeconds": 10,
            "wait": {"ageSeconds": 5, "looks": 2, "nextLook": at, "deadline": at},
        },
    })
}

fn forget_fractions(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => *value = Value::Null,
        Value::Array(items) => items.iter_mut().for_each(forget_fractions),
        Value::Object(fields) => fields.values_mut().for_each(forget_fractions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn check(text: &str) {
    match Outcome::parse(text) {
        Ok(mut outcome) => {
            let mut again = Outcome::parse(&outcome.to_json()).expect("what is written can be read");
            // Whatever Graph said goes in here, and a fraction may lose its last bit: serde_json reads it so, and nothing
            // of ours is one.
            forget_fractions(&mut outcome.data.observed);
            forget_fractions(&mut again.data.observed);
            assert_eq!(again, outcome, "what is written reads as what was read");
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(shown.chars().count() <= 700, "an error of {} characters", shown.chars().count());
        }
    }
}

#[test]
fn any_bytes_are_an_outcome_or_a_short_error() {
    target!(ITERATIONS, |bytes: &[u8]| check(&String::from_utf8_lossy(bytes)));
}

#[test]
fn a_changed_outcome_is_an_outcome_or_a_short_error() {
    let documents = ["succeeded", "waiting", "planned"].map(|kind| full(kind, "slack:C0123"));
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        check(&String::from_utf8_lossy(&text_with(&mut entropy, &document)));
    });
}
