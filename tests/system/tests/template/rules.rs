//! The house rules, on what the SAM transform makes of the template.

use std::collections::{BTreeMap, BTreeSet};

use mto_graph::TOKEN_EXCHANGE_AUDIENCE;
use mto_handler::NAMESPACE;
use mto_system_tests::repository;
use serde_json::{Value, json};

use crate::edges;

/// What a role may do, and nothing else. `sts:GetWebIdentityToken` knows no resources, so it stands on all of them,
/// under a condition.
const ALLOWED: [&str; 9] = [
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sts:GetWebIdentityToken",
];
const WITHOUT_RESOURCES: &str = "sts:GetWebIdentityToken";
const FOURTEEN_DAYS_SECONDS: u64 = 14 * 24 * 60 * 60;
/// SQS's longest delay.
const LONGEST_DELAY_SECONDS: u64 = 900;
/// What the functions refuse to send, and the queues to take.
const LARGEST_MESSAGE_BYTES: u64 = 256 * 1024;
/// Without notify no function reads it: people may look at it by hand, and every look counts as a delivery.
const OUTCOMES_QUEUE: &str = "OutcomesQueue";
const DELIVERIES: u64 = 5;
const OUTCOMES_DELIVERIES: u64 = 100;
/// An age at which somebody must have been told.
const OLDEST_MESSAGE_SECONDS: u64 = 24 * 60 * 60;

/// Lambda's longest timeout.
const LONGEST_TIMEOUT_SECONDS: u64 = 900;
/// Above this an event source mapping needs a window that it waits for.
const LARGEST_BATCH: u64 = 10;

/// What the function of every verb is given, beside its queues: names that `config.rs` and `telemetry.rs` of the handler read.
const VARIABLES: [&str; 19] = [
    "MTO_ACTIVE_TENANTS",
    "MTO_BUDGET_ADD_MINUTES",
    "MTO_BUDGET_CREATE_MINUTES",
    "MTO_BUDGET_JOIN_MINUTES",
    "MTO_BUDGET_LEAVE_MINUTES",
    "MTO_BUDGET_SYNC_MINUTES",
    "MTO_CONCURRENCY",
    "MTO_DIRECTORY",
    "MTO_DIRECTORY_FILE",
    "MTO_GRAPH_ROOT",
    "MTO_JOIN_PAUSE_MINUTES",
    "MTO_JOIN_RESETS",
    "MTO_LOG",
    "MTO_LOGIN_ROOT",
    "MTO_LONGEST_DELAY_SECONDS",
    "MTO_QUEUE_DEAD_LETTERS",
    "MTO_QUEUE_OUTCOMES",
    "MTO_REFUSAL_PATIENCE_MINUTES",
    "MTO_SHORTEST_DELAY_SECONDS",
];
/// The queues of verbs that a function is told of.
const VERB_QUEUES: [(&str, &[&str]); 5] = [
    ("create", &["MTO_QUEUE_CREATE", "MTO_QUEUE_ADD", "MTO_QUEUE_SYNC"]),
    ("add", &["MTO_QUEUE_ADD", "MTO_QUEUE_JOIN", "MTO_QUEUE_SYNC"]),
    ("join", &["MTO_QUEUE_JOIN", "MTO_QUEUE_SYNC"]),
    ("leave", &["MTO_QUEUE_LEAVE", "MTO_QUEUE_SYNC"]),
    ("sync", &["MTO_QUEUE_SYNC"]),
];

/// What `web_identity.rs` of the handler asks for, and nothing beyond. `Null` is there because `ForAllValues` is true
/// of a request without audiences.
pub(crate) fn web_identity_condition() -> Value {
    json!({
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": TOKEN_EXCHANGE_AUDIENCE},
        "Null": {"sts:IdentityTokenAudience": "false"},
        "NumericLessThanEquals": {"sts:DurationSeconds": 300},
        "StringEquals": {"sts:SigningAlgorithm": "RS256"},
    })
}

/// The resources of a type, by their logical ids.
pub(crate) fn of_type<'a>(template: &'a Value, kind: &str) -> Vec<(&'a String, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap().iter();
    resources.filter(|(_, resource)| resource["Type"] == kind).map(|(id, r)| (id, &r["Properties"])).collect()
}

