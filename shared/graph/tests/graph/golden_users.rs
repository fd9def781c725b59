//! Every documented answer about users, groups and invitations, decoded; and deltas, page by page.

use crate::support::{ManualClock, ROOT, Script, client, golden, json, respond};
use http::StatusCode;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, Filter, GraphError, PagedEndpoint};
use serde_json::json as value;
use time::macros::datetime;
use uuid::{Uuid, uuid};

const USER: Uuid = uuid!("05e00000-0000-4000-8000-000000000001");
const SECOND: Uuid = uuid!("05e00000-0000-4000-8000-000000000002");
const THIRD: Uuid = uuid!("05e00000-0000-4000-8000-000000000003");
const GROUP: Uuid = uuid!("60000000-0000-4000-8000-000000000001");

fn decode<E: Endpoint>(endpoint: &E, name: &str) -> E::Answer {
    let body = golden(name).to_string();
    endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn decode_list<E: PagedEndpoint>(endpoint: &E, name: &str) -> Vec<E::Item> {
    decode(endpoint, name).value
}

#[test]
fn internal_and_external_users_are_told_apart() {
    let users = decode_list(&ListUsers::default(), "users_selected");
    let [internal, external] = &users[..] else { panic!("two") };
    assert_eq!((internal.is_external(), external.is_external()), (Some(false), Some(true)));
    assert_eq!((&internal.creation_type, &internal.external_user_state), (&None, &None));
    assert_eq!(external.creation_type, Some(CreationType::Invitation));
    assert_eq!(external.external_user_state, Some(ExternalUserState::Accepted));
    assert_eq!(external.external_user_state_change_date_time, Some(datetime!(2026-11-20 10:00 UTC)));
    assert_eq!(external.identities[0].issuer.as_deref(), Some("ExternalAzureAD"));
    assert_eq!((internal.show_in_address_list, external.show_in_address_list), (None, Some(true)));
    assert_eq!(internal.proxy_addresses, ["SMTP:ann@contoso.example"]);
}

#[test]
fn what_was_not_selected_is_absent() {
    let user = decode(&GetUser { id: USER, select: &[] }, "user_default");
    assert_eq!((user.id, user.display_name.as_deref()), (USER, Some("Ann")));
    assert_eq!((user.user_type, user.account_enabled), (None, None));
    assert!(user.identities.is_empty());
}

#[test]
fn pending_users_and_users_of_the_future_are_read() {
    let users = decode_list(&ListUsers::default(), "user_pending");
    assert_eq!(users[0].external_user_state, Some(ExternalUserState::PendingAcceptance));
    assert_eq!(users[0].user_type, Some(UserType::Guest));
    assert_eq!(users[1].user_type, Some(UserType::Unknown("Hologram".to_owned())));
    assert_eq!(users[1].creation_type, Some(CreationType::Unknown("Beamed".to_owned())));
    assert_eq!(users[1].external_user_state, Some(ExternalUserState::Unknown("Pondering".to_owned())));
    assert_eq!(users[1].is_external(), None);
}

#[test]
fn deleted_and_restored_users_are_read() {
    let deleted = decode_list(&ListDeletedUsers::default(), "deleted_users");
    assert_eq!(deleted[0].deleted_date_time, Some(datetime!(2026-11-21 07:00 UTC)));
    let restored = decode(&RestoreDeletedUser::plainly(SECOND), "user_restored");
    assert_eq!((restored.id, restored.deleted_date_time), (SECOND, None));
}

#[test]
fn a_group_is_read() {
    let group = decode(&GetGroup { group_id: GROUP, select: Group::PROPERTIES }, "group");
    assert_eq!((group.id, group.security_enabled), (GROUP, Some(true)));
    assert_eq!(group.group_types, ["DynamicMembership"]);
}

#[test]
fn an_invitation_is_read() {
    let post = PostInvitation::default();
    let made = decode(&post, "invitation_created");
    assert_eq!(made.status, Some(InvitationStatus::PendingAcceptance));
    assert_eq!(made.invited_user, Some(InvitedUser { id: SECOND }));
    assert_eq!(made.invited_user_type, Some(UserType::Guest));
    let recipients = made.invited_user_message_info.unwrap().cc_recipients;
    assert_eq!(recipients, [Recipient::default()], "nobody is an entry of nulls");
    let future = decode(&post, "invitation_future");
    assert_eq!(future.status, Some(InvitationStatus::Unknown("Levitating".to_owned())));
}

#[test]
fn licences_are_read() {
    let skus = decode_list(&ListSubscribedSkus, "subscribed_skus");
    assert_eq!(skus[0].sku_part_number.as_deref(), Some("AAD_PREMIUM"));
    assert_eq!(skus[0].prepaid_units.as_ref().and_then(|units| units.enabled), Some(25));
    assert_eq!(skus[0].service_plans[0].service_plan_name.as_deref(), Some("AAD_PREMIUM"));
}

#[tokio::test]
async fn counts_are_asked_for_with_the_header_and_answered_as_plain_text() {
    let plain = [("Content-Type", "text/plain")];
    let script = Script::new().on("GET /users/$count", respond(200, &plain, "\u{feff}1234"));
    let (client, call) = client(&script, &ManualClock::new());
    assert_eq!(client.send(&call, &CountUsers::default()).await.unwrap().value, 1234);
    assert_eq!(script.sent()[0].header("ConsistencyLevel"), Some("eventual"));
}

#[tokio::test]
async fn the_consistency_level_goes_with_each_further_page() {
    let path = format!("/groups/{GROUP}/members/microsoft.graph.user");
    let script = Script::new()
        .on(&format!("GET {path}?$select=id&$count=true"), json(200, &golden("group_members_page")))
        .on(&format!("GET {path}?$skiptoken=abc"), json(200, &golden("group_members_last")));
    let (client, call) = client(&script, &ManualClock::new());
    let endpoint = ListGroupMembers { group_id: GROUP, select: &["id"], top: None };
    let members = client.list(&call, &endpoint).await.unwrap().value;
    assert_eq!(members.len(), 1, "an empty page is not the end");
    let levels: Vec<_> =
        script.sent().iter().map(|sent| sent.header("ConsistencyLevel").map(str::to_owned)).collect();
    assert_eq!(levels, vec![Some("eventual".to_owned()); 2]);
}

#[tokio::test]
async fn an_advanced_filter_sends_the_header_and_a_plain_one_does_not() {
    let page = value!({"value": []});
    let script = Script::new()
        .on("GET /users?$filter=endsWith%28mail%2C%27.example%27%29&$count=true", json(200, &page))
        .on("GET /users?$filter=mail%20eq%20%27a%27", json(200, &page));
    let (client, call) = client(&script, &ManualClock::new());
    for filter in [Filter::ends_with("mail", ".example"), Filter::eq("mail", "a")] {
        client.list(&call, &ListUsers { filter: Some(filter), ..Default::default() }).await.unwrap();
    }
    let sent = script.sent();
    assert_eq!(sent[0].header("ConsistencyLevel"), Some("eventual"));
    assert_eq!(sent[1].header("ConsistencyLevel"), None);
}

#[tokio::test]
async fn a_delta_is_read_to_its_link_and_goes_on_from_there() {
    let script = Script::new()
        .on("GET /users/delta", json(200, &golden("users_delta_page")))
        .on("GET /users/delta?$skiptoken=abc", json(200, &golden("users_delta_last")))
        .on("GET /users/delta?$deltatoken=def", json(200, &golden("users_delta_last")));
    let (client, call) = client(&script, &ManualClock::new());
    let endpoint = GetUsersDelta::default();
    let UsersDelta::Changes { changes, link } = client.users_delta(&call, &endpoint, None).await.unwrap()
    else {
        panic!("not expired")
    };
    let ids: Vec<_> = changes.iter().map(UserChange::id).collect();
    assert_eq!(ids, [USER, USER, SECOND, THIRD, THIRD]);
    let reasons: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            UserChange::Present(_) => None,
            UserChange::Removed { reason, .. } => Some(reason.as_str()),
        })
        .collect();
    assert_eq!(reasons, ["changed", "deleted", "evaporated"]);
    let UserChange::Present(ann) = &changes[1] else { panic!("she is there") };
    assert_eq!(ann.display_name.as_deref(), Some("Anne"), "the last one counts");

    // a link is kept as text and read again
    let kept = serde_json::to_string(&link).unwrap();
    assert_eq!(kept, format!("\"{ROOT}/users/delta?$deltatoken=def\""));
    let link: DeltaLink = serde_json::from_str(&kept).unwrap();
    let again = client.users_delta(&call, &endpoint, Some(&link)).await.unwrap();
    assert!(matches!(again, UsersDelta::Changes { changes, .. } if changes.len() == 4));
}

