//! Scratch.
use entra_simulator::Options;
use mto_simulation_tests::*;
use serde_json::json;
#[tokio::test]
async fn scratch() {
    let scene = Stage::new(3).options(Options::realistic()).build();
    scene.post(&create("INC1", &["fabrikam", "tailspin"], &json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}}))).await;
    scene.run().await;
    for t in scene.outcomes() { println!("{} {} {} | {} | {:?} reply {}", t.time(), t.kind(), t.id(), t.summary(), t.writes(), t.0["replyto"]); }
    for r in scene.writes() { println!("{} {} {} {}", r.time, r.method, r.path, r.status); }
    println!("{:?} {:?}", scene.world().simulator().counters(), scene.world().traffic());
    println!("{}", scene.tenant("fabrikam")["partners"]);
}
