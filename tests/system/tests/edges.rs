//! Commands from the products they come from, and outcomes back to them: the binaries of both edges as Lambda runs them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "edges/installation.rs"]
mod installation;
#[path = "edges/requests.rs"]
mod requests;

use std::collections::{BTreeMap, BTreeSet};

use entra_simulator::Options;
use installation::{CHANNEL, ISSUE, Installation, RECORD, secret};
use mto_messages::Verb;
use mto_system_tests::edges::{Fault, Jira, Receiver, ServiceNow, Slack, TeamsWorkflow, Told};
use requests::{jira, portal, servicenow, slack, teams};
use serde_json::{Value, json};

const KIM: &str = "U2147483697";

fn has(told: &[Told], title: &str) -> bool {
    told.iter().any(|told| told.text.contains(title))
}

/// The command's id, as the sender was told it.
fn id_in(answer: &Value) -> String {
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let text = body["text"].as_str().unwrap_or_default();
    let in_text = text.split_once("Taken as ").and_then(|(_, rest)| rest.split_once(';')).map(|(id, _)| id);
    body["id"].as_str().or(in_text).unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

/// Nothing was told twice, where the product can keep the outcome's id.
fn each_once(told: &[Told]) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    for id in told.iter().map(|told| told.outcome.as_deref().expect("the outcome's id")) {
        assert!(seen.insert(id), "{id} was told twice: {told:#?}");
    }
    seen
}

#[tokio::test]
async fn a_ticket_a_chat_and_a_message_each_start_a_join_and_are_told_of_it_where_they_came_from() {
    let short = Options { join_queued_for_seconds: 1, join_duration_seconds: 3, ..Options::immediate() };
    let installation = Installation::new(short, &[Verb::Create, Verb::Add, Verb::Join]).await;
    installation.list_everybody().await;

    let chat = "join tailspin to contoso";
    let requests = vec![
        jira("fabrikam", 0),
        slack(chat, KIM),
        servicenow("northwind"),
        teams("join adatum to contoso", 0),
    ];
    let answers = installation.send(requests).await;
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status"]).collect();
    assert_eq!(statuses, [202, 200, 202, 200], "{answers:#?}");
    let [of_jira, of_slack, of_servicenow, of_teams] = [0, 1, 2, 3].map(|index| id_in(&answers[index]));
    let message = json!({"type": "mto.join.v1", "id": "order-4711", "source": "/portal", "replyto": "portal:orders",
                         "data": {"tenant": "litware", "owner": "contoso"}});
    installation.queues.post("join", &message.to_string()).await;

    let products = &installation.products;
    let ended = |told: &[Told], id: &str| has(told, &format!("Join succeeded: {id}"));
    installation
        .until(true, async |_| {
            ended(&products.jira.look(Jira::told), &of_jira)
                && ended(&products.slack.look(Slack::told), &of_slack)
                && ended(&products.servicenow.look(ServiceNow::told), &of_servicenow)
                && ended(&products.teams.look(TeamsWorkflow::told), &of_teams)
                && products
                    .receiver
                    .look(Receiver::told)
                    .iter()
                    .any(|told| told.outcome.as_deref() == Some("order-4711/succeeded"))
        })
        .await;

    assert_eq!(products.complaints(), Vec::<String>::new());
    let answer: Value = serde_json::from_str(answers[1]["body"].as_str().unwrap()).unwrap();
    assert_eq!(answer["response_type"], "in_channel");
    for (told, address, id) in [
        (products.jira.look(Jira::told), ISSUE.to_owned(), &of_jira),
        (products.slack.look(Slack::told), CHANNEL.to_owned(), &of_slack),
        (products.servicenow.look(ServiceNow::told), format!("incident/{RECORD}"), &of_servicenow),
        (products.teams.look(TeamsWorkflow::told), String::new(), &of_teams),
    ] {
        assert!(told.iter().all(|told| told.address == address && told.text.contains(id)), "{told:#?}");
        for title in ["Join accepted", "Join waits", "Join succeeded"] {
            assert!(has(&told, &format!("{title}: {id}")), "{title}: {told:#?}");
        }
    }
    for told in [products.jira.look(Jira::told), products.slack.look(Slack::told)] {
        each_once(&told);
    }
    // One thread for one command.
    let threads: Vec<Option<String>> =
        products.slack.look(|slack| slack.messages.iter().map(|message| message.thread.clone()).collect());
    let first = products.slack.look(|slack| slack.messages[0].ts.clone());
    assert_eq!(threads[0], None);
    assert!(threads[1..].iter().all(|thread| thread.as_ref() == Some(&first)), "{threads:?}");
    check_webhooks(&installation).await;
    assert_eq!(installation.undelivered().await, []);
    assert_eq!(installation.simulated.simulator.violations(), Vec::<String>::new());
    installation.check_logs();
}