#[tokio::test]
async fn a_delta_link_that_is_too_old_is_expired_and_not_an_error() {
    let link: DeltaLink =
        serde_json::from_value(value!(format!("{ROOT}/users/delta?$deltatoken=old"))).unwrap();
    for (status, name) in [(410, "error_410_delta"), (400, "error_400_sync_state")] {
        let script = Script::new().on("GET /users/delta?$deltatoken=old", json(status, &golden(name)));
        let (client, call) = client(&script, &ManualClock::new());
        let delta = client.users_delta(&call, &GetUsersDelta::default(), Some(&link)).await.unwrap();
        assert_eq!(delta, UsersDelta::Expired, "{name}");
    }
}

#[tokio::test]
async fn without_a_link_and_for_other_reasons_a_delta_fails() {
    let script = Script::new()
        .on("GET /users/delta", json(410, &golden("error_410_delta")))
        .on("GET /users/delta?$deltatoken=x", json(403, &golden("error_403_privileges")))
        .on("GET /users/delta", json(200, &value!({"value": []})));
    let (client, call) = client(&script, &ManualClock::new());
    let endpoint = GetUsersDelta::default();
    let gone = client.users_delta(&call, &endpoint, None).await.unwrap_err();
    assert_eq!(gone.status(), Some(StatusCode::GONE));
    let link: DeltaLink =
        serde_json::from_value(value!(format!("{ROOT}/users/delta?$deltatoken=x"))).unwrap();
    assert!(client.users_delta(&call, &endpoint, Some(&link)).await.unwrap_err().is_forbidden());
    let endless = client.users_delta(&call, &endpoint, None).await.unwrap_err();
    assert!(matches!(endless, GraphError::Decode { is_write: false, .. }), "{endless}");
}

#[tokio::test]
async fn a_delta_link_to_somewhere_else_gets_no_token() {
    let script = Script::new();
    let (client, call) = client(&script, &ManualClock::new());
    let link: DeltaLink = serde_json::from_value(value!("https://evil.example/v1.0/users/delta")).unwrap();
    let error = client.users_delta(&call, &GetUsersDelta::default(), Some(&link)).await.unwrap_err();
    assert!(matches!(error, GraphError::ForeignNextLink { .. }), "{error}");
    assert!(script.sent().is_empty());
}
