//! Reference 6.8, a row each.

use entra_simulator::{DirectoryOptions, GroupSeed, UserSeed};
use http::Method;
use serde_json::json;

use super::support::{Lab, assert_has};
use super::sync_support::{named, quick, quick_with, seed_with};

#[test]
fn group_members_count_directly_only() {
    let mut seed = seed_with(named(&["Direct One", "Nested Two"]));
    let group = |name: &str, members: &[&str]| GroupSeed {
        display_name: name.to_owned(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        ..GroupSeed::default()
    };
    seed.tenants[0].groups = vec![
        group("Inner", &["nested.two@contoso.example"]),
        group("Outer", &["direct.one@contoso.example", "Inner"]),
    ];
    let lab = Lab::with(seed, quick());
    let sync = lab.configure(0, 1, false);
    lab.assign(&sync, &lab.group(0, "Outer"));
    lab.start(&sync);
    assert!(lab.has(1, "Direct One"));
    assert!(!lab.has(1, "Nested Two"), "no nesting");
    let members = lab.ask(0, &format!("/groups/{}/transitiveMembers", lab.group(0, "Outer")));
    assert_eq!(members["value"].as_array().map(Vec::len), Some(3), "two users and the group");
}

#[test]
fn who_is_assigned_is_synchronized_and_nobody_else() {
    let lab = Lab::with(seed_with(named(&["In Scope", "Out Side"])), quick());
    lab.running(Some(&["In Scope"]));
    assert!(lab.has(1, "In Scope") && !lab.has(1, "Out Side"));
}

#[test]
fn an_assignment_is_answered_listed_refused_twice_and_taken_back() {
    let lab = Lab::with(seed_with(named(&["In Scope"])), quick());
    let sync = lab.configure(0, 1, false);
    let id = lab.assign(&sync, &lab.user_id(0, "In Scope"));
    let listed = lab.ask(0, &sync.assignments());
    assert_has(
        &listed["value"][0],
        &json!({"id": id, "principalType": "User", "principalDisplayName": "In Scope", "deletedDateTime": null}),
    );
    let body = json!({"appRoleId": sync.role, "resourceId": sync.principal, "principalId": lab.user_id(0, "In Scope")});
    let again = lab.call(0, Method::POST, &sync.assignments(), &body);
    assert_eq!((again.status, again.code()), (400, "Request_BadRequest"));
    assert_eq!(again.body["error"]["message"], "Permission being assigned already exists on the object");
    lab.delete(0, &format!("{}/{id}", sync.assignments()), 204);
    assert_eq!(lab.ask(0, &sync.assignments())["value"], json!([]));
    let conflicts = DirectoryOptions { duplicate_assignment_conflicts: true, ..DirectoryOptions::default() };
    let lab = Lab::with(seed_with(named(&["In Scope"])), quick_with(conflicts));
    let sync = lab.configure(0, 1, false);
    lab.assign(&sync, &lab.user_id(0, "In Scope"));
    let body = json!({"appRoleId": sync.role, "resourceId": sync.principal, "principalId": lab.user_id(0, "In Scope")});
    assert_eq!(lab.call(0, Method::POST, &sync.assignments(), &body).status, 409);
}

#[test]
fn assignments_are_listed_in_pages() {
    let lab = Lab::with(seed_with(named(&["One A", "Two B", "Three C"])), quick());
    let sync = lab.configure(0, 1, false);
    for name in ["One A", "Two B", "Three C"] {
        lab.assign(&sync, &lab.user_id(0, name));
    }
    let first = lab.ask(0, &format!("{}?$top=2", sync.assignments()));
    assert_eq!(first["value"].as_array().map(Vec::len), Some(2));
    let next = first["@odata.nextLink"].as_str().expect("a next page");
    let second = lab.ask(0, next);
    assert_eq!(second["value"].as_array().map(Vec::len), Some(1));
    assert!(second.get("@odata.nextLink").is_none());
}

#[test]
fn external_users_of_the_source_are_not_synchronized_so_there_are_no_chains() {
    let lab = Lab::new(3, quick());
    lab.running(None);
    let onward = lab.configure(1, 2, true);
    lab.start(&onward);
    assert!(lab.has(1, "Annie Adams"));
    assert!(lab.has(2, "Bob Baker"));
    assert!(!lab.has(2, "Annie Adams"), "A to B to C is not possible");
}

#[test]
fn an_assigned_external_user_is_skipped_with_a_reason() {
    let lab = Lab::new(3, quick());
    lab.running(None);
    let onward = lab.configure(1, 2, false);
    lab.assign(&onward, &lab.user_id(1, "Annie Adams"));
    lab.start(&onward);
    assert!(!lab.has(2, "Annie Adams"));
    let (action, status, code) = lab.last_logged(1, "Annie Adams");
    assert_eq!(
        (action.as_str(), status.as_str(), code.as_str()),
        ("other", "skipped", "EntrySynchronizationSkipped")
    );
}

#[test]
fn internal_guests_are_synchronized_by_switch_only() {
    let users = || vec![UserSeed { user_type: Some("Guest".to_owned()), ..UserSeed::named("Gina Guest") }];
    for (internal_guests, wanted) in [(false, false), (true, true)] {
        let options = quick_with(DirectoryOptions { internal_guests, ..DirectoryOptions::default() });
        let lab = Lab::with(seed_with(users()), options);
        lab.running(None);
        assert_eq!(lab.has(1, "Gina Guest"), wanted);
    }
}

#[test]
fn users_who_sign_in_by_text_message_are_skipped() {
    let user = UserSeed { sms_sign_in: true, ..UserSeed::named("Sam Short") };
    let lab = Lab::with(seed_with(vec![user, UserSeed::named("Lena Long")]), quick());
    lab.running(None);
    assert!(!lab.has(1, "Sam Short") && lab.has(1, "Lena Long"));
}

#[test]
fn an_existing_external_user_of_the_same_person_is_linked_and_stays_a_guest() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    let body = json!({"invitedUserEmailAddress": "annie.adams@contoso.example", "inviteRedirectUrl": "https://x.example",
                      "invitedUserDisplayName": "Annie (Contoso)"});
    let invited = lab.post(1, "/invitations", body, 201)["invitedUser"]["id"].clone();
    lab.running(None);
    let annie = lab.person(1, "Annie Adams").expect("linked, and renamed by the mapping");
    assert_has(&annie, &json!({"id": invited, "userType": "Guest", "showInAddressList": true}));
    assert!(!lab.has(1, "Annie (Contoso)"), "not duplicated");
    let (action, status, _) = lab.last_logged(0, "Annie Adams");
    assert_eq!((action.as_str(), status.as_str()), ("update", "success"));
}

