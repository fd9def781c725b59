//! The template against the house rules: what AWS would run is read, not the source.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mto_graph::TOKEN_EXCHANGE_AUDIENCE;
use mto_handler::{Config, NAMESPACE};
use mto_messages::Verb;
use mto_system_tests::{Tools, profile_folder, repository};
use serde_json::{Value, json};

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
/// The only queue that no function reads: people may look at it by hand, and every look counts as a delivery.
const OUTCOMES_QUEUE: &str = "OutcomesQueue";
const DELIVERIES: u64 = 5;
const OUTCOMES_DELIVERIES: u64 = 100;
/// An age at which somebody must have been told.
const OLDEST_MESSAGE_SECONDS: u64 = 24 * 60 * 60;

/// What every function is given, beside its queues: names that `config.rs` and `telemetry.rs` of the handler read.
const VARIABLES: [&str; 17] = [
    "MTO_ACTIVE_TENANTS",
    "MTO_BUDGET_ADD_MINUTES",
    "MTO_BUDGET_CREATE_MINUTES",
    "MTO_BUDGET_JOIN_MINUTES",
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
/// The queues of verbs that a function sends to.
const VERB_QUEUES: [(&str, &[&str]); 3] = [
    ("create", &["MTO_QUEUE_CREATE", "MTO_QUEUE_ADD"]),
    ("add", &["MTO_QUEUE_ADD", "MTO_QUEUE_JOIN"]),
    ("join", &["MTO_QUEUE_JOIN"]),
];

/// What `web_identity.rs` of the handler asks for, and nothing beyond. `Null` is there because `ForAllValues` is true
/// of a request without audiences.
fn web_identity_condition() -> Value {
    json!({
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": TOKEN_EXCHANGE_AUDIENCE},
        "Null": {"sts:IdentityTokenAudience": "false"},
        "NumericLessThanEquals": {"sts:DurationSeconds": 300},
        "StringEquals": {"sts:SigningAlgorithm": "RS256"},
    })
}

fn source() -> PathBuf {
    repository().join("infra/aws/template.yaml")
}

/// What the SAM transform makes of it, in a file and read.
async fn transformed(name: &str) -> (PathBuf, Value) {
    let result = profile_folder().join(format!("{name}.template.json"));
    let mut command = Tools::install().await.client("transform.py");
    succeed(command.arg(source()).arg(&result)).await;
    let template = serde_json::from_str(&std::fs::read_to_string(&result).unwrap()).unwrap();
    (result, template)
}

async fn succeed(command: &mut tokio::process::Command) {
    let output = command.output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
}

/// The resources of a type, by their logical ids.
fn of_type<'a>(template: &'a Value, kind: &str) -> Vec<(&'a String, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap().iter();
    resources.filter(|(_, resource)| resource["Type"] == kind).map(|(id, r)| (id, &r["Properties"])).collect()
}

