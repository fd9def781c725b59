//! The template against the house rules: what AWS would run is read, not the source.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mto_handler::Config;
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
    [queues(template), functions(template), roles(template), parameters(template)].concat()
}

fn queues(template: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let queues = of_type(template, "AWS::SQS::Queue");
    let dead_letters: BTreeMap<&str, &String> = queues
        .iter()
        .filter_map(|(id, queue)| Some((referred(&queue["RedrivePolicy"]["deadLetterTargetArn"])?, *id)))
        .collect();
    for (id, queue) in &queues {
        let mut say = |problem: &str| findings.push(format!("{id}: {problem}"));
        let is_dead_letter_queue = dead_letters.contains_key(id.as_str());
        if is_dead_letter_queue {
            let allow = &queue["RedriveAllowPolicy"];
            if allow["redrivePermission"] != "byQueue"
                || allow["sourceQueueArns"].as_array().map_or(0, Vec::len) != 1
            {
                say("anybody may use it as a dead-letter queue");
            }
        } else if queue["RedrivePolicy"]["maxReceiveCount"] != 5 {
            say("no dead-letter queue after five deliveries");
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
        let metric = if is_dead_letter_queue {
            "ApproximateNumberOfMessagesVisible"
        } else {
            "ApproximateAgeOfOldestMessage"
        };
        if !has_alarm(template, "AWS/SQS", metric, id) {
            say("no alarm");
        }
    }
    findings
}

fn has_alarm(template: &Value, namespace: &str, metric: &str, about: &str) -> bool {
    of_type(template, "AWS::CloudWatch::Alarm").iter().any(|(_, alarm)| {
        let dimensions = list(&alarm["Dimensions"]);
        alarm["Namespace"] == namespace
            && alarm["MetricName"] == metric
            && dimensions.iter().any(|dimension| referred(&dimension["Value"]) == Some(about))
            && !alarm["AlarmActions"].is_null()
    })
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
        for metric in ["Errors", "Throttles"] {
            if !has_alarm(template, "AWS/Lambda", metric, id) {
                say(&format!("no alarm on {metric}"));
            }
        }
        let expired = json!([{"Name": "Verb", "Value": verb}, {"Name": "Outcome", "Value": "expired"}]);
        let alarms = of_type(template, "AWS::CloudWatch::Alarm");
        if !alarms
            .iter()
            .any(|(_, alarm)| alarm["MetricName"] == "Outcomes" && alarm["Dimensions"] == expired)
        {
            say("no alarm on expired commands");
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
    let is_exception = actions == [WITHOUT_RESOURCES] && !statement["Condition"].is_null();
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
        "JoinDeadLetters: anybody",
    );
    check("/Resources/JoinDeadLettersAlarm/Type", json!("Other"), "JoinDeadLetters: no alarm");
    check("/Resources/JoinAgeAlarm/Type", json!("Other"), "JoinQueue: no alarm");
    check("/Resources/JoinExpiredAlarm/Type", json!("Other"), "JoinFunction: no alarm on expired");
    check("/Resources/JoinFunction/Type", json!("Other"), "functions there are");
    check("/Resources/JoinFunction/Properties/Timeout", json!(61), "JoinFunction: the visibility timeout");
    check("/Resources/JoinFunction/Properties/Role", json!({"Ref": "AddRole"}), "functions share a role");
    check("/Parameters/LongestDelaySeconds/MaxValue", json!(901), "LongestDelaySeconds");
    let statements = "/Resources/JoinRole/Properties/Policies/0/PolicyDocument/Statement";
    check(&format!("{statements}/0/Action"), json!("sqs:*"), "JoinRole: may sqs:*");
    check(&format!("{statements}/1/Resource/0"), json!({"Fn::Sub": "arn:aws:sqs:${X}:*"}), "not named");
    check("/Resources/ChatOpsPolicy/Properties/PolicyDocument/Statement/0/Resource", json!("*"), "not named");
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
async fn the_defaults_of_the_template_are_those_of_the_functions_and_every_variable_is_read() {
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
