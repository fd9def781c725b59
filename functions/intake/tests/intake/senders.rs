//! Signatures as the products document them, and everything that is none.

use async_trait::async_trait;
use mto_graph::{AssertionSource, SourceError};
use mto_handler::{Backends, ConfigError, HttpRequest, NoBackends, SecretStore};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

use crate::support::{NOW, OLD_WEBHOOK, WEBHOOK, World, body, open, post, sign, sign_webhook, slash};

fn ticket() -> Vec<u8> {
    json!({"type": "mto.join.v1", "data": {"tenant": "fabrikam", "owner": "contoso"}, "sys_id": "a1",
           "sys_mod_count": 0})
    .to_string()
    .into_bytes()
}

fn activity(at: &str) -> Vec<u8> {
    json!({"type": "message", "id": "1", "timestamp": at, "from": {"aadObjectId": "u", "name": "Kim"},
           "text": "<at>mto</at> status contoso"})
    .to_string()
    .into_bytes()
}

/// A request of each kind that is taken.
fn good(kind: &str) -> HttpRequest {
    match kind {
        "slack" => slash("U1", "status contoso"),
        "teams" => sign(kind, post("/teams", &[], &activity("2026-11-21T08:59:59Z")), NOW),
        "jira" => sign(kind, post("/jira", &[], &ticket()), NOW),
        "servicenow" => sign(kind, post("/servicenow", &[], &ticket()), NOW),
        _ => sign("webhook", post("/webhook", &[], &ticket()), NOW),
    }
}

