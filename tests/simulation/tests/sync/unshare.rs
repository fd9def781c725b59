//! Unshare: the users are taken back, and what we made goes.

use http::Method;
use mto_simulation_tests::{Scene, Stage, leave, still_open, with_open_mesh};
use serde_json::{Value, json};

use crate::support::*;

fn unshare(id: &str, more: &Value) -> Value {
    sync(id, "unshare", "contoso", "fabrikam", more)
}

/// Contoso's and Fabrikam's groups are in each other.
async fn both_ways(stage: Stage) -> Scene {
    let scene = running(stage).await;
    let scope = json!({"scope": {"groups": [shared(scene.seed(), "fabrikam")]}});
    done(&scene, &sync("S0b", "configure", "fabrikam", "contoso", &scope)).await;
    assert_eq!(external(&scene, "contoso"), ["Barbara Brown", "Bob Baker"]);
    scene
}

#[tokio::test]
async fn one_direction_is_taken_back_and_the_other_stays() {
    let scene = both_ways(two()).await;
    let told = done(&scene, &unshare("U1", &json!({}))).await;
    let wanted = [
        "unassign-scope",
        "restart-job",
        "pause-job",
        "delete-configuration",
        "update-partner",
        "update-partner",
        "update-identity-synchronization",
    ];
    let mut writes = told.writes();
    writes[4..].sort();
    let mut sorted = wanted.map(str::to_owned).to_vec();
    sorted[4..].sort();
    assert_eq!(writes, sorted);
    assert_eq!(scene.waited_for("U1")[0], "taking-back");
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    assert_eq!(deleted(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 0);
    assert_eq!(
        still_open(&scene),
        [
            "Contoso about Fabrikam: inbound redemption",
            "Contoso about Fabrikam: synchronization",
            "Fabrikam about Contoso: outbound redemption",
        ]
    );
    assert_eq!(external(&scene, "contoso"), ["Barbara Brown", "Bob Baker"]);
    let told = done(&scene, &unshare("U2", &json!({}))).await;
    assert_eq!(told.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn both_directions_are_taken_back_and_everything_is_closed() {
    let scene = both_ways(two()).await;
    done(&scene, &unshare("U1", &json!({"bothDirections": true}))).await;
    for (source, target) in [("contoso", "fabrikam"), ("fabrikam", "contoso")] {
        assert_eq!(external(&scene, target), Vec::<String>::new());
        assert_eq!(configurations(&scene, source, target).len(), 0);
    }
    assert_eq!(still_open(&scene), Vec::<String>::new());
}

#[tokio::test]
async fn a_scope_of_everybody_is_taken_back_too() {
    let scene = running(two()).await;
    done(&scene, &configure("S1", &json!({"everyone": true}))).await;
    assert_eq!(external(&scene, "fabrikam").len(), 4);
    done(&scene, &unshare("U1", &json!({}))).await;
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}

#[tokio::test]
async fn users_of_a_job_that_was_stopped_are_taken_back_too() {
    let scene = running(two()).await;
    by_hand(&scene, "pause");
    done(&scene, &unshare("U1", &json!({}))).await;
    assert_eq!(deleted(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 0);
}

#[tokio::test]
async fn users_whom_the_first_cycle_is_just_bringing_are_taken_back_too() {
    let mut stage = two();
    stage.setup.options.directory.milliseconds_per_object = 10 * 60 * 1000;
    let scene = stage.build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(time::Duration::minutes(8)).await;
    assert_eq!(scene.waited_for("S1").last().unwrap(), "synchronizing");
    let told = done(&scene, &unshare("U1", &json!({}))).await;
    assert!(told.writes().contains(&"restart-job".to_owned()), "{:?}", told.writes());
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    assert_eq!(
        scene.verdict("S1"),
        ("rejected".to_owned(), "changed-meanwhile".to_owned()),
        "it made nothing again"
    );
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 0);
}

/// Forgets our tag: as if an administrator had made the configuration.
fn untag(scene: &Scene) -> String {
    let id = configurations(scene, "contoso", "fabrikam")[0]["id"].as_str().unwrap().to_owned();
    let tags = json!({"tags": ["WindowsAzureActiveDirectoryIntegratedApp"]});
    scene.admin("contoso").calls(&Method::PATCH, &format!("/servicePrincipals/{id}"), &tags);
    id
}

#[tokio::test]
async fn a_configuration_that_is_not_ours_is_emptied_and_left_and_named() {
    let scene = running(two()).await;
    let id = untag(&scene);
    let told = done(&scene, &unshare("U1", &json!({}))).await;
    assert_eq!(deleted(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 1);
    assert_eq!(job(&scene, "contoso", "fabrikam").1["schedule"]["state"], "Paused");
    assert!(notes(&told).contains(&id), "{}", notes(&told));
    let again = done(&scene, &unshare("U2", &json!({}))).await;
    assert_eq!(again.writes(), Vec::<String>::new(), "somebody else's job is not started again");
    assert!(notes(&again).contains(&id), "{}", notes(&again));
}

#[tokio::test]
async fn too_many_users_are_rejected_with_their_number_and_go_with_it() {
    let mut stage = two();
    stage.setup.limits.users_without_confirm = 3;
    let scene = stage.build();
    let confirm = |users: u64| json!({"tenant": "contoso", "users": users});
    let more = json!({"scope": {"everyone": true}, "confirm": confirm(4)});
    done(&scene, &sync("S0", "configure", "contoso", "fabrikam", &more)).await;
    let told = ended(&scene, &unshare("U1", &json!({}))).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "too-many-users"));
    assert!(told.remedy().contains("\"users\": 4"), "{}", told.remedy());
    assert_eq!(external(&scene, "fabrikam").len(), 4);
    done(&scene, &unshare("U2", &json!({"confirm": confirm(4)}))).await;
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}

#[tokio::test]
async fn more_users_than_the_services_own_threshold_go_where_they_are_confirmed() {
    let mut seed = seed_of(2, &["fabrikam"]);
    seed.tenants[0].generated_users = 600;
    let mut stage = Stage::with(seed);
    stage.setup.options.directory.milliseconds_per_object = 1;
    let scene = stage.build();
    let confirm = json!({"tenant": "contoso", "users": 604});
    let more = json!({"scope": {"everyone": true}, "confirm": confirm});
    done(&scene, &sync("S0", "configure", "contoso", "fabrikam", &more)).await;
    done(&scene, &unshare("U1", &json!({"confirm": confirm}))).await;
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 0);
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 0);
}