/// The logical id a value refers to, by `Ref` or `Fn::GetAtt`.
pub(crate) fn referred(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

pub(crate) fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

/// Every object within a value that satisfies a predicate, in whichever branch of a condition.
fn within<'a>(value: &'a Value, wanted: &dyn Fn(&Value) -> bool, found: &mut Vec<&'a Value>) {
    if wanted(value) {
        found.push(value);
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| within(value, wanted, found)),
        Value::Object(values) => values.values().for_each(|value| within(value, wanted, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Everything in which the template breaks a rule, deployed with the functions at the edges or without them.
pub(crate) fn findings(template: &Value) -> Vec<String> {
    let (with, without) = (edges::with(template), edges::without(template));
    let deployed = |case: &Value| [queues(case), functions(case), roles(case)].concat();
    let mut findings = [deployed(&with), parameters(template), dashboard(&with)].concat();
    for finding in deployed(&without) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn queues(template: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let queues = of_type(template, "AWS::SQS::Queue");
    let dead_letters: BTreeMap<&str, &Value> = queues
        .iter()
        .filter_map(|(_, queue)| Some((referred(&queue["RedrivePolicy"]["deadLetterTargetArn"])?, *queue)))
        .collect();
    for (id, queue) in &queues {
        let mut say = |problem: &str| findings.push(format!("{id}: {problem}"));
        let source = dead_letters.get(id.as_str());
        if let Some(source) = source {
            let name = source["QueueName"]["Fn::Sub"].as_str().unwrap_or_default();
            let arn = format!("arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}");
            let allow = &queue["RedriveAllowPolicy"];
            if allow["redrivePermission"] != "byQueue"
                || allow["sourceQueueArns"] != json!([{"Fn::Sub": arn}])
            {
                say("another queue than its own may use it as a dead-letter queue");
            }
        } else {
            let unread = *id == OUTCOMES_QUEUE && !edges::are_in(template);
            let deliveries = if unread { OUTCOMES_DELIVERIES } else { DELIVERIES };
            if queue["RedrivePolicy"]["maxReceiveCount"] != deliveries {
                say(&format!("no dead-letter queue after {deliveries} deliveries"));
            }
        }
        if queue["MessageRetentionPeriod"] != FOURTEEN_DAYS_SECONDS {
            say("messages are not kept for 14 days");
        }
        if queue["SqsManagedSseEnabled"] != true {
            say("not encrypted");
        }
        if queue["MaximumMessageSize"] != LARGEST_MESSAGE_BYTES {
            say("takes other sizes than the functions send");
        }
        if queue["DelaySeconds"].as_u64().unwrap_or(0) > 0 {
            say("delays by itself");
        }
        let about = json!([{"Name": "QueueName", "Value": {"Fn::GetAtt": [id, "QueueName"]}}]);
        let metric = if source.is_some() {
            "ApproximateNumberOfMessagesVisible"
        } else {
            "ApproximateAgeOfOldestMessage"
        };
        let hidden = queue["VisibilityTimeout"].as_u64().unwrap_or(0);
        if !has_alarm(template, "AWS/SQS", metric, &about, hidden) {
            say("no alarm");
        }
    }
    findings
}

/// An alarm on exactly these dimensions, which goes off and tells somebody. A delivery without an end hides a message
/// for `hidden` seconds; where no message is meant, 0.
fn has_alarm(template: &Value, namespace: &str, metric: &str, about: &Value, hidden: u64) -> bool {
    of_type(template, "AWS::CloudWatch::Alarm").iter().any(|(_, alarm)| {
        alarm["Namespace"] == namespace
            && alarm["MetricName"] == metric
            && alarm["Dimensions"] == *about
            && goes_off(alarm, metric, hidden)
            && alarm["ActionsEnabled"] != false
            && !alarm["AlarmActions"].is_null()
    })
}

/// Counts: at the first one, but for requests that are refused. Ages: above what a waiting command may take, and one that is delivered a second time, and not
/// later than a day.
fn goes_off(alarm: &Value, metric: &str, hidden: u64) -> bool {
    let statistic = if metric.starts_with("Approximate") { "Maximum" } else { "Sum" };
    let threshold = alarm["Threshold"].as_u64();
    // the least value that is too much
    let least = match alarm["ComparisonOperator"].as_str() {
        Some("GreaterThanThreshold") => threshold.map(|threshold| threshold.saturating_add(1)),
        Some("GreaterThanOrEqualToThreshold") => threshold,
        _ => None,
    };
    let sensible = match metric {
        "ApproximateAgeOfOldestMessage" => {
            LONGEST_DELAY_SECONDS.max(2 * hidden) + 1..=OLDEST_MESSAGE_SECONDS + 1
        }
        edges::REFUSALS => edges::REFUSALS_WORTH_TELLING,
        _ => 1..=1,
    };
    alarm["Statistic"] == statistic
        && least.is_some_and(|least| sensible.contains(&least))
        && alarm["Period"] == 300
        && alarm["EvaluationPeriods"].as_u64().is_some_and(|periods| (1..=3).contains(&periods))
        && alarm["DatapointsToAlarm"].is_null()
}

fn functions(template: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let mut deployed = BTreeSet::new();
    for (id, function) in of_type(template, "AWS::Lambda::Function") {
        let name = function["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
        let verb = name.trim_start_matches("${Name}-");
        deployed.insert(verb.to_owned());
        let triggered = if verb == edges::INTAKE {
            edges::called(template, id, function)
        } else {
            triggered(template, id, function)
        };
        let problems = [
            triggered,
            watched(template, id, function, verb),
            configured(function, verb),
            confined(template, id, function, verb),
        ];
        findings.extend(problems.concat().into_iter().map(|problem| format!("{id}: {problem}")));
    }
    let folders = std::fs::read_dir(repository().join("functions")).unwrap().map(|folder| folder.unwrap());
    let mut built: BTreeSet<String> =
        folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    if !edges::are_in(template) {
        built.retain(|function| !edges::is_edge(function));
    }
    if built != deployed {
        findings.push(format!("functions there are: {built:?}; deployed: {deployed:?}"));
    }
    findings
}

/// The event source mapping of a function.
fn mapping<'a>(template: &'a Value, function: &str) -> Option<&'a Value> {
    let mappings = of_type(template, "AWS::Lambda::EventSourceMapping").into_iter();
    mappings.map(|(_, mapping)| mapping).find(|mapping| referred(&mapping["FunctionName"]) == Some(function))
}

/// By its queue, in bounded batches, with time to end them.
fn triggered(template: &Value, id: &str, function: &Value) -> Vec<String> {
    let Some(mapping) = mapping(template, id) else { return vec!["no event source mapping".to_owned()] };
    let mut problems = Vec::new();
    let mut say = |problem: &str| problems.push(problem.to_owned());
    if mapping["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
        say("one bad record fails its batch");
    }
    let batch = mapping["BatchSize"].as_u64().unwrap_or(0);
    if mapping["ScalingConfig"]["MaximumConcurrency"].is_null() || !(1..=LARGEST_BATCH).contains(&batch) {
        say("its concurrency or batch is not bounded");
    }
    let queue = referred(&mapping["EventSourceArn"]).unwrap_or_default();
    let timeout = function["Timeout"].as_u64().unwrap_or(u64::MAX / 6);
    if timeout > LONGEST_TIMEOUT_SECONDS {
        say("its timeout is more than Lambda takes");
    }
    let visibility = template["Resources"][queue]["Properties"]["VisibilityTimeout"].as_u64();
    if visibility.unwrap_or(30) < 6 * timeout {
        say("the visibility timeout of its queue is less than six times its timeout");
    }
    problems
}

/// By alarms, and by logs that end.
fn watched(template: &Value, id: &str, function: &Value, verb: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let log = referred(&function["LoggingConfig"]["LogGroup"]).unwrap_or_default();
    if referred(&template["Resources"][log]["Properties"]["RetentionInDays"]).is_none() {
        problems.push("its logs are kept for ever".to_owned());
    }
    let about = json!([{"Name": "FunctionName", "Value": {"Ref": id}}]);
    for metric in ["Errors", "Throttles"] {
        if !has_alarm(template, "AWS/Lambda", metric, &about, 0) {
            problems.push(format!("no alarm on {metric}"));
        }
    }
    if edges::is_edge(verb) {
        problems.extend(
            edges::metrics(verb)
                .iter()
                .filter(|metric| !has_alarm(template, "AWS/Lambda", metric, &about, 0))
                .map(|metric| format!("no alarm on {metric}")),
        );
        return problems;
    }
    let expired = json!([{"Name": "Verb", "Value": verb}, {"Name": "Outcome", "Value": "expired"}]);
    if !has_alarm(template, NAMESPACE, "Outcomes", &expired, 0) {
        problems.push("no alarm on expired commands".to_owned());
    }
    problems
}

/// The variables of a function that are ours, with what they are set to.
fn given(function: &Value) -> BTreeMap<&str, &Value> {
    let variables = function["Environment"]["Variables"].as_object().into_iter().flatten();
    variables
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, _)| name.starts_with("MTO_"))
        .collect()
}

fn configured(function: &Value, verb: &str) -> Vec<String> {
    let queues = VERB_QUEUES.iter().filter(|(of, _)| *of == verb).flat_map(|(_, queues)| *queues);
    let read: BTreeSet<&str> = match edges::variables(verb) {
        Some(variables) => variables.iter().copied().collect(),
        None => VARIABLES.iter().chain(queues).copied().collect(),
    };
    let given: BTreeSet<&str> = given(function).into_keys().collect();
    given.symmetric_difference(&read).map(|name| format!("{name} is not given, or not read")).collect()
}

/// Its role reads its own queue, if it has one, sends to the queues it is given and no others, and reads its own secrets.
fn confined(template: &Value, id: &str, function: &Value, verb: &str) -> Vec<String> {
    let role = referred(&function["Role"]).unwrap_or_default();
    let policies = &template["Resources"][role]["Properties"]["Policies"];
    let on = |action: &str| -> BTreeSet<&str> {
        let mut statements = Vec::new();
        let has = |value: &Value| list(&value["Action"]).into_iter().any(|one| one == action);
        within(policies, &has, &mut statements);
        statements.into_iter().flat_map(|one| list(&one["Resource"])).filter_map(referred).collect()
    };
    let given = given(function);
    let queues = given.iter().filter(|(name, _)| name.starts_with("MTO_QUEUE_"));
    let queues = queues.filter(|(name, _)| !only_known(verb).contains(name));
    let queues: BTreeSet<&str> = queues.filter_map(|(_, value)| referred(value)).collect();
    let own = mapping(template, id).and_then(|mapping| referred(&mapping["EventSourceArn"]));
    let own: BTreeSet<&str> = own.into_iter().collect();
    let logs: BTreeSet<&str> = referred(&function["LoggingConfig"]["LogGroup"]).into_iter().collect();
    let secrets = format!("{}{}SecretArns", verb[..1].to_uppercase(), &verb[1..]);
    let secrets = BTreeSet::from([secrets.as_str()]);
    let expected = [
        ("sqs:SendMessage", &queues),
        ("sqs:ReceiveMessage", &own),
        ("sqs:DeleteMessage", &own),
        ("sqs:GetQueueAttributes", &own),
        ("logs:CreateLogStream", &logs),
        ("logs:PutLogEvents", &logs),
        ("secretsmanager:GetSecretValue", &secrets),
    ];
    let wrong = expected.into_iter().filter(|(action, resources)| on(action) != **resources);
    wrong.map(|(action, resources)| format!("may {action} on others than {resources:?}")).collect()
}

/// Queues that a function knows without sending to them: so that a wish for what follows later is rejected at once
/// where nothing follows.
fn only_known(verb: &str) -> &'static [&'static str] {
    match verb {
        "create" | "add" => &["MTO_QUEUE_SYNC"],
        _ => &[],
    }
}

