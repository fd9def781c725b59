//! The scope is desired state.

use http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn users_and_groups_come_into_scope_and_go_out_of_it() {
    let scene = running(two()).await;
    let nadia = people(&scene, &["Nadia Novak"]);
    let mut both = group(&scene);
    both["users"] = nadia["users"].clone();
    let told = done(&scene, &configure("S1", &both)).await;
    assert_eq!(told.writes(), ["assign-scope"]);
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams", "Nadia Novak"]);
    let told = done(&scene, &configure("S2", &nadia)).await;
    assert_eq!(told.writes(), ["unassign-scope"]);
    assert_eq!(external(&scene, "fabrikam"), ["Nadia Novak"]);
    assert_eq!(deleted(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn everybody_and_back() {
    let scene = running(two()).await;
    let told = done(&scene, &configure("S1", &json!({"everyone": true}))).await;
    assert_eq!(told.writes(), ["set-secrets", "restart-job", "tag-configuration"]);
    let all = ["Alex Admin", "Annie Adams", "Nadia Novak", "Omar Ortiz"];
    assert_eq!(external(&scene, "fabrikam"), all);
    let told = done(&scene, &configure("S2", &json!({"everyone": true}))).await;
    assert_eq!(told.writes(), Vec::<String>::new());

    let omar = people(&scene, &["Omar Ortiz"]);
    done(&scene, &configure("S3", &omar)).await;
    assert_eq!(external(&scene, "fabrikam"), ["Omar Ortiz"]);
}

#[tokio::test]
async fn nobody_is_deleted_for_a_moment_on_the_way_from_everybody_to_some() {
    let scene = two().build();
    done(&scene, &configure("S1", &json!({"everyone": true}))).await;
    let omar = people(&scene, &["Omar Ortiz"]);
    done(&scene, &configure("S2", &omar)).await;
    assert_eq!(external(&scene, "fabrikam"), ["Omar Ortiz"]);
    assert!(!deleted(&scene, "fabrikam").contains(&"Omar Ortiz".to_owned()));
    let writes = scene.writes();
    let at =
        |end: &str| writes.iter().rposition(|line| line.method != "GET" && line.path.ends_with(end)).unwrap();
    assert!(at("/appRoleAssignedTo") < at("/secrets"), "he is assigned before the others go");
}

#[tokio::test]
async fn a_crash_between_the_secrets_and_the_restart_is_made_up_for() {
    use mto_simulation_tests::{Fault, Point};
    use std::sync::atomic::{AtomicBool, Ordering};
    static CRASHED: AtomicBool = AtomicBool::new(true);
    let crash = |point: Point<'_>| {
        let here = matches!(point, Point::Request("POST", path) if path.ends_with("/restart"));
        if here && !CRASHED.swap(true, Ordering::SeqCst) { Fault::Crash } else { Fault::None }
    };
    let scene = running(two().faults(crash)).await;
    CRASHED.store(false, Ordering::SeqCst);
    done(&scene, &configure("S1", &json!({"everyone": true}))).await;
    assert_eq!(external(&scene, "fabrikam").len(), 4);
}

#[tokio::test]
async fn a_type_of_users_is_set_and_set_back() {
    let scene = two().build();
    let typed = |id: &str, user_type: &str| {
        let mut command = configure(id, &people(&scene, &["Annie Adams"]));
        command["data"]["userType"] = json!(user_type);
        command
    };
    let told = done(&scene, &typed("S1", "Guest")).await;
    assert!(told.writes().contains(&"set-schema".to_owned()), "{:?}", told.writes());
    assert_eq!(person(&scene, "fabrikam", "Annie Adams").unwrap()["userType"], "Guest");
    assert_eq!(done(&scene, &typed("S2", "Guest")).await.writes(), Vec::<String>::new());
    assert_eq!(done(&scene, &typed("S3", "Member")).await.writes(), ["set-schema"]);
    assert_eq!(person(&scene, "fabrikam", "Annie Adams").unwrap()["userType"], "Member");
}

/// Fabrikam invited Annie some day.
fn invite_annie(scene: &mto_simulation_tests::Scene) {
    let body = json!({"invitedUserEmailAddress": "annie.adams@contoso.example",
        "inviteRedirectUrl": "https://fabrikam.example", "sendInvitationMessage": false});
    scene.admin("fabrikam").calls(&Method::POST, "/invitations", &body);
}

#[tokio::test]
async fn a_guest_stays_a_guest_and_is_told_of_unless_members_are_asked_for() {
    let scene = two().build();
    invite_annie(&scene);
    let group = group(&scene);
    let told = done(&scene, &configure("S1", &group)).await;
    assert!(notes(&told).contains("guest"), "{}", notes(&told));
    assert_eq!(scene.view("segmentation", "fabrikam")["externalGuestInside"], 1);
    let mut command = configure("S2", &group);
    command["data"]["userType"] = json!("Member");
    done(&scene, &command).await;
    assert_eq!(scene.view("segmentation", "fabrikam")["externalGuestInside"], 0);
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 1);
}

#[tokio::test]
async fn somebody_who_is_not_there_fails_in_the_words_of_the_service() {
    let scene = two().build();
    let nobody = json!({"users": ["00000000-0000-4000-8000-00000000dead"]});
    let told = ended(&scene, &configure("S1", &nobody)).await;
    assert_eq!((told.kind(), told.code()), ("failed", "refused"), "{}", told.text());
    assert!(told.took_seconds() < 60 * 60, "{}", told.took_seconds());
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}

#[tokio::test]
async fn a_scope_of_nobody_is_rejected() {
    let scene = two().build();
    for (id, scope) in [("S1", json!({"users": []})), ("S2", Value::Null)] {
        let mut command = configure(id, &scope);
        if scope.is_null() {
            command["data"].as_object_mut().unwrap().remove("scope");
        }
        let told = ended(&scene, &command).await;
        assert_eq!((told.kind(), told.code()), ("rejected", "invalid"));
        assert!(told.text().contains("data.scope"), "{}", told.text());
    }
    assert_eq!(scene.writes().len(), 0);
}
