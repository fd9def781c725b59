//! What a function requested of one message, and in which order: the plan of the floor.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::sqs::Sent;

/// One request, as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) arrived: Instant,
    pub(crate) answered: Instant,
    pub(crate) request: Requested,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Requested {
    /// A token for this tenant.
    Token { tenant: String, url: String, body: String },
    /// Graph, as an application of this tenant.
    Graph { tenant: String, method: String, path: String, url: String, body: Option<String> },
    /// `SendMessage`.
    Send { queue_url: String, sent: Sent },
    /// `DeleteMessage`.
    Delete { queue_url: String, receipt_handle: String },
}

impl Requested {
    /// Without what differs from run to run.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Token { tenant, .. } => format!("token of {tenant}"),
            Self::Graph { tenant, method, path, .. } => format!("{method} {path} in {tenant}"),
            Self::Send { sent, .. } => format!("SendMessage {}", sent.queue),
            Self::Delete { .. } => "DeleteMessage".to_owned(),
        }
    }

    /// As `floor-requests` reads it.
    fn step(&self) -> Value {
        match self {
            Self::Token { tenant, url, body } => {
                json!({"token": {"tenant": tenant, "url": url, "body": body}})
            }
            Self::Graph { tenant, method, url, body, .. } => {
                json!({"graph": {"tenant": tenant, "method": method, "url": url, "body": body}})
            }
            Self::Send { queue_url, sent: Sent { body, delay_seconds, attributes, .. } } => json!({"send": {
                "queueUrl": queue_url, "body": body, "delaySeconds": delay_seconds, "attributes": attributes,
            }}),
            Self::Delete { queue_url, receipt_handle } => {
                json!({"delete": {"queueUrl": queue_url, "receiptHandle": receipt_handle}})
            }
        }
    }
}

/// The requests in stages: what came before the first of a stage was answered was made at the same time as it.
pub(crate) fn stages(recorded: &[Recorded]) -> Vec<Vec<&Requested>> {
    let mut sorted: Vec<&Recorded> = recorded.iter().collect();
    sorted.sort_by_key(|recorded| recorded.arrived);
    let mut stages: Vec<Vec<&Requested>> = Vec::new();
    let mut until: Option<Instant> = None;
    for Recorded { arrived, answered, request } in sorted {
        match (until, stages.last_mut()) {
            (Some(end), Some(stage)) if *arrived < end => {
                stage.push(request);
                until = Some(end.min(*answered));
            }
            _ => {
                stages.push(vec![request]);
                until = Some(*answered);
            }
        }
    }
    stages
}

/// One message of the plan.
pub(crate) fn message_of_plan(recorded: &[Recorded]) -> Value {
    stages(recorded)
        .iter()
        .map(|stage| stage.iter().map(|request| request.step()).collect::<Value>())
        .collect()
}

/// How often each request was made: equal for two that requested the same.
pub(crate) fn tally(recorded: &[Recorded]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for one in recorded {
        *tally.entry(one.request.line()).or_default() += 1;
    }
    tally
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::processes::watch::now;

    fn token(tenant: &str) -> Requested {
        Requested::Token { tenant: tenant.to_owned(), url: String::new(), body: String::new() }
    }

    fn recorded(times: &[(u64, u64)]) -> Vec<Recorded> {
        let start = now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let all = times.iter().enumerate();
        all.map(|(index, (arrived, answered))| Recorded {
            arrived: at(*arrived),
            answered: at(*answered),
            request: token(&index.to_string()),
        })
        .collect()
    }

    #[test]
    fn requests_that_overlap_are_one_stage() {
        let sizes = |times: &[(u64, u64)]| stages(&recorded(times)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(&[(0, 50), (60, 110), (120, 170)]), [1, 1, 1]);
        assert_eq!(sizes(&[(0, 50), (10, 60), (70, 120)]), [2, 1]);
        // The third came after the first was answered: it may depend on it.
        assert_eq!(sizes(&[(0, 50), (10, 90), (60, 110)]), [2, 1]);
        assert_eq!(sizes(&[]), [0_usize; 0]);
    }

    #[test]
    fn a_request_that_is_missing_or_made_twice_shows() {
        let once = recorded(&[(0, 1), (2, 3)]);
        let mut twice = once.clone();
        twice.push(once[0].clone());
        assert_eq!(tally(&once), tally(&once.iter().rev().cloned().collect::<Vec<_>>()));
        assert_ne!(tally(&once), tally(&twice));
        assert_ne!(tally(&once), tally(&once[..1]));
    }

    #[test]
    fn the_plan_is_a_list_of_stages() {
        let plan = message_of_plan(&recorded(&[(0, 50), (10, 60), (70, 120)]));
        let stages: Vec<usize> =
            plan.as_array().unwrap().iter().map(|s| s.as_array().unwrap().len()).collect();
        assert_eq!(stages, [2, 1]);
        assert_eq!(plan[1][0], json!({"token": {"tenant": "2", "url": "", "body": ""}}));
    }
}