fn roles(template: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let roles = of_type(template, "AWS::IAM::Role");
    let shared: BTreeSet<&str> = of_type(template, "AWS::Lambda::Function")
        .iter()
        .filter_map(|(_, function)| referred(&function["Role"]))
        .collect();
    if shared.len() != of_type(template, "AWS::Lambda::Function").len() {
        findings.push("functions share a role".to_owned());
    }
    for (id, role) in roles.into_iter().chain(of_type(template, "AWS::IAM::ManagedPolicy")) {
        if !role["ManagedPolicyArns"].is_null() {
            findings.push(format!("{id}: policies that are not ours"));
        }
        let mut statements = Vec::new();
        let policies = if role["Policies"].is_null() { &role["PolicyDocument"] } else { &role["Policies"] };
        within(policies, &|value| value["Effect"].is_string(), &mut statements);
        findings.extend(statements.into_iter().flat_map(|statement| judge(id, statement)));
    }
    findings
}

fn judge(role: &str, statement: &Value) -> Vec<String> {
    let actions: Vec<&str> = list(&statement["Action"]).into_iter().filter_map(Value::as_str).collect();
    let mut findings: Vec<String> = actions
        .iter()
        .filter(|action| !ALLOWED.contains(action))
        .map(|action| format!("{role}: may {action}"))
        .collect();
    let mut wildcards = Vec::new();
    within(
        &statement["Resource"],
        &|value| value.as_str().is_some_and(|text| text.contains('*')),
        &mut wildcards,
    );
    let is_exception = actions == [WITHOUT_RESOURCES] && statement["Condition"] == web_identity_condition();
    if statement["Resource"].is_null() || (!wildcards.is_empty() && !is_exception) {
        findings.push(format!("{role}: {actions:?} on resources that are not named"));
    }
    findings
}

