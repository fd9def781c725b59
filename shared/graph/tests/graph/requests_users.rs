//! Requests about users, groups and invitations: method, path, body, permission and headers.

use http::Method;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, Filter, Nullable};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

const USER: Uuid = uuid!("05e00000-0000-4000-8000-000000000001");
const OTHER: Uuid = uuid!("05e00000-0000-4000-8000-000000000002");
const GROUP: Uuid = uuid!("60000000-0000-4000-8000-000000000001");
const READ: &str = "User.Read.All";

#[track_caller]
fn check<E: Endpoint>(endpoint: &E, method: Method, path: &str, body: Option<Value>, permission: &str) {
    check_with_level(endpoint, (method, path, body), permission, None);
}

#[track_caller]
fn check_with_level<E: Endpoint>(
    endpoint: &E,
    (method, path, body): (Method, &str, Option<Value>),
    permission: &str,
    level: Option<&str>,
) {
    assert_eq!(endpoint.method(), method);
    assert_eq!(endpoint.path(), path);
    assert_eq!(endpoint.body(), body);
    assert_eq!(E::PERMISSION, permission);
    let headers = endpoint.headers();
    assert_eq!(headers.get("ConsistencyLevel").and_then(|value| value.to_str().ok()), level);
    assert_eq!(headers.len(), usize::from(level.is_some()), "nothing else");
}

#[test]
fn users_are_listed_with_the_consistency_level_that_the_filter_needs() {
    check(&ListUsers::default(), Method::GET, "/users", None, READ);
    let members = ListUsers {
        filter: Some(Filter::eq("userType", "Member")),
        select: &["id", "userType"],
        top: Some(999),
    };
    let path = "/users?$filter=userType%20eq%20%27Member%27&$select=id,userType&$top=999";
    check(&members, Method::GET, path, None, READ);
    let not_guests = ListUsers { filter: Some(Filter::ne("userType", "Guest")), ..Default::default() };
    let path = "/users?$filter=userType%20ne%20%27Guest%27&$count=true";
    check_with_level(&not_guests, (Method::GET, path, None), READ, Some("eventual"));
}

#[test]
fn users_are_read_changed_and_deleted() {
    let path = format!("/users/{USER}");
    check(&GetUser { id: USER, select: &[] }, Method::GET, &path, None, READ);
    let select = GetUser { id: USER, select: &["id", "identities"] };
    check(&select, Method::GET, &format!("{path}?$select=id,identities"), None, READ);
    let update = UserUpdate {
        user_type: Some(UserType::Member),
        show_in_address_list: Some(Nullable::Value(true)),
        department: Some(Nullable::Null),
        ..Default::default()
    };
    let body = json!({"userType": "Member", "showInAddressList": true, "department": null});
    let change = PatchUser { id: USER, update };
    check(&change, Method::PATCH, &path, Some(body), "User.ReadWrite.All");
    check(&DeleteUser { id: USER }, Method::DELETE, &path, None, "User.DeleteRestore.All");
}

#[test]
fn users_and_members_are_counted_with_the_consistency_level() {
    let eventual = Some("eventual");
    check_with_level(&CountUsers::default(), (Method::GET, "/users/$count", None), READ, eventual);
    let guests = CountUsers { filter: Some(Filter::eq("userType", "Guest")) };
    let path = "/users/$count?$filter=userType%20eq%20%27Guest%27";
    check_with_level(&guests, (Method::GET, path, None), READ, eventual);
    let path = format!("/groups/{GROUP}/members/$count");
    let members = CountGroupMembers { group_id: GROUP, users_only: false };
    check_with_level(&members, (Method::GET, &path, None), "GroupMember.Read.All", eventual);
    let path = format!("/groups/{GROUP}/members/microsoft.graph.user/$count");
    let users = CountGroupMembers { group_id: GROUP, users_only: true };
    check_with_level(&users, (Method::GET, &path, None), "GroupMember.Read.All", eventual);
}

