//! Why a body became a dead letter: every code stands in the guide.

use mto_messages::{ParseError, Verb};

const GUIDE: &str = include_str!("../../../docs/operations.md");

/// One of each kind. A new kind makes [`belongs_to_all`] fail to compile: it belongs here too.
fn all() -> Vec<ParseError> {
    let text = || "text".to_owned();
    vec![
        ParseError::TooLarge { bytes: 1 },
        ParseError::NotJson(text()),
        ParseError::NotAnObject("null"),
        ParseError::Missing("id"),
        ParseError::Field { field: text(), problem: text() },
        ParseError::UnknownType(text()),
        ParseError::UnknownVersion { kind: text(), verb: Verb::Join },
    ]
}

fn belongs_to_all(error: &ParseError) -> bool {
    match error {
        ParseError::TooLarge { .. }
        | ParseError::NotJson(_)
        | ParseError::NotAnObject(_)
        | ParseError::Missing(_)
        | ParseError::Field { .. }
        | ParseError::UnknownType(_)
        | ParseError::UnknownVersion { .. } => true,
    }
}

/// The guide's section; nothing, if it is gone.
fn letters() -> &'static str {
    let from = GUIDE.split_once("\n## Dead letters\n").map_or("", |(_, from)| from);
    from.split_once("\n## ").map_or(from, |(section, _)| section)
}

#[test]
fn the_operations_guide_says_what_every_dead_letter_is_about() {
    assert!(all().iter().all(belongs_to_all));
    let codes = all().iter().map(ParseError::code).collect::<Vec<_>>();
    for code in codes.into_iter().chain(["wrong-queue"]) {
        assert!(letters().contains(&format!("`{code}`")), "docs/operations.md lacks {code}");
    }
}

#[test]
fn every_kind_has_a_code_of_its_own() {
    let codes: std::collections::BTreeSet<_> = all().iter().map(ParseError::code).collect();
    assert_eq!(codes.len(), all().len());
}
