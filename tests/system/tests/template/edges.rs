//! The functions at the edges, intake and notify: a template is deployed with them or without them, and the rules hold
//! for both.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::rules::{of_type, referred};

/// The function that answers requests, by its name without the prefix.
pub(crate) const INTAKE: &str = "intake";
const NOTIFY: &str = "notify";
/// The conditions of which they are made.
const CONDITIONS: [&str; 2] = ["HasIntake", "HasNotify"];

/// CloudWatch's metrics of a function URL (Lambda developer guide, "Monitoring Lambda function URLs").
pub(crate) const URL_METRICS: [&str; 4] = ["UrlRequestCount", REFUSALS, "Url5xxCount", "UrlRequestLatency"];
/// Requests that were refused.
pub(crate) const REFUSALS: &str = "Url4xxCount";
/// A single one is no news, and a hundred in five minutes are not to go by unseen.
pub(crate) const REFUSALS_WORTH_TELLING: RangeInclusive<u64> = 2..=100;
/// Slack and Microsoft Teams have given up long before.
const LONGEST_ANSWER_SECONDS: u64 = 10;

/// What intake is given.
const INTAKE_VARIABLES: [&str; 8] = [
    "MTO_INTAKE",
    "MTO_INTAKE_FILE",
    "MTO_LOG",
    "MTO_QUEUE_ADD",
    "MTO_QUEUE_CREATE",
    "MTO_QUEUE_JOIN",
    "MTO_QUEUE_LEAVE",
    "MTO_QUEUE_SYNC",
];
/// What notify is given.
const NOTIFY_VARIABLES: [&str; 6] = [
    "MTO_LOG",
    "MTO_NOTIFY",
    "MTO_NOTIFY_FILE",
    "MTO_NOTIFY_PATIENCE_MINUTES",
    "MTO_QUEUE_DEAD_LETTERS",
    "MTO_QUEUE_OUTCOMES",
];

/// Whether it is one of them.
pub(crate) fn is_edge(function: &str) -> bool {
    variables(function).is_some()
}

/// The variables of ours that it is given; none for a verb.
pub(crate) fn variables(function: &str) -> Option<&'static [&'static str]> {
    match function {
        INTAKE => Some(&INTAKE_VARIABLES),
        NOTIFY => Some(&NOTIFY_VARIABLES),
        _ => None,
    }
}

/// What alarms are wanted on, beside those on every function.
pub(crate) fn metrics(function: &str) -> &'static [&'static str] {
    if function == INTAKE { &[REFUSALS, "Url5xxCount"] } else { &[] }
}

/// The template as it is deployed with both of them.
pub(crate) fn with(template: &Value) -> Value {
    case(template, true)
}

/// The template as it is deployed with none of them.
pub(crate) fn without(template: &Value) -> Value {
    case(template, false)
}

/// Whether this is the template with them.
pub(crate) fn are_in(case: &Value) -> bool {
    of_type(case, "AWS::Lambda::Function").iter().any(|(_, function)| {
        let name = function["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
        is_edge(name.trim_start_matches("${Name}-"))
    })
}

/// What is made if the conditions hold or not; other conditions are left as they are.
fn case(template: &Value, holds: bool) -> Value {
    let mut case = decided(template, holds);
    if let Some(resources) = case["Resources"].as_object_mut() {
        resources.retain(|_, resource| {
            holds || !CONDITIONS.iter().any(|condition| resource["Condition"] == *condition)
        });
    }
    case
}

/// `Fn::If` on their conditions becomes the branch that is taken.
fn decided(value: &Value, holds: bool) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|value| decided(value, holds)).collect(),
        Value::Object(values) => {
            let decision = &values.get("Fn::If").unwrap_or(&Value::Null);
            if CONDITIONS.iter().any(|condition| decision[0] == *condition) {
                return decided(&decision[if holds { 1 } else { 2 }], holds);
            }
            let entry = |(name, value): (&String, &Value)| (name.clone(), decided(value, holds));
            Value::Object(values.iter().map(entry).collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// By a URL that anybody may call, with a bound on how many do, and on how long each takes; by no queue.
pub(crate) fn called(template: &Value, id: &str, function: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let mut say = |problem: &str| problems.push(problem.to_owned());
    let of = |kind: &str, property: &str| -> Vec<&Value> {
        let all = of_type(template, kind).into_iter().map(|(_, properties)| properties);
        all.filter(|properties| referred(&properties[property]) == Some(id)).collect()
    };
    let urls = of("AWS::Lambda::Url", "TargetFunctionArn");
    if urls.len() != 1 || urls[0]["AuthType"] != "NONE" || !urls[0]["Cors"].is_null() {
        say("no URL for senders that sign, or one that browsers of others may use");
    }
    let permissions = of("AWS::Lambda::Permission", "FunctionName");
    let wanted = [
        json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}),
        json!({"Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": true}),
    ];
    let gives = |wanted: &Value| {
        permissions.iter().any(|permission| {
            let mut permission = (*permission).clone();
            permission.as_object_mut().is_some_and(|all| all.remove("FunctionName").is_some())
                && permission == *wanted
        })
    };
    if permissions.len() != wanted.len() || !wanted.iter().all(gives) {
        say("its URL cannot be called, or it can be called otherwise");
    }
    if function["ReservedConcurrentExecutions"].is_null() {
        say("its concurrency is not bounded");
    }
    if function["Timeout"].as_u64().is_none_or(|timeout| timeout > LONGEST_ANSWER_SECONDS) {
        say("its timeout is more than a sender waits");
    }
    if !of("AWS::Lambda::EventSourceMapping", "FunctionName").is_empty() {
        say("it reads a queue");
    }
    problems
}
