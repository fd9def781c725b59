//! What the synchronization of users lacks is named; or done without, as the table says.

use entra_simulator::Change;
use http::Method;
use mto_handler::permissions::Side;
use mto_messages::Verb;
use mto_simulation_tests::Told;
use serde_json::{Value, json};

use crate::missing::{assert_named, needed, optional, probe};
use crate::play::Play;
use crate::users::{arrived, configure, group_and_user, groups, sharing_cast, sync};

#[tokio::test]
async fn what_sync_lacks_in_the_source_is_named() {
    for permission in needed(Verb::Sync, Side::Source) {
        let command = configure("S1", &group_and_user());
        let play = probe(sharing_cast(), Verb::Sync, "contoso", permission, &command).await;
        assert_named(&play.scene, "S1", "Contoso", permission);
        assert_eq!(arrived(&play.scene), Vec::<String>::new(), "{permission}");
    }
}

fn preflight(told: &Told) -> Value {
    told.0["data"]["observed"]["preflight"].clone()
}

fn dry(command: &Value) -> Value {
    let mut command = command.clone();
    command["data"]["dryRun"] = json!(true);
    command
}

#[tokio::test]
async fn without_a_look_at_the_people_of_the_target_their_number_is_an_estimate() {
    for permission in optional(Verb::Sync, Side::Target) {
        for is_estimate in [true, false] {
            let play = if is_estimate {
                sharing_cast().play_without(Verb::Sync, "fabrikam", permission)
            } else {
                sharing_cast().play()
            };
            play.scene.post(&dry(&configure("S1", &groups()))).await;
            play.scene.run().await;
            let end = play.scene.end("S1");
            assert_eq!(end.kind(), "planned", "{}", end.text());
            assert_eq!(preflight(&end)["isEstimate"], is_estimate, "{permission}: {}", preflight(&end));
            play.scene.post(&configure("S2", &groups())).await;
            play.scene.run().await;
            play.assert_succeeded(&["S2"]);
            assert_eq!(play.scene.requests().iter().any(|line| line.status == 403), is_estimate);
        }
    }
}

#[tokio::test]
async fn members_of_groups_whom_one_may_not_read_are_counted_and_the_number_is_an_estimate() {
    let play = sharing_cast().play_without(Verb::Sync, "contoso", "User.Read.All");
    play.scene.post(&dry(&configure("S1", &groups()))).await;
    play.scene.run().await;
    let seen = preflight(&play.scene.end("S1"));
    assert_eq!(
        (&seen["inScope"], &seen["new"], &seen["isEstimate"]),
        (&json!(1), &json!(1), &json!(true)),
        "{seen}"
    );
}

/// Contoso's group is in Fabrikam; then a permission counts no longer in Contoso, for nobody.
async fn shared_then_without(permission: &str) -> Play {
    shared_then_without_in("contoso", permission).await
}

async fn shared_then_without_in(tenant: &str, permission: &str) -> Play {
    let play = sharing_cast().play();
    play.scene.post(&configure("S0", &groups())).await;
    play.scene.run().await;
    play.assert_succeeded(&["S0"]);
    let tenant = play.scene.id(tenant);
    play.scene.script(Change::DenyPermission { tenant, permission: permission.to_owned() });
    play
}

#[tokio::test]
async fn what_sync_lacks_to_watch_stop_restart_and_take_back_is_named() {
    for action in ["stop", "restart", "unshare"] {
        let play = shared_then_without("Application.ReadWrite.OwnedBy").await;
        play.scene.post(&sync("S1", action, &json!({}))).await;
        play.scene.run().await;
        assert_named(&play.scene, "S1", "Contoso", "Application.ReadWrite.OwnedBy");
    }
    for permission in ["AppRoleAssignment.ReadWrite.All", "Application.Read.All"] {
        let play = shared_then_without(permission).await;
        play.scene.post(&sync("S1", "unshare", &json!({}))).await;
        play.scene.run().await;
        assert_named(&play.scene, "S1", "Contoso", permission);
        assert_eq!(arrived(&play.scene), ["Annie Adams"], "{permission}");
    }
}

#[tokio::test]
async fn only_restart_needs_to_see_who_is_in_the_organization() {
    const LIST: &str = "MultiTenantOrganization.Read.All";
    for (tenant, name) in [("contoso", "Contoso"), ("fabrikam", "Fabrikam")] {
        let play = shared_then_without_in(tenant, LIST).await;
        play.scene.post(&sync("S1", "restart", &json!({}))).await;
        play.scene.run().await;
        assert_named(&play.scene, "S1", name, LIST);
        for (id, action) in [("S2", "stop"), ("S3", "unshare")] {
            play.scene.post(&sync(id, action, &json!({}))).await;
            play.scene.run().await;
        }
        play.assert_succeeded(&["S2", "S3"]);
    }
}

#[tokio::test]
async fn status_says_what_it_lacked_to_look() {
    let play = shared_then_without("Application.ReadWrite.OwnedBy").await;
    let data = json!({"action": "status", "owner": "contoso"});
    play.scene.post(&mto_simulation_tests::command("sync", "S1", &data)).await;
    play.scene.run().await;
    play.assert_succeeded(&["S1"]);
    let notes = play.scene.end("S1").list("notes");
    let says = |note: &str| {
        note.contains("Contoso (")
            && note.contains("): 403 ")
            && note.contains("Application.ReadWrite.OwnedBy")
    };
    assert!(notes.iter().filter_map(Value::as_str).any(says), "{notes:?}");
}

#[tokio::test]
async fn a_configuration_that_somebody_else_made_is_not_ours_to_read_and_that_is_said() {
    let play = sharing_cast().play();
    let name = format!("MTO_Sync_{}", play.scene.id("fabrikam"));
    let path = "/applicationTemplates/518e5f48-1fc8-4c48-9387-9fdf28b0dfe7/instantiate";
    play.scene.admin("contoso").calls(&Method::POST, path, &json!({"displayName": name}));
    play.scene.post(&configure("S1", &groups())).await;
    play.scene.run().await;
    assert_named(&play.scene, "S1", "Contoso", "Application.ReadWrite.OwnedBy");
    let end = play.scene.end("S1");
    assert!(end.text().contains("OwnedBy (for what it owns)"), "{}", end.text());
}