/// The specification's own library finds them right; a `webhook-id` stands for one outcome.
async fn check_webhooks(installation: &Installation) {
    let requests = installation.products.receiver.look(|receiver| receiver.requests.clone());
    let list: Vec<Value> =
        requests.iter().map(|request| json!({"headers": request.headers, "body": request.body})).collect();
    let verified = [secret("RECEIVER_SIGNING")];
    let outcomes = installation.ministack.run_client("verify.py", &verified, &json!(list).to_string()).await;
    let outcomes: Vec<String> = serde_json::from_str(&outcomes).unwrap();
    let mut by_id: BTreeMap<&str, &str> = BTreeMap::new();
    for (request, outcome) in requests.iter().zip(&outcomes) {
        let of_before = by_id.insert(&request.headers["webhook-id"], outcome);
        assert!(of_before.is_none_or(|before| before == outcome), "one webhook-id, two outcomes");
    }
    let told: BTreeSet<&str> = by_id.values().copied().collect();
    assert_eq!(told.len(), by_id.len(), "one outcome, two webhook-ids");
}

/// The same request, changed.
fn with(mut request: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap().clone() {
        request[name] = value;
    }
    request
}

#[tokio::test]
async fn what_is_not_signed_by_the_product_now_is_refused_and_reaches_no_queue() {
    let installation = Installation::new(Options::immediate(), &[]).await;
    let chat = "join tailspin to contoso";
    let genuine = || {
        vec![
            slack(chat, KIM),
            teams(chat, 0),
            jira("tailspin", 0),
            servicenow("tailspin"),
            portal("msg_1", "tailspin"),
        ]
    };
    let mut bad = Vec::new();
    for request in genuine() {
        let body = request["body"].as_str().unwrap().replace("tailspin", "fabrikam");
        bad.push(with(request.clone(), &json!({"sentBody": body})));
        bad.push(with(request.clone(), &json!({"secret": "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="})));
        for header in
            ["X-Slack-Signature", "Authorization", "X-Hub-Signature", "X-Signature", "webhook-signature"]
        {
            bad.push(with(request.clone(), &json!({"headers": {header: null}})));
        }
        bad.push(with(request, &json!({"path": "/nobody"})));
    }
    // Every request lost one header of five, which is its own for one of them.
    bad.retain(|request| {
        let header = request["headers"].as_object().and_then(|headers| headers.keys().next());
        header.is_none_or(|header| belongs(header, request["scheme"].as_str().unwrap()))
    });
    assert_eq!(bad.len(), 5 * 4);
    for late in [400, -400] {
        for request in [slack(chat, KIM), servicenow("tailspin"), portal("msg_2", "tailspin")] {
            bad.push(with(request, &json!({"ageSeconds": late})));
        }
        bad.push(teams(chat, late));
        bad.push(jira("tailspin", late * 20));
    }
    let answers = installation.send(bad.clone()).await;
    let first = &answers[0];
    assert_eq!(first["status"], 401);
    for (answer, request) in answers.iter().zip(&bad) {
        assert_eq!(
            (&answer["status"], &answer["body"], &answer["contentType"]),
            (&first["status"], &first["body"], &first["contentType"]),
            "a stranger learns nothing: {request:#}"
        );
    }
    assert_eq!(installation.queues.drain("join").await, []);
    let refused = installation.intake.function.log().iter().filter(|line| line.contains("refused")).count();
    assert_eq!(refused, bad.len(), "each is logged");

    let answers = installation.send([genuine(), genuine()].concat()).await;
    assert!(
        answers.iter().all(|answer| [200, 202].contains(&answer["status"].as_i64().unwrap())),
        "{answers:#?}"
    );
    let taken = installation.queues.drain("join").await;
    let commands: Vec<Value> =
        taken.iter().map(|message| serde_json::from_str(message.body().unwrap()).unwrap()).collect();
    let ids: BTreeSet<(&str, &str)> = commands
        .iter()
        .map(|command| (command["source"].as_str().unwrap(), command["id"].as_str().unwrap()))
        .collect();
    let sources: BTreeSet<&str> = ids.iter().map(|(source, _)| *source).collect();
    assert_eq!(sources.len(), 5, "{ids:?}");
    // Sent again within the window it is the same command, but for Jira and Teams, whose bodies tell another time.
    assert!(ids.len() <= 7, "{ids:?}");
    installation.check_logs();
}

fn belongs(header: &str, scheme: &str) -> bool {
    let own = match scheme {
        "slack" => "X-Slack-Signature",
        "teams" => "Authorization",
        "jira" => "X-Hub-Signature",
        "shared-key" => "X-Signature",
        _ => "webhook-signature",
    };
    header == own
}

