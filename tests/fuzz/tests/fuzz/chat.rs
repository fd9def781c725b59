//! Lines that people type.

use mto_fuzz_tests::Entropy;
use mto_intake::chat::{Request, confirmed_line_of, line_of, parse, sentence, slack_text, teams_text};
use mto_intake::{hold_back, is_destructive};
use mto_messages::CommandData;

use crate::support::{ITERATIONS, target};

const WORDS: [&str; 44] = [
    "join",
    "add",
    "leave",
    "remove",
    "dissolve",
    "sync",
    "unshare",
    "stop",
    "restart",
    "status",
    "plan",
    "create",
    "help",
    "to",
    "from",
    "in",
    "as",
    "with",
    "and",
    "all",
    "confirm",
    "cleanup",
    "users",
    "settings",
    "dry",
    "run",
    "both",
    "directions",
    "owner",
    "member",
    ",",
    "fabrikam",
    "contoso.example",
    "12",
    "99999999999999999999",
    "-1",
    "\"Contoso group\"",
    "“x”",
    "'y z'",
    "\"",
    "\\",
    "&amp;",
    "<http://a.example|a.example>",
    "<at>mto</at>",
];

fn line(bytes: &[u8]) -> String {
    let mut entropy = Entropy::new(bytes);
    let mut line = String::new();
    while !entropy.is_empty() && line.len() < 20_000 {
        if entropy.byte() < 210 {
            line.push_str(entropy.word(&WORDS));
        } else {
            line.push_str(&entropy.text());
        }
        line.push_str(if entropy.byte() < 230 { " " } else { "" });
    }
    line
}

fn has_confirm(data: &CommandData) -> bool {
    match data {
        CommandData::Leave(data) => data.confirm.is_some(),
        CommandData::Sync(data) => data.confirm.is_some(),
        CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => true,
    }
}

fn check(line: &str) {
    match parse(line) {
        Ok(Request::Help(_)) => {}
        Ok(Request::Command(data)) => {
            let mut held = *data;
            hold_back(&mut held);
            let open = is_destructive(&held) && !held.dry_run() && !has_confirm(&held);
            assert!(!open, "what takes away is confirmed or a plan: {line:?}");
            assert!(!sentence(&held).is_empty());
            let said = line_of(&held);
            assert_eq!(parse(&said), Ok(Request::Command(Box::new(held.clone()))), "{said:?}");
            if let Some(said) = confirmed_line_of(&held) {
                let said = said.replace("<number of users in the plan>", "5");
                assert!(parse(&said).is_ok(), "the line that confirms can be sent: {said:?}");
            }
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(shown.chars().count() <= 2_000, "an error of {} characters", shown.chars().count());
        }
    }
}

#[test]
fn any_line_is_understood_or_refused() {
    target!(ITERATIONS, |bytes: &[u8]| {
        let line = line(bytes);
        check(&line);
        check(&slack_text(&line));
        check(&teams_text(&line));
    });
}

#[test]
fn any_bytes_are_understood_or_refused() {
    target!(ITERATIONS, |bytes: &[u8]| {
        let line = String::from_utf8_lossy(bytes);
        check(&line);
        check(&slack_text(&line));
        check(&teams_text(&line));
    });
}
