//! `Command::parse`: the body of a message.

use mto_fuzz_tests::{Entropy, mutated, text_with, values};
use mto_messages::{Command, MAX_BODY_BYTES};

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

#[test]
fn a_body_that_is_too_large_is_not_read() {
    let body = format!("{{\"type\":\"mto.join.v1\",\"x\":\"{}\"}}", "x".repeat(MAX_BODY_BYTES));
    assert!(Command::parse(&body).is_err_and(|error| error.code() == "too-large"));
}
