//! What the simulation has found, each as a test of its own.

use entra_simulator::Options;
use mto_simulation_tests::seeded::{explain, run};
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

/// Two joins post `configure` of the same pair, each with an id of its own. The command that did not create the
/// synchronization sets its secrets first, and tags it without saying that it is ours; the one that did create it then
/// finds nothing left to tag, and no clean-up ever deletes it. See `fixed::KNOWN`.
#[test]
fn seed_23_a_synchronization_that_two_commands_make_is_marked_as_ours() {
    let report = run(23, None);
    assert!(report.violation.is_none(), "{}", explain(&report));
}
