//! What the simulation has found and only a whole run shows, each as a test of its own. The rest stands where it was
//! mended: `git log --grep=seed`, and rows of the tables in `shared/reconcile/tests`.

use entra_simulator::Options;
use mto_simulation_tests::{Stage, add, create};
use serde_json::json;

/// Seed 213 of the first script. A pending row that shows neither its role nor a wish for it was promoted again every
/// ten minutes, and the command expired: with both of the documents' variants, it is all the service shows.
#[tokio::test]
async fn a_pending_row_that_never_shows_its_promotion_is_promoted_once() {
    let options =
        Options { pending_transition_in_list: false, wanted_role_at_once: false, ..Options::default() };
    let scene = Stage::new(2).options(options).build();
    scene.post(&create("C1", &["fabrikam"], &json!({}))).await;
    scene.run().await;
    let owner = json!([{"tenant": "fabrikam", "displayName": "Fabrikam", "role": "owner"}]);
    scene.post(&add("A1", &[], &json!({"tenants": owner}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("A1").0, "succeeded");
    assert_eq!(scene.writes().iter().filter(|line| line.method == "PATCH").count(), 1);
}
