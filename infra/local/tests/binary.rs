//! What a newcomer sees: the built binary, its output and its exit code.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_mto-local")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Standard output of `--json` is one document and nothing else.
fn document(arguments: &[&str]) -> (Ran, Value) {
    let ran = run(&[&["--json"], arguments].concat());
    let document = serde_json::from_str(&ran.out).unwrap();
    (ran, document)
}

/// `Fabrikam member active`
fn members(document: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = document["members"].as_array().unwrap().iter();
    rows.map(|row| ["displayName", "role", "state"].map(|field| text(&row[field])).join(" ")).collect()
}

/// `Annie Adams: Member in Fabrikam, Member in Tailspin`, of those who are shared or somewhere else.
fn people(document: &Value) -> Vec<String> {
    let names: HashMap<&str, &str> = document["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["tenantId"].as_str().unwrap(), row["displayName"].as_str().unwrap()))
        .collect();
    let people = document["people"].as_array().unwrap().iter().filter(|person| {
        person["isShared"] == true || !person["representedIn"].as_array().unwrap().is_empty()
    });
    let is_in = |one: &Value| {
        let tenant = one["tenantId"].as_str().unwrap();
        format!("{} in {}", one["userType"].as_str().unwrap(), names.get(tenant).unwrap_or(&tenant))
    };
    let text = |person: &Value| {
        let others = person["representedIn"].as_array().unwrap().iter().map(is_in).collect::<Vec<_>>();
        format!("{}: {}", person["displayName"].as_str().unwrap(), others.join(", "))
    };
    people.map(text).collect()
}

fn outcomes<'a>(document: &'a Value, kind: &str) -> Vec<&'a Value> {
    document["outcomes"].as_array().unwrap().iter().filter(|outcome| outcome["type"] == kind).collect()
}

#[test]
fn a_plain_run_forms_contoso_and_shows_members_settings_and_figures() {
    let ran = run(&[]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.err, "");
    let told = [
        "09:00:00 +0:00:00  create Contoso       accepted",
        "waiting: the join to the organization of Contoso is being processed (next look ",
        "list of Contoso      Fabrikam is active member, Tailspin is active member",
        "│ Contoso  ┆ 54fad69e-3816-546f-b38c-a6c72c529f70 ┆ owner  ┆ active │",
        "│ Tailspin ┆ Fabrikam ┆ yes     ┆ yes    ┆ automatic  ┆ automatic   ┆ allowed │",
        "Fabrikam → Contoso   succeeded: 2 users are synchronized",
        "│ Barbara Brown ┆ member ✓ ┆ home     ┆ member ✓ │",
        "│ Charlie Clark ┆ member ✓ ┆ member ✓ ┆ home     │",
        "and 9 who are not shared, and are nowhere but at home",
        "Graph requests",
        "Succeeded: \"Contoso\" is formed: 3 tenants are active",
    ];
    for text in told {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
}

#[test]
fn without_a_terminal_there_are_lines_and_no_control_codes() {
    for scenario in ["happy", "never-added"] {
        let ran = run(&["--scenario", scenario]);
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!ran.out.contains(control) && !ran.err.contains(control), "{}", ran.out);
    }
}

