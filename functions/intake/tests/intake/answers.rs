//! Who may ask for what, what is held back, and what each sender is told.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mto_handler::{HttpFunction as _, Message, NoBackends, Queue, QueueError, QueueUrl};
use mto_intake::{Config, Intake, MAX_BODY_BYTES};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{NOW, Still, World, body, environment, open, post, sign, slash};

fn slack(allow: &Value) -> Value {
    json!({"senders": [{"name": "slack", "kind": "slack", "path": "/slack", "source": "/slack/acme",
        "secrets": [{"env": "MTO_SLACK_SIGNING_SECRET"}], "people": {"admins": ["U1", "U2"]}, "allow": allow}]})
}

fn ticket(kind: &str, event: &Value) -> mto_handler::HttpRequest {
    sign(kind, post(&format!("/{kind}"), &[], event.to_string().as_bytes()), NOW)
}

#[tokio::test]
async fn nothing_is_allowed_by_default() {
    let world = World::new(&slack(&json!([])));
    for line in ["status contoso", "gibberish", "join a to b"] {
        let answer = body(&world.send(slash("U1", line)).await);
        assert_eq!(answer["response_type"], "ephemeral");
        assert!(answer["text"].as_str().unwrap().starts_with("Not allowed"), "{answer}");
    }
    assert_eq!(world.posted(), []);
}

#[rstest]
#[case("U9", "status contoso", true)]
#[case("U9", "status contoso to fabrikam", true)]
#[case("U9", "unshare contoso to fabrikam", false)]
#[case("U9", "plan join a to b", false)]
#[case("U1", "plan unshare contoso to fabrikam", true)]
#[case("U1", "unshare contoso to fabrikam confirm contoso 3", false)]
#[case("U2", "leave a from b", true)] // its dry run
#[case("U2", "leave a from b confirm a", false)]
#[case("U2", "join a to b", true)]
#[case("U2", "join a to b with users", false)] // what follows is asked for too
#[case("U2", "join a to b as \"A\"", false)] // adds first
#[case("U3", "join a to b", false)]
#[tokio::test]
async fn the_word_comes_from_the_command(#[case] user: &str, #[case] line: &str, #[case] allowed: bool) {
    let world = World::new(&slack(&json!([
        {"verbs": ["status"], "users": ["*"]},
        {"verbs": ["plan"], "groups": ["admins"]},
        {"verbs": ["join"], "users": ["U2"]},
    ])));
    let answer = body(&world.send(slash(user, line)).await);
    assert_eq!(world.posted().len(), usize::from(allowed), "{answer}");
    assert_eq!(answer["text"].as_str().unwrap().starts_with("Not allowed"), !allowed, "{answer}");
}

#[tokio::test]
async fn a_destructive_line_without_confirm_is_its_dry_run_and_the_answer_says_what_to_send() {
    let world = World::new(&open());
    let answer = body(&world.send(slash("U1", "leave fabrikam from “Contoso group” cleanup users")).await);
    assert_eq!(answer["response_type"], "in_channel");
    let text = answer["text"].as_str().unwrap();
    let line = "/mto leave fabrikam from \"Contoso group\" cleanup users confirm fabrikam";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("&lt;number of users in the plan&gt;"), "{text}");
    let posted = world.posted();
    assert_eq!(posted[0].1["data"]["dryRun"], true);
    let confirmed = slash("U1", "leave fabrikam from contoso cleanup users confirm fabrikam 12");
    let answer = body(&world.send(confirmed).await);
    assert!(!answer["text"].as_str().unwrap().contains("not confirmed"), "{answer}");
    let data = &world.posted()[1].1["data"];
    assert_eq!(data["confirm"], json!({"tenant": "fabrikam", "users": 12}));
    assert_eq!(data.get("dryRun"), None);
}

#[tokio::test]
async fn a_destructive_ticket_without_confirm_is_its_dry_run_and_the_answer_says_so() {
    let world = World::new(&open());
    let leave = json!({"tenant": "fabrikam", "owner": "contoso", "mode": "remove"});
    let answer = world.send(ticket("jira", &json!({"type": "mto.leave.v1", "data": leave}))).await;
    assert_eq!(answer.status, 202);
    assert_eq!(body(&answer)["dryRun"], true);
    assert!(body(&answer)["note"].as_str().unwrap().contains("data.confirm"));
    let unshare = json!({"action": "unshare", "source": "contoso", "targets": ["fabrikam"]});
    world.send(ticket("jira", &json!({"type": "mto.sync.v1", "data": unshare}))).await;
    assert!(world.posted().iter().all(|(_, command)| command["data"]["dryRun"] == true));
    assert_eq!(world.posted().len(), 2);
}

