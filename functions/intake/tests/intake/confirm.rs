//! What takes something away: first its plan, then the same with `confirm`, from tickets and chats.

use mto_handler::HttpRequest;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{NOW, World, body, open, post, sign, slash};

fn ticket(event: &Value) -> HttpRequest {
    sign("jira", post("/jira", &[], event.to_string().as_bytes()), NOW)
}

/// A mapping as for a form whose fields may stay empty.
fn form() -> Value {
    let mut configuration = open();
    configuration["senders"][2]["command"] = json!({"type": "mto.leave.v1", "data": {
        "tenant": "{/tenant}", "owner": "contoso", "mode": "remove", "cleanup": "{/cleanup?}",
        "confirm": {"tenant": "{/confirm_tenant?}", "users": "{/confirm_users?}"}}});
    configuration
}

#[rstest]
#[case(json!({}), json!({"cleanup": "none", "dryRun": true}))]
#[case(json!({"cleanup": "", "confirm_tenant": " ", "confirm_users": ""}), json!({"cleanup": "none", "dryRun": true}))]
#[case(json!({"cleanup": null, "confirm_tenant": null}), json!({"cleanup": "none", "dryRun": true}))]
#[case(json!({"confirm_tenant": "fabrikam"}), json!({"cleanup": "none", "confirm": {"tenant": "fabrikam"}}))]
#[case(json!({"cleanup": "users"}), json!({"cleanup": "users", "dryRun": true}))]
#[case(
    json!({"cleanup": "users", "confirm_tenant": "fabrikam", "confirm_users": ""}),
    json!({"cleanup": "users", "confirm": {"tenant": "fabrikam"}, "dryRun": true})
)]
#[case(
    json!({"cleanup": "users", "confirm_tenant": "fabrikam", "confirm_users": " 12 "}),
    json!({"cleanup": "users", "confirm": {"tenant": "fabrikam", "users": 12}})
)]
#[case(
    json!({"cleanup": "users", "confirm_tenant": "fabrikam", "confirm_users": 12}),
    json!({"cleanup": "users", "confirm": {"tenant": "fabrikam", "users": 12}})
)]
#[case(
    json!({"cleanup": "users", "confirm_tenant": "fabrikam", "confirm_users": 12.0}),
    json!({"cleanup": "users", "confirm": {"tenant": "fabrikam", "users": 12}})
)]
#[tokio::test]
async fn empty_fields_are_nothing_and_digits_are_a_number(#[case] fields: Value, #[case] expected: Value) {
    let mut event = json!({"tenant": "fabrikam"});
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let mut data = json!({"tenant": "fabrikam", "owner": "contoso", "mode": "remove"});
    data.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
    let world = World::new(&form());
    let answer = world.send(ticket(&event)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(world.posted()[0].1["data"], data);
    assert_eq!(body(&answer).get("dryRun"), data.get("dryRun"), "{answer:?}");
}

#[rstest]
#[case("twelve")]
#[case("12.5")]
#[case("-1")]
#[case("99999999999999999999")]
#[tokio::test]
async fn a_text_that_is_no_number_is_named(#[case] users: &str) {
    let world = World::new(&form());
    let event = json!({"tenant": "fabrikam", "confirm_tenant": "fabrikam", "confirm_users": users});
    let answer = world.send(ticket(&event)).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.body.contains("confirm.users"), "{answer:?}");
    assert_eq!(world.posted(), []);
}

/// The line that is sent, whether it is held back, and the line that the answer asks for.
#[rstest]
#[case(
    "unshare contoso to fabrikam confirm contoso",
    Some("unshare contoso to fabrikam confirm contoso"),
    true
)]
#[case(
    "unshare contoso to fabrikam cleanup users confirm contoso",
    Some("unshare contoso to fabrikam cleanup users confirm contoso"),
    true
)]
#[case("unshare contoso to fabrikam confirm contoso 12", None, true)]
#[case("unshare contoso to fabrikam cleanup settings confirm contoso", None, false)]
#[case(
    "unshare contoso to fabrikam cleanup settings",
    Some("unshare contoso to fabrikam cleanup settings confirm contoso"),
    false
)]
#[case(
    "leave fabrikam from contoso cleanup users confirm fabrikam",
    Some("leave fabrikam from contoso cleanup users confirm fabrikam"),
    true
)]
#[case(
    "remove fabrikam from contoso cleanup users confirm fabrikam",
    Some("remove fabrikam from contoso cleanup users confirm fabrikam"),
    true
)]
#[case(
    "dissolve contoso cleanup users confirm contoso",
    Some("dissolve contoso cleanup users confirm contoso"),
    true
)]
#[case("dissolve contoso cleanup users confirm contoso 0", None, true)]
#[case("remove fabrikam from contoso cleanup settings confirm fabrikam", None, false)]
#[case("remove fabrikam from contoso cleanup none confirm fabrikam", None, false)]
#[tokio::test]
async fn where_users_are_taken_back_only_their_number_confirms(
    #[case] line: &str,
    #[case] asked: Option<&str>,
    #[case] needs_users: bool,
) {
    let world = World::new(&open());
    let answer = body(&world.send(slash("U1", line)).await);
    let text = answer["text"].as_str().unwrap();
    let posted = world.posted();
    assert_eq!(posted.len(), 1, "{text}");
    assert_eq!(posted[0].1["data"].get("dryRun"), asked.is_some().then_some(&json!(true)), "{text}");
    let Some(asked) = asked else {
        assert!(!text.contains("nothing is changed yet"), "{text}");
        return;
    };
    let gap = " &lt;number of users in the plan&gt;";
    let asked = if needs_users { format!("/mto {asked}{gap}") } else { format!("/mto {asked}") };
    assert!(text.ends_with(&asked), "{text}");
    assert_eq!(text.contains("with the number of users in the plan"), needs_users, "{text}");
}

#[rstest]
#[case(json!({"type": "mto.sync.v1", "data": {"action": "unshare", "source": "contoso", "targets": ["fabrikam"],
    "confirm": {"tenant": "contoso"}}}))]
#[case(json!({"type": "mto.leave.v1", "data": {"tenant": "fabrikam", "owner": "contoso", "mode": "leave",
    "cleanup": "users", "confirm": {"tenant": "fabrikam"}}}))]
#[tokio::test]
async fn a_ticket_that_takes_users_back_needs_their_number_too(#[case] mut event: Value) {
    let world = World::new(&open());
    let answer = body(&world.send(ticket(&event)).await);
    assert_eq!(answer["dryRun"], true, "{answer}");
    let note = answer["note"].as_str().unwrap();
    assert!(note.contains("data.confirm.users") && note.contains("another id"), "{note}");
    event["data"]["confirm"]["users"] = json!("3");
    let answer = body(&world.send(ticket(&event)).await);
    assert_eq!(answer.get("dryRun"), None, "{answer}");
    assert!(world.posted().iter().any(|(_, command)| command["data"]["confirm"]["users"] == 3));
}
