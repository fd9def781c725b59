//! `docs/security.md` names a test for each of its claims.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::path::Path;

use mto_handler::permissions::{GRANTS, Grant, Side};
use mto_messages::Verb;

const SECURITY: &str = include_str!("../../../../docs/security.md");

/// How the document calls the places where tests stand.
const PLACES: [(&str, &str); 10] = [
    ("fuzz", "tests/fuzz/tests"),
    ("graph", "shared/graph"),
    ("handler", "shared/handler"),
    ("intake", "functions/intake"),
    ("notify", "functions/notify"),
    ("permissions", "tests/simulation/tests/permissions"),
    ("scenarios", "tests/simulation/tests/scenarios"),
    ("settings", "tests/simulation/tests/settings"),
    ("sync", "tests/simulation/tests/sync"),
    ("system", "tests/system/tests"),
];

/// What is said of a claim that has no test.
const UNTESTED: &str = "cannot be tested";

/// The tests that a text names: where they stand, and their functions. A name without a place has that of the one before.
fn named(text: &str) -> Vec<(&str, &str)> {
    let mut place = "";
    let mut tests = Vec::new();
    for span in text.split('`').skip(1).step_by(2) {
        let name = match span.split_once(": ") {
            Some((first, name)) if PLACES.iter().any(|(known, _)| *known == first) => {
                place = first;
                name
            }
            Some(_) | None => span,
        };
        let words =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if words && name.matches('_').count() > 1 {
            tests.push((place, name));
        }
    }
    tests
}

/// What says of a function, or of the block of a macro around it, that it is a test.
const TEST: [&str; 4] = ["#[test]", "#[tokio::test", "#[rstest", "proptest!"];

/// Lines before a test that belong to it: its words, its attributes, its cases.
const BEFORE: usize = 40;

/// Whether a source file in a folder has this test, and it is run.
fn has(folder: &Path, function: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return has(&path, function);
        }
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        is_source && is_run(&std::fs::read_to_string(&path).unwrap(), function)
    })
}

/// Whether a source has this test, and does not leave it out.
fn is_run(source: &str, function: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_it = |line: &str| line.contains(&format!("fn {function}(")) && !line.starts_with("//");
    let Some(at) = lines.iter().position(|line| is_it(line)) else { return false };
    // The item above ends with one of these; what is before that belongs to it.
    let before = lines[..at].iter().rev().take(BEFORE);
    let before = before.take_while(|line| line.starts_with("//") || !line.ends_with(['}', ';']));
    let attributes: Vec<&&str> = before.filter(|line| !line.starts_with("//")).collect();
    let is_test = attributes.iter().any(|line| TEST.iter().any(|test| line.starts_with(test)));
    is_test && !attributes.iter().any(|line| line.contains("ignore") && line.starts_with("#["))
}

#[test]
fn a_test_is_a_function_that_says_so_and_is_run() {
    let is = |source: &str| is_run(source, "it_holds");
    assert!(is("#[test]\nfn it_holds() {}"));
    assert!(is("#[tokio::test(start_paused = true)]\n#[expect(unused)]\nasync fn it_holds() {}"));
    assert!(is("#[rstest]\n#[case(1)]\nfn it_holds(#[case] number: u8) {}"));
    assert!(is("proptest! {\n    /// Always.\n    fn it_holds(number in 0..2) {\n    }\n}"));
    assert!(!is("fn it_holds() {}"));
    assert!(!is("#[test]\nfn another() {\n}\n\nfn it_holds() {}"));
    assert!(!is("#[test]\nfn another() {}\nfn it_holds() {}"));
    assert!(!is("#[test]\n#[ignore = \"slow\"]\nfn it_holds() {}"));
    assert!(!is("#[test]\n#[cfg_attr(windows, ignore)]\nfn it_holds() {}"));
    assert!(!is("// #[test]\n// fn it_holds() {}"));
    assert!(!is("#[test]\nfn it_holds_too() {}"));
}

#[test]
fn every_test_that_the_security_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named: Vec<_> = SECURITY.lines().flat_map(named).collect();
    assert!(named.len() > 60, "{}", named.len());
    for (place, function) in named {
        let folder = PLACES.iter().find(|(known, _)| *known == place);
        let (_, folder) =
            folder.unwrap_or_else(|| panic!("`{function}`: say where, as in `scenarios: {function}`"));
        assert!(has(&root.join(folder), function), "there is no test {function} in {folder}");
    }
}

#[test]
fn every_row_of_its_tables_names_a_test_or_says_why_there_is_none() {
    let mut tested = false;
    let mut rows = 0;
    for line in SECURITY.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let by = cells.last().unwrap();
        if !line.starts_with('|') {
            tested = false;
        } else if ["Held by", "Test"].contains(by) {
            tested = true;
        } else if tested && !line.starts_with("|---") {
            rows += 1;
            assert!(!named(by).is_empty() || by.contains(UNTESTED), "no test: {line}");
        }
    }
    assert!(rows > 40, "{rows}");
}

#[test]
fn only_sync_writes_partner_settings_and_joins_and_adds_write_where_they_say() {
    let writes = |grant: &Grant| grant.permission.contains("Write");
    let settings = GRANTS.iter().filter(|grant| writes(grant) && grant.permission.starts_with("Policy."));
    assert!(settings.clone().count() > 0 && settings.clone().all(|grant| grant.function == Verb::Sync));
    let mut joins = GRANTS.iter().filter(|grant| grant.function == Verb::Join);
    assert!(joins.all(|grant| grant.side == Side::Joining || !writes(grant)));
    let mut adds = GRANTS.iter().filter(|grant| grant.function == Verb::Add);
    assert!(adds.all(|grant| grant.side == Side::Owner || grant.side == Side::LookUp));
}