#[test]
fn groups_and_those_of_their_members_that_are_users_are_read() {
    let permission = "GroupMember.Read.All";
    let get = GetGroup { group_id: GROUP, select: &["id"] };
    check(&get, Method::GET, &format!("/groups/{GROUP}?$select=id"), None, permission);
    let members = ListGroupMembers { group_id: GROUP, select: &["id", "mail"], top: Some(500) };
    let path = format!("/groups/{GROUP}/members/microsoft.graph.user?$select=id,mail&$top=500&$count=true");
    check_with_level(&members, (Method::GET, &path, None), permission, Some("eventual"));
}

#[test]
fn a_delta_is_of_everybody_of_some_or_of_what_comes() {
    check(&GetUsersDelta::default(), Method::GET, "/users/delta", None, READ);
    let latest = GetUsersDelta { latest: true, select: &["id", "mail"], ids: vec![] };
    check(&latest, Method::GET, "/users/delta?$select=id,mail&$deltaToken=latest", None, READ);
    let some = GetUsersDelta { ids: vec![USER, OTHER], ..Default::default() };
    let path = format!("/users/delta?$filter=id%20eq%20%27{USER}%27%20or%20id%20eq%20%27{OTHER}%27");
    check(&some, Method::GET, &path, None, READ);
}

#[test]
fn deleted_users_are_listed_restored_and_deleted_for_ever() {
    let all = "/directory/deletedItems";
    let cast = format!("{all}/microsoft.graph.user");
    check(&ListDeletedUsers::default(), Method::GET, &cast, None, READ);
    let select = ListDeletedUsers { select: &["id"], top: Some(100), ..Default::default() };
    check(&select, Method::GET, &format!("{cast}?$select=id&$top=100"), None, READ);
    let permission = "User.DeleteRestore.All";
    let path = format!("{all}/{USER}/restore");
    check(&RestoreDeletedUser::plainly(USER), Method::POST, &path, None, permission);
    let renamed = RestoreDeletedUser {
        new_user_principal_name: Some("new@contoso.example".to_owned()),
        ..RestoreDeletedUser::plainly(USER)
    };
    let body = json!({"newUserPrincipalName": "new@contoso.example"});
    check(&renamed, Method::POST, &path, Some(body), permission);
    check(&DeleteDeletedUser { id: USER }, Method::DELETE, &format!("{all}/{USER}"), None, permission);
}

#[test]
fn people_are_invited() {
    let plain = PostInvitation {
        invited_user_email_address: "ann@fabrikam.example".to_owned(),
        invite_redirect_url: "https://myapps.example".to_owned(),
        ..Default::default()
    };
    let mut body = json!({
        "invitedUserEmailAddress": "ann@fabrikam.example",
        "inviteRedirectUrl": "https://myapps.example",
    });
    check(&plain, Method::POST, "/invitations", Some(body.clone()), "User.Invite.All");
    let full = PostInvitation {
        invited_user_display_name: Some("Ann".to_owned()),
        invited_user_type: Some(UserType::Member),
        send_invitation_message: Some(true),
        invited_user_message_info: Some(InvitedUserMessageInfo {
            message_language: Some("de-DE".to_owned()),
            ..Default::default()
        }),
        reset_redemption: Some(true),
        invited_user: Some(InvitedUser { id: USER }),
        ..plain
    };
    body["invitedUserDisplayName"] = json!("Ann");
    body["invitedUserType"] = json!("Member");
    body["sendInvitationMessage"] = json!(true);
    body["invitedUserMessageInfo"] = json!({"messageLanguage": "de-DE"});
    body["resetRedemption"] = json!(true);
    body["invitedUser"] = json!({"id": USER});
    check(&full, Method::POST, "/invitations", Some(body), "User.Invite.All");
}

#[test]
fn licences_are_listed() {
    check(&ListSubscribedSkus, Method::GET, "/subscribedSkus", None, "Organization.Read.All");
}
