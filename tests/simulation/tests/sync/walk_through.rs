//! Configure, from nothing to a steady state.

use mto_simulation_tests::Scene;
use serde_json::json;

use crate::support::*;

fn job_status(scene: &Scene) -> String {
    job(scene, "contoso", "fabrikam").1["status"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn configure_brings_the_users_of_the_group_over_as_members() {
    let scene = two().build();
    let group = group(&scene);
    let told = done(&scene, &configure("S1", &group)).await;
    let wanted = [
        "update-partner",
        "update-partner",
        "update-identity-synchronization",
        "create-configuration",
        "assign-scope",
        "set-secrets",
        "tag-configuration",
        "create-job",
        "validate-credentials",
        "start-job",
    ];
    assert_eq!(told.writes(), wanted, "each once");
    assert_eq!(scene.waited_for("S1"), ["settling", "synchronizing"]);
    assert_eq!(told.summary(), "1 user is synchronized");
    assert!(notes(&told).contains("people search within seven"), "{}", notes(&told));
    assert_eq!(job_status(&scene), "Active");
    let tags = configurations(&scene, "contoso", "fabrikam")[0]["tags"].clone();
    for tag in ["mto-functions", "mto-functions:scope=assigned"] {
        assert!(tags.as_array().unwrap().contains(&json!(tag)), "{tags}");
    }
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(external(&scene, "contoso"), Vec::<String>::new(), "one direction only");
    let annie = person(&scene, "fabrikam", "Annie Adams").unwrap();
    assert_eq!(annie["userType"], "Member");
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 1);
}

#[tokio::test]
async fn the_same_command_again_makes_no_write() {
    let scene = running(two()).await;
    let (writes, group) = (scene.writes().len(), group(&scene));
    let told = done(&scene, &configure("S1", &group)).await;
    assert_eq!((told.writes(), scene.writes().len()), (Vec::new(), writes));
    assert_eq!(told.took_seconds(), 0, "{:?}", scene.waits("S1"));
}

#[tokio::test]
async fn an_application_that_shows_late_is_waited_for_and_made_once() {
    let mut stage = two();
    stage.setup.options.directory.replication_delay_seconds = 150;
    let scene = running(stage).await;
    assert_eq!(scene.count("POST", "/instantiate"), 1);
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn with_everything_the_service_may_do_it_ends_the_same() {
    let mut stage = two();
    stage.setup.options = entra_simulator::Options::realistic();
    stage.setup.options.directory.first_execution_failed = true;
    let scene = running(stage).await;
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_dry_run_lists_the_writes_and_makes_none() {
    let scene = two().build();
    let mut command = configure("S1", &group(&scene));
    command["data"]["dryRun"] = json!(true);
    let told = ended(&scene, &command).await;
    assert_eq!(told.kind(), "planned");
    assert_eq!(scene.writes().len(), 0);
    let plan = told.plan();
    assert!(plan.contains(&"create-configuration".to_owned()), "{plan:?}");
    assert!(plan.contains(&"update-partner".to_owned()), "{plan:?}");
}

#[tokio::test]
async fn a_pair_that_is_in_no_organization_is_rejected_and_nothing_is_opened() {
    let scene = mto_simulation_tests::Stage::with(with_ids(entra_simulator::Seed::demo(2))).build();
    let group = group(&scene);
    let told = ended(&scene, &configure("S1", &group)).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "not-in-one-organization"));
    assert_eq!(scene.writes().len(), 0);
}
