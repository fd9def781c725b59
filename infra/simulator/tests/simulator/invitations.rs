//! Reference 7.1 and 7.3.

use entra_simulator::{Change, DirectoryOptions};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{Lab, assert_has};
use super::sync_support::{named, quick, quick_with, seed_with};

fn invitation(address: &str, more: &[(&str, Value)]) -> Value {
    let mut body = json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.example"});
    for (name, value) in more {
        body[*name] = value.clone();
    }
    body
}

fn invited_id(answer: &Value) -> Uuid {
    Uuid::parse_str(answer["invitedUser"]["id"].as_str().expect("an id")).expect("an id")
}

#[test]
fn an_invitation_makes_a_pending_guest_that_the_address_list_hides() {
    let lab = Lab::new(2, quick());
    let made = lab.post(0, "/invitations", invitation("pat@elsewhere.example", &[]), 201);
    let keys = [
        "id",
        "inviteRedeemUrl",
        "invitedUserDisplayName",
        "invitedUserType",
        "invitedUserEmailAddress",
        "sendInvitationMessage",
        "resetRedemption",
        "inviteRedirectUrl",
        "status",
        "invitedUserMessageInfo",
        "invitedUser",
    ];
    assert!(keys.iter().all(|key| made.get(key).is_some()), "{made}");
    assert_has(
        &made,
        &json!({"status": "PendingAcceptance", "invitedUserType": "Guest", "sendInvitationMessage": false}),
    );
    assert_eq!(
        made["invitedUserMessageInfo"]["ccRecipients"],
        json!([{"emailAddress": {"name": null, "address": null}}])
    );
    assert_has(
        &lab.person(0, "pat").expect("the guest"),
        &json!({"userPrincipalName": "pat_elsewhere.example#EXT#@contoso.onmicrosoft.example", "userType": "Guest",
            "creationType": "Invitation", "externalUserState": "PendingAcceptance", "showInAddressList": null}),
    );
    let again = lab.post(0, "/invitations", invitation("pat@elsewhere.example", &[]), 201);
    assert_eq!(invited_id(&again), invited_id(&made), "the same user");
}

#[test]
fn redeeming_changes_the_state_and_who_signs_the_user_in() {
    let lab = Lab::new(2, quick());
    let made = lab.post(0, "/invitations", invitation("bob.baker@fabrikam.example", &[]), 201);
    let path = format!(
        "/users/{}?$select=externalUserState,externalUserStateChangeDateTime,identities",
        invited_id(&made)
    );
    let before = lab.ask(0, &path);
    assert_eq!(before["identities"][0]["issuer"], "contoso.onmicrosoft.example");
    lab.pass(60);
    lab.script(Change::Redeem { tenant: lab.id(0), user: invited_id(&made) });
    let after = lab.ask(0, &path);
    assert_has(
        &after,
        &json!({"externalUserState": "Accepted", "externalUserStateChangeDateTime": "2026-11-21T09:01:00Z"}),
    );
    assert_eq!(after["identities"][0]["issuer"], "ExternalAzureAD");
    let again = lab.post(0, "/invitations", invitation("bob.baker@fabrikam.example", &[]), 201);
    assert_eq!(again["status"], "Completed");
}

#[test]
fn addresses_types_and_own_people_are_checked() {
    let lab = Lab::new(2, quick());
    for body in [
        invitation("pat", &[]),
        invitation("pat+one@elsewhere.example", &[]),
        invitation("pat#one@elsewhere.example", &[]),
        invitation("annie.adams@contoso.example", &[]),
        invitation("pat@elsewhere.example", &[("invitedUserType", json!("Owner"))]),
        invitation("pat@elsewhere.example", &[("surprise", json!(1))]),
        json!({"invitedUserEmailAddress": "pat@elsewhere.example"}),
    ] {
        assert_eq!(lab.call(0, Method::POST, "/invitations", &body).status, 400, "{body}");
    }
    lab.script(Change::Invitations { tenant: lab.id(0), allowed: false });
    assert_eq!(
        lab.call(0, Method::POST, "/invitations", &invitation("pat@elsewhere.example", &[])).status,
        403
    );
}

#[test]
fn redemption_is_reset_outside_an_organization_only() {
    for (formed, status) in [(false, 201), (true, 400)] {
        let lab = if formed { Lab::formed(1, quick()) } else { Lab::new(2, quick()) };
        let made = lab.post(0, "/invitations", invitation("bob.baker@fabrikam.example", &[]), 201);
        lab.script(Change::Redeem { tenant: lab.id(0), user: invited_id(&made) });
        let reset = [("resetRedemption", json!(true)), ("invitedUser", json!({"id": invited_id(&made)}))];
        let reply =
            lab.call(0, Method::POST, "/invitations", &invitation("bob.baker@fabrikam.example", &reset));
        assert_eq!(reply.status, status, "{}", reply.body);
        let user = lab.ask(0, &format!("/users/{}?$select=externalUserState", invited_id(&made)));
        assert_eq!(user["externalUserState"], if formed { "Accepted" } else { "PendingAcceptance" });
    }
}

#[test]
fn users_are_told_apart_by_where_they_come_from_and_by_their_type() {
    let lab = Lab::formed(1, quick());
    for (address, kind) in [
        ("bob.baker@fabrikam.example", "Member"),
        ("barbara.brown@fabrikam.example", "Guest"),
        ("charlie.clark@tailspin.example", "Member"),
        ("pat@elsewhere.example", "Guest"),
    ] {
        lab.post(0, "/invitations", invitation(address, &[("invitedUserType", json!(kind))]), 201);
    }
    assert_eq!(
        lab.segments(0),
        json!({"internalMember": 4, "internalGuest": 0, "externalMemberInside": 1, "externalGuestInside": 1,
            "externalMemberOutside": 1, "externalGuestOutside": 1})
    );
    lab.delete(1, &lab.row(1), 204);
    lab.pass(super::support::REMOVAL_SECONDS);
    assert_has(&lab.segments(0), &json!({"externalMemberInside": 0, "externalMemberOutside": 2}));
}

#[test]
fn a_synchronized_user_counts_as_redeemed_at_once_where_the_switch_says_so() {
    let options = DirectoryOptions { redeemed_at_once: true, ..DirectoryOptions::default() };
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick_with(options));
    lab.running(None);
    assert_eq!(lab.person(1, "Annie Adams").expect("Annie")["externalUserState"], "Accepted");
}

#[test]
fn a_synchronized_user_counts_as_redeemed_at_first_use() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    lab.running(None);
    let annie = lab.person(1, "Annie Adams").expect("Annie");
    assert_eq!(annie["externalUserState"], "PendingAcceptance");
    let user = Uuid::parse_str(annie["id"].as_str().expect("an id")).expect("an id");
    lab.script(Change::Redeem { tenant: lab.id(1), user });
    assert_eq!(lab.person(1, "Annie Adams").expect("Annie")["externalUserState"], "Accepted");
}

#[test]
fn inviting_somebody_who_left_home_finds_the_synchronized_user() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    lab.running(None);
    lab.delete(0, &format!("/users/{}", lab.user_id(0, "Annie Adams")), 204);
    let made = lab.post(1, "/invitations", invitation("annie.adams@contoso.example", &[]), 201);
    assert_eq!(invited_id(&made).to_string(), lab.user_id(1, "Annie Adams"));
}