fn parameters(template: &Value) -> Vec<String> {
    let longest = |name: &str| template["Parameters"][name]["MaxValue"].as_u64().unwrap_or(u64::MAX);
    let delays = ["ShortestDelaySeconds", "LongestDelaySeconds"];
    let long = delays.into_iter().filter(|name| longest(name) > LONGEST_DELAY_SECONDS);
    long.map(|name| format!("{name}: may be more than SQS takes")).collect()
}

/// Every metric it names is one of ours or of AWS, of a queue or a function there is. Search expressions are not read.
fn dashboard(template: &Value) -> Vec<String> {
    let names = |kind: &str, name: &str| -> BTreeSet<String> {
        let resources = of_type(template, kind).into_iter();
        resources.filter_map(|(_, resource)| resource[name]["Fn::Sub"].as_str().map(str::to_owned)).collect()
    };
    let queues = names("AWS::SQS::Queue", "QueueName");
    let functions = names("AWS::Lambda::Function", "FunctionName");
    let exists = |metric: &[&str]| match *metric {
        ["AWS/SQS", metric, "QueueName", queue] => {
            let metrics = ["MessagesDelayed", "MessagesVisible"].map(|of| format!("ApproximateNumberOf{of}"));
            queues.contains(queue)
                && (metric == "ApproximateAgeOfOldestMessage" || metrics.iter().any(|known| known == metric))
        }
        ["AWS/Lambda", "Errors" | "Throttles" | "Duration", "FunctionName", function] => {
            functions.contains(function)
        }
        ["AWS/Lambda", metric, "FunctionName", function] => {
            edges::URL_METRICS.contains(&metric) && function == format!("${{Name}}-{}", edges::INTAKE)
        }
        [NAMESPACE, "AgeAtFinish" | "GraphRequests" | "Throttles", "Verb", verb]
        | [NAMESPACE, "Outcomes", "Verb", verb, "Outcome", "succeeded" | "rejected" | "failed" | "expired"] => {
            functions.contains(&format!("${{Name}}-{verb}"))
        }
        _ => false,
    };
    let mut findings = Vec::new();
    for (id, dashboard) in of_type(template, "AWS::CloudWatch::Dashboard") {
        let body = dashboard["DashboardBody"]["Fn::Sub"].as_str().unwrap_or_default();
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            findings.push(format!("{id}: its body is not JSON"));
            continue;
        };
        let widgets = list(&body["widgets"]).into_iter();
        for metric in widgets.flat_map(|widget| list(&widget["properties"]["metrics"])) {
            let texts: Vec<&str> = list(metric).into_iter().filter_map(Value::as_str).collect();
            if metric[0]["expression"].is_null() && !exists(&texts) {
                findings.push(format!("{id}: there is no metric {texts:?}"));
            }
        }
    }
    findings
}
