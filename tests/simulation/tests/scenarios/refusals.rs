//! We are not let in, or the service says no: told at once, borne for a while, and then a failure that names the
//! tenant and the remedy.

use entra_simulator::{Change, MemberRole, MemberState, Seed};
use mto_simulation_tests::{Scene, Stage, Told, add, create, join, seed_with_organization};
use serde_json::json;
use time::Duration;

const READS: [&str; 2] = ["MultiTenantOrganization.Read.All", "Directory.Read.All"];
const WRITES: &str = "MultiTenantOrganization.ReadWrite.All";

fn listed() -> Seed {
    seed_with_organization(2, &[("fabrikam", MemberRole::Member, MemberState::Pending)])
}

fn break_credential(scene: &Scene, tenant: &str, broken: bool) {
    let tenant = scene.id(tenant);
    scene.script(Change::BreakCredential { tenant, broken });
    if broken {
        scene.script(Change::RevokeTokens { tenant });
    }
}

fn deny(scene: &Scene, tenant: &str, permissions: &[&str]) {
    for permission in permissions {
        scene.script(Change::DenyPermission {
            tenant: scene.id(tenant),
            permission: (*permission).to_owned(),
        });
    }
}

/// Told at the first look, and failed after half an hour, with the tenant and what to do.
fn assert_denied_for_good(scene: &Scene, command: &str, tenant: &str, says: &str) -> Told {
    let wait = scene.waits(command).remove(0);
    assert_eq!((wait.code(), wait.took_seconds()), ("denied", 0), "told at once");
    let end = scene.end(command);
    for told in [&wait, &end] {
        assert!(told.text().contains(tenant), "names the tenant: {}", told.text());
        assert!(told.text().contains(says), "the service's words: {}", told.text());
        assert!(told.remedy().contains(tenant) && told.remedy().contains("credential"), "{}", told.remedy());
    }
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    let minutes = end.took_seconds() / 60;
    assert!((30..=45).contains(&minutes), "{minutes}");
    end
}

#[tokio::test]
async fn a_credential_that_is_broken_for_good_fails_the_command() {
    let scene = Stage::with(listed()).build();
    break_credential(&scene, "fabrikam", true);
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_denied_for_good(&scene, "J1", "Fabrikam", "AADSTS7000215");
    assert_eq!(scene.waits("J1").len(), 1, "told once");
}

#[tokio::test]
async fn a_credential_that_heals_within_ten_minutes_costs_nothing_but_time() {
    let scene = Stage::with(listed()).build();
    break_credential(&scene, "fabrikam", true);
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(10)).await;
    assert!(scene.writes().is_empty());
    break_credential(&scene, "fabrikam", false);
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.waited_for("J1"), ["denied", "joining"]);
    assert_eq!(scene.writes().len(), 1);
}

#[tokio::test]
async fn a_credential_that_breaks_during_a_wait_is_told_at_the_next_look() {
    let scene = Stage::with(listed()).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(20)).await;
    assert_eq!(scene.waited_for("J1"), ["joining"]);
    break_credential(&scene, "fabrikam", true);
    scene.run_for(Duration::minutes(16)).await;
    assert_eq!(scene.waited_for("J1"), ["joining", "denied"], "not only at the full hour");
    break_credential(&scene, "fabrikam", false);
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.writes().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_to_read_fails_the_command() {
    let scene = Stage::with(listed()).build();
    deny(&scene, "fabrikam", &[READS[0], READS[1], WRITES]);
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run().await;
    assert_denied_for_good(&scene, "J1", "Fabrikam", "Authorization_RequestDenied");
}

