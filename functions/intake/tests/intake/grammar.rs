//! Lines and what they ask for.

use std::collections::BTreeSet;

use mto_intake::Word;
use mto_intake::chat::{Request, confirmed_line_of, help, line_of, parse, slack_text};
use mto_messages::{Command, CommandData};
use rstest::rstest;
use serde_json::{Value, json};

fn data(line: &str) -> CommandData {
    match parse(line) {
        Ok(Request::Command(data)) => *data,
        other => panic!("{line}: {other:?}"),
    }
}

fn json_of(data: CommandData) -> Value {
    let command = Command {
        id: "1".to_owned(),
        source: "/".to_owned(),
        time: None,
        subject: None,
        reply_to: None,
        requested_by: None,
        root: None,
        data,
    };
    let mut event: Value = serde_json::from_str(&command.to_json()).unwrap();
    let kind = event["type"].take();
    let mut data = event["data"].take();
    data["type"] = kind;
    data
}

#[rstest]
#[case("join fabrikam to contoso", json!({"type": "mto.join.v1", "tenant": "fabrikam", "owner": "contoso"}))]
#[case("JOIN  Fabrikam   TO contoso.example",
    json!({"type": "mto.join.v1", "tenant": "Fabrikam", "owner": "contoso.example"}))]
#[case("join fabrikam to contoso with users dry run",
    json!({"type": "mto.join.v1", "tenant": "fabrikam", "owner": "contoso", "then": {"sync": {}}, "dryRun": true}))]
#[case("join fabrikam to contoso with sync", json!({"type": "mto.join.v1", "tenant": "fabrikam", "owner": "contoso", "then": {"sync": {}}}))]
#[case("join fabrikam to contoso as “Fabrikam Inc.”",
    json!({"type": "mto.add.v1", "owner": "contoso", "then": {"join": {}},
           "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam Inc."}]}))]
#[case("add fabrikam to contoso",
    json!({"type": "mto.add.v1", "owner": "contoso", "tenants": [{"tenant": "fabrikam", "displayName": "fabrikam"}]}))]
#[case("add fabrikam 'Fabrikam Inc.' to contoso as owner and join and sync",
    json!({"type": "mto.add.v1", "owner": "contoso", "then": {"join": {}, "sync": {}},
           "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam Inc.", "role": "owner"}]}))]
#[case("leave fabrikam from contoso",
    json!({"type": "mto.leave.v1", "tenant": "fabrikam", "owner": "contoso", "mode": "leave", "cleanup": "none"}))]
#[case("remove fabrikam from contoso cleanup users confirm fabrikam 12 users",
    json!({"type": "mto.leave.v1", "tenant": "fabrikam", "owner": "contoso", "mode": "remove", "cleanup": "users",
           "confirm": {"tenant": "fabrikam", "users": 12}}))]
#[case("remove fabrikam from contoso confirm fabrikam cleanup settings",
    json!({"type": "mto.leave.v1", "tenant": "fabrikam", "owner": "contoso", "mode": "remove",
           "cleanup": "settings", "confirm": {"tenant": "fabrikam"}}))]
#[case("dissolve contoso confirm contoso",
    json!({"type": "mto.leave.v1", "tenant": "contoso", "owner": "contoso", "mode": "dissolve", "cleanup": "none",
           "confirm": {"tenant": "contoso"}}))]
#[case("sync contoso to fabrikam",
    json!({"type": "mto.sync.v1", "action": "configure", "source": "contoso", "targets": ["fabrikam"]}))]
#[case("sync contoso to fabrikam, tailspin and \"Wing Tip\" confirm contoso 900",
    json!({"type": "mto.sync.v1", "action": "configure", "source": "contoso",
           "targets": ["fabrikam", "tailspin", "Wing Tip"], "confirm": {"tenant": "contoso", "users": 900}}))]
#[case("sync contoso to all", json!({"type": "mto.sync.v1", "action": "configure", "source": "contoso", "targets": "all"}))]
#[case("sync settings contoso", json!({"type": "mto.sync.v1", "action": "settings", "owner": "contoso"}))]
#[case("sync \"settings\" to \"all\"",
    json!({"type": "mto.sync.v1", "action": "configure", "source": "settings", "targets": ["all"]}))]
#[case("stop contoso to fabrikam", json!({"type": "mto.sync.v1", "action": "stop", "source": "contoso", "targets": ["fabrikam"]}))]
#[case("restart contoso to fabrikam", json!({"type": "mto.sync.v1", "action": "restart", "source": "contoso", "targets": ["fabrikam"]}))]
#[case("unshare contoso to fabrikam both directions cleanup settings",
    json!({"type": "mto.sync.v1", "action": "unshare", "source": "contoso", "targets": ["fabrikam"],
           "bothDirections": true, "cleanup": "settings"}))]
#[case("status contoso", json!({"type": "mto.sync.v1", "action": "status", "owner": "contoso"}))]
#[case("status contoso to fabrikam",
    json!({"type": "mto.sync.v1", "action": "status", "source": "contoso", "targets": ["fabrikam"]}))]
#[case("plan remove fabrikam from contoso",
    json!({"type": "mto.leave.v1", "tenant": "fabrikam", "owner": "contoso", "mode": "remove", "cleanup": "none",
           "dryRun": true}))]
