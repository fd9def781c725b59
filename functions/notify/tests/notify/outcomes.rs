//! Outcomes to tell.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_messages::{Command, Outcome, OutcomeData, OutcomeKind};
use serde_json::{Value, json};
use time::Duration;

use crate::stage::NOW;

pub(crate) const FABRIKAM: &str = "22222222-2222-4222-8222-222222222222";

pub(crate) const CONTOSO: &str = "11111111-1111-4111-8111-111111111111";

/// An outcome of a join, to be told at `reply_to`.
pub(crate) fn outcome(kind: OutcomeKind, reply_to: Option<&str>) -> Outcome {
    with(kind, reply_to, &json!({}))
}

/// The same, with other fields in its data.
pub(crate) fn with(kind: OutcomeKind, reply_to: Option<&str>, data: &Value) -> Outcome {
    let mut command = json!({
        "type": "mto.join.v1", "id": "INC0012345", "source": "/servicenow/prod", "requestedby": "kim@contoso.example",
        "data": {"tenant": "fabrikam", "owner": "contoso"}
    });
    if let Some(reply_to) = reply_to {
        command["replyto"] = json!(reply_to);
    }
    of(&Command::parse(&command.to_string()).unwrap(), kind, data)
}

/// An outcome of a command.
pub(crate) fn of(command: &Command, kind: OutcomeKind, other: &Value) -> Outcome {
    let mut data = json!({
        "command": command.reference(), "requestedBy": command.requested_by, "summary": summary(kind),
        "tookSeconds": 7_500,
    });
    let extra = extra(kind);
    for (name, value) in extra.as_object().unwrap().iter().chain(other.as_object().unwrap()) {
        data[name] = value.clone();
    }
    let data: OutcomeData = serde_json::from_value(data).unwrap();
    let part = (kind == OutcomeKind::Waiting).then_some("1-0-joining");
    Outcome::of(command, kind, part, NOW, data)
}

/// The same outcome, that much earlier.
pub(crate) fn earlier(outcome: Outcome, minutes: i64) -> Outcome {
    Outcome { time: outcome.time - Duration::minutes(minutes), ..outcome }
}

fn summary(kind: OutcomeKind) -> String {
    match kind {
        OutcomeKind::Accepted => "understood; it is being worked on",
        OutcomeKind::Waiting => "waiting: Fabrikam is joining",
        OutcomeKind::Succeeded => "Fabrikam is an active member",
        OutcomeKind::Rejected => "rejected: Fabrikam is in another organization",
        OutcomeKind::Failed => "failed: the join failed (no details)",
        OutcomeKind::Expired => "gave up; it was waiting for this: Fabrikam is joining",
        OutcomeKind::Planned => "nothing was written; 1 writes would be made",
    }
    .to_owned()
}

fn extra(kind: OutcomeKind) -> Value {
    let write = json!({
        "at": "2026-11-21T08:00:00Z", "tenant": FABRIKAM, "what": "request-join", "about": CONTOSO, "status": 204,
        "requestId": "5c1b9f0e-0000-4c0e-9a64-2f6f5d6c7b8a"
    });
    let reason = |text: &str, remedy: &str| json!({"code": "x", "text": text, "remedy": remedy});
    match kind {
        OutcomeKind::Accepted => json!({}),
        OutcomeKind::Waiting => json!({
            "reason": reason("Fabrikam is joining", "nothing; this takes its time"),
            "wait": {"ageSeconds": 3_700, "looks": 9, "nextLook": "2026-11-21T09:15:00Z",
                     "deadline": "2026-11-21T20:00:00Z"},
            "writes": [write],
        }),
        OutcomeKind::Succeeded => json!({
            "writes": [write], "notes": ["Teams external access is set elsewhere"],
            "children": ["INC0012345/sync/a", "INC0012345/sync/b"],
        }),
        OutcomeKind::Rejected => {
            json!({"reason": reason("Fabrikam is in another organization", "leave that one first")})
        }
        OutcomeKind::Failed => json!({
            "reason": reason("the service refuses", "add the tenant again"), "writes": [write], "writesDropped": 2,
        }),
        OutcomeKind::Expired => json!({"reason": reason("Fabrikam is joining", "send it again")}),
        OutcomeKind::Planned => json!({
            "plan": [{"tenant": FABRIKAM, "what": "request-join", "text": "ask to join Contoso"}],
        }),
    }
}
