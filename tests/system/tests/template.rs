//! The template against the house rules: what AWS would run is read, not the source.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mto_handler::Config;
use mto_messages::{Command, CommandData, SyncAction, Verb};
use mto_system_tests::{Tools, profile_folder, repository};
use serde_json::{Value, json};

#[path = "template/edges.rs"]
mod edges;
#[path = "template/rules.rs"]
mod rules;

use rules::{findings, referred, web_identity_condition};

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

#[tokio::test]
async fn what_the_schedules_post_are_commands_that_are_off_unless_an_owner_is_named() {
    let (_, template) = transformed("schedules").await;
    let resources = template["Resources"].as_object().unwrap().values();
    let schedules: Vec<&Value> = resources.filter(|one| one["Type"] == "AWS::Scheduler::Schedule").collect();
    let mut actions = Vec::new();
    for schedule in &schedules {
        assert_eq!(schedule["Condition"], "Watches");
        let target = &schedule["Properties"]["Target"];
        assert_eq!(referred(&target["Arn"]), Some("SyncQueue"));
        let body = target["Input"]["Fn::Sub"].as_str().unwrap();
        let body = body
            .replace("${Name}", "mto")
            .replace("${WatchedOwner}", "contoso")
            .replace("<aws.scheduler.scheduled-time>", "2026-11-21T06:00:00Z");
        let CommandData::Sync(data) = Command::parse(&body).unwrap().data else { panic!("{body}") };
        assert_eq!(data.owner, Some("contoso".to_owned().try_into().unwrap()));
        actions.push(data.action);
    }
    assert!(actions.contains(&SyncAction::Status) && actions.contains(&SyncAction::Settings));
    assert_eq!(template["Parameters"]["WatchedOwner"]["Default"], "");
}

/// The rules can be broken: this change is found.
fn found_out(template: &Value, path: &str, value: Value, expected: &str) {
    let mut broken = template.clone();
    *broken.pointer_mut(path).unwrap_or_else(|| panic!("nothing at {path}")) = value;
    let findings = findings(&broken);
    assert!(findings.iter().any(|finding| finding.contains(expected)), "{path}: {findings:?}");
}

#[tokio::test]
async fn queues_and_functions_that_break_a_rule_are_found_out() {
    let (_, template) = transformed("broken").await;
    let check = |path: &str, value: Value, expected: &str| found_out(&template, path, value, expected);
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
    for count in [5, 100] {
        check(
            "/Resources/OutcomesQueue/Properties/RedrivePolicy/maxReceiveCount",
            json!(count),
            "OutcomesQueue: no dead-letter queue",
        );
    }
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
    check("/Resources/SyncAgeAlarm/Properties/Threshold", json!(3_599), "SyncQueue: no alarm");
    check("/Resources/SyncFunctionQueue/Properties/BatchSize", json!(11), "SyncFunction: its concurrency");
    check("/Resources/SyncFunction/Properties/Timeout", json!(901), "SyncFunction: its timeout is more");
    check("/Resources/JoinFunction/Type", json!("Other"), "functions there are");
    check("/Resources/SyncFunction/Type", json!("Other"), "functions there are");
    check("/Resources/JoinFunction/Properties/Timeout", json!(61), "JoinFunction: the visibility timeout");
    check("/Resources/JoinFunction/Properties/Role", json!({"Ref": "AddRole"}), "functions share a role");
    check("/Parameters/LongestDelaySeconds/MaxValue", json!(901), "LongestDelaySeconds");
}