#[case("create \"Contoso group\" in contoso with fabrikam \"Fabrikam\", tailspin and join",
    json!({"type": "mto.create.v1", "owner": "contoso", "displayName": "Contoso group", "then": {"join": {}},
           "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam"},
                       {"tenant": "tailspin", "displayName": "tailspin"}]}))]
#[case("create «Contoso group» in contoso",
    json!({"type": "mto.create.v1", "owner": "contoso", "displayName": "Contoso group"}))]
fn a_line_asks_for_a_command(#[case] line: &str, #[case] expected: Value) {
    assert_eq!(json_of(data(line)), expected);
}

#[test]
fn slack_links_are_tenants() {
    let line = "join <http://fabrikam.example|fabrikam.example> to <https://contoso.example|contoso.example>";
    assert_eq!(data(&slack_text(line)), data("join fabrikam.example to contoso.example"));
}

#[rstest]
#[case("joni fabrikam to contoso", &["found `joni`", "mean `join`"])]
#[case("sinc a to b", &["mean `sync`"])]
#[case("join fabrikam too contoso", &["understood `join fabrikam`", "expected `to`", "found `too`", "mean `to`", "Usage: join <tenant> to"])]
#[case("join fabrikam", &["understood `join fabrikam`", "expected `to`", "the line ends"])]
#[case("join to contoso", &["expected the tenant that joins", "found `to`", "between quotes"])]
#[case("join a to b frobnicate", &["found `frobnicate`", "the end of the line"])]
#[case("join a to b wiht users", &["mean `with users`"])]
#[case("leave a from b cleanup setings", &["expected `settings`, `users`, `none`", "mean `settings`"])]
#[case("leave a from b confirm", &["expected the tenant that the plan names"])]
#[case("leave a from b confirm a many", &["found `many`"])]
#[case("leave a from b confirm a confirm a", &["each of these once"])]
#[case("add a to b as boss", &["`as owner` or `as member`"])]
#[case("create Contoso in contoso", &["name between quotes", "found `Contoso`"])]
#[case("create \"\" in contoso", &["not blank"])]
#[case("sync a to b,", &["another target tenant"])]
#[case("join \"a to b", &["quote", "not closed"])]
#[case("plan", &["understood `plan`", "expected `create`"])]
#[case("plan plan join a to b", &["understood `plan`", "found `plan`"])]
#[case("plan joni a to b", &["mean `join`"])]
#[case("status a b", &["expected `to`"])]
#[case("help me", &["found `me`"])]
fn an_error_says_what_was_understood_and_expected(#[case] line: &str, #[case] parts: &[&str]) {
    let error = parse(line).unwrap_err().to_string();
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in: {error}");
    }
}

#[test]
fn a_line_that_is_too_long_is_not_read() {
    assert!(parse(&"a ".repeat(3_000)).unwrap_err().to_string().contains("longer than 4000"));
}

#[rstest]
#[case("leave a from b", Some("leave a from b confirm a"))]
#[case(
    "plan dissolve b cleanup users",
    Some("dissolve b cleanup users confirm b <number of users in the plan>")
)]
#[case("unshare a to b cleanup settings", Some("unshare a to b cleanup settings confirm a"))]
#[case("unshare \"a b\" to c", Some("unshare \"a b\" to c confirm \"a b\" <number of users in the plan>"))]
#[case("join a to b", None)]
#[case("stop a to b", None)]
fn the_line_that_confirms_is_the_same_line_with_confirm(#[case] line: &str, #[case] expected: Option<&str>) {
    let confirmed = confirmed_line_of(&data(line));
    assert_eq!(confirmed.as_deref(), expected);
    if let Some(confirmed) = confirmed {
        let reread = data(&confirmed.replace("<number of users in the plan>", "3"));
        assert!(!reread.dry_run());
    }
}

#[test]
fn a_plan_is_said_again_as_a_plan() {
    assert_eq!(line_of(&data("join a to b dry-run")), "plan join a to b");
}

#[test]
fn help_shows_what_that_person_may_do_and_every_example_can_be_sent() {
    let some = BTreeSet::from([Word::Status]);
    let text = help(None, &some, "/mto");
    assert!(
        text.contains("/mto status") && !text.contains("unshare") && !text.contains("/mto plan"),
        "{text}"
    );
    let plans = help(None, &BTreeSet::from([Word::Plan]), "/mto");
    assert!(plans.contains("/mto plan unshare"), "{plans}");
    assert!(help(Some("join"), &some, "").contains("status"), "join is not allowed: what is stands there");
    assert!(help(None, &BTreeSet::new(), "/mto").contains("may not"));
    let all = BTreeSet::from(Word::ALL);
    for word in Word::ALL {
        let text = help(Some(word.as_str()), &all, "");
        for line in text.lines().filter_map(|line| line.split_once("For example: ")) {
            assert!(parse(line.1).is_ok(), "{}", line.1);
        }
    }
}

#[test]
fn the_documentation_shows_every_line_of_the_help() {
    let documentation = include_str!("../../../../docs/intake.md");
    let text = help(None, &BTreeSet::from(Word::ALL), "");
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    let (first, last) = (lines.first().copied(), lines.last().copied());
    assert!(lines.len() > 14, "{text}");
    for line in lines.iter().filter(|line| Some(**line) != first && Some(**line) != last) {
        assert!(documentation.lines().any(|documented| documented == *line), "{line} is not documented");
    }
}
