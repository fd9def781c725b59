//! Metrics as log lines in CloudWatch's embedded metric format.
//!
//! One JSON object a line on standard output; CloudWatch makes metrics of it without any call of ours (Amazon
//! CloudWatch user guide, "Embedding metrics within logs"). Namespace [`NAMESPACE`]:
//!
//! | Metric | Unit | Dimensions |
//! |---|---|---|
//! | `Outcomes` | Count | `Verb`, `Outcome` |
//! | `AgeAtFinish` | Seconds | `Verb` |
//! | `Waits` | Count | `Verb`, `Reason` |
//! | `DeadLetters` | Count | `Verb`, `Reason` |
//! | `GraphRequests`, `Throttles` | Count | `Verb` |

use std::sync::Arc;

use mto_messages::{OutcomeKind, Verb};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The namespace of all metrics.
pub const NAMESPACE: &str = "MtoFunctions";

/// Where metric lines go.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// Writes metric lines.
#[derive(Clone)]
pub(crate) struct Metrics {
    verb: Verb,
    sink: Option<Sink>,
}

impl Metrics {
    /// Metrics that go nowhere.
    pub(crate) fn silent(verb: Verb) -> Self {
        Self { verb, sink: None }
    }

    pub(crate) fn to(verb: Verb, sink: Sink) -> Self {
        Self { verb, sink: Some(sink) }
    }

    pub(crate) fn outcome(&self, now: OffsetDateTime, kind: OutcomeKind, age_seconds: i64) {
        self.emit(now, Some(("Outcome", kind.as_str())), &[("Outcomes", "Count", json!(1))]);
        if kind.is_terminal() {
            self.emit(now, None, &[("AgeAtFinish", "Seconds", json!(age_seconds))]);
        }
    }

    pub(crate) fn wait(&self, now: OffsetDateTime, reason: &str) {
        self.emit(now, Some(("Reason", reason)), &[("Waits", "Count", json!(1))]);
    }

    pub(crate) fn dead_letter(&self, now: OffsetDateTime, reason: &str) {
        self.emit(now, Some(("Reason", reason)), &[("DeadLetters", "Count", json!(1))]);
    }

    pub(crate) fn graph(&self, now: OffsetDateTime, requests: u64, throttles: u64) {
        let values = [("GraphRequests", "Count", json!(requests)), ("Throttles", "Count", json!(throttles))];
        self.emit(now, None, &values);
    }

    fn emit(&self, now: OffsetDateTime, dimension: Option<(&str, &str)>, values: &[(&str, &str, Value)]) {
        let Some(sink) = &self.sink else { return };
        let dimensions: Vec<&str> = std::iter::once("Verb").chain(dimension.map(|(name, _)| name)).collect();
        let metrics: Vec<Value> =
            values.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
        let milliseconds = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": milliseconds,
                "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics}],
            }),
        );
        line.insert("Verb".to_owned(), json!(self.verb.as_str()));
        if let Some((name, value)) = dimension {
            line.insert(name.to_owned(), json!(value));
        }
        for (name, _, value) in values {
            line.insert((*name).to_owned(), value.clone());
        }
        sink(&Value::Object(line).to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn lines(emit: impl Fn(&Metrics)) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let sink: Sink = Arc::new(move |line: &str| {
            kept.lock().unwrap().push(serde_json::from_str(line).unwrap());
        });
        emit(&Metrics::to(Verb::Join, sink));
        let all = lines.lock().unwrap();
        all.clone()
    }

    #[test]
    fn an_end_is_counted_by_verb_and_outcome_and_its_age_is_measured() {
        let all = lines(|m| m.outcome(OffsetDateTime::UNIX_EPOCH, OutcomeKind::Expired, 7200));
        assert_eq!(
            all[0],
            json!({
                "_aws": {"Timestamp": 0, "CloudWatchMetrics": [{
                    "Namespace": "MtoFunctions", "Dimensions": [["Verb", "Outcome"]],
                    "Metrics": [{"Name": "Outcomes", "Unit": "Count"}]}]},
                "Verb": "join", "Outcome": "expired", "Outcomes": 1,
            })
        );
        assert_eq!(all[1]["AgeAtFinish"], 7200);
        assert_eq!(all[1]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Verb"]]));
    }

    #[test]
    fn every_metric_of_a_line_has_a_value_and_every_dimension_too() {
        let all = lines(|m| {
            m.wait(OffsetDateTime::UNIX_EPOCH, "joining");
            m.dead_letter(OffsetDateTime::UNIX_EPOCH, "not-json");
            m.graph(OffsetDateTime::UNIX_EPOCH, 4, 1);
        });
        assert_eq!(all.len(), 3);
        for line in all {
            let set = &line["_aws"]["CloudWatchMetrics"][0];
            for metric in set["Metrics"].as_array().unwrap() {
                assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{line}");
            }
            for dimension in set["Dimensions"][0].as_array().unwrap() {
                assert!(line[dimension.as_str().unwrap()].is_string(), "{line}");
            }
        }
    }
}
