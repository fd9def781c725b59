//! A command for many pairs becomes one for each.

use mto_simulation_tests::{Scene, Stage, Told, command};
use serde_json::{Value, json};

use crate::support::*;

fn children(scene: &Scene, told: &Told) -> Vec<Told> {
    told.list("children").iter().map(|child| scene.end(child.as_str().unwrap())).collect()
}

fn all_succeeded(scene: &Scene, told: &Told, count: usize) {
    let children = children(scene, told);
    assert_eq!(children.len(), count, "{}", told.summary());
    assert!(children.iter().all(|child| child.kind() == "succeeded"), "{children:?}");
}

#[tokio::test]
async fn all_targets_get_the_users_of_the_source() {
    let scene = three().build();
    let told = done(&scene, &command("sync", "S1", &json!({"source": "contoso", "targets": "all"}))).await;
    all_succeeded(&scene, &told, 2);
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams"]);
    assert_eq!(external(&scene, "contoso"), Vec::<String>::new());
}

#[tokio::test]
async fn several_targets_get_them_and_others_do_not() {
    let stage = Stage::with(seed_of(4, &["fabrikam", "tailspin", "northwind"]));
    let scene = shared_scopes(stage, &["contoso"]).build();
    let data = json!({"source": "contoso", "targets": ["fabrikam", "northwind"]});
    let told = done(&scene, &command("sync", "S1", &data)).await;
    all_succeeded(&scene, &told, 2);
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
    assert_eq!(external(&scene, "northwind"), ["Annie Adams"]);
    assert_eq!(external(&scene, "tailspin"), Vec::<String>::new());
}

#[tokio::test]
async fn an_organization_is_meshed_and_who_shares_nobody_is_named() {
    let stage = Stage::with(seed_of(3, &["fabrikam", "tailspin"]));
    let scene = shared_scopes(stage, &["contoso", "fabrikam"]).build();
    let told = done(&scene, &command("sync", "S1", &json!({"owner": "contoso"}))).await;
    all_succeeded(&scene, &told, 4);
    assert!(notes(&told).contains("no scope") && notes(&told).contains("Tailspin"), "{}", notes(&told));
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams", "Barbara Brown", "Bob Baker"]);
    assert_eq!(external(&scene, "contoso"), ["Barbara Brown", "Bob Baker"]);
}

#[tokio::test]
async fn what_is_confirmed_holds_for_each_pair() {
    let mut stage = three();
    stage.setup.limits.users_without_confirm = 1;
    let scene = stage.build();
    let data = |more: &Value| {
        let mut data = json!({"owner": "contoso"});
        data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        data
    };
    let told = done(&scene, &command("sync", "S1", &data(&json!({})))).await;
    let codes: Vec<String> = children(&scene, &told).iter().map(|child| child.code().to_owned()).collect();
    assert_eq!(codes.iter().filter(|code| *code == "too-many-users").count(), 2, "{codes:?}");
    let confirm = json!({"confirm": {"tenant": "contoso", "users": 2}});
    let told = done(&scene, &command("sync", "S2", &data(&confirm))).await;
    all_succeeded(&scene, &told, 6);
    assert_eq!(external(&scene, "contoso"), ["Barbara Brown", "Bob Baker", "Charlie Clark"]);
}

#[tokio::test]
async fn stop_and_unshare_go_to_every_pair_too() {
    let scene = three().build();
    done(&scene, &command("sync", "S1", &json!({"owner": "contoso"}))).await;
    let told = done(&scene, &command("sync", "S2", &json!({"action": "stop", "owner": "contoso"}))).await;
    all_succeeded(&scene, &told, 6);
    let status = command("sync", "S3", &json!({"action": "status", "owner": "contoso"}));
    assert!(done(&scene, &status).await.summary().contains("6 stopped"));
    let data = json!({"action": "unshare", "source": "fabrikam", "targets": "all"});
    let told = done(&scene, &command("sync", "S4", &data)).await;
    all_succeeded(&scene, &told, 2);
    assert_eq!(external(&scene, "contoso"), ["Charlie Clark"]);
    assert_eq!(external(&scene, "tailspin"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_tenant_without_an_organization_has_nobody_to_share_with() {
    let scene = Stage::with(with_ids(entra_simulator::Seed::demo(2))).build();
    let told = ended(&scene, &command("sync", "S1", &json!({"owner": "contoso"}))).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "owner-has-no-organization"));
}