/// The logical id a value refers to, by `Ref` or `Fn::GetAtt`.
fn referred(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

fn list(value: &Value) -> Vec<&Value> {
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

/// Everything in which the template breaks a rule.
fn findings(template: &Value) -> Vec<String> {
    [queues(template), functions(template), roles(template), parameters(template), dashboard(template)]
        .concat()
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
            let deliveries = if *id == OUTCOMES_QUEUE { OUTCOMES_DELIVERIES } else { DELIVERIES };
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
        if !has_alarm(template, "AWS/SQS", metric, &about) {
            say("no alarm");
        }
    }
    findings
}

/// An alarm on exactly these dimensions, which goes off and tells somebody.
fn has_alarm(template: &Value, namespace: &str, metric: &str, about: &Value) -> bool {
    of_type(template, "AWS::CloudWatch::Alarm").iter().any(|(_, alarm)| {
        alarm["Namespace"] == namespace
            && alarm["MetricName"] == metric
            && alarm["Dimensions"] == *about
            && goes_off(alarm, metric)
            && alarm["ActionsEnabled"] != false
            && !alarm["AlarmActions"].is_null()
    })
}

/// Counts: at the first one. Ages: above what a waiting command may take, and not later than a day.
fn goes_off(alarm: &Value, metric: &str) -> bool {
    let statistic = if metric.starts_with("Approximate") { "Maximum" } else { "Sum" };
    let threshold = alarm["Threshold"].as_u64();
    // the least value that is too much
    let least = match alarm["ComparisonOperator"].as_str() {
        Some("GreaterThanThreshold") => threshold.map(|threshold| threshold.saturating_add(1)),
        Some("GreaterThanOrEqualToThreshold") => threshold,
        _ => None,
    };
    let sensible = if metric == "ApproximateAgeOfOldestMessage" {
        LONGEST_DELAY_SECONDS + 1..=OLDEST_MESSAGE_SECONDS + 1
    } else {
        1..=1
    };
    alarm["Statistic"] == statistic
        && least.is_some_and(|least| sensible.contains(&least))
        && alarm["Period"] == 300
        && alarm["EvaluationPeriods"].as_u64().is_some_and(|periods| (1..=3).contains(&periods))
        && alarm["DatapointsToAlarm"].is_null()
}

fn functions(template: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let mappings = of_type(template, "AWS::Lambda::EventSourceMapping");
    let mut deployed = BTreeSet::new();
    for (id, function) in of_type(template, "AWS::Lambda::Function") {
        let name = function["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
        let verb = name.trim_start_matches("${Name}-");
        deployed.insert(verb.to_owned());
        let mut say = |problem: &str| findings.push(format!("{id}: {problem}"));
        let mapping = mappings.iter().find(|(_, mapping)| referred(&mapping["FunctionName"]) == Some(id));
        let Some((_, mapping)) = mapping else {
            say("no event source mapping");
            continue;
        };
        if mapping["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
            say("one bad record fails its batch");
        }
        if mapping["ScalingConfig"]["MaximumConcurrency"].is_null() || mapping["BatchSize"] != 10 {
            say("its concurrency or batch is not bounded");
        }
        let queue = referred(&mapping["EventSourceArn"]).unwrap_or_default();
        let timeout = function["Timeout"].as_u64().unwrap_or(u64::MAX / 6);
        let visibility = template["Resources"][queue]["Properties"]["VisibilityTimeout"].as_u64();
        if visibility.unwrap_or(30) < 6 * timeout {
            say("the visibility timeout of its queue is less than six times its timeout");
        }
        let log = referred(&function["LoggingConfig"]["LogGroup"]).unwrap_or_default();
        if referred(&template["Resources"][log]["Properties"]["RetentionInDays"]).is_none() {
            say("its logs are kept for ever");
        }
        let about = json!([{"Name": "FunctionName", "Value": {"Ref": id}}]);
        for metric in ["Errors", "Throttles"] {
            if !has_alarm(template, "AWS/Lambda", metric, &about) {
                say(&format!("no alarm on {metric}"));
            }
        }
        let expired = json!([{"Name": "Verb", "Value": verb}, {"Name": "Outcome", "Value": "expired"}]);
        if !has_alarm(template, NAMESPACE, "Outcomes", &expired) {
            say("no alarm on expired commands");
        }
        let variables = function["Environment"]["Variables"].as_object().into_iter().flatten();
        let given: BTreeSet<&str> =
            variables.map(|(name, _)| name.as_str()).filter(|name| name.starts_with("MTO_")).collect();
        let queues = VERB_QUEUES.iter().filter(|(of, _)| *of == verb).flat_map(|(_, queues)| *queues);
        let read: BTreeSet<&str> = VARIABLES.iter().chain(queues).copied().collect();
        for name in given.symmetric_difference(&read) {
            say(&format!("{name} is not given, or not read"));
        }
    }
    let built = Verb::ALL.iter().map(|verb| verb.as_str().to_owned());
    let built: BTreeSet<String> =
        built.filter(|verb| repository().join("functions").join(verb).is_dir()).collect();
    if built != deployed {
        findings.push(format!("functions there are: {built:?}; deployed: {deployed:?}"));
    }
    findings
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

#[tokio::test]
async fn cfn_lint_finds_nothing_in_the_template_and_in_what_the_transform_makes_of_it() {
    let tools = Tools::install().await;
    let (result, _) = transformed("lint").await;
    for template in [source().as_path(), Path::new(&result)] {
        succeed(tools.command("cfn-lint").arg("--template").arg(template)).await;
    }
}

#[tokio::test]
async fn the_template_breaks_no_rule() {
    let (_, template) = transformed("rules").await;
    assert_eq!(findings(&template), Vec::<String>::new());
}

/// The rules can be broken: each change is found.
#[tokio::test]
async fn a_template_that_breaks_a_rule_is_found_out() {
    let (_, template) = transformed("broken").await;
    let check = |path: &str, value: Value, expected: &str| {
        let mut broken = template.clone();
        *broken.pointer_mut(path).unwrap_or_else(|| panic!("nothing at {path}")) = value;
        let findings = findings(&broken);
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{path}: {findings:?}");
    };
    let queue = "/Resources/JoinQueue/Properties";
    check(&format!("{queue}/RedrivePolicy"), Value::Null, "JoinQueue: no dead-letter queue");
    check(&format!("{queue}/MessageRetentionPeriod"), json!(345_600), "JoinQueue: messages are not kept");
    check(&format!("{queue}/SqsManagedSseEnabled"), json!(false), "JoinQueue: not encrypted");
    check(&format!("{queue}/VisibilityTimeout"), json!(359), "JoinFunction: the visibility timeout");
    check(
        "/Resources/JoinDeadLetters/Properties/RedriveAllowPolicy",
        Value::Null,
        "JoinDeadLetters: another queue",
    );
    let allow = "/Resources/JoinDeadLetters/Properties/RedriveAllowPolicy/sourceQueueArns";
    let of_add =
        template["Resources"]["AddDeadLetters"]["Properties"]["RedriveAllowPolicy"]["sourceQueueArns"]
            .clone();
    check(allow, of_add, "JoinDeadLetters: another queue");
    check(&format!("{queue}/RedrivePolicy/maxReceiveCount"), json!(100), "JoinQueue: no dead-letter queue");
    check(
        "/Resources/OutcomesQueue/Properties/RedrivePolicy/maxReceiveCount",
        json!(5),
        "OutcomesQueue: no dead-letter queue",
    );
    check("/Resources/JoinDeadLettersAlarm/Type", json!("Other"), "JoinDeadLetters: no alarm");
    check("/Resources/JoinAgeAlarm/Type", json!("Other"), "JoinQueue: no alarm");
    check("/Resources/JoinExpiredAlarm/Type", json!("Other"), "JoinFunction: no alarm on expired");
    for (alarm, finding) in [
        ("JoinDeadLettersAlarm", "JoinDeadLetters: no alarm"),
        ("JoinAgeAlarm", "JoinQueue: no alarm"),
        ("OutcomesAgeAlarm", "OutcomesQueue: no alarm"),
        ("JoinErrorsAlarm", "JoinFunction: no alarm on Errors"),
        ("JoinThrottlesAlarm", "JoinFunction: no alarm on Throttles"),
        ("JoinExpiredAlarm", "JoinFunction: no alarm on expired"),
    ] {
        for (property, value) in [
            ("Namespace", json!("MtoFunction")),
            ("ComparisonOperator", json!("LessThanThreshold")),
            ("Threshold", json!(1_000_000)),
            ("Statistic", json!("Minimum")),
            ("EvaluationPeriods", json!(1000)),
            ("Dimensions", json!([])),
            ("AlarmActions", Value::Null),
        ] {
            check(&format!("/Resources/{alarm}/Properties/{property}"), value, finding);
        }
    }
    let variables = "/Resources/JoinFunction/Properties/Environment/Variables";
    for name in ["MTO_LOG", "MTO_GRAPH_ROOT"] {
        let mut misspelt = template.pointer(variables).unwrap().clone();
        let value = misspelt.as_object_mut().unwrap().remove(name).unwrap();
        misspelt[format!("{name}S")] = value;
        check(variables, misspelt.clone(), &format!("JoinFunction: {name} is not given"));
        check(variables, misspelt, &format!("JoinFunction: {name}S is not given, or not read"));
    }
    check("/Resources/JoinFunction/Type", json!("Other"), "functions there are");
    check("/Resources/JoinFunction/Properties/Timeout", json!(61), "JoinFunction: the visibility timeout");
    check("/Resources/JoinFunction/Properties/Role", json!({"Ref": "AddRole"}), "functions share a role");
    check("/Parameters/LongestDelaySeconds/MaxValue", json!(901), "LongestDelaySeconds");
    let statements = "/Resources/JoinRole/Properties/Policies/0/PolicyDocument/Statement";
    check(&format!("{statements}/0/Action"), json!("sqs:*"), "JoinRole: may sqs:*");
    check(&format!("{statements}/1/Resource/0"), json!({"Fn::Sub": "arn:aws:sqs:${X}:*"}), "not named");
    check("/Resources/ChatOpsPolicy/Properties/PolicyDocument/Statement/0/Resource", json!("*"), "not named");
    let condition = "/Resources/JoinRole/Properties/Policies/2/Fn::If/1/PolicyDocument/Statement/0/Condition";
    for part in web_identity_condition().as_object().unwrap().keys() {
        let mut weak = web_identity_condition();
        weak.as_object_mut().unwrap().remove(part);
        check(condition, weak, "JoinRole: [\"sts:GetWebIdentityToken\"] on resources that are not named");
    }
    check(&format!("{condition}/NumericLessThanEquals/sts:DurationSeconds"), json!(3600), "not named");
    let body = "/Resources/Dashboard/Properties/DashboardBody/Fn::Sub";
    let text = template.pointer(body).unwrap().as_str().unwrap();
    for (right, wrong) in [
        ("${Name}-outcomes-dead-letters", "${Name}-outcome-dead-letters"),
        (
            "\"Duration\", \"FunctionName\", \"${Name}-join\"",
            "\"Duration\", \"FunctionName\", \"${Name}-joins\"",
        ),
        ("\"AgeAtFinish\"", "\"Age\""),
        ("\"succeeded\"", "\"success\""),
    ] {
        assert!(text.contains(right), "{right}");
        check(body, json!(text.replace(right, wrong)), "Dashboard: there is no metric");
    }
}

/// The environment of a function as the template makes it of its defaults: plain values, and what a parameter of type
/// Number defaults to.
fn environment(template: &Value, function: &str) -> BTreeMap<String, String> {
    let variables =
        template["Resources"][function]["Properties"]["Environment"]["Variables"].as_object().unwrap();
    let default = |parameter: &str| {
        let default = &template["Parameters"][parameter]["Default"];
        let number = default.as_u64().map(|number| number.to_string());
        // What has no default is a queue.
        number
            .or_else(|| default.as_str().map(str::to_owned))
            .unwrap_or(format!("https://queue.example/{parameter}"))
    };
    let value = |name: &str, given: &Value| match name {
        "MTO_DIRECTORY" => json!({"tenants": []}).to_string(),
        _ => referred(given).map(default).unwrap_or_default(),
    };
    variables.iter().map(|(name, given)| (name.clone(), value(name, given))).collect()
}

#[tokio::test]
async fn the_defaults_of_the_template_are_those_of_the_functions_and_every_number_is_read() {
    let (_, template) = transformed("defaults").await;
    for (function, verb) in
        [("CreateFunction", Verb::Create), ("AddFunction", Verb::Add), ("JoinFunction", Verb::Join)]
    {
        let full = environment(&template, function);
        let read = |environment: &BTreeMap<String, String>| Config::read(environment, verb);
        let config = read(&full).unwrap();
        let needed = ["MTO_DIRECTORY", "MTO_QUEUE"];
        let mut bare = full.clone();
        bare.retain(|name, _| needed.iter().any(|prefix| name.starts_with(prefix)));
        let defaults = read(&bare).unwrap();
        assert_eq!(config.limits, defaults.limits);
        assert_eq!(config.concurrency, defaults.concurrency);

        for name in full.keys().filter(|name| full[*name].parse::<u64>().is_ok()) {
            let mut spoilt = full.clone();
            spoilt.insert(name.clone(), "many".to_owned());
            let error = read(&spoilt).err().unwrap_or_else(|| panic!("{name} is not read"));
            assert_eq!(&error.variable, name);
        }
    }
}
