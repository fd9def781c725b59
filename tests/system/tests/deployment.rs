//! The template a user deploys, with the binaries a user runs, on an AWS emulator that enforces IAM; commands are posted
//! with an independent client.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use entra_simulator::Options;
use mto_messages::Verb;
use mto_system_tests::edges::Receiver;
use mto_system_tests::{Deployment, eventually};
use serde_json::{Value, json};

fn create(id: &str) -> String {
    json!({
        "type": "mto.create.v1", "id": id, "source": "/servicenow/prod",
        "data": {
            "owner": "contoso", "displayName": "Contoso", "templates": "admin-center",
            "tenants": [
                {"tenant": "fabrikam", "displayName": "Fabrikam"},
                {"tenant": "tailspin", "displayName": "Tailspin", "role": "owner"},
            ],
            "then": {"join": {"templates": "admin-center"}},
        },
    })
    .to_string()
}

fn joins_take(seconds: u64) -> Options {
    Options { join_queued_for_seconds: 1, join_duration_seconds: seconds, ..Options::immediate() }
}

fn is_terminal(outcome: &Value) -> bool {
    let kind = outcome["type"].as_str().unwrap();
    !kind.contains(".waiting.") && !kind.contains(".accepted.")
}

/// Every terminal outcome: how often each id was told.
fn ends(outcomes: &[Value]) -> BTreeMap<String, usize> {
    let mut ends = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| is_terminal(outcome)) {
        *ends.entry(outcome["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    ends
}

/// The states of the members of the one organization, as the owner sees them.
fn states(created: &Value) -> Vec<&str> {
    let members = created["data"]["observed"]["own"]["members"].as_array().unwrap();
    members.iter().map(|member| member["state"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn one_message_posted_with_boto3_forms_an_organization_of_three_and_the_document_ends_a_membership() {
    let mut deployment = Deployment::new(joins_take(3)).await;
    deployment.post("create", &create("INC0012345")).await;

    let created = deployment.outcome("INC0012345/succeeded").await;
    deployment.quiet().await;

    assert_eq!(created["type"], "mto.create.succeeded.v1");
    assert_eq!(states(&created), ["active"; 3], "{created:#}");
    let outcomes = deployment.outcomes().await;
    let kinds: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome["type"].as_str().unwrap()).collect();
    let expected = ["mto.add.succeeded.v1", "mto.join.succeeded.v1", "mto.join.waiting.v1"];
    assert!(expected.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");

    keep_the_settings(&mut deployment).await;
    end_a_membership(&mut deployment).await;

    assert_eq!(deployment.simulated.simulator.violations(), Vec::<String>::new());
    for verb in Verb::ALL {
        let queue = format!("{verb}-dead-letters");
        assert_eq!(deployment.peek(&queue).await, Vec::<Value>::new(), "{queue}");
    }
}

/// Redemption both ways and synchronization, in each of six ordered pairs: the templates have opened it, and it is left so.
async fn keep_the_settings(deployment: &mut Deployment) {
    let open = deployment.simulated.open();
    assert_eq!(open.len(), 18, "{open:#?}");
    deployment.follow("Keep the settings").await;
    let kept = deployment.outcome("settings/succeeded").await;
    assert_eq!(kept["type"], "mto.sync.succeeded.v1");
    assert_eq!(kept["data"]["writes"], Value::Null, "there are none: {kept:#}");
    assert_eq!(deployment.simulated.open(), open);
}

/// Fabrikam leaves: the plan says so, then it is out, and a `sync` that `leave` has posted closes its pairs.
async fn end_a_membership(deployment: &mut Deployment) {
    let steps = Deployment::steps("End a membership");
    let [plan, leave] = &steps[..] else { panic!("two steps, not {steps:?}") };
    let before = deployment.simulated.open();
    deployment.shell.run(plan).await;
    let planned = deployment.outcome("leave-plan/planned").await;
    assert!(!planned["data"]["plan"].as_array().unwrap().is_empty(), "{planned:#}");
    assert_eq!(deployment.simulated.open(), before, "a plan writes nothing");

    deployment.shell.run(leave).await;
    let left = deployment.outcome("leave/succeeded").await;
    assert_eq!(left["type"], "mto.leave.succeeded.v1");
    let children = left["data"]["children"].as_array().unwrap();
    let [child] = &children[..] else { panic!("one child: {left:#}") };
    let closed = deployment.outcome(&format!("{}/succeeded", child.as_str().unwrap())).await;
    deployment.quiet().await;
    assert_eq!(closed["type"], "mto.sync.succeeded.v1");
    let stays = closed["data"]["notes"].as_array().unwrap();
    assert!(!stays.is_empty(), "it says which records stay: {closed:#}");
    let open = deployment.simulated.open();
    let untouched: Vec<String> = before.into_iter().filter(|line| !line.contains("Fabrikam")).collect();
    assert_eq!(
        open, untouched,
        "between the others all is as it was, and nothing is open to or from Fabrikam"
    );
    assert_eq!(open.len(), 6);
}

/// Makes the organization and lists Fabrikam in it; its join is left to the test.
async fn with_fabrikam_listed(options: Options) -> Deployment {
    let deployment = Deployment::new(options).await;
    let listed = json!({
        "type": "mto.create.v1", "id": "C-1", "source": "/chat",
        "data": {"owner": "contoso", "displayName": "Contoso",
                 "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam"}]},
    });
    deployment.post("create", &listed.to_string()).await;
    deployment.outcome("C-1/add/succeeded").await;
    deployment
}

fn join(id: &str, tenant: &str) -> String {
    let data = json!({"tenant": tenant, "owner": "contoso"});
    json!({"type": "mto.join.v1", "id": id, "source": "/chat", "data": data}).to_string()
}

#[tokio::test]
async fn a_waiting_join_hops_with_its_body_to_the_letter_and_a_growing_journal() {
    let deployment = with_fabrikam_listed(joins_take(5)).await;
    // Odd spacing and key order, an unknown field: all of it is to survive the hops.
    let body = "{ \"id\":\"J-1\",  \"source\":\"/chat\",\"type\":\"mto.join.v1\",\"unknown\":[1, 2],\n \
                \"data\":{\"owner\":\"contoso\",\"tenant\":\"fabrikam\"}}";
    deployment.post("join", body).await;

    // Every message that ever stood in the queue, by its id: each hop is a new one.
    let seen = RefCell::new(BTreeMap::<String, Value>::new());
    let ended = eventually(async || {
        for message in deployment.peek("join").await {
            let id = message["MessageId"].as_str().unwrap().to_owned();
            seen.borrow_mut().entry(id).or_insert(message);
        }
        let outcomes = deployment.outcomes().await;
        outcomes.iter().any(|outcome| outcome["id"] == "J-1/succeeded").then_some(())
    });
    assert!(ended.await.is_some(), "{:#?}", deployment.outcomes().await);

    let seen = seen.into_inner();
    assert!(seen.len() >= 4, "the first one, and several hops: {seen:#?}");
    let mut journals = Vec::new();
    for message in seen.values() {
        assert_eq!(message["Body"], body);
        let journal = &message["MessageAttributes"]["journal"]["StringValue"];
        let journal: Value = serde_json::from_str(journal.as_str().unwrap_or("{}")).unwrap();
        journals.push((journal["looks"].as_u64().unwrap_or(0), journal));
    }
    journals.sort_by_key(|(looks, _)| *looks);
    let looks: Vec<u64> = journals.iter().map(|(looks, _)| *looks).collect();
    assert_eq!(looks, (0..looks.len() as u64).collect::<Vec<_>>(), "no hop is missing, none is there twice");
    let writes = |journal: &Value| journal["writes"].as_array().map_or(0, Vec::len);
    assert_eq!(writes(&journals[0].1), 0);
    assert_eq!(writes(&journals.last().unwrap().1), 1, "the journal knows what was written");
}

#[tokio::test]
async fn what_is_no_command_ends_in_the_dead_letter_queue_with_its_reason_and_holds_up_nobody() {
    let deployment = with_fabrikam_listed(joins_take(1)).await;
    let wrong_queue = create("misplaced");
    for body in
        ["join fabrikam to contoso", "{\"type\":\"mto.fly.v1\"}", &wrong_queue, &join("J-1", "fabrikam")]
    {
        deployment.post("join", body).await;
    }
    deployment.outcome("J-1/succeeded").await;
    deployment.quiet().await;

    let letters = deployment.peek("join-dead-letters").await;
    let attribute = |letter: &Value, name: &str| {
        letter["MessageAttributes"][name]["StringValue"].as_str().unwrap_or_default().to_owned()
    };
    let told: BTreeMap<String, &str> = letters
        .iter()
        .map(|letter| (attribute(letter, "reason"), letter["Body"].as_str().unwrap()))
        .collect();
    assert_eq!(told["not-json"], "join fabrikam to contoso");
    assert_eq!(told["wrong-queue"], wrong_queue);
    assert_eq!(letters.len(), 3, "{letters:#?}");
    assert!(letters.iter().all(|letter| !attribute(letter, "reasonText").is_empty()), "{letters:#?}");
}

#[tokio::test]
async fn a_command_that_is_posted_twice_ends_in_the_same_state_with_one_set_of_outcome_ids() {
    let deployment = Deployment::new(joins_take(2)).await;
    let body = create("INC0012345");
    deployment.post("create", &body).await;
    deployment.post("create", &body).await;

    let created = deployment.outcome("INC0012345/succeeded").await;
    deployment.quiet().await;

    assert_eq!(states(&created), ["active"; 3], "{created:#}");
    let ends = ends(&deployment.outcomes().await);
    let ids: Vec<&str> = ends.keys().map(String::as_str).collect();
    assert_eq!(ids.len(), 4, "one outcome id for the creation, the adding, and each of two joins: {ends:#?}");
    assert!(ids.iter().all(|id| id.ends_with("/succeeded")), "{ends:#?}");
    assert_eq!(deployment.simulated.simulator.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn killing_the_process_between_a_write_and_its_answer_loses_nothing() {
    let deployment = with_fabrikam_listed(joins_take(2)).await;
    deployment.set_visibility_timeout("join", 3).await;
    let written = deployment.simulated.swallow_answer("PATCH", "/joinRequest");
    deployment.post("join", &join("J-1", "fabrikam")).await;
    written.await.unwrap();

    let processes = deployment.ministack.processes("mto-join");
    let [process] = processes[..] else { panic!("one process, not {processes:?}") };
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());

    let joined = deployment.outcome("J-1/succeeded").await;
    deployment.quiet().await;
    assert!(!deployment.ministack.processes("mto-join").contains(&process));
    assert_eq!(joined["type"], "mto.join.succeeded.v1");
    let requests = deployment.simulated.simulator.requests();
    let writes = requests.iter().filter(|line| line.method == "PATCH" && line.path.ends_with("/joinRequest"));
    assert_eq!(writes.count(), 1, "the second delivery looked, and saw that it was done");
    assert_eq!(deployment.peek("join-dead-letters").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_chat_ops_policy_allows_to_post_joins_and_nothing_else() {
    let deployment = Deployment::new(Options::immediate()).await;
    let queues = ["join", "create", "add", "outcomes", "join-dead-letters"].map(|name| deployment.url(name));
    let arguments: Vec<&str> = std::iter::once(deployment.output("ChatOpsPolicyArn")).chain(queues).collect();
    let printed = deployment.client("permissions.py", &arguments, "").await;
    let may: BTreeMap<String, BTreeMap<String, bool>> = serde_json::from_str(&printed).unwrap();
    let allowed: Vec<(&str, &str)> = may
        .iter()
        .flat_map(|(queue, may)| may.iter().map(move |(action, may)| (queue.as_str(), action.as_str(), *may)))
        .filter(|(_, _, may)| *may)
        .map(|(queue, action, _)| (queue, action))
        .collect();
    assert_eq!(may.len(), 5);
    assert_eq!(allowed, [("mto-join", "send")]);
}

/// A signed request to the deployed intake becomes a command, whose outcomes the deployed notify tells by webhooks.
async fn take_a_webhook_and_tell_of_it(deployment: &mut Deployment) {
    let printed = deployment.follow_deployment("Webhooks and chat").await.concat();
    assert_eq!(printed.lines().last(), Some("401"), "{printed}");
    let printed = deployment.follow_deployment("Tell people").await.concat();
    assert!(!printed.contains("MessageId"), "no dead letter: {printed}");
    let url = format!("{}/portal", deployment.intake_url());
    let secret = deployment.read("portal.secret");
    let request = json!({"url": url, "scheme": "standard", "secret": secret, "id": "order-1",
                         "body": json!({"tenant": "fabrikam"}).to_string()});
    let mut tampered = request.clone();
    tampered["sentBody"] = json!(json!({"tenant": "tailspin"}).to_string());
    let answers = deployment.client("webhooks.py", &[], &json!([tampered, request]).to_string()).await;
    let answers: Value = serde_json::from_str(&answers).unwrap();
    assert_eq!([&answers[0]["status"], &answers[1]["status"]], [401, 202], "{answers:#}");

    let told = eventually(async || {
        let told = deployment.portal.look(Receiver::told);
        told.iter().any(|told| told.outcome.as_deref() == Some("order-1/succeeded")).then_some(told)
    });
    let told = told.await.unwrap_or_else(|| panic!("{}", deployment.ministack.log().join("\n")));
    assert!(
        told.iter().all(|told| told.outcome.as_ref().is_some_and(|id| id.starts_with("order-1/"))),
        "{told:#?}"
    );
    assert_eq!(deployment.portal.complaints(), Vec::<String>::new());
    let requests = deployment.portal.look(|portal| portal.requests.clone());
    let requests: Vec<Value> =
        requests.iter().map(|request| json!({"headers": request.headers, "body": request.body})).collect();
    deployment.client("verify.py", &[&secret], &json!(requests).to_string()).await;
}

/// What is deployed: the stack's code, and when the function was changed.
const DEPLOYED: &str = "aws cloudformation describe-stacks --stack-name mto --output text \
    --query \"Stacks[0].Parameters[?ParameterKey=='CodePrefix'].ParameterValue\"; \
    aws lambda get-function-configuration --function-name mto-join --query LastModified --output text";

#[tokio::test]
async fn the_document_leads_from_the_first_command_over_an_upgrade_to_tear_down() {
    let mut deployment = with_fabrikam_listed(joins_take(4)).await;
    deployment.follow("First command").await;
    let planned = deployment.outcome("first/planned").await;
    assert_eq!(planned["type"], "mto.create.planned.v1");
    let looked = deployment.follow("Where to look").await.concat();
    assert!(
        looked.contains("first/planned") && looked.contains("ApproximateNumberOfMessagesDelayed"),
        "{looked}"
    );

    deployment.follow("The command line").await;
    let variables = deployment.shell.run("echo \"$MTO_QUEUE_JOIN $MTO_DEAD_LETTERS_OUTCOMES\"").await;
    assert_eq!(
        variables.trim(),
        format!("{} {}", deployment.url("join"), deployment.url("outcomes-dead-letters"))
    );

    // The emulator ends the processes of a function that is updated, in the middle of whatever they do.
    deployment.set_visibility_timeout("join", 3).await;
    deployment.post("join", &join("J-1", "fabrikam")).await;
    let waits = eventually(async || (!deployment.peek("join").await.is_empty()).then_some(()));
    assert!(waits.await.is_some());
    deployment.shell.run("echo another > target/lambda/version").await;
    let before = deployment.shell.run(DEPLOYED).await;
    deployment.follow("Upgrade").await;
    let after = deployment.shell.run(DEPLOYED).await;
    assert!(after.contains("mto/another") && !before.contains("mto/another"), "{before} {after}");
    let modified = |text: &str| text.lines().last().map(str::to_owned);
    assert_ne!(modified(&after), modified(&before), "the function itself was updated");
    deployment.outcome("J-1/succeeded").await;

    take_a_webhook_and_tell_of_it(&mut deployment).await;

    deployment.follow("Tear down").await;
    assert_eq!(deployment.peek("outcomes").await, Vec::<Value>::new());
    let left = deployment
        .shell
        .run("aws sqs list-queues --output text; aws s3 ls; aws iam list-roles --query Roles --output text")
        .await;
    assert_eq!(left.trim(), "", "nothing is left");
}
