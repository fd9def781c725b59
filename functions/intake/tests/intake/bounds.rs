//! The bounds of `docs/security.md`, and what is sent again within the time of its signature.

use mto_handler::{HttpRequest, NoBackends};
use mto_intake::{Config, MAX_BODY_BYTES};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{NOW, WEBHOOK, World, body, environment, open, post, sign, sign_webhook, slash};

fn ticket() -> HttpRequest {
    let event = json!({"type": "mto.join.v1", "data": {"tenant": "fabrikam", "owner": "contoso"}});
    post("/webhook", &[], event.to_string().as_bytes())
}

/// The webhook's own secret behind so many others.
fn behind(others: usize) -> Value {
    let mut configuration = open();
    let other = json!({"env": "MTO_PORTAL_SECRET_BEFORE"});
    let mut secrets = vec![other; others];
    secrets.push(json!({"env": "MTO_PORTAL_SECRET"}));
    configuration["senders"][4]["secrets"] = json!(secrets);
    configuration
}

#[test]
fn a_body_is_256_kib_at_most() {
    assert_eq!(MAX_BODY_BYTES, 256 * 1024);
}

#[tokio::test]
async fn a_sender_has_eight_secrets_at_most_and_each_of_them_counts() {
    let world = World::new(&behind(7));
    assert_eq!(world.send(sign_webhook(ticket(), NOW, WEBHOOK)).await.status, 202);
    let mut environment = environment();
    environment.insert("MTO_INTAKE".to_owned(), behind(8).to_string());
    let refused = Config::read(&environment, &NoBackends).unwrap_err().to_string();
    assert!(refused.contains("secrets: give 1 to 8 references; there are 9"), "{refused}");
}

#[rstest]
#[case(15, 202)]
#[case(16, 401)]
#[tokio::test]
async fn sixteen_signatures_of_a_request_are_tried_and_no_more(#[case] before: usize, #[case] status: u16) {
    let world = World::new(&open());
    let mut request = sign_webhook(ticket(), NOW, WEBHOOK);
    let right = request.headers["webhook-signature"].clone();
    request.headers.insert("webhook-signature".to_owned(), "v1,AAAA ".repeat(before) + &right);
    assert_eq!(world.send(request).await.status, status);
}

#[tokio::test]
async fn an_answer_is_clipped_at_3500_characters() {
    let world = World::new(&open());
    let targets: Vec<String> = (0..15).map(|number| format!("{number:a>240}")).collect();
    let answer = body(&world.send(slash("U1", &format!("unshare contoso to {}", targets.join(", ")))).await);
    let text = answer["text"].as_str().unwrap();
    assert_eq!((text.chars().count(), text.ends_with('…')), (3_501, true), "{text}");
    assert_eq!(world.posted().len(), 1, "the line itself was not too long");
}

/// Whoever sends the same bytes again while their signature is good sends the same command.
#[rstest]
#[tokio::test]
async fn a_replay_within_five_minutes_is_the_same_command(
    #[values("slack", "slack without a trigger", "teams", "webhook")] kind: &str,
) {
    let line = [("user_id", "U1"), ("channel_id", "C012"), ("text", "status contoso")];
    let request = match kind {
        "slack" => slash("U1", "status contoso"),
        "slack without a trigger" => sign("slack", post("/slack", &[], &crate::support::form(&line)), NOW),
        "teams" => {
            let activity = json!({"timestamp": "2026-11-21T09:00:00Z", "from": {"aadObjectId": "u"},
                                  "text": "<at>mto</at> status contoso"});
            sign(kind, post("/teams", &[], activity.to_string().as_bytes()), NOW)
        }
        _ => sign_webhook(ticket(), NOW, WEBHOOK),
    };
    let mut ids = Vec::new();
    for seconds in [0, 299] {
        let world = World::at(&open(), NOW + Duration::seconds(seconds));
        world.send(request.clone()).await;
        let posted = world.posted();
        assert_eq!(posted.len(), 1, "{seconds} s later");
        ids.push((posted[0].1["source"].clone(), posted[0].1["id"].clone()));
    }
    assert_eq!(ids[0], ids[1]);
}
