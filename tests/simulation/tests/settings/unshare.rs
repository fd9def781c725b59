//! Action unshare.

use entra_simulator::Seed;
use mto_simulation_tests::Stage;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn unshare_closes_both_directions_and_says_what_stays() {
    let scene = Stage::with(with_open_mesh(of_four())).build();
    scene.post(&unshare("U1", &["fabrikam", "tailspin"])).await;
    scene.run().await;
    assert_eq!(scene.verdict("U1").0, "succeeded");
    for other in ["fabrikam", "tailspin"] {
        assert_records(&scene, &["contoso", other], CLOSED);
    }
    assert_records(&scene, &["fabrikam", "tailspin", "northwind"], OPEN);
    assert_records(&scene, &["contoso", "northwind"], OPEN);
    let told = notes(&scene, "U1");
    assert!(told.contains("partner records that stay") && told.contains("Fabrikam"), "{told}");
    assert!(!told.contains("still open"), "{told}");
    assert_eq!(scene.writes().len(), 8);

    scene.post(&unshare("U2", &["fabrikam", "tailspin"])).await;
    scene.run().await;
    assert!(scene.end("U2").summary().ends_with("nothing was written"), "{}", scene.end("U2").summary());
}

#[tokio::test]
async fn unshare_of_one_direction_leaves_the_other() {
    let scene = Stage::with(with_open_mesh(of_four())).build();
    let mut command = unshare("U1", &["fabrikam"]);
    command["data"]["bothDirections"] = json!(false);
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(short(&scene, "contoso", "fabrikam"), "true false true");
    assert_eq!(short(&scene, "fabrikam", "contoso"), "false true false");
    assert!(notes(&scene, "U1").contains("automatic redemption outbound"), "{}", notes(&scene, "U1"));
}

#[tokio::test]
async fn unshare_asks_nobody_whether_they_are_in_an_organization() {
    let scene = Stage::with(with_open_mesh(Seed::demo(2))).build();
    scene.post(&unshare("U1", &["fabrikam"])).await;
    scene.run().await;
    assert_eq!(scene.verdict("U1").0, "succeeded");
    assert_records(&scene, &["contoso", "fabrikam"], CLOSED);
}

#[tokio::test]
async fn an_external_side_does_not_stop_the_other_and_is_named() {
    let scene = Stage::with(with_open_mesh(of_four())).external("tailspin").build();
    scene.post(&unshare("U1", &["tailspin", "fabrikam"])).await;
    scene.run().await;
    assert_eq!(scene.verdict("U1").0, "succeeded");
    assert_eq!(short(&scene, "contoso", "tailspin"), CLOSED);
    assert_eq!(short(&scene, "tailspin", "contoso"), OPEN, "nobody there lets us in");
    assert_records(&scene, &["contoso", "fabrikam"], CLOSED);
    let told = notes(&scene, "U1");
    assert!(told.contains("external Tailspin") && told.contains("administrators"), "{told}");
    assert!(scene.end("U1").summary().contains("as far as we reach"), "{}", scene.end("U1").summary());
}

#[tokio::test]
async fn a_denied_side_does_not_stop_the_other_and_fails_in_the_end() {
    let scene = Stage::with(with_open_mesh(of_four())).build();
    break_credential(&scene, "tailspin");
    scene.post(&unshare("U1", &["tailspin", "fabrikam"])).await;
    scene.look().await;
    assert_eq!(short(&scene, "contoso", "tailspin"), CLOSED);
    assert_records(&scene, &["contoso", "fabrikam"], CLOSED);
    scene.run().await;
    assert_denied_for_tailspin(&scene, "U1", "AADSTS7000215");
}
