//! How many requests looks take: a `$batch` is one, tokens are none.

use crate::formation::a_hundred;
use entra_simulator::RequestLine;
use mto_messages::Verb;
use mto_simulation_tests::{Scene, add, create, join};
use serde_json::json;
use time::Duration;

/// Requests to Graph since there were so many lines, parts of a batch left out.
fn calls_since(scene: &Scene, lines: usize) -> Vec<String> {
    let is_call = |line: &RequestLine| !line.in_batch && !line.path.ends_with("/oauth2/v2.0/token");
    let since = scene.requests().into_iter().skip(lines);
    since.filter(is_call).map(|line| format!("{} {}", line.method, ending(&line))).collect()
}

/// The parts of batches since then.
fn parts_since(scene: &Scene, lines: usize) -> Vec<String> {
    let since = scene.requests().into_iter().skip(lines).filter(|line| line.in_batch);
    since.map(|line| format!("{} {}", line.method, ending(&line))).collect()
}

fn ending(line: &RequestLine) -> String {
    line.path.rsplit('/').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_join_under_way_is_looked_at_with_one_request() {
    let scene = Scene::new(2);
    scene.admin("contoso").creates("Group");
    scene.admin("contoso").adds("fabrikam", "member");
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.look().await;
    assert_eq!(scene.waited_for("J1"), ["joining"]);
    for _ in 0..5 {
        scene.world().clock().jump_to(scene.waiting(Verb::Join).visible_at);
        let before = scene.requests().len();
        scene.look().await;
        assert_eq!(calls_since(&scene, before), ["POST $batch"]);
        assert_eq!(parts_since(&scene, before), ["GET multiTenantOrganization", "GET joinRequest"]);
    }
    scene.run().await;
    assert_eq!(scene.end("J1").kind(), "succeeded");
}

#[tokio::test]
async fn a_create_that_waits_for_its_members_looks_with_one_request() {
    let scene = Scene::new(3);
    scene.post(&create("C1", &["fabrikam", "tailspin"], &json!({"then": {"join": true}}))).await;
    scene.run_for(Duration::minutes(1)).await;
    assert_eq!(scene.waited_for("C1"), ["waiting-for-members"]);
    for _ in 0..5 {
        let before = scene.requests().len();
        let looks = scene.journal(Verb::Create).looks;
        while scene.journal(Verb::Create).looks == looks {
            scene.world().clock().jump_to(scene.world().next_due().unwrap());
            scene.look().await;
        }
        let owner = Some(scene.id("contoso"));
        let lines: Vec<RequestLine> = scene.requests().into_iter().skip(before).collect();
        let of_owner = lines.iter().filter(|line| line.tenant == owner && !line.in_batch);
        assert_eq!(of_owner.count(), 1, "{lines:?}");
        assert!(parts_since(&scene, before).contains(&"GET tenants".to_owned()));
    }
    scene.run().await;
    assert_eq!(scene.end("C1").kind(), "succeeded");
}

#[tokio::test]
async fn an_add_looks_writes_and_looks_again_with_one_request_each() {
    let scene = Scene::new(4);
    scene.admin("contoso").creates("Group");
    scene.post(&add("A1", &["fabrikam", "tailspin", "northwind"], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.end("A1").kind(), "succeeded");
    assert_eq!(calls_since(&scene, 0), ["POST $batch", "POST $batch", "POST $batch"]);
    let look = ["GET multiTenantOrganization", "GET tenants"];
    let parts = [look.as_slice(), &["POST tenants"; 3], &look].concat();
    assert_eq!(parts_since(&scene, 0), parts);
}

#[tokio::test]
async fn both_templates_are_read_with_one_request() {
    let scene = Scene::new(1);
    scene.post(&create("C1", &[], &json!({"templates": "admin-center"}))).await;
    scene.run().await;
    assert_eq!(scene.end("C1").kind(), "succeeded");
    let singles: Vec<String> =
        calls_since(&scene, 0).into_iter().filter(|call| call != "POST $batch").collect();
    assert_eq!(
        singles,
        ["PUT multiTenantOrganization", "GET tenants", "GET tenants"],
        "the rest is in batches"
    );
}

/// The least possible is explained in the benchmark: a look before the first write of each command (a join looks in
/// both tenants), the writes, adds in twenties, and one look each time the delay rule asks for one.
#[tokio::test]
async fn a_formation_of_a_hundred_takes_little_more_than_the_least_possible() {
    let scene = a_hundred().await;
    let polls = usize::try_from(scene.world().traffic().waits).unwrap();
    let least = (1 + 1 + 2 * 99) + (1 + 5 + 99) + polls;
    let calls = calls_since(&scene, 0).len();
    eprintln!("{calls} requests, the least possible is {least}, {polls} of them polls");
    assert!(calls * 100 <= least * 115, "{calls} requests, the least possible is {least}");
    assert!(calls >= least, "the least is not the least: {calls} requests, {least}");
}