/// The answer to everybody who is not known, whatever the reason is.
async fn is_refused(world: &World, request: HttpRequest) {
    let shown = format!("{request:?}");
    let answer = world.send(request).await;
    assert_eq!(answer.status, 401, "{shown}");
    assert_eq!(answer.body, r#"{"error":"the request is not signed by a known sender"}"#, "{shown}");
    assert_eq!(world.posted(), [], "{shown}");
}

#[rstest]
#[tokio::test]
async fn what_is_signed_is_taken(#[values("slack", "teams", "jira", "servicenow", "webhook")] kind: &str) {
    let world = World::new(&open());
    let answer = world.send(good(kind)).await;
    assert!(answer.status == 200 || answer.status == 202, "{answer:?}");
    assert_eq!(world.posted().len(), 1, "{answer:?}");
}

#[rstest]
#[tokio::test]
async fn a_changed_byte_a_missing_header_another_method_or_path_is_refused_in_the_same_words(
    #[values("slack", "teams", "jira", "servicenow", "webhook")] kind: &str,
) {
    let world = World::new(&open());
    let mut changed = good(kind);
    let mut bytes = changed.body.to_vec();
    bytes[3] ^= 1;
    changed.body = bytes.into();
    is_refused(&world, changed).await;
    for name in good(kind).headers.keys() {
        let mut without = good(kind);
        without.headers.remove(name);
        is_refused(&world, without).await;
        for garbage in
            ["", " ", "v0=", "v1,", "HMAC", "sha256=zz", "\u{e9}", "v1,%%%", "99999999999999999999"]
        {
            let mut wrong = good(kind);
            wrong.headers.insert(name.clone(), garbage.to_owned());
            is_refused(&world, wrong).await;
        }
    }
    is_refused(&world, HttpRequest { method: "GET".to_owned(), ..good(kind) }).await;
    is_refused(&world, HttpRequest { path: "/elsewhere".to_owned(), ..good(kind) }).await;
    is_refused(&world, HttpRequest { path: format!("/{kind}/"), ..good(kind) }).await;
}

/// Signatures with a time of their own. The signature fits: only the clock refuses.
#[rstest]
#[tokio::test]
async fn what_was_signed_more_than_five_minutes_away_is_refused(
    #[values("slack", "webhook")] kind: &str,
    #[values(-301, 301, -86_400, 86_400)] seconds: i64,
) {
    let world = World::new(&open());
    let at = NOW + Duration::seconds(seconds);
    is_refused(&world, sign(kind, good(kind), at)).await;
    let near = NOW + Duration::seconds(seconds.signum() * 300);
    world.send(sign(kind, good(kind), near)).await;
    assert_eq!(world.posted().len(), 1, "five minutes are in time");
}

#[tokio::test]
async fn teams_and_jira_tell_the_time_in_the_signed_body() {
    let world = World::new(&open());
    is_refused(&world, sign("teams", post("/teams", &[], &activity("2026-11-21T08:54:59Z")), NOW)).await;
    is_refused(&world, sign("teams", post("/teams", &[], &activity("2026-11-21T09:05:01Z")), NOW)).await;
    let jira = |at: OffsetDateTime| {
        let mut event: Value = serde_json::from_slice(&ticket()).unwrap();
        event["timestamp"] = json!(at.unix_timestamp() * 1000);
        sign("jira", post("/jira", &[], event.to_string().as_bytes()), NOW)
    };
    is_refused(&world, jira(NOW - Duration::seconds(7_201))).await;
    world.send(jira(NOW - Duration::seconds(7_199))).await;
    assert_eq!(world.posted().len(), 1, "Jira sends again for more than an hour");
}

/// Slack, "Verifying requests from Slack": the documented secret, time, body and signature.
#[tokio::test]
async fn slacks_documented_example_verifies() {
    let form = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    let headers = [("x-slack-request-timestamp", "1531420618"), ("x-slack-signature", signature)];
    let world = World::at(&open(), OffsetDateTime::from_unix_timestamp(1_531_420_620).unwrap());
    let answer = world.send(post("/slack", &headers, form.as_bytes())).await;
    assert_eq!(answer.status, 200);
    assert!(
        body(&answer)["text"].as_str().unwrap().contains("/webhook-collect join"),
        "an empty line asks for help"
    );
}

/// The published test of Standard Webhooks' libraries.
#[tokio::test]
async fn the_published_standard_webhook_verifies() {
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let world = World::at(&open(), OffsetDateTime::from_unix_timestamp(1_614_265_330).unwrap());
    let request = post("/webhook", &headers, br#"{"test": 2432232314}"#);
    let answer = world.send(request).await;
    assert_eq!(answer.status, 400, "verified, but no command: {answer:?}");
    assert!(answer.body.contains("is not in the request"), "{answer:?}");
}

/// Atlassian, "Secure admin webhooks": the documented secret, payload and signature.
#[tokio::test]
async fn atlassians_documented_example_verifies() {
    let signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    let world = World::new(&open());
    let answer = world.send(post("/jira", &[("x-hub-signature", signature)], b"Hello World!")).await;
    assert_eq!(answer.status, 400, "verified, but not JSON: {answer:?}");
    is_refused(&world, post("/jira", &[("x-hub-signature", signature)], b"Hello World?")).await;
}

#[tokio::test]
async fn any_of_two_secrets_verifies_and_any_of_several_signatures_is_enough() {
    let world = World::new(&open());
    world.send(sign_webhook(post("/webhook", &[], &ticket()), NOW, OLD_WEBHOOK)).await;
    assert_eq!(world.posted().len(), 1, "signed with the secret before");
    let mut request = sign_webhook(post("/webhook", &[], &ticket()), NOW, WEBHOOK);
    let signature = request.headers["webhook-signature"].clone();
    let several = format!("v1a,AAAA v1,AAAA {signature}");
    request.headers.insert("webhook-signature".to_owned(), several.clone());
    world.send(request.clone()).await;
    assert_eq!(world.posted().len(), 2, "the third signature fits");
    request.headers.insert("webhook-signature".to_owned(), several.replace(' ', ", "));
    world.send(request).await;
    assert_eq!(world.posted().len(), 3, "the header was sent three times");
    let unknown = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let other = sign_webhook(post("/webhook", &[], &ticket()), NOW, unknown);
    assert_eq!(world.send(other).await.status, 401);
    assert_eq!(world.posted().len(), 3, "another secret");
}

/// Whoever sends the same bytes again, under whatever delivery id, sends the same command.
#[rstest]
#[case("jira", "x-atlassian-webhook-identifier")]
#[case("servicenow", "x-request-id")]
#[tokio::test]
async fn a_replay_without_a_time_is_the_same_command(#[case] kind: &str, #[case] header: &str) {
    let world = World::new(&open());
    for delivery in ["first", "second"] {
        let mut request = good(kind);
        request.headers.insert(header.to_owned(), delivery.to_owned());
        world.send(request).await;
    }
    let posted = world.posted();
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].1["id"], posted[1].1["id"]);
    assert_eq!(posted[0].1["source"], posted[1].1["source"]);
}

