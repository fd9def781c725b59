//! What a command says while it works, how long it may take, and how much it asks for.

use http::Method;
use mto_simulation_tests::{Scene, Stage};
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

fn everyone(id: &str) -> Value {
    configure(id, &json!({"everyone": true}))
}

#[tokio::test]
async fn a_wait_says_how_many_are_there_how_many_are_expected_and_how_long_they_take() {
    let mut stage = two();
    stage.setup.options.directory.milliseconds_per_object = 30 * 60 * 1000;
    let scene = stage.build();
    scene.post(&everyone("S1")).await;
    scene.run_for(Duration::minutes(10)).await;
    let wait = scene.waits("S1").last().unwrap().clone();
    assert_eq!(wait.code(), "synchronizing");
    let words =
        "0 of about 4 users; up to 1 minute more, by Microsoft's published 0.01 to 0.08 minutes an object";
    assert!(wait.text().ends_with(words), "{}", wait.text());
    let progress = &wait.0["data"]["observed"]["progress"];
    let numbers = json!({"done": 0, "expected": 4, "remaining": 4, "leastMinutes": 1, "mostMinutes": 1});
    assert_eq!(*progress, numbers);
    assert_eq!(scene.journal(mto_messages::Verb::Sync).users, Some(4));
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
}

/// Contoso with so many users more, each of which takes the most that is documented.
fn slow(users: u32) -> Stage {
    let mut seed = seed_of(2, &["fabrikam"]);
    seed.tenants[0].generated_users = users;
    let mut stage = Stage::with(seed);
    stage.setup.options.directory.milliseconds_per_object = 4_800;
    stage.setup.limits.users_without_confirm = 10_000;
    stage
}

#[tokio::test]
async fn a_scope_that_takes_longer_than_the_least_budget_gets_the_time_it_needs_to_come_and_to_go() {
    let scene = slow(4_000).build();
    let told = done(&scene, &everyone("S1")).await;
    assert_eq!(told.summary(), "4004 users are synchronized");
    assert!(told.took_seconds() > 5 * 60 * 60, "{}", told.took_seconds());
    let wait = scene.waits("S1").last().unwrap().0["data"]["wait"].clone();
    let deadline = wait["deadline"].as_str().unwrap();
    let whole = time::OffsetDateTime::parse(deadline, &time::format_description::well_known::Rfc3339)
        .unwrap()
        - scene.told("S1")[0].time();
    assert_eq!(whole, Duration::milliseconds(4_004 * 4_800 * 2));
    let unshare = sync(
        "U1",
        "unshare",
        "contoso",
        "fabrikam",
        &json!({"confirm": {"tenant": "contoso", "users": 4_004}}),
    );
    done(&scene, &unshare).await;
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}

fn invite(scene: &Scene, address: &str) {
    let body = json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://fabrikam.example",
        "sendInvitationMessage": false});
    scene.admin("fabrikam").calls(&Method::POST, "/invitations", &body);
}

#[tokio::test]
async fn guests_pending_invitations_and_addresses_that_several_hold_are_told_before_the_start() {
    // A second object of Fabrikam holds every address.
    let twice = |method: &str, path: &str, body: &mut Value| {
        if let Some(users) = body["value"].as_array_mut().filter(|_| method == "GET" && path == "/v1.0/users")
        {
            let mut twins = users.clone();
            for (twin, number) in twins.iter_mut().zip(1_u128..) {
                twin["id"] = json!(uuid::Uuid::from_u128(0xdead << 64 | number));
            }
            users.extend(twins);
        }
    };
    let scene = two().rewriting(twice).build();
    invite(&scene, "annie.adams@contoso.example");
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.look().await;
    let wait = scene.waits("S1").last().unwrap().clone();
    let notes = notes(&wait);
    for part in [
        "1 user was a guest",
        "userType Member",
        "1 user in scope is a guest in Fabrikam",
        "reset the guest's redemption status",
        "addresses of 1 user belong to several objects of Fabrikam",
        "remove the duplicates",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    scene.run().await;
}

#[tokio::test]
async fn a_success_says_that_licences_were_not_looked_at_and_what_they_would_take() {
    let scene = two().build();
    let group = group(&scene);
    let notes = notes(&done(&scene, &configure("S1", &group)).await);
    assert!(notes.contains("1 synchronized user needs Microsoft Entra ID P1 in Contoso"), "{notes}");
    assert!(notes.contains("Organization.Read.All"), "{notes}");
    assert!(scene.requests().iter().all(|line| !line.path.contains("subscribedSkus")));
}

/// The requests of one look, those in a batch by their method and address after it.
async fn asked_in_one_look(scene: &Scene) -> Vec<String> {
    let before = scene.requests().len();
    scene.look().await;
    let part = |line: &entra_simulator::RequestLine| {
        let path = line.path.split('?').next().unwrap_or_default().trim_start_matches("/v1.0");
        let segments = path.split('/').filter(|one| !one.contains('-')).collect::<Vec<_>>().join("/");
        format!("{}{segments}", if line.in_batch { "- " } else { "" })
    };
    scene.requests()[before..].iter().map(part).collect()
}

#[tokio::test]
async fn a_look_at_a_pair_that_is_waited_for_takes_three_requests_and_no_list_of_partners() {
    let mut stage = two();
    stage.setup.options.directory.milliseconds_per_object = 60 * 60 * 1000;
    let scene = stage.build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::minutes(10)).await;
    let next = scene.waits("S1").last().unwrap().next_look();
    let due = scene.world().next_due().unwrap();
    assert!(due >= next);
    scene.world().clock().jump_to(due);
    let mut asked = asked_in_one_look(&scene).await;
    asked.sort();
    let wanted = [
        "- /policies/crossTenantAccessPolicy/partners",
        "- /policies/crossTenantAccessPolicy/partners",
        "- /servicePrincipals",
        "- /servicePrincipals/appRoleAssignedTo",
        "- /servicePrincipals/synchronization/jobs",
        "- /tenantRelationships/multiTenantOrganization",
        "- /tenantRelationships/multiTenantOrganization",
        "- /tenantRelationships/multiTenantOrganization/tenants",
        "- /tenantRelationships/multiTenantOrganization/tenants",
        "/$batch",
        "/$batch",
        "/$batch",
    ];
    assert_eq!(asked, wanted);
    let single = |line: &&entra_simulator::RequestLine| line.path.contains("/partners");
    let ids = |line: &entra_simulator::RequestLine| line.path.contains("/partners/");
    assert!(scene.requests().iter().filter(single).all(ids), "one record, not all of them");
    scene.run().await;
}

#[tokio::test]
async fn a_stop_reads_no_settings() {
    let scene = running(two()).await;
    let before = scene.requests().len();
    done(&scene, &sync("S1", "stop", "contoso", "fabrikam", &json!({}))).await;
    let requests = scene.requests();
    assert!(requests[before..].iter().all(|line| !line.path.contains("/policies/")));
    assert!(requests[before..].iter().all(|line| line.tenant != Some(scene.id("fabrikam"))));
}
