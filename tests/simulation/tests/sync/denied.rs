//! Sources and targets that are not there for us, and a pair that falls apart while a command waits.

use entra_simulator::Change;
use mto_simulation_tests::{Scene, leave, still_open};
use serde_json::json;
use time::Duration;

use crate::support::*;

fn break_credential(scene: &Scene, name: &str) {
    let tenant = scene.id(name);
    scene.script(Change::BreakCredential { tenant, broken: true });
    scene.script(Change::RevokeTokens { tenant });
}

#[rstest::rstest]
#[case::source("contoso", "Contoso")]
#[case::target("fabrikam", "Fabrikam")]
#[tokio::test]
async fn a_side_that_does_not_let_us_in_fails_in_half_an_hour_and_is_named(
    #[case] broken: &str,
    #[case] shown: &str,
) {
    let scene = two().build();
    let group = group(&scene);
    break_credential(&scene, broken);
    let told = ended(&scene, &configure("S1", &group)).await;
    assert_eq!((told.kind(), told.code()), ("failed", "denied"), "{}", told.text());
    assert!(told.text().contains(shown), "{}", told.text());
    assert!((30..=45).contains(&(told.took_seconds() / 60)), "{}", told.took_seconds());
    assert_eq!(scene.writes().len(), 0);
}

#[tokio::test]
async fn a_source_without_the_permission_to_synchronize_is_named_with_it() {
    let scene = two().build();
    let group = group(&scene);
    for permission in [
        "Application.ReadWrite.All",
        "Application.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Application.ReadWrite.OwnedBy",
    ] {
        scene.script(Change::DenyPermission {
            tenant: scene.id("contoso"),
            permission: permission.to_owned(),
        });
    }
    let told = ended(&scene, &configure("S1", &group)).await;
    assert_eq!((told.kind(), told.code()), ("failed", "denied"), "{}", told.text());
    assert!(told.text().contains("Contoso"), "{}", told.text());
}

#[tokio::test]
async fn a_target_whose_people_we_may_not_read_gets_them_all_the_same() {
    let scene = two().build();
    let group = group(&scene);
    for permission in [
        "User.Read.All",
        "User.ReadWrite.All",
        "User.ReadBasic.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ] {
        scene.script(Change::DenyPermission {
            tenant: scene.id("fabrikam"),
            permission: permission.to_owned(),
        });
    }
    done(&scene, &configure("S1", &group)).await;
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 1);
}

#[tokio::test]
async fn a_target_that_is_away_is_waited_for() {
    let scene = two().build();
    let group = group(&scene);
    goes_away(&scene, "fabrikam");
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::minutes(30)).await;
    let wait = scene.waits("S1").last().unwrap().clone();
    assert_eq!(wait.code(), "service-unavailable");
    assert!(wait.text().contains("Fabrikam"), "{}", wait.text());
    assert_eq!(scene.writes().len(), 0);
    scene.script(Change::NoFaults);
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
}

#[rstest::rstest]
#[case::source(sync("S1", "configure", "fabrikam", "contoso", &json!({"scope": {"everyone": true}})))]
#[case::target(sync("S1", "configure", "contoso", "fabrikam", &json!({"scope": {"everyone": true}})))]
#[case::restart(sync("S1", "restart", "fabrikam", "contoso", &json!({})))]
#[case::restart_to_it(sync("S1", "restart", "contoso", "fabrikam", &json!({})))]
#[case::stop(sync("S1", "stop", "fabrikam", "contoso", &json!({})))]
#[tokio::test]
async fn an_external_side_is_rejected_at_once(#[case] command: serde_json::Value) {
    let scene = two().external("fabrikam").build();
    let told = ended(&scene, &command).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "invalid"), "{}", told.text());
    assert!(told.text().contains("fabrikam"), "{}", told.text());
    assert_eq!(scene.writes().len(), 0);
}

#[tokio::test]
async fn a_configure_that_wakes_after_the_pair_has_parted_is_rejected_and_opens_nothing() {
    let mut stage = two();
    stage.setup.options.directory.milliseconds_per_object = 60 * 60 * 1000;
    let scene = stage.build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::minutes(10)).await;
    assert_eq!(scene.waited_for("S1").last().unwrap(), "synchronizing");
    scene.post(&leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("L1").0, "succeeded");
    assert_eq!(scene.verdict("S1"), ("rejected".to_owned(), "not-in-one-organization".to_owned()));
    assert_eq!(still_open(&scene), Vec::<String>::new());
}
