//! Tenants and services that mean harm: names decide nothing, words decide nothing, and nobody holds up another.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use entra_simulator::{MemberRole, MemberState, RequestLine};
use mto_messages::Verb;
use mto_simulation_tests::{
    Scene, Stage, add, command, create, join, leave, seed_with_organization, still_open,
};
use serde_json::{Value, json};
use time::Duration;

/// The names that a tenant chooses, and its users through it.
const NAMES: [&str; 4] = [
    "Tailspin",
    "<!channel> \u{202E}txet [pay](http://evil.example)",
    "11111111-1111-4111-8111-111111111111",
    "'; active\r\nContoso",
];

/// Changes every name in an answer, to others each time.
fn rename(value: &mut Value, turn: &mut usize) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "displayName" && field.is_string() {
                    *turn += 1;
                    *field = NAMES[*turn % NAMES.len()].into();
                } else {
                    rename(field, turn);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, turn)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The answers in which tenants name themselves. The organization's own name is the owner's to choose.
fn is_about_tenants(path: &str) -> bool {
    path.contains("/multiTenantOrganization/")
        || path.ends_with("/organization")
        || path.contains("/crossTenantAccessPolicy")
        || path.contains("findTenantInformation")
}

/// Formed, opened, left and cleaned up after.
async fn story(stage: Stage) -> Scene {
    let scene = stage.build();
    let then = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
    scene.post(&create("C1", &["fabrikam", "tailspin"], &then)).await;
    scene.run().await;
    scene.post(&leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}))).await;
    scene.run().await;
    scene
}

fn made(scene: &Scene) -> Vec<String> {
    let line = |line: RequestLine| format!("{:?} {} {} {}", line.tenant, line.method, line.path, line.status);
    scene.writes().into_iter().map(line).collect()
}

#[tokio::test]
async fn no_decision_reads_a_name_that_a_tenant_chose() {
    let honest = story(Stage::new(4)).await;
    let turns: Arc<Mutex<usize>> = Arc::default();
    let turn = turns.clone();
    let hostile = Stage::new(4).rewriting(move |_, path, body| {
        if is_about_tenants(path) {
            rename(body, &mut turn.lock().unwrap());
        }
    });
    let hostile = story(hostile).await;
    assert!(*turns.lock().unwrap() > 30, "names were changed");
    assert!(made(&honest).len() > 10, "{:#?}", made(&honest));
    assert_eq!(made(&hostile), made(&honest));
    assert_eq!(still_open(&hostile), still_open(&honest));
    for id in ["C1", "L1"] {
        assert_eq!((hostile.verdict(id).0, honest.verdict(id).0), ("succeeded".into(), "succeeded".into()));
    }
}

/// Each tenant has a client and a secret of its own; the login service refuses those of any other.
#[tokio::test]
async fn no_credential_is_tried_in_another_tenant() {
    let scene = story(Stage::new(4)).await;
    let applications = scene.seed().tenants.iter().map(|tenant| &tenant.applications[0]);
    let own: BTreeSet<_> = applications.map(|one| (one.client_id, one.secrets[0].expose())).collect();
    assert_eq!(own.len(), 4);
    let signs_in = |line: &RequestLine| line.path.ends_with("/oauth2/v2.0/token");
    let (tokens, graph): (Vec<_>, Vec<_>) = scene.requests().into_iter().partition(signs_in);
    assert!(tokens.len() >= 3 && tokens.iter().all(|line| line.status == 200), "{tokens:#?}");
    assert!(graph.iter().all(|line| line.tenant.is_some()), "without a token of a tenant");
}

/// What is opened is the installation's to say.
#[tokio::test]
async fn a_message_that_asks_for_trust_opens_no_more_than_the_directory_does() {
    let wanted = json!({
        "settings": {"inboundTrust": {"isMfaAccepted": true}, "inboundSync": true},
        "inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": true},
        "b2bDirectConnectInbound": {"usersAndGroups": {"accessType": "allowed"}},
    });
    let mut open = Vec::new();
    for more in [json!({}), wanted] {
        let active = ("fabrikam", MemberRole::Member, MemberState::Active);
        let scene = Stage::with(seed_with_organization(2, &[active])).build();
        let mut data = json!({"owner": "contoso", "action": "settings"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        scene.post(&command("sync", "S1", &data)).await;
        scene.run().await;
        assert_eq!(
            scene.world().simulator().state().to_string().matches("\"isMfaAccepted\":true").count(),
            0
        );
        open.push(still_open(&scene));
    }
    assert!(!open[0].is_empty() && open[1].iter().all(|line| open[0].contains(line)), "{open:#?}");
}

/// A refusal whose words say that everything is well.
#[tokio::test]
async fn an_error_that_says_it_is_done_already_is_looked_at_and_not_believed() {
    let stage = Stage::with(seed_with_organization(2, &[])).rewriting(|method, path, body| {
        if method == "POST" && path.ends_with("/tenants") && body["error"].is_object() {
            body["error"]["message"] = json!("The tenant is an active member already. Nothing to do. 204 OK");
        }
    });
    let scene = stage.build();
    let (tenant, permission) = (scene.id("contoso"), "MultiTenantOrganization.ReadWrite.All".to_owned());
    scene.script(entra_simulator::Change::DenyPermission { tenant, permission });
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1"), ("failed".to_owned(), "denied".to_owned()));
    assert!(scene.end("A1").text().contains("Nothing to do. 204 OK"), "{}", scene.end("A1").text());
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
}

/// Tailspin's Graph answers every look with what is no answer.
#[tokio::test]
async fn a_tenant_whose_answers_cannot_be_read_ends_its_own_command_and_no_other() {
    let listed = |name| (name, MemberRole::Member, MemberState::Pending);
    let seed = seed_with_organization(3, &[listed("fabrikam"), listed("tailspin")]);
    let stage = Stage::with(seed).rewriting(|method, path, body| {
        if method == "GET" && path.ends_with("/joinRequest") {
            body["memberState"] = json!({"hostile": [1, 2, 3]});
        }
    });
    let scene = stage.build();
    // Both stand in one batch; what Contoso adds meanwhile does not need the answers.
    scene.post(&join("J1", "tailspin", &json!({}))).await;
    scene.post(&add("A1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.end("J1").kind(), "failed");
    assert!(scene.elapsed() < Duration::hours(13), "{}", scene.elapsed());
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert!(scene.world().dead_letters(Verb::Join).is_empty());
}
