//! The example of the seed documents: Annie (A), Bob and Barbara (B) and Charlie (C) are shared over A, B and C.

use mto_simulation_tests::{Scene, create, join};
use serde_json::json;
use time::Duration;

use crate::support::*;

const TENANTS: [&str; 3] = ["contoso", "fabrikam", "tailspin"];
const PEOPLE: [(&str, &str); 4] = [
    ("contoso", "Annie Adams"),
    ("fabrikam", "Bob Baker"),
    ("fabrikam", "Barbara Brown"),
    ("tailspin", "Charlie Clark"),
];

/// Formed by one create with `then.sync`, from nothing.
async fn formed() -> Scene {
    let stage = mto_simulation_tests::Stage::with(with_ids(entra_simulator::Seed::demo(4)));
    let scene = shared_scopes(stage, &TENANTS).build();
    let then = json!({"then": {"join": true, "sync": {}}});
    scene.post(&create("C1", &["fabrikam", "tailspin"], &then)).await;
    scene.run().await;
    assert_eq!(scene.verdict("C1").0, "succeeded");
    scene
}

fn syncs(scene: &Scene) -> Vec<(String, String)> {
    let ends = scene.outcomes();
    let ends =
        ends.iter().filter(|told| told.is_last_word() && told.0["data"]["command"]["type"] == "mto.sync.v1");
    ends.map(|told| (told.kind().to_owned(), told.code().to_owned())).collect()
}

#[tokio::test]
async fn everybody_who_is_shared_is_found_in_every_tenant_as_a_member_inside() {
    let scene = formed().await;
    let syncs = syncs(&scene);
    assert!(syncs.len() >= 6, "{syncs:?}");
    assert!(syncs.iter().all(|(kind, _)| kind == "succeeded"), "{syncs:?}");
    scene.run_for(Duration::days(1)).await;
    for tenant in TENANTS {
        for (home, name) in PEOPLE {
            assert!(found(&scene, tenant).contains(&name.to_owned()), "{name} of {home} in {tenant}");
        }
        let elsewhere = PEOPLE.iter().filter(|(home, _)| *home != tenant).count();
        let segments = scene.view("segmentation", tenant);
        assert_eq!(segments["externalMemberInside"], elsewhere, "{tenant}: {segments}");
        for other in ["externalGuestInside", "externalMemberOutside", "externalGuestOutside"] {
            assert_eq!(segments[other], 0, "{tenant}: {segments}");
        }
        for target in TENANTS.into_iter().filter(|target| *target != tenant) {
            assert_eq!(configurations(&scene, tenant, target).len(), 1, "{tenant} to {target}");
        }
    }
    assert!(!found(&scene, "northwind").contains(&"Annie Adams".to_owned()), "it takes no part");
}

#[tokio::test]
async fn who_is_taken_out_of_the_scope_is_soft_deleted_elsewhere_and_stays_at_home() {
    let scene = formed().await;
    take_out(&scene, "fabrikam", "Bob Baker");
    scene.run_for(Duration::hours(1)).await;
    for tenant in ["contoso", "tailspin"] {
        assert_eq!(deleted(&scene, tenant), ["Bob Baker"]);
        assert!(has(&scene, tenant, "Barbara Brown"));
    }
    assert!(has(&scene, "fabrikam", "Bob Baker") && deleted(&scene, "fabrikam").is_empty());
}

#[tokio::test]
async fn a_command_that_leaves_somebody_out_takes_him_back_from_the_others_only() {
    let scene = formed().await;
    let scope = json!({"users": [user(scene.seed(), "fabrikam", "Barbara Brown")]});
    let data = json!({"source": "fabrikam", "targets": "all", "scope": scope});
    let told = done(&scene, &mto_simulation_tests::command("sync", "S1", &data)).await;
    assert_eq!(told.list("children").len(), 2);
    for tenant in ["contoso", "tailspin"] {
        assert_eq!(deleted(&scene, tenant), ["Bob Baker"]);
        assert!(has(&scene, tenant, "Barbara Brown"));
    }
    assert!(has(&scene, "fabrikam", "Bob Baker") && deleted(&scene, "fabrikam").is_empty());
}

#[tokio::test]
async fn a_tenant_that_joins_later_gets_everybody_and_gives_its_own() {
    let stage = shared_scopes(
        mto_simulation_tests::Stage::with(seed_of(3, &["fabrikam"])),
        &["contoso", "fabrikam", "tailspin"],
    );
    let scene = stage.build();
    scene.admin("contoso").adds("tailspin", "member");
    scene.post(&join("J1", "tailspin", &json!({"then": {"sync": {}}}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(syncs(&scene).iter().all(|(kind, _)| kind == "succeeded"), "{:?}", syncs(&scene));
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams", "Barbara Brown", "Bob Baker"]);
    assert_eq!(external(&scene, "contoso"), ["Charlie Clark"]);
    assert_eq!(external(&scene, "fabrikam"), ["Charlie Clark"], "what was between others is left to them");
}
