//! Texts of somebody who means harm stay text, and texts of any length fit.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_messages::{Command, Outcome, OutcomeKind};
use serde_json::{Value, json};

use crate::outcomes::{of, with};
use crate::stage::{Answer, Stage};

const HOSTILE: &str = "<!channel> <@U1> [pay](http://evil.example) **b** <script>alert(1)</script> &lt; <at>all</at> \
                       [code]<img src=x>[/code] @[6816f79cc0a8016401c5a33be04be441:Admin] {{DATE(2026-01-01)}} \
                       ${triggerBody()} {mention:1} \u{202E}txet";

pub(crate) fn works(stage: &Stage) {
    stage.server.answers("GET /api/conversations", [Answer::Json(200, json!({"ok": true, "messages": []}))]);
    stage.server.answers("POST /api/chat.postMessage", [Answer::Json(200, json!({"ok": true, "ts": "1.1"}))]);
    stage.server.answers("GET /rest", [Answer::Json(200, json!({"comments": [], "total": 0}))]);
    stage.server.answers("POST /rest", [Answer::Json(201, json!({}))]);
    stage.server.answers("GET /api/now", [Answer::Json(200, json!({"result": []}))]);
    stage.server.answers("PATCH /api/now", [Answer::Json(200, json!({"result": {}}))]);
    stage.server.answers("POST /workflows", [Answer::Json(202, Value::Null)]);
}

/// `text` everywhere a message can bring one.
fn full_of(kind: OutcomeKind, reply_to: &str, text: &str, count: usize) -> Outcome {
    let many = vec![text; count];
    let write = json!({
        "at": "2026-11-21T08:00:00Z", "tenant": crate::outcomes::FABRIKAM, "what": text, "status": 400,
        "requestId": text
    });
    let lines: Vec<Value> = many.iter().map(|text| json!({"what": text, "text": text})).collect();
    let data = json!({
        "summary": text, "requestedBy": text, "notes": many, "writes": vec![write; count], "plan": lines,
        "reason": {"code": text, "text": format!("{text}!"), "remedy": text},
        "command": {"id": text, "source": text, "type": text},
    });
    with(kind, Some(reply_to), &data)
}

/// Every text of a value.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

async fn told(reply_to: &str, text: &str, count: usize) -> Value {
    let stage = Stage::new().await;
    works(&stage);
    stage.tell(&full_of(OutcomeKind::Planned, reply_to, text, count)).await;
    let written = stage.server.asked().into_iter().rfind(|asked| asked.method != "GET").unwrap();
    written.json()
}

#[tokio::test]
async fn slack_gets_no_markup() {
    let body = told("slack:C0123", HOSTILE, 2).await;
    let shown: Vec<String> = texts(&body["blocks"]).into_iter().chain(texts(&body["text"])).collect();
    assert!(shown.iter().any(|text| text.contains("&lt;!channel&gt; &lt;@U1&gt;")), "{shown:?}");
    assert!(shown.iter().any(|text| text.contains("&amp;lt;")), "{shown:?}");
    assert!(shown.iter().all(|text| !text.contains(['<', '>', '\u{202E}'])), "{shown:?}");
    let blocks = body["blocks"].as_array().unwrap();
    let is_still = |text: &Value| text["type"] == "mrkdwn" && text["verbatim"] == true;
    assert!(blocks.iter().all(|block| is_still(&block["text"]) || is_still(&block["elements"][0])));
    assert_eq!((&body["parse"], &body["link_names"]), (&json!("none"), &json!(false)));
}

#[tokio::test]
async fn teams_gets_nothing_that_it_reads_as_markdown_mentions_or_functions() {
    let body = told("teams", HOSTILE, 2).await;
    let card = &body["attachments"][0]["content"];
    let blocks = card["body"].as_array().unwrap();
    assert!(blocks.iter().all(|block| block["type"] == "RichTextBlock"));
    let runs = blocks.iter().flat_map(|block| block["inlines"].as_array().unwrap());
    assert!(runs.clone().all(|run| run["type"] == "TextRun"));
    assert!(card["msteams"]["entities"].is_null());
    let shown = texts(card);
    for bad in ["<at", "{{", "${", "\u{202E}"] {
        assert!(shown.iter().all(|text| !text.contains(bad)), "{bad}: {shown:?}");
    }
    assert!(shown.iter().any(|text| text.contains("[pay](http://evil.example)")), "{shown:?}");
}