#[test]
fn an_external_user_invited_before_the_person_existed_is_linked_too() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    let body = json!({"invitedUserEmailAddress": "late.comer@contoso.example", "inviteRedirectUrl": "https://x.example"});
    let invited = lab.post(1, "/invitations", body, 201)["invitedUser"]["id"].clone();
    let body = json!({"displayName": "Late Comer", "mailNickname": "late.comer", "accountEnabled": true,
                      "userPrincipalName": "late.comer@contoso.example", "passwordProfile": {"password": "only-for-tests"}});
    lab.post(0, "/users", body, 201);
    lab.running(None);
    assert_eq!(lab.person(1, "Late Comer").expect("linked")["id"], invited);
}

#[test]
fn changes_between_all_and_assigned_wait_for_a_restart() {
    let lab = Lab::with(seed_with(named(&["In Scope", "Out Side"])), quick());
    let sync = lab.running(Some(&["In Scope"]));
    lab.secrets(&sync, &[("SyncAll", "true")]);
    lab.patch(0, &format!("/users/{}", lab.user_id(0, "Out Side")), json!({"jobTitle": "Changed"}), 204);
    lab.cycle();
    assert!(!lab.has(1, "Out Side"));
    lab.restart(&sync, "Watermark");
    assert!(lab.has(1, "Out Side"));
}

#[test]
fn null_source_values_are_not_exported() {
    let user = UserSeed {
        department: Some("Sales".to_owned()),
        job_title: Some("Clerk".to_owned()),
        ..UserSeed::named("Ned Null")
    };
    let lab = Lab::with(seed_with(vec![user]), quick());
    lab.running(None);
    let id = lab.user_id(0, "Ned Null");
    lab.patch(0, &format!("/users/{id}"), json!({"department": null, "jobTitle": "Chief"}), 204);
    lab.cycle();
    let found = lab.person(1, "Ned Null").expect("Ned");
    assert_has(&found, &json!({"department": "Sales", "jobTitle": "Chief"}));
}

#[test]
fn edits_in_the_target_are_not_noticed_and_overwritten_at_the_next_source_change() {
    let user = UserSeed { department: Some("Sales".to_owned()), ..UserSeed::named("Edith Edit") };
    let lab = Lab::with(seed_with(vec![user]), quick());
    lab.running(None);
    let copy = format!("/users/{}", lab.user_id(1, "Edith Edit"));
    lab.patch(1, &copy, json!({"department": "Edited"}), 204);
    lab.cycle();
    assert_eq!(lab.person(1, "Edith Edit").expect("Edith")["department"], "Edited");
    lab.patch(0, &format!("/users/{}", lab.user_id(0, "Edith Edit")), json!({"jobTitle": "Chief"}), 204);
    lab.cycle();
    assert_has(
        &lab.person(1, "Edith Edit").expect("Edith"),
        &json!({"department": "Sales", "jobTitle": "Chief"}),
    );
}

#[test]
fn a_manager_follows_where_both_persons_are_in_scope() {
    let worker =
        UserSeed { manager: Some("mia.boss@contoso.example".to_owned()), ..UserSeed::named("Will Work") };
    let seed = || seed_with(vec![UserSeed::named("Mia Boss"), worker.clone()]);
    let lab = Lab::with(seed(), quick());
    lab.running(None);
    let manager = lab.ask(1, &format!("/users/{}/manager", lab.user_id(1, "Will Work")));
    assert_eq!(manager["displayName"], "Mia Boss");
    let lab = Lab::with(seed(), quick());
    lab.running(Some(&["Will Work"]));
    let path = format!("/users/{}/manager", lab.user_id(1, "Will Work"));
    assert_eq!(lab.get_with(1, &path, &[]).status, 404, "the manager is out of scope");
}

#[test]
fn a_new_manager_follows_at_the_next_cycle_and_none_is_not_exported() {
    let lab = Lab::with(seed_with(named(&["Mia Boss", "Max Boss", "Will Work"])), quick());
    lab.running(None);
    let reference = format!("/users/{}/manager/$ref", lab.user_id(0, "Will Work"));
    let manager = |lab: &Lab| {
        lab.ask(1, &format!("/users/{}/manager", lab.user_id(1, "Will Work")))["displayName"].clone()
    };
    for name in ["Mia Boss", "Max Boss"] {
        let body =
            json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{}", lab.user_id(0, name))});
        lab.put(0, &reference, body, 204);
        lab.cycle();
        assert_eq!(manager(&lab), name);
    }
    lab.delete(0, &reference, 204);
    lab.cycle();
    assert_eq!(manager(&lab), "Max Boss");
}