#[tokio::test]
async fn edges_that_break_a_rule_are_found_out() {
    let (_, template) = transformed("edges").await;
    let check = |path: &str, value: Value, expected: &str| found_out(&template, path, value, expected);
    let (intake, notify) = ("/Resources/IntakeFunction", "/Resources/NotifyFunction");
    let url = "/Resources/IntakeUrl";
    for (path, value) in [
        (format!("{url}/Type"), json!("Other")),
        (format!("{url}/Properties/AuthType"), json!("AWS_IAM")),
        (format!("{url}/Properties/TargetFunctionArn"), json!({"Ref": "NotifyFunction"})),
    ] {
        check(&path, value, "IntakeFunction: no URL");
    }
    for (permission, property, value) in [
        ("IntakeUrlPermission", "FunctionUrlAuthType", json!("AWS_IAM")),
        ("IntakeUrlPermission", "Principal", json!("apigateway.amazonaws.com")),
        ("IntakeInvokePermission", "InvokedViaFunctionUrl", json!(false)),
        ("IntakeInvokePermission", "Action", json!("lambda:*")),
        ("IntakeInvokePermission", "FunctionName", json!({"Ref": "NotifyFunction"})),
    ] {
        let path = format!("/Resources/{permission}/Properties/{property}");
        check(&path, value, "IntakeFunction: its URL cannot be called");
    }
    check(
        &format!("{intake}/Properties/ReservedConcurrentExecutions"),
        Value::Null,
        "IntakeFunction: its concurrency",
    );
    check(&format!("{intake}/Properties/Timeout"), json!(11), "IntakeFunction: its timeout");
    check(&format!("{notify}/Properties/Timeout"), json!(61), "NotifyFunction: the visibility timeout");
    for path in [intake, notify] {
        check(&format!("{path}/Type"), json!("Other"), "functions there are");
        check(&format!("{path}/Condition"), json!("OnEmulator"), "functions there are");
    }
    let mapping = "/Resources/NotifyFunctionQueue/Properties";
    check(&format!("{mapping}/FunctionResponseTypes"), json!([]), "NotifyFunction: one bad record");
    check(&format!("{mapping}/ScalingConfig"), Value::Null, "NotifyFunction: its concurrency or batch");
    check(&format!("{mapping}/FunctionName"), json!({"Ref": "IntakeFunction"}), "IntakeFunction: it reads");
    for (alarm, threshold, finding) in [
        ("IntakeErrorsAlarm", 1, "IntakeFunction: no alarm on Errors"),
        ("IntakeThrottlesAlarm", 1, "IntakeFunction: no alarm on Throttles"),
        ("IntakeRefusalsAlarm", 0, "IntakeFunction: no alarm on Url4xxCount"),
        ("IntakeRefusalsAlarm", 1000, "IntakeFunction: no alarm on Url4xxCount"),
        ("IntakeFaultsAlarm", 1, "IntakeFunction: no alarm on Url5xxCount"),
        ("NotifyErrorsAlarm", 1, "NotifyFunction: no alarm on Errors"),
        ("NotifyThrottlesAlarm", 1, "NotifyFunction: no alarm on Throttles"),
        ("OutcomesAgeAlarm", 899, "OutcomesQueue: no alarm"),
    ] {
        check(&format!("/Resources/{alarm}/Properties/Threshold"), json!(threshold), finding);
        check(&format!("/Resources/{alarm}/Properties/Dimensions"), json!([]), finding);
    }
    let role = |name: &str, statement: usize| {
        format!("/Resources/{name}Role/Properties/Policies/0/PolicyDocument/Statement/{statement}/Resource")
    };
    let outcomes = json!({"Fn::GetAtt": ["OutcomesQueue", "Arn"]});
    check(&format!("{}/0", role("Intake", 0)), outcomes, "IntakeFunction: may sqs:SendMessage on others");
    let join = json!({"Fn::GetAtt": ["JoinQueue", "Arn"]});
    check(&role("Notify", 0), join.clone(), "NotifyFunction: may sqs:ReceiveMessage on others");
    check(&format!("{}/0", role("Notify", 1)), join, "NotifyFunction: may sqs:SendMessage on others");
    check(
        "/Resources/IntakeRole/Properties/Policies/1/Fn::If/1/PolicyDocument/Statement/0/Resource",
        json!({"Ref": "NotifySecretArns"}),
        "IntakeFunction: may secretsmanager:GetSecretValue on others",
    );
    let variables = format!("{intake}/Properties/Environment/Variables");
    let mut more = template.pointer(&variables).unwrap().clone();
    more["MTO_DIRECTORY"] = json!("{}");
    check(&variables, more, "IntakeFunction: MTO_DIRECTORY is not given, or not read");
}

#[tokio::test]
async fn without_a_configuration_there_is_neither_intake_nor_notify() {
    let (_, template) = transformed("edgeless").await;
    let made = |template: &Value| {
        let resources = template["Resources"].as_object().unwrap().keys();
        resources.filter(|id| id.starts_with("Intake") || id.starts_with("Notify")).count()
    };
    assert_eq!(made(&edges::without(&template)), 0);
    assert!(made(&edges::with(&template)) > 10);
    let texts = |template: &Value| {
        ["OutcomesDeadLettersAlarm", "OutcomesAgeAlarm"].map(|alarm| {
            template["Resources"][alarm]["Properties"]["AlarmDescription"].as_str().unwrap().to_owned()
        })
    };
    assert!(texts(&edges::with(&template)).iter().all(|text| text.contains("notify")));
    assert!(texts(&edges::without(&template)).iter().all(|text| !text.contains("notify")));
}

#[tokio::test]
async fn roles_and_a_dashboard_that_break_a_rule_are_found_out() {
    let (_, template) = transformed("open").await;
    let check = |path: &str, value: Value, expected: &str| found_out(&template, path, value, expected);
    let statements = "/Resources/JoinRole/Properties/Policies/0/PolicyDocument/Statement";
    check(&format!("{statements}/0/Action"), json!("sqs:*"), "JoinRole: may sqs:*");
    check(&format!("{statements}/1/Resource/0"), json!({"Fn::Sub": "arn:aws:sqs:${X}:*"}), "not named");
    let leave = json!({"Fn::GetAtt": ["LeaveQueue", "Arn"]});
    check(
        &format!("{statements}/1/Resource/0"),
        leave.clone(),
        "JoinFunction: may sqs:SendMessage on others",
    );
    check(&format!("{statements}/0/Resource"), leave, "JoinFunction: may sqs:ReceiveMessage on others");
    let other_logs = json!({"Fn::GetAtt": ["SyncLogs", "Arn"]});
    check(&format!("{statements}/2/Resource"), other_logs, "JoinFunction: may logs:PutLogEvents on others");
    check(
        "/Resources/JoinRole/Properties/Policies/1/Fn::If/1/PolicyDocument/Statement/0/Resource",
        json!({"Ref": "SyncSecretArns"}),
        "JoinFunction: may secretsmanager:GetSecretValue on others",
    );
    let leave = "/Resources/LeaveFunction/Properties/Environment/Variables/MTO_QUEUE_SYNC";
    check(leave, json!({"Ref": "JoinQueue"}), "LeaveFunction: may sqs:SendMessage on others");
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
        ("\"Url4xxCount\"", "\"Url4XXCount\""),
        (
            "\"Url5xxCount\", \"FunctionName\", \"${Name}-intake\"",
            "\"Url5xxCount\", \"FunctionName\", \"${Name}-notify\"",
        ),
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
    for verb in Verb::ALL {
        let name = verb.as_str();
        let full = environment(&template, &format!("{}{}Function", name[..1].to_uppercase(), &name[1..]));
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
