//! Notes: a `sync status` has one for each member, pair and job.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_messages::{Command, OutcomeKind};
use serde_json::json;

use crate::malicious::{texts, works};
use crate::outcomes::of;
use crate::stage::Stage;

/// What is written for a status with these notes, as lines.
async fn shown(kind: OutcomeKind, place: &str, notes: &[String]) -> Vec<String> {
    let stage = Stage::new().await;
    works(&stage);
    let command = json!({
        "type": "mto.sync.v1", "id": "1", "source": "/t", "replyto": place,
        "data": {"owner": "contoso", "action": "status"}
    });
    let command = Command::parse(&command.to_string()).unwrap();
    let mut data = json!({"notes": notes, "writes": [], "children": []});
    if kind == OutcomeKind::Planned {
        data["plan"] = json!([]);
    }
    stage.tell(&of(&command, kind, &data)).await;
    let written = stage.server.asked().into_iter().rfind(|asked| asked.method != "GET").unwrap();
    texts(&written.json()).iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
}

fn notes(count: usize, about: &str) -> Vec<String> {
    (1..=count).map(|number| format!("pair {number:03} {about}")).collect()
}

fn count(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.contains("pair ")).count()
}

#[tokio::test]
async fn every_destination_shows_notes_and_counts_what_is_left_out() {
    let snow = "snow:incident/9d385017c611228701d22104cc95c371";
    for kind in [OutcomeKind::Planned, OutcomeKind::Succeeded] {
        for (place, most) in [("slack:C0123", 20), ("teams", 20), ("jira:OPS-1", 50), (snow, 50)] {
            let lines = shown(kind, place, &notes(60, "agrees; its job is steady")).await;
            assert_eq!(count(&lines), most, "{place}: {lines:?}");
            let more = format!("and {} more", 60 - most);
            assert!(lines.iter().any(|line| line.ends_with(&more)), "{place}: {lines:?}");

            let lines = shown(kind, place, &notes(most, "agrees; its job is steady")).await;
            assert_eq!(count(&lines), most, "{place}: {lines:?}");
            assert!(!lines.iter().any(|line| line.ends_with(" more")), "{place}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn long_notes_do_not_lower_the_number_that_slack_shows() {
    let lines = shown(OutcomeKind::Succeeded, "slack:C0123", &notes(30, &"x".repeat(250))).await;
    assert_eq!(count(&lines), 20, "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with("and 10 more")), "{lines:?}");
}

#[tokio::test]
async fn an_empty_plan_is_not_to_be_carried_out() {
    let lines = shown(OutcomeKind::Planned, "teams", &notes(1, "agrees")).await;
    assert!(lines.iter().any(|line| line == "nothing"), "{lines:?}");
    assert!(!lines.iter().any(|line| line == "To carry it out"), "{lines:?}");
}