fn check(node: &Value) {
    let known = ["doc", "paragraph", "bulletList", "listItem", "text"];
    assert!(known.contains(&node["type"].as_str().unwrap()), "{node}");
    let marks = node["marks"].as_array().into_iter().flatten();
    assert!(marks.into_iter().all(|mark| mark == &json!({"type": "strong"})), "{node}");
    if node["type"] == "text" {
        assert_ne!(node["text"], "", "an empty text is refused by Jira");
    }
    node["content"].as_array().into_iter().flatten().for_each(check);
}

#[tokio::test]
async fn jira_gets_text_nodes_only() {
    let body = told("jira:OPS-1", HOSTILE, 2).await;
    check(&body["body"]);
    assert!(
        texts(&body["body"]).iter().any(|text| text.contains("<!channel> <@U1> [pay](http://evil.example)"))
    );
}

#[tokio::test]
async fn servicenow_gets_no_code_tag_and_no_mention() {
    let body = told("snow:incident/9d385017c611228701d22104cc95c371", HOSTILE, 2).await;
    let note = body["work_notes"].as_str().unwrap();
    assert!(!note.contains(['[', ']']), "{note}");
    assert!(note.contains("(code)<img src=x>(/code)"), "{note}");
}

#[tokio::test]
async fn texts_of_any_length_fit_into_every_destination() {
    for text in ["&".repeat(3_000), "\u{1F600}\"".repeat(500), "x".repeat(3_000)] {
        let slack = told("slack:C0123", &text, 12).await;
        assert!(slack["blocks"].to_string().chars().count() <= 13_000);
        assert!(slack["blocks"].as_array().unwrap().len() <= 50);
        for block in slack["blocks"].as_array().unwrap() {
            assert!(block["text"]["text"].as_str().is_none_or(|text| text.chars().count() <= 3_000));
        }
        let teams = told("teams", &text, 12).await;
        assert!(teams.to_string().len() <= 28 * 1_024);
        let jira = told("jira:OPS-1", &text, 12).await;
        assert!(jira["body"].to_string().chars().count() <= 32_767);
        let note = told("snow:incident/9d385017c611228701d22104cc95c371", &text, 12).await;
        assert!(note["work_notes"].as_str().unwrap().chars().count() <= 4_000);
    }
}

#[tokio::test]
async fn what_is_left_out_is_counted() {
    let body =
        told("snow:incident/9d385017c611228701d22104cc95c371", "a line of some length, to be listed", 200)
            .await;
    let note = body["work_notes"].as_str().unwrap();
    let more = |line: &&str| line.starts_with("- and ") && line.ends_with(" more");
    assert_eq!(note.lines().filter(more).count(), 2, "plan and notes: {note}");
    assert_eq!(note.lines().filter(|line| line.ends_with("are not listed")).count(), 1, "writes: {note}");
    let listed = note.lines().filter(|line| line.starts_with("- a line of some length")).count();
    assert!(listed > 6, "{note}");
}

/// Where commands come in, what takes something away and is not confirmed becomes its dry run again.
#[tokio::test]
async fn the_plan_of_what_takes_away_says_how_to_confirm_it() {
    let leave = json!({"tenant": "a", "owner": "b", "mode": "remove", "dryRun": true});
    let unshare = json!({"source": "a", "targets": ["b"], "action": "unshare", "dryRun": true});
    let cases = [
        ("leave", leave, r#"with "confirm": {"tenant": the command's tenant}"#),
        ("sync", unshare, r#"an unshare always with "confirm": {"tenant": the source}"#),
    ];
    for (verb, data, wanted) in cases {
        let stage = Stage::new().await;
        works(&stage);
        let command = json!({
            "type": format!("mto.{verb}.v1"), "id": "1", "source": "/t", "replyto": "teams", "data": data
        });
        let command = Command::parse(&command.to_string()).unwrap();
        stage.tell(&of(&command, OutcomeKind::Planned, &json!({}))).await;
        let shown = texts(&stage.server.asked()[0].json());
        let advice = shown.iter().find(|text| text.starts_with("Send the same command")).unwrap();
        assert!(advice.contains(wanted), "{advice}");
        assert!(advice.contains(r#""users": the number of users in the plan"#), "{advice}");
    }
}
