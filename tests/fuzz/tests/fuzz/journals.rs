//! The `journal` attribute, which a sender can forge.

use mto_fuzz_tests::{Entropy, mutated, text_with};
use mto_messages::{JOURNAL_VERSION, Journal, MAX_JOURNAL_BYTES};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::support::{ITERATIONS, target};

/// A journal with everything in it.
pub(crate) fn full() -> Value {
    let (tenant, about) = ("22222222-2222-4222-8222-222222222222", "11111111-1111-4111-8111-111111111111");
    let at = "2026-11-21T08:00:00Z";
    let write = json!({"at": at, "tenant": tenant, "what": "request-join", "about": about, "status": 204, "requestId": "r"});
    json!({
        "v": JOURNAL_VERSION, "firstLook": at, "lastChange": at, "notBefore": at, "nextLook": at, "unwatchedSeconds": 5,
        "looks": 3, "resets": 1, "waiting": {"key": "joining", "since": at}, "interrupted": {"key": "throttled", "since": at},
        "refusal": {"what": "add-tenant", "status": 400, "code": "c", "text": "t", "requestId": "r", "seen": 7, "since": at},
        "writes": [write.clone(), write], "writesDropped": 2, "posted": ["/join/x", "/sync/y"],
        "membership": {"tenants": [tenant, about], "displayName": "Contoso group"}, "users": 12, "found": ["a", "b"],
        "reported": "1-0-joining",
    })
}

/// Whatever has a version, however it is spelled (`"\u0076"`).
#[derive(Deserialize)]
struct Versioned {
    #[expect(dead_code, reason = "that it is there is all")]
    v: IgnoredAny,
}

/// An array is read as the fields in their order: as harmless as any other journal that is forged.
fn has_version(text: &str) -> bool {
    serde_json::from_str::<Versioned>(text).is_ok() || serde_json::from_str::<Vec<IgnoredAny>>(text).is_ok()
}

fn check(text: &str) {
    let journal = Journal::read(Some(text));
    if text.len() > MAX_JOURNAL_BYTES || !has_version(text) {
        assert_eq!(journal, Journal::default(), "what is too long, or has no version, is an empty journal");
    }
    assert!(journal == Journal::default() || journal.v == JOURNAL_VERSION);
    let written = journal.to_attribute();
    assert!(written.len() <= MAX_JOURNAL_BYTES);
    let again = Journal::read(Some(&written));
    assert!(again.membership == journal.membership, "{written}");
    assert!(journal.changes_made() <= journal.writes_made());
}

#[test]
fn any_bytes_are_a_journal_or_an_empty_one() {
    target!(ITERATIONS, |bytes: &[u8]| check(&String::from_utf8_lossy(bytes)));
}

#[test]
fn a_changed_journal_is_a_journal_or_an_empty_one() {
    let documents = [full()];
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        check(&String::from_utf8_lossy(&text_with(&mut entropy, &document)));
    });
}

#[test]
fn a_journal_of_more_than_64_kib_counts_as_empty() {
    for (bytes, looks) in [(64 * 1024, 7), (64 * 1024 + 1, 0)] {
        let start = format!("{{\"v\":{JOURNAL_VERSION},\"looks\":7,\"x\":\"");
        let text = format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2));
        assert_eq!(Journal::read(Some(&text)).looks, looks, "{bytes}");
    }
}