#[tokio::test]
async fn a_missing_permission_to_write_fails_the_command_and_is_not_hammered() {
    let scene = Stage::with(seed_with_organization(3, &[])).build();
    deny(&scene, "contoso", &[WRITES]);
    for (command, id) in [
        (add("A1", &["fabrikam"], &json!({})), "A1"),
        (add("A2", &["fabrikam", "tailspin"], &json!({})), "A2"),
        (create("C1", &[], &json!({"displayName": "New", "update": true})), "C1"),
    ] {
        let before = scene.writes().len();
        scene.post(&command).await;
        scene.run().await;
        let end = assert_denied_for_good(&scene, id, "Contoso", "Authorization_RequestDenied");
        assert_eq!(scene.waits(id).len(), 1, "a refused write is no news");
        // The delay doubles: 0, 15 s, 30 s, … 32 min; each tenant in company once and alone once.
        let made = scene.writes().len() - before;
        assert!(made <= 4 * 12, "{id}: {made}");
        assert!(end.list("writes").iter().all(|write| write["status"] == 403));
    }
}

#[tokio::test]
async fn a_permission_that_is_granted_after_ten_minutes_heals_the_command() {
    let mut seed = listed();
    seed.tenants[1].applications[0].permissions.clear();
    let scene = Stage::with(seed).build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::minutes(10)).await;
    assert_eq!(scene.waited_for("J1"), ["denied"]);
    // Only a new token carries it, and the old one would be good for an hour.
    let tenant = scene.id("fabrikam");
    scene.script(Change::GrantPermission { tenant, permission: WRITES.to_owned() });
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
}

#[tokio::test]
async fn a_refusal_that_passes_by_itself_is_borne() {
    // The service refuses to list a tenant whose removal is under way, and its list does not show the removal.
    let scene = Stage::with(listed())
        .rewriting(|method, path, body| {
            if method == "GET" && path.ends_with("/tenants") {
                body["value"].as_array_mut().unwrap().retain(|row| row["role"] == "owner");
            }
        })
        .build();
    scene.admin("contoso").removes("fabrikam");
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run_for(Duration::minutes(20)).await;
    let wait = scene.waits("A1").remove(0);
    assert_eq!(wait.code(), "refused");
    assert!(wait.text().contains("Request_BadRequest") && wait.text().contains("already being added"));
    assert_eq!(scene.row("contoso", "fabrikam"), "member pending", "added again after the removal");
}

#[tokio::test]
async fn a_refusal_in_an_unchanged_state_fails_after_half_an_hour_with_the_services_words() {
    // Tailspin is a tenant that the service does not know.
    let mut stage = Stage::with(seed_with_organization(3, &[])).rewriting(|method, path, body| {
        if method == "GET" && path.ends_with("/tenants") {
            body["value"].as_array_mut().unwrap().retain(|row| row["role"] == "owner");
        }
    });
    stage.setup.options.request_log_capacity = 100_000;
    let scene = stage.build();
    scene.admin("contoso").adds("tailspin", "member");
    scene.post(&add("A1", &["tailspin"], &json!({}))).await;
    scene.run().await;
    let end = scene.end("A1");
    assert_eq!((end.kind(), end.code()), ("failed", "refused"));
    assert!(
        end.text().contains("400 Request_BadRequest") && end.text().contains("Tailspin"),
        "{}",
        end.text()
    );
    assert!((30..=45).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
    assert!(scene.writes().len() <= 12, "{}", scene.writes().len());
    assert_eq!(scene.waits("A1").len(), 1);
}

#[tokio::test]
async fn a_login_service_that_quotes_the_secret_does_not_bring_it_into_a_ticket() {
    let seed = listed();
    let secret = seed.tenants[1].applications[0].secrets[0].expose().to_owned();
    let text = format!("AADSTS7000215: Invalid client secret provided: {secret}.");
    let scene = Stage::with(seed)
        .rewriting(move |_, path, body| {
            if path.ends_with("/token") && body["error"].is_string() {
                body["error_description"] = text.as_str().into();
            }
        })
        .build();
    break_credential(&scene, "fabrikam", true);
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    // The end of every scene looks for secrets in every message.
    scene.run().await;
    assert!(scene.end("J1").text().contains("[secret]"), "{}", scene.end("J1").text());
}