#[tokio::test]
async fn slack_may_check_the_certificate_if_it_signs() {
    let world = World::new(&open());
    let check = b"ssl_check=1&token=x";
    let answer = world.send(sign("slack", post("/slack", &[], check), NOW)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    is_refused(&world, post("/slack", &[], check)).await;
}

/// The ids of activities are those of one conversation only.
#[tokio::test]
async fn the_same_activity_of_another_conversation_is_another_command() {
    let long = "x".repeat(400);
    let send = async |id: &str, conversation: Value| {
        let world = World::new(&open());
        let activity = json!({"id": id, "conversation": conversation, "from": {"aadObjectId": "u"},
                              "text": "status contoso"});
        let answer =
            world.send(sign("teams", post("/teams", &[], activity.to_string().as_bytes()), NOW)).await;
        let posted = world.posted();
        assert_eq!(posted.len(), 1, "{answer:?}");
        posted[0].1["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(send("1", Value::Null).await, "1");
    assert_eq!(send("1", json!({"id": "19:a@thread"})).await, "19:a@thread/1");
    let far = send("1", json!({"id": long})).await;
    assert!(far.starts_with("teams-") && far.len() < 40, "{far}");
    assert_eq!(send("1", json!({"id": long})).await, far, "the same request is the same command");
    assert_ne!(send("2", json!({"id": long})).await, far);
    assert_ne!(send("1", json!({"id": format!("{long}y")})).await, far);
    assert!(send(&long, Value::Null).await.len() < 40, "a command's id is bounded");
}

/// A store that knows one secret.
struct Store(Option<&'static str>);

#[async_trait]
impl SecretStore for Store {
    async fn get(&self, _id: &str, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        self.0.map(SecretString::from).ok_or_else(|| SourceError::Unavailable("no answer".to_owned()))
    }
}

impl Backends for Store {
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError> {
        Ok(Arc::new(Self(self.0)))
    }
    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError> {
        NoBackends.web_identity()
    }
}

/// The first secret is in a store, the second in the environment.
#[rstest]
#[case(Some(WEBHOOK), WEBHOOK, 202)]
#[case(None, OLD_WEBHOOK, 202)]
#[case(None, WEBHOOK, 503)]
#[case(Some("not base64!"), WEBHOOK, 503)]
#[case(Some("not base64!"), OLD_WEBHOOK, 202)]
#[tokio::test]
async fn a_stored_secret_that_cannot_be_used_is_no_refusal_but_harms_no_other(
    #[case] stored: Option<&'static str>,
    #[case] signed_with: &str,
    #[case] status: u16,
) {
    let mut configuration = open();
    let secrets = json!([{"secretsManager": "intake/webhook"}, {"env": "MTO_PORTAL_SECRET_BEFORE"}]);
    configuration["senders"][4]["secrets"] = secrets;
    let world = World::with(&configuration, NOW, &Store(stored));
    let answer = world.send(sign_webhook(post("/webhook", &[], &ticket()), NOW, signed_with)).await;
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(world.posted().len(), usize::from(status == 202));
}
