//! Quarantine: what can be mended from here is, the rest is explained.

use entra_simulator::{Change, Seed};
use http::Method;
use mto_simulation_tests::{Scene, Stage};
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";

fn status_of(scene: &Scene) -> Value {
    job(scene, "contoso", "fabrikam").1["status"].clone()
}

#[tokio::test]
async fn redemption_that_is_switched_off_in_mid_run_is_switched_on_and_the_job_restarted() {
    let mut stage = two();
    stage.setup.options.directory.start_delay_seconds = 10 * 60;
    let scene = stage.build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::minutes(2)).await;
    assert_eq!(scene.count("POST", "/start"), 1);
    // An administrator switches it off just before the cycle, and nobody looks until it has failed.
    let due = scene.world().next_due().unwrap();
    assert!(due - scene.world().clock().now() < Duration::minutes(9));
    scene.run_for(Duration::minutes(6)).await;
    let off = json!({"automaticUserConsentSettings": {"inboundAllowed": false, "outboundAllowed": false}});
    let path = format!("{PARTNERS}/{}", scene.id("contoso"));
    scene.admin("fabrikam").calls(&Method::PATCH, &path, &off);
    scene.world().clock().jump_to(scene.world().clock().now() + Duration::minutes(6));
    assert_eq!(status_of(&scene)["code"], "Quarantine");
    scene.run().await;
    let told = scene.end("S1");
    assert_eq!(told.kind(), "succeeded", "{} {}", told.code(), told.text());
    assert_eq!(scene.count("POST", "/restart"), 1);
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_quarantine_that_configure_finds_is_mended_by_it() {
    let scene = running(two()).await;
    let off = json!({"automaticUserConsentSettings": {"inboundAllowed": false, "outboundAllowed": false}});
    let path = format!("{PARTNERS}/{}", scene.id("fabrikam"));
    scene.admin("contoso").calls(&Method::PATCH, &path, &off);
    scene.run_for(Duration::hours(1)).await;
    assert_eq!(status_of(&scene)["code"], "Quarantine");
    let group = group(&scene);
    let told = done(&scene, &configure("S1", &group)).await;
    assert_eq!(told.writes(), ["update-partner", "restart-job"]);
    assert_eq!(status_of(&scene)["code"], "Active");
}

#[tokio::test]
async fn users_whom_the_service_could_not_bring_over_are_counted_in_the_outcome() {
    let scene = two().build();
    let group = group(&scene);
    scene.script(Change::Invitations { tenant: scene.id("fabrikam"), allowed: false });
    let told = done(&scene, &configure("S1", &group)).await;
    assert_eq!(told.summary(), "0 users are synchronized");
    assert!(notes(&told).contains("could not be synchronized"), "{}", notes(&told));
}

/// Contoso with so many users more, all of them in Fabrikam.
async fn with_many(users: u32) -> Scene {
    let mut seed: Seed = seed_of(2, &["fabrikam"]);
    seed.tenants[0].generated_users = users;
    let mut stage = Stage::with(seed);
    stage.setup.options.directory.milliseconds_per_object = 1;
    stage.setup.limits.users_without_confirm = 10_000;
    let scene = stage.build();
    done(&scene, &configure("S0", &json!({"everyone": true}))).await;
    scene
}

fn restart(id: &str, more: &Value) -> Value {
    sync(id, "restart", "contoso", "fabrikam", more)
}

fn confirm(users: u64) -> Value {
    json!({"confirm": {"tenant": "contoso", "users": users}})
}

#[tokio::test]
async fn too_many_deletions_fail_with_what_to_do_and_go_with_a_confirmed_restart() {
    let scene = with_many(600).await;
    let group = group(&scene);
    let told = ended(&scene, &configure("S1", &group)).await;
    assert_eq!((told.kind(), told.code()), ("failed", "quarantined"), "{}", told.text());
    assert!(told.text().contains("more users would be deleted"), "{}", told.text());
    assert!(told.remedy().contains("restart and confirm.users"), "{}", told.remedy());
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 604);

    let status =
        mto_simulation_tests::command("sync", "S2", &json!({"action": "status", "owner": "contoso"}));
    let told = ended(&scene, &status).await;
    assert!(told.summary().contains("1 in quarantine"), "{}", told.summary());
    assert!(notes(&told).contains("TooManyDeletes"), "{}", notes(&told));

    let told = ended(&scene, &restart("S3", &confirm(10))).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "too-many-users"));
    assert!(told.remedy().contains("\"users\": 604"), "{}", told.remedy());
    done(&scene, &restart("S4", &confirm(604))).await;
    scene.run_for(Duration::hours(2)).await;
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_configure_that_confirms_the_number_lets_the_deletions_through_itself() {
    let scene = with_many(600).await;
    let mut command = configure("S1", &group(&scene));
    command["data"]["confirm"] = confirm(603)["confirm"].clone();
    done(&scene, &command).await;
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_scope_that_is_put_right_again_lifts_the_quarantine_without_deleting_anybody() {
    let scene = with_many(600).await;
    let group = group(&scene);
    assert_eq!(ended(&scene, &configure("S1", &group)).await.code(), "quarantined");
    done(&scene, &configure("S2", &json!({"everyone": true}))).await;
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 604);
    assert_eq!(deleted(&scene, "fabrikam"), Vec::<String>::new());
}
