//! `Command::parse`: the body of a message.

use mto_fuzz_tests::{Entropy, mutated, text_with, values};
use mto_messages::{Command, MAX_BODY_BYTES};
use serde_json::{Value, json};

use crate::support::{ITERATIONS, target};

/// What holds for any text.
fn check(text: &str) {
    match Command::parse(text) {
        Ok(command) => {
            assert!(text.len() <= MAX_BODY_BYTES);
            assert!(command.id.chars().count() <= 400 && command.source.chars().count() <= 300);
            for named in command.data.tenants() {
                assert!(named.1.as_str().chars().count() <= 255, "{}", named.0);
            }
            let again = Command::parse(&command.to_json());
            assert_eq!(again.as_ref(), Ok(&command), "what is written reads as what was read");
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(shown.chars().count() <= 700, "an error of {} characters", shown.chars().count());
            assert!(!shown.contains(char::is_control), "{shown:?}");
        }
    }
}

#[test]
fn any_bytes_are_a_command_or_a_short_error() {
    target!(ITERATIONS, |bytes: &[u8]| check(&String::from_utf8_lossy(bytes)));
}

#[test]
fn a_changed_command_is_a_command_or_a_short_error() {
    let documents = values("messages");
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        check(&String::from_utf8_lossy(&text_with(&mut entropy, &document)));
    });
}

fn code_of(event: &Value) -> Option<&'static str> {
    Command::parse(&event.to_string()).err().map(|error| error.code())
}

/// A join that fills these many bytes.
fn of_bytes(bytes: usize) -> String {
    let start = "{\"type\":\"mto.join.v1\",\"id\":\"1\",\"source\":\"/\",\"data\":{\"tenant\":\"a\",\"owner\":\"b\"},\"x\":\"";
    format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2))
}

#[test]
fn a_body_that_is_too_large_is_not_read() {
    assert!(Command::parse(&of_bytes(160 * 1024)).is_ok());
    assert!(Command::parse(&of_bytes(160 * 1024 + 1)).is_err_and(|error| error.code() == "too-large"));
}

#[test]
fn json_is_read_to_a_depth_of_128() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(
            "{{\"type\":\"mto.join.v1\",\"id\":\"1\",\"source\":\"/\",\"data\":{{\"tenant\":\"a\",\"owner\":\"b\"}},\"x\":{open}{close}}}"
        )
    };
    assert!(Command::parse(&nested(126)).is_ok());
    for depth in [128, 70_000] {
        assert!(Command::parse(&nested(depth)).is_err_and(|error| error.code() == "not-json"), "{depth}");
    }
}

#[test]
fn attributes_ids_and_names_are_read_up_to_their_bounds() {
    let event =
        json!({"type": "mto.join.v1", "id": "1", "source": "/t", "data": {"tenant": "a", "owner": "b"}});
    let with = |pointer: &str, chars: usize| {
        let mut event = event.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap()[name] = json!("é".repeat(chars));
        event
    };
    for (pointer, most) in [
        ("/id", 150),
        ("/source", 300),
        ("/subject", 300),
        ("/replyto", 300),
        ("/requestedby", 300),
        ("/data/tenant", 255),
        ("/data/owner", 255),
    ] {
        assert_eq!(code_of(&with(pointer, most)), None, "{pointer}");
        assert_eq!(code_of(&with(pointer, most + 1)), Some("bad-field"), "{pointer}");
    }
    // A command that follows from another one has a longer id.
    for (chars, code) in [(400, None), (401, Some("bad-field"))] {
        let mut follow_up = with("/id", chars);
        follow_up["root"] = json!("INC0012345");
        assert_eq!(code_of(&follow_up), code, "{chars}");
    }
}