#[tokio::test]
async fn a_leave_with_users_takes_everybody_back_in_both_directions() {
    let scene = both_ways(three()).await;
    let all = mto_simulation_tests::command("sync", "S1", &json!({"owner": "contoso"}));
    done(&scene, &all).await;
    assert_eq!(external(&scene, "tailspin").len(), 3);
    let told = done(&scene, &leave("L1", "fabrikam", "leave", &json!({"cleanup": "users"}))).await;
    assert_eq!(told.list("children").len(), 1);
    let kinds: Vec<String> = scene
        .outcomes()
        .iter()
        .filter(|told| told.is_last_word())
        .map(|told| told.kind().to_owned())
        .collect();
    assert!(kinds.iter().all(|kind| kind == "succeeded"), "{kinds:?}");
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    assert_eq!(external(&scene, "contoso"), ["Charlie Clark"]);
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams"]);
    for (source, target) in
        [("contoso", "fabrikam"), ("fabrikam", "contoso"), ("fabrikam", "tailspin"), ("tailspin", "fabrikam")]
    {
        assert_eq!(configurations(&scene, source, target).len(), 0, "{source} to {target}");
    }
    let open = still_open(&scene);
    assert!(!open.iter().any(|line| line.contains("Fabrikam")), "{open:?}");
    assert_eq!(open.len(), 6, "Contoso and Tailspin stay open: {open:?}");
}

#[tokio::test]
async fn a_leave_hands_the_number_it_confirms_to_the_clean_up() {
    let mut stage = three();
    stage.setup.limits.users_without_confirm = 1;
    let scene = stage.build();
    let more = json!({"targets": ["contoso"], "confirm": {"tenant": "fabrikam", "users": 2}});
    done(&scene, &sync("S0", "configure", "fabrikam", "contoso", &more)).await;
    let told = done(
        &scene,
        &leave(
            "L1",
            "fabrikam",
            "leave",
            &json!({"cleanup": "users", "confirm": {"tenant": "fabrikam", "users": 2}}),
        ),
    )
    .await;
    assert_eq!(told.list("children").len(), 1);
    assert_eq!(external(&scene, "contoso"), Vec::<String>::new());
    assert_eq!(configurations(&scene, "fabrikam", "contoso").len(), 0);
}

#[rstest::rstest]
#[case::as_source("fabrikam", "contoso")]
#[case::as_target("contoso", "fabrikam")]
#[tokio::test]
async fn an_external_side_does_not_keep_the_other_from_being_closed(
    #[case] source: &str,
    #[case] target: &str,
) {
    let scene = Stage::with(with_open_mesh(seed_of(2, &["fabrikam"]))).external("fabrikam").build();
    let told = done(&scene, &sync("U1", "unshare", source, target, &json!({"bothDirections": true}))).await;
    assert!(notes(&told).contains("external Fabrikam"), "{}", notes(&told));
    let open = still_open(&scene);
    assert!(open.iter().all(|line| line.starts_with("Fabrikam about")), "nobody there lets us in: {open:?}");
    assert_eq!(open.len(), 3);
}
