//! Restart lets users go again, so both have to be fellows; stop and unshare take back, and ask nobody.

use entra_simulator::{Change, RequestLine};
use mto_simulation_tests::{Scene, leave};
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

fn of_contoso(id: &str, action: &str) -> Value {
    sync(id, action, "contoso", "fabrikam", &json!({}))
}

/// Contoso's users go to Fabrikam, which then leaves the organization; nothing is cleaned up.
async fn parted() -> Scene {
    let scene = running(two()).await;
    done(&scene, &leave("L1", "fabrikam", "leave", &json!({}))).await;
    scene
}

fn state(scene: &Scene) -> Value {
    job(scene, "contoso", "fabrikam").1["schedule"]["state"].clone()
}

#[tokio::test]
async fn a_stopped_job_is_not_restarted_once_the_two_have_parted() {
    let scene = parted().await;
    by_hand(&scene, "pause");
    let writes = scene.writes().len();
    let told = ended(&scene, &of_contoso("R1", "restart")).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "not-in-one-organization"), "{}", told.text());
    assert_eq!(scene.waited_for("R1"), ["settling"], "an old list is given time");
    assert_eq!(scene.writes().len(), writes);
    assert_eq!(state(&scene), "Paused");
}

#[tokio::test]
async fn who_comes_back_while_a_restart_waits_is_restarted() {
    let scene = running(two()).await;
    by_hand(&scene, "pause");
    goes_away(&scene, "fabrikam");
    scene.post(&of_contoso("R1", "restart")).await;
    scene.run_for(Duration::minutes(10)).await;
    let wait = scene.waits("R1").last().unwrap().clone();
    assert_eq!(wait.code(), "service-unavailable");
    assert!(wait.text().contains("Fabrikam"), "{}", wait.text());
    assert_eq!(state(&scene), "Paused");
    scene.script(Change::NoFaults);
    scene.run().await;
    assert_eq!(scene.verdict("R1").0, "succeeded");
    assert_eq!(state(&scene), "Active");
}

#[tokio::test]
async fn stop_asks_nobody_who_is_in_which_organization() {
    let scene = parted().await;
    let before = scene.requests().len();
    assert_eq!(done(&scene, &of_contoso("T1", "stop")).await.writes(), ["pause-job"]);
    assert_eq!(asked_about_organizations(&scene, before), 0);
    assert_eq!(state(&scene), "Paused");
}

#[tokio::test]
async fn unshare_restarts_whatever_has_become_of_the_organization() {
    let scene = parted().await;
    let before = scene.requests().len();
    let told = done(&scene, &of_contoso("U1", "unshare")).await;
    assert!(told.writes().contains(&"restart-job".to_owned()), "{:?}", told.writes());
    assert_eq!(asked_about_organizations(&scene, before), 0);
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}

#[tokio::test]
async fn a_restart_asks_each_side_once_before_and_once_after() {
    let scene = running(two()).await;
    let before = scene.requests().len();
    assert_eq!(done(&scene, &of_contoso("R1", "restart")).await.writes(), ["restart-job"]);
    let lists = |name: &str| {
        let tenant = Some(scene.id(name));
        let is_list = |line: &&RequestLine| line.tenant == tenant && line.path.ends_with("/tenants");
        scene.requests().iter().skip(before).filter(is_list).count()
    };
    assert_eq!((lists("contoso"), lists("fabrikam")), (2, 2), "one look before the restart, one after");
    let fabrikam = Some(scene.id("fabrikam"));
    let is_batch = |line: &&RequestLine| line.tenant == fabrikam && line.path.ends_with("/$batch");
    assert_eq!(scene.requests().iter().skip(before).filter(is_batch).count(), 2);
}

fn asked_about_organizations(scene: &Scene, before: usize) -> usize {
    let lines = scene.requests();
    lines.iter().skip(before).filter(|line| line.path.contains("/multiTenantOrganization")).count()
}