#[tokio::test]
async fn who_is_not_allowed_is_told_so_and_nothing_is_posted() {
    let installation = Installation::new(Options::immediate(), &[]).await;
    let requests = vec![
        slack("join tailspin to contoso", "U0STRANGER"),
        slack("unshare tailspin to contoso", KIM),
        slack("jion tailspin to contoso", KIM),
        with(jira("tailspin", 0), &json!({"body": json!({"issue": {"fields": {"labels": []}}}).to_string()})),
    ];
    let answers = installation.send(requests).await;
    for answer in &answers[..3] {
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&answer["status"], &body["response_type"]),
            (&json!(200), &json!("ephemeral")),
            "{answer}"
        );
    }
    assert!(answers[2]["body"].as_str().unwrap().contains("join"), "it says what was meant: {}", answers[2]);
    assert_eq!(answers[3]["status"], 200, "an issue that means nothing to us: {}", answers[3]);
    for verb in Verb::ALL {
        assert_eq!(installation.queues.drain(verb.as_str()).await, [], "{verb}");
    }
}

/// A command that is rejected at once, told to `reply_to`.
fn rejected(id: &str, reply_to: &str) -> String {
    json!({"type": "mto.join.v1", "id": id, "source": "/test", "replyto": reply_to,
           "data": {"tenant": "nobody", "owner": "contoso"}})
    .to_string()
}

#[tokio::test]
async fn repeats_and_lost_answers_are_told_once_where_the_product_allows_it() {
    let installation = Installation::new(Options::immediate(), &[Verb::Join]).await;
    let products = &installation.products;
    let record = format!("servicenow:incident/{RECORD}");
    let places = [
        ("S", format!("slack:{CHANNEL}")),
        ("J", format!("jira:{ISSUE}")),
        ("N", record),
        ("P", "portal:".to_owned()),
    ];
    for (id, place) in &places {
        // Posted twice, so that its outcome comes twice.
        for _ in 0..2 {
            installation.queues.post("join", &rejected(id, place)).await;
        }
    }
    products.slack.fail(Fault::AnswerLost);
    products.jira.fail(Fault::Busy(1));
    products.jira.fail(Fault::AnswerLost);
    products.servicenow.fail(Fault::AnswerLost);
    products.receiver.fail(Fault::AnswerLost);
    let told_by_webhook = || products.receiver.look(Receiver::told).len();
    installation
        .until(true, async |installation| {
            told_by_webhook() >= 3 && installation.queues.is_empty("outcomes").await
        })
        .await;

    assert_eq!(products.complaints(), Vec::<String>::new());
    for (told, id) in [(products.slack.look(Slack::told), "S"), (products.jira.look(Jira::told), "J")] {
        assert_eq!(each_once(&told).into_iter().collect::<Vec<_>>(), [format!("{id}/rejected")]);
    }
    let notes = products.servicenow.look(ServiceNow::told);
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert!(has(&notes, "Join rejected: N"), "{notes:#?}");
    // A receiver drops repeats by itself: they have one webhook-id.
    check_webhooks(&installation).await;
    let ids: BTreeSet<String> = products.receiver.look(|receiver| {
        receiver.requests.iter().map(|request| request.headers["webhook-id"].clone()).collect()
    });
    assert_eq!(ids.len(), 1);
    assert_eq!(installation.undelivered().await, []);
    installation.check_logs();
}

#[tokio::test]
async fn what_cannot_be_told_is_a_dead_letter_with_its_reason_and_harms_nothing_else() {
    let installation = Installation::new(Options::immediate(), &[Verb::Join]).await;
    let products = &installation.products;
    products.teams.fail(Fault::Refuses(403));
    let all = [
        ("refused", "teams:platform".to_owned()),
        ("another-channel", "slack:C0999ZZZZ".to_owned()),
        ("another-project", "jira:HR-1".to_owned()),
        ("no-issue", "jira:OPS-404".to_owned()),
        ("unknown", "https://attacker.example/hook".to_owned()),
        ("fine", format!("jira:{ISSUE}")),
    ];
    for (id, place) in &all {
        installation.queues.post("join", &rejected(id, place)).await;
    }
    installation
        .until(true, async |installation| {
            has(&products.jira.look(Jira::told), "Join rejected: fine")
                && installation.queues.is_empty("outcomes").await
        })
        .await;

    let letters = installation.undelivered().await;
    let reasons: BTreeMap<String, String> = letters
        .iter()
        .map(|letter| {
            let outcome: Value = serde_json::from_str(letter.body().unwrap()).unwrap();
            let attributes = letter.message_attributes().unwrap();
            let text = |name: &str| attributes[name].string_value().unwrap().to_owned();
            assert!(!text("reasonText").contains("sig="), "{letter:#?}");
            (outcome["id"].as_str().unwrap().replace("/rejected", ""), text("reason"))
        })
        .collect();
    let expected = [
        ("another-channel", "address-not-allowed"),
        ("another-project", "address-not-allowed"),
        ("no-issue", "refused"),
        ("refused", "refused"),
        ("unknown", "unknown-destination"),
    ];
    let expected: BTreeMap<String, String> =
        expected.into_iter().map(|(id, reason)| (id.to_owned(), reason.to_owned())).collect();
    assert_eq!(reasons, expected);
    assert_eq!(products.complaints(), Vec::<String>::new());
    installation.check_logs();
}