#[tokio::test]
async fn what_a_line_holds_stays_text_in_the_answer() {
    let world = World::new(&open());
    let answer = body(&world.send(slash("U1", "join \"&lt;!channel&gt;\" to contoso")).await);
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("&lt;!channel&gt; joins"), "{text}");
    assert!(!text.contains("<!channel>"), "{text}");
    let activity = json!({"id": "1", "from": {"aadObjectId": "u"}, "text": "<at>mto</at> join &lt;at&gt;x&lt;/at&gt; to b"});
    let answer = body(&world.send(ticket("teams", &activity)).await);
    assert!(!answer["text"].as_str().unwrap().contains("<at>"), "{answer}");
    assert_eq!(answer["type"], "message");
}

#[rstest]
#[case(json!({"type": "mto.join.v1", "data": {"tenant": "a"}}), "owner")]
#[case(json!({"type": "mto.dance.v1", "data": {}}), "mto.dance.v1")]
#[case(json!({"data": {}}), "{/type}")]
#[case(json!({"type": "mto.join.v1", "data": "a"}), "data")]
#[case(json!([1]), "not a JSON object")]
#[tokio::test]
async fn a_verified_ticket_learns_what_is_wrong_with_it(#[case] event: Value, #[case] named: &str) {
    let world = World::new(&open());
    let answer = world.send(ticket("jira", &event)).await;
    assert_eq!(answer.status, 400);
    assert!(body(&answer)["error"].as_str().unwrap().contains(named), "{answer:?}");
    assert_eq!(world.posted(), []);
}

#[tokio::test]
async fn a_ticket_that_no_case_means_is_ignored_and_one_that_is_not_allowed_is_not_posted() {
    let mut configuration = open();
    let command = json!({"type": "mto.join.v1", "data": {"tenant": "{/t}", "owner": "{/o}"}});
    let jira = configuration["senders"][2].as_object_mut().unwrap();
    jira.remove("command");
    jira.insert("cases".to_owned(), json!([{"when": {"/labels": "mto"}, "command": command}]));
    jira.insert("user".to_owned(), json!("/user"));
    jira.insert("allow".to_owned(), json!([{"verbs": ["join"], "users": ["kim"]}]));
    let world = World::new(&configuration);
    let send = |labels: Value, user: &str| {
        ticket("jira", &json!({"labels": labels, "user": user, "t": "a", "o": "b"}))
    };
    let ignored = world.send(send(json!(["other"]), "kim")).await;
    assert_eq!((ignored.status, body(&ignored)["ignored"].is_string()), (200, true));
    assert_eq!(world.send(send(json!(["x", "mto"]), "lee")).await.status, 403);
    assert_eq!(world.posted(), []);
    assert_eq!(world.send(send(json!(["x", "mto"]), "kim")).await.status, 202);
    assert_eq!(world.posted()[0].1["requestedby"], "kim");
}

#[tokio::test]
async fn a_body_over_the_bound_is_refused_before_anything_else() {
    let world = World::new(&open());
    for (path, bytes, status) in [
        ("/slack", MAX_BODY_BYTES + 1, 413),
        ("/nowhere", MAX_BODY_BYTES + 1, 413),
        ("/jira", MAX_BODY_BYTES, 400),
    ] {
        let request = sign("jira", post(path, &[], &vec![b' '; bytes]), NOW);
        assert_eq!(world.send(request).await.status, status, "{path}");
    }
}

/// A queue that refuses, or never answers.
struct Broken {
    hangs: bool,
}

#[async_trait]
impl Queue for Broken {
    async fn send(&self, queue: &QueueUrl, _messages: Vec<Message>) -> Result<(), QueueError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Err(QueueError { operation: "SendMessage", queue: queue.clone(), reason: "down".to_owned() })
    }
    async fn delete(&self, _queue: &QueueUrl, _receipt_handle: &str) -> Result<(), QueueError> {
        Ok(())
    }
}

#[rstest]
#[tokio::test]
async fn a_command_that_was_not_taken_is_said_not_to_be(#[values(true, false)] hangs: bool) {
    let mut environment = environment();
    environment.insert("MTO_INTAKE".to_owned(), open().to_string());
    let config = Config::read(&environment, &NoBackends).unwrap();
    let intake = Intake::new(config, Arc::new(Broken { hangs }), Arc::new(Still(NOW)));
    let end = NOW + Duration::from_secs(30);
    let join = json!({"type": "mto.join.v1", "data": {"tenant": "a", "owner": "b"}});
    let answer = intake.answer(ticket("jira", &join), end).await;
    assert_eq!(answer.status, 503);
    let answer = intake.answer(slash("U1", "join a to b"), end).await;
    assert_eq!(answer.status, 200, "Slack shows nothing else");
    assert_eq!(body(&answer)["response_type"], "ephemeral");
    assert!(answer.body.contains("Try again"), "{answer:?}");
}
