//! The number of users that a command confirms binds, and a plan names it.

use entra_simulator::Change;
use mto_simulation_tests::{Scene, Stage, command, leave};
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

/// Everybody's group Shared is everywhere: one user of Contoso, two of Fabrikam, one of Tailspin.
async fn meshed(stage: Stage) -> Scene {
    let scene = stage.build();
    done(&scene, &command("sync", "S1", &json!({"owner": "contoso"}))).await;
    scene
}

fn confirm(tenant: &str, users: u64) -> Value {
    json!({"confirm": {"tenant": tenant, "users": users}})
}

fn leaving(id: &str, more: &Value) -> Value {
    let mut data = json!({"cleanup": "users"});
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    leave(id, "fabrikam", "leave", &data)
}

fn planning() -> Value {
    leaving("L1", &json!({"dryRun": true, "confirm": null}))
}

#[tokio::test]
async fn more_users_than_are_confirmed_are_not_taken_back_however_few_they_are() {
    let scene = meshed(three()).await;
    let unshare =
        |id: &str, users: u64| sync(id, "unshare", "fabrikam", "contoso", &confirm("fabrikam", users));
    let told = ended(&scene, &unshare("U1", 1)).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "too-many-users"));
    assert!(told.text().contains("2 deleted") && told.text().contains("confirms 1"), "{}", told.text());
    assert!(told.remedy().contains("\"users\": 2"), "{}", told.remedy());
    assert_eq!(told.writes(), Vec::<String>::new());
    assert_eq!(external(&scene, "contoso").len(), 3);
    done(&scene, &unshare("U2", 2)).await;
    assert_eq!(external(&scene, "contoso"), ["Charlie Clark"]);
}

#[tokio::test]
async fn a_leave_that_confirms_too_few_takes_back_no_pair_that_has_more() {
    let scene = meshed(three()).await;
    done(&scene, &leaving("L1", &confirm("fabrikam", 1))).await;
    assert_eq!(external(&scene, "contoso"), ["Barbara Brown", "Bob Baker", "Charlie Clark"]);
}

#[tokio::test]
async fn the_plan_of_a_leave_tells_the_users_of_each_pair_and_a_number_that_is_enough() {
    let scene = meshed(three()).await;
    let writes = scene.writes().len();
    let planned = ended(&scene, &planning()).await;
    assert_eq!(planned.kind(), "planned");
    assert_eq!(scene.writes().len(), writes);
    let told = notes(&planned);
    assert!(told.contains("the number to confirm is 2 "), "{told}");
    let named =
        |name: &str| format!("{} ({})", scene.tenant(name)["displayName"].as_str().unwrap(), scene.id(name));
    for (users, source, target) in [
        ("2 users", "fabrikam", "contoso"),
        ("2 users", "fabrikam", "tailspin"),
        ("1 user", "contoso", "fabrikam"),
        ("1 user", "tailspin", "fabrikam"),
    ] {
        let line = format!("{users} from {} in {}", named(source), named(target));
        assert!(told.contains(&line), "{line} is not in {told}");
    }
    assert!(
        !told.contains(&format!("from {} in {}", named("contoso"), named("tailspin"))),
        "they stay: {told}"
    );

    done(&scene, &leaving("L2", &confirm("fabrikam", 2))).await;
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    assert_eq!(external(&scene, "contoso"), ["Charlie Clark"]);
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams"]);
}

#[tokio::test]
async fn the_plan_of_a_leave_names_where_it_could_not_count() {
    let scene = meshed(three()).await;
    // Tokens that were issued before are over.
    scene.run_for(Duration::hours(2)).await;
    scene.script(Change::BreakCredential { tenant: scene.id("tailspin"), broken: true });
    let told = notes(&ended(&scene, &planning()).await);
    let line = told.lines().find(|line| line.contains("how many users of these")).unwrap_or_default();
    assert!(line.contains("Tailspin") && line.contains("AADSTS"), "{told}");
    assert!(told.contains("the number to confirm is 2 ") && told.contains("or a larger one"), "{told}");
}

#[tokio::test]
async fn a_plan_that_takes_nobody_back_counts_nobody() {
    let scene = meshed(three()).await;
    let dry = json!({"dryRun": true, "confirm": null, "cleanup": "settings"});
    let told = notes(&ended(&scene, &leave("L1", "fabrikam", "leave", &dry)).await);
    assert!(!told.contains("confirm is"), "{told}");
}
