//! Stop, restart and status.

use serde_json::json;
use time::Duration;

use crate::support::*;

fn stop(id: &str) -> serde_json::Value {
    sync(id, "stop", "contoso", "fabrikam", &json!({}))
}

fn restart(id: &str) -> serde_json::Value {
    sync(id, "restart", "contoso", "fabrikam", &json!({}))
}

fn status(id: &str) -> serde_json::Value {
    mto_simulation_tests::command("sync", id, &json!({"action": "status", "owner": "contoso"}))
}

#[tokio::test]
async fn a_configure_that_waits_is_rejected_once_somebody_stops_the_job() {
    let mut stage = two();
    stage.setup.options.directory.milliseconds_per_object = 30 * 60 * 1000;
    let scene = stage.build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::minutes(10)).await;
    assert_eq!(scene.waited_for("S1").last().unwrap(), "synchronizing");
    scene.post(&stop("S2")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S2").0, "succeeded");
    assert_eq!(scene.end("S2").writes(), ["pause-job"]);
    assert_eq!(scene.verdict("S1"), ("rejected".to_owned(), "stopped-meanwhile".to_owned()));
    assert_eq!(job(&scene, "contoso", "fabrikam").1["schedule"]["state"], "Paused");

    let told = ended(&scene, &status("S3")).await;
    assert!(told.summary().contains("1 stopped"), "{}", told.summary());
    assert!(notes(&told).contains("): stopped, 0 users"), "{}", notes(&told));
    assert_eq!(done(&scene, &restart("S4")).await.writes(), ["restart-job"]);
    scene.run_for(Duration::hours(1)).await;
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_stop_straight_after_the_start_is_noticed_too() {
    let scene = two().build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(Duration::seconds(75)).await;
    assert_eq!(scene.count("POST", "/start"), 1);
    by_hand(&scene, "pause");
    scene.run().await;
    assert_eq!(scene.verdict("S1"), ("rejected".to_owned(), "stopped-meanwhile".to_owned()));
}

#[tokio::test]
async fn a_job_that_somebody_stopped_before_is_started_again_by_configure() {
    let scene = running(two()).await;
    by_hand(&scene, "pause");
    let group = group(&scene);
    let told = done(&scene, &configure("S1", &group)).await;
    assert!(told.writes().contains(&"start-job".to_owned()), "{:?}", told.writes());
    assert_eq!(job(&scene, "contoso", "fabrikam").1["schedule"]["state"], "Active");
}

#[tokio::test]
async fn stop_and_restart_of_nothing_are_told_apart() {
    let scene = two().build();
    let told = ended(&scene, &stop("S1")).await;
    assert_eq!((told.kind(), told.writes()), ("succeeded", Vec::new()));
    let told = ended(&scene, &restart("S2")).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "no-synchronization"));
    assert_eq!(scene.writes().len(), 0);
}

#[tokio::test]
async fn a_stop_of_what_is_stopped_makes_no_write() {
    let scene = running(two()).await;
    assert_eq!(done(&scene, &stop("S1")).await.writes(), ["pause-job"]);
    assert_eq!(done(&scene, &stop("S2")).await.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn status_counts_what_is_steady_and_makes_no_write() {
    let scene = running(three()).await;
    let writes = scene.writes().len();
    let told = ended(&scene, &status("S1")).await;
    assert_eq!(told.kind(), "succeeded");
    let summary = told.summary();
    assert!(summary.contains("1 synchronization with 1 user: 1 steady"), "{summary}");
    assert!(summary.contains("settings differ"), "Tailspin's records are blank: {summary}");
    assert_eq!(scene.writes().len(), writes);
}