#[test]
fn the_document_has_members_partners_outcomes_and_figures() {
    let (ran, document) = document(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(document["succeeded"], true);
    assert_eq!(
        members(&document),
        ["Contoso owner active", "Fabrikam member active", "Tailspin member active"]
    );
    let partners = document["partners"].as_object().unwrap();
    assert_eq!(partners.len(), 3);
    for (tenant, held) in partners {
        let held = held.as_array().unwrap();
        assert_eq!(held.len(), 2, "{tenant}");
        for partner in held {
            assert_eq!(partner["isInMultiTenantOrganization"], true);
            assert_eq!(partner["automaticUserConsentSettings"]["inboundAllowed"], true);
            assert_eq!(partner["automaticUserConsentSettings"]["outboundAllowed"], true);
            assert_eq!(partner["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"], true);
        }
    }
    assert_eq!(outcomes(&document, "mto.create.succeeded.v1").len(), 1);
    assert_eq!(outcomes(&document, "mto.join.succeeded.v1").len(), 2);
    assert_eq!(
        people(&document),
        [
            "Annie Adams: Member in Fabrikam, Member in Tailspin",
            "Bob Baker: Member in Contoso, Member in Tailspin",
            "Barbara Brown: Member in Contoso, Member in Tailspin",
            "Charlie Clark: Member in Contoso, Member in Fabrikam",
        ]
    );
    assert_eq!(document["peopleUnread"].as_array().unwrap().len(), 0);
    let synchronizations = document["synchronizations"].as_array().unwrap().iter();
    let users: Vec<u64> = synchronizations.map(|one| one["users"].as_u64().unwrap()).collect();
    assert_eq!(users, [1, 1, 2, 2, 1, 1], "one a pair, by source");
    for figure in ["graphRequests", "batchCalls", "waits", "deliveries"] {
        assert!(document[figure].as_u64().unwrap() > 0, "{figure}");
    }
    let seconds = document["virtualSeconds"].as_i64().unwrap();
    assert!((7_200..9_000).contains(&seconds), "{seconds}");
}

#[test]
fn a_join_that_fails_once_is_reset_after_its_pause_and_succeeds() {
    let (ran, document) = document(&["--scenario", "join-fails-once"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(members(&document)[1], "Fabrikam member active");
    let joined = outcomes(&document, "mto.join.succeeded.v1");
    let writes = joined.iter().flat_map(|outcome| outcome["data"]["writes"].as_array().unwrap());
    assert_eq!(writes.filter(|write| write["what"] == "reset-join").count(), 1);
    assert!(document["virtualSeconds"].as_i64().unwrap() > 6 * 3_600);
}

#[test]
fn a_tenant_that_is_never_added_is_named_with_its_owner_and_the_remedy() {
    let ran = run(&["--scenario", "never-added"]);
    assert_eq!(ran.code, Some(1));
    let (_, ending) = ran.out.split_once("Not done: ").unwrap();
    let told = [
        "join Tailspin expired after 12 h",
        "Tailspin (5b271eff-eb75-502b-8182-5ead38664a5b) has not been added by Contoso",
        "to do: Contoso (54fad69e-3816-546f-b38c-a6c72c529f70) must add Tailspin",
        "send mto.add.v1",
    ];
    for text in told {
        assert!(ending.contains(text), "{text:?} is missing in\n{ending}");
    }
}

#[test]
fn with_json_the_problem_is_said_on_standard_error() {
    let (ran, document) = document(&["--scenario", "never-added"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(document["succeeded"], false);
    assert_eq!(outcomes(&document, "mto.join.expired.v1").len(), 1);
    assert!(ran.err.contains("has not been added by Contoso"), "{}", ran.err);
}

#[test]
fn throttling_costs_time_and_nothing_else() {
    let (ran, document) = document(&["--scenario", "throttled"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(document["throttled"], 4);
    let waits = outcomes(&document, "mto.create.waiting.v1");
    assert_eq!(waits[0]["data"]["reason"]["code"], "throttled");
    assert_eq!(members(&document).len(), 3);
}

#[test]
fn a_member_of_another_organization_is_rejected_and_the_formation_says_so() {
    let ran = run(&["--scenario", "already-in-another"]);
    assert_eq!(ran.code, Some(1));
    let told = [
        "rejected: Tailspin is already in another multi-tenant organization",
        "to do: let Tailspin leave that organization first",
        "without this, create Contoso cannot succeed; it looks on until +16:00:00",
        "Not done: join Tailspin was rejected",
        "Not done: create Contoso expired after 16 h",
        "to do: put right what is said above, then send this command again",
    ];
    for text in told {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
    let (_, document) = document(&["--scenario", "already-in-another"]);
    assert_eq!(members(&document)[1..], ["Fabrikam member active", "Tailspin member pending"]);
}

#[test]
fn the_users_of_a_pair_are_told_once_on_their_way_and_once_when_they_are_there() {
    let ran = run(&[]);
    let told: Vec<&str> = ran.out.lines().filter(|line| line.contains(" → ")).collect();
    let pair = |line: &&str| line.split_whitespace().skip(2).take(3).collect::<Vec<_>>().join(" ");
    let pairs: BTreeSet<String> = told.iter().map(pair).collect();
    assert_eq!((pairs.len(), told.len()), (6, 12), "{}", told.join("\n"));
}

#[test]
fn who_leaves_is_closed_off_and_what_stays_is_named() {
    let ran = run(&["--scenario", "leave"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let told = [
        "leave Fabrikam       succeeded: the tenant is not in \"Contoso\" any more",
        "list of Contoso      Fabrikam is gone",
        "sync Fabrikam        succeeded: 4 ordered pairs are closed",
        "partner records that stay, with their policies of synchronization: Contoso, Tailspin about Fabrikam; Fabrikam about Contoso, Tailspin",
        "│ Tailspin ┆ Fabrikam ┆ yes     ┆ no     ┆ asks       ┆ asks        ┆ no      │",
        "│ Tailspin ┆ Contoso  ┆ yes     ┆ yes    ┆ automatic  ┆ automatic   ┆ allowed │",
        "│ Bob Baker     ┆ member ✓ ┆ home     ┆ member ✓ │",
        "Succeeded: leave Fabrikam: ",
    ];
    for text in told {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
    let (_, document) = document(&["--scenario", "leave"]);
    assert_eq!(members(&document), ["Contoso owner active", "Tailspin member active"]);
    assert_eq!(outcomes(&document, "mto.leave.succeeded.v1").len(), 1);
}

#[test]
fn a_hundred_tenants_are_formed() {
    let (ran, document) = document(&["--tenants", "100"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(members(&document).len(), 100);
    assert_eq!(outcomes(&document, "mto.join.succeeded.v1").len(), 99);
    let partners = document["partners"].as_object().unwrap();
    assert!(partners.values().all(|held| held.as_array().unwrap().len() == 99));
    assert!(document["batchCalls"].as_u64().unwrap() >= 5, "99 tenants are added in twenties");
    let people = people(&document);
    assert_eq!(people[1], "Bob Baker: Member in Contoso, Member in Tailspin, Member in Northwind");
    assert_eq!((people.len(), document["synchronizations"].as_array().unwrap().len()), (4, 9));
}

#[test]
fn every_scenario_works_with_the_fewest_and_with_more_tenants() {
    for (scenario, code) in [
        ("happy", 0),
        ("join-fails-once", 0),
        ("never-added", 1),
        ("throttled", 0),
        ("already-in-another", 1),
        ("leave", 0),
    ] {
        for tenants in ["2", "7"] {
            let ran = run(&["--scenario", scenario, "--tenants", tenants]);
            assert_eq!(ran.code, Some(code), "{scenario} with {tenants}\n{}{}", ran.out, ran.err);
        }
    }
}

#[test]
fn a_speed_is_kept_to_without_a_terminal_too() {
    let ran = run(&["--speed", "40000"]);
    let real = ran.out.lines().find(|line| line.contains("Real time")).unwrap();
    assert!(!real.ends_with(" 0.0 s") && !real.ends_with(" 0.1 s"), "{real}");
}

#[test]
fn wrong_arguments_name_the_remedy() {
    let cases: [(&[&str], &str); 7] = [
        (&["--tenants", "101"], "at most 100 tenants; give 2 to 100"),
        (&["--tenants", "1"], "give 2 to 100"),
        (&["--tenants", "many"], "give a whole number from 2 to 100"),
        (&["--speed", "fast"], "give a whole number of simulated seconds from 1, such as 1800, or max"),
        (&["--speed", "0"], "give a whole number of simulated seconds from 1, such as 1800, or max"),
        (&["--scenario", "sad"], "never-added"),
        (&["--jsn"], "--json"),
    ];
    for (arguments, remedy) in cases {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.err.contains(remedy), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn help_shows_scenarios_examples_and_exit_codes() {
    let ran = run(&["--help"]);
    assert_eq!(ran.code, Some(0));
    for text in [
        "never-added",
        "leave",
        "cargo run -- --tenants 100",
        "Exit codes",
        "141 the output was closed",
        "--speed <N|max>",
    ] {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure_of_a_command() {
    for (arguments, lines) in
        [(["--scenario", "happy"].as_slice(), 0), (&["--speed", "40000"], 1), (&["--json"], 0)]
    {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mto-local"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::with_capacity(1, child.stdout.take().unwrap());
        for _ in 0..lines {
            out.read_line(&mut String::new()).unwrap();
        }
        drop(out);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(141), ""), "{arguments:?}");
    }
}
