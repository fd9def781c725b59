//! Users in number are created and deleted only where the command says how many.

use serde_json::json;

use crate::support::*;

fn careful() -> mto_simulation_tests::Stage {
    let mut stage = two();
    stage.setup.limits.users_without_confirm = 2;
    stage
}

fn confirmed(id: &str, scope: &serde_json::Value, users: u64) -> serde_json::Value {
    let mut command = configure(id, scope);
    command["data"]["confirm"] = json!({"tenant": "contoso", "users": users});
    command
}

#[tokio::test]
async fn too_many_new_users_are_rejected_with_their_number_and_go_on_with_it() {
    let scene = careful().build();
    let everyone = json!({"everyone": true});
    let told = ended(&scene, &configure("S1", &everyone)).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "too-many-users"));
    assert!(told.text().contains("4 users would be created"), "{}", told.text());
    assert!(told.remedy().contains("\"users\": 4"), "{}", told.remedy());
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    let told = ended(&scene, &confirmed("S2", &everyone, 3)).await;
    assert_eq!(told.code(), "too-many-users", "fewer than there are");
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
    done(&scene, &confirmed("S3", &everyone, 4)).await;
    assert_eq!(external(&scene, "fabrikam").len(), 4);
}

#[tokio::test]
async fn too_many_who_would_be_deleted_are_rejected_and_go_with_confirmation() {
    let scene = careful().build();
    done(&scene, &confirmed("S1", &json!({"everyone": true}), 4)).await;
    let omar = people(&scene, &["Omar Ortiz"]);
    let told = ended(&scene, &configure("S2", &omar)).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "too-many-users"));
    assert!(told.text().contains("3 deleted"), "{}", told.text());
    assert_eq!(external(&scene, "fabrikam").len(), 4);
    done(&scene, &confirmed("S3", &omar, 3)).await;
    assert_eq!(external(&scene, "fabrikam"), ["Omar Ortiz"]);
}

#[tokio::test]
async fn the_confirmation_names_the_tenant_whose_users_they_are() {
    let scene = careful().build();
    let mut command = configure("S1", &json!({"everyone": true}));
    command["data"]["confirm"] = json!({"tenant": "fabrikam", "users": 100});
    let told = ended(&scene, &command).await;
    assert_eq!((told.kind(), told.code()), ("rejected", "not-confirmed"));
}

#[tokio::test]
async fn who_is_there_already_does_not_count() {
    let scene = careful().build();
    let two = people(&scene, &["Annie Adams", "Omar Ortiz"]);
    done(&scene, &configure("S1", &two)).await;
    done(&scene, &configure("S2", &json!({"everyone": true}))).await;
    assert_eq!(external(&scene, "fabrikam").len(), 4);
}

#[tokio::test]
async fn more_users_than_can_be_compared_are_counted() {
    let mut seed = seed_of(2, &["fabrikam"]);
    seed.tenants[0].generated_users = 2_500;
    let mut stage = mto_simulation_tests::Stage::with(seed);
    stage.setup.options.directory.milliseconds_per_object = 1;
    let scene = stage.build();
    let everyone = json!({"everyone": true});
    let told = ended(&scene, &configure("S1", &everyone)).await;
    assert!(told.text().contains("2504 users would be created"), "{}", told.text());
    done(&scene, &confirmed("S2", &everyone, 2_504)).await;
    assert_eq!(scene.view("segmentation", "fabrikam")["externalMemberInside"], 2_504);
}

#[tokio::test]
async fn members_of_a_group_count_one_by_one_whatever_else_is_named() {
    let mut seed = seed_of(2, &["fabrikam"]);
    seed.tenants[0].groups[0].members =
        ["annie.adams", "omar.ortiz", "nadia.novak"].map(|name| format!("{name}@contoso.example")).to_vec();
    let mut stage = mto_simulation_tests::Stage::with(seed);
    stage.setup.limits.users_without_confirm = 2;
    let scene = stage.build();
    let mut scope = group(&scene);
    let told = ended(&scene, &configure("S1", &scope)).await;
    assert!(told.text().contains("3 users would be created"), "{} {}", told.kind(), told.text());
    scope["users"] = json!(["00000000-0000-4000-8000-00000000dead"]);
    let told = ended(&scene, &configure("S2", &scope)).await;
    assert!(told.text().contains("3 users would be created"), "{} {}", told.kind(), told.text());
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new());
}
