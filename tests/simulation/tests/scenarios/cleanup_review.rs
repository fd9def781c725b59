//! A clean-up closes what it can reach, whatever stands in its way, and says what it could not.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use entra_simulator::{Change, MemberRole, MemberState, Options};
use mto_simulation_tests::{
    Scene, Stage, Told, command, create, leave, seed_with_organization, still_open, with_open_mesh,
};
use serde_json::{Value, json};

/// Contoso's organization with Fabrikam, Tailspin and Northwind, all of them open to each other.
fn group() -> Stage {
    let active = |name| (name, MemberRole::Member, MemberState::Active);
    let rows = [active("fabrikam"), active("tailspin"), active("northwind")];
    Stage::with(with_open_mesh(seed_with_organization(4, &rows)))
}

fn leaves(id: &str, more: &Value) -> Value {
    let mut data = json!({"cleanup": "settings"});
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    leave(id, "fabrikam", "leave", &data)
}

fn unshare(targets: &[&str]) -> Value {
    let data = json!({"action": "unshare", "source": "fabrikam", "targets": targets, "cleanup": "settings",
        "bothDirections": true});
    command("sync", "S1", &data)
}

fn notes(end: &Told) -> String {
    let notes = end.list("notes");
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The one command that a leave posted.
fn child(scene: &Scene, id: &str) -> Told {
    let children = scene.end(id).list("children");
    assert_eq!(children.len(), 1, "{children:?}");
    scene.end(children[0].as_str().unwrap())
}

/// Records of Fabrikam and about Fabrikam that are open in some way, as `Contoso about Fabrikam`.
fn open_with_fabrikam(scene: &Scene) -> Vec<String> {
    let open = still_open(scene).into_iter().filter(|line| line.contains("Fabrikam"));
    let mut pairs: Vec<String> = open.map(|line| line.split(':').next().unwrap().to_owned()).collect();
    pairs.dedup();
    pairs
}

// A tenant that is not in the directory

#[tokio::test]
async fn a_fellow_that_the_directory_does_not_list_does_not_stop_the_clean_up_and_is_named() {
    let scene = group().unlisted("tailspin").build();
    let tailspin = scene.id("tailspin").to_string();
    scene.post(&leaves("L0", &json!({"dryRun": true}))).await;
    scene.look().await;
    let planned = scene.end("L0");
    assert_eq!(planned.kind(), "planned");
    assert!(planned.plan().iter().any(|what| what == "update-partner"), "{:?}", planned.plan());
    let lines: Vec<String> =
        planned.0["data"]["plan"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(
        lines.iter().any(|line| line.contains("update-partner") && line.contains(&tailspin)),
        "{lines:?}"
    );
    assert!(notes(&planned).contains(&format!("not cleaned up in {tailspin}")), "{}", notes(&planned));

    scene.post(&leaves("L1", &json!({}))).await;
    scene.run().await;
    assert!(notes(&scene.end("L1")).contains(&format!("not cleaned up in {tailspin}")));
    let child = child(&scene, "L1");
    assert_eq!(child.kind(), "succeeded", "{}", child.summary());
    assert!(notes(&child).contains(&format!("external {tailspin}")), "{}", notes(&child));
    assert_eq!(open_with_fabrikam(&scene), ["Tailspin about Fabrikam"], "nobody there lets us in");
}

#[tokio::test]
async fn an_unlisted_fellow_does_not_stop_taking_users_back_either() {
    let scene = group().unlisted("tailspin").build();
    scene.post(&leaves("L1", &json!({"cleanup": "users"}))).await;
    scene.run().await;
    let mut ends = vec![child(&scene, "L1")];
    let pairs = ends[0].list("children");
    assert_eq!(pairs.len(), 3, "{pairs:?}");
    ends.extend(pairs.iter().map(|id| scene.end(id.as_str().unwrap())));
    for end in ends {
        assert_eq!(end.kind(), "succeeded", "{}", end.summary());
    }
    assert_eq!(open_with_fabrikam(&scene), ["Tailspin about Fabrikam"]);
}

#[tokio::test]
async fn an_unlisted_tenant_may_be_the_source_of_an_unshare_too() {
    let scene = group().unlisted("fabrikam").build();
    let mut command = unshare(&["contoso", "tailspin", "northwind"]);
    command["data"]["source"] = json!(scene.id("fabrikam"));
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded", "{}", scene.end("S1").summary());
    let open = open_with_fabrikam(&scene);
    assert!(open.iter().all(|line| line.starts_with("Fabrikam about")) && open.len() == 3, "{open:?}");
}

#[tokio::test]
async fn an_unlisted_tenant_is_still_unknown_by_name_and_to_everything_else() {
    let scene = group().unlisted("tailspin").build();
    let id = scene.id("tailspin").to_string();
    let settings = json!({"action": "settings", "source": "fabrikam", "targets": [id]});
    let owner = json!({"action": "unshare", "owner": id, "cleanup": "users"});
    for (number, data) in [unshare(&["tailspin"])["data"].clone(), settings, owner].into_iter().enumerate() {
        let name = format!("S{number}");
        scene.post(&command("sync", &name, &data)).await;
        scene.look().await;
        assert_eq!(scene.verdict(&name), ("rejected".to_owned(), "invalid".to_owned()), "{data}");
        assert!(
            scene.end(&name).text().contains("is not in the tenant directory"),
            "{}",
            scene.end(&name).text()
        );
    }
}

// Trust that came by a template

fn trusting() -> Value {
    json!({"partnerConfiguration": {"automaticUserConsentSettings": {"inboundAllowed": true, "outboundAllowed": true},
               "inboundTrust": {"isMfaAccepted": true}, "templateApplicationLevel": ["newPartners", "existingPartners"]},
           "identitySynchronization": {"userSyncInbound": {"isSyncAllowed": true},
               "templateApplicationLevel": ["newPartners", "existingPartners"]}})
}

async fn formed_with(stage: Stage, more: &Value) -> Scene {
    let scene = stage.options(Options { join_duration_seconds: 300, ..Options::default() }).build();
    scene.post(&create("C1", &["fabrikam"], more)).await;
    scene.run().await;
    assert!(still_open(&scene).iter().any(|line| line.ends_with(": trust")), "{:?}", still_open(&scene));
    scene.post(&leaves("L1", &json!({}))).await;
    scene.run().await;
    scene
}

#[tokio::test]
async fn trust_that_the_directory_opens_by_templates_is_closed_after_a_leave() {
    let wanted = json!({"templates": trusting()});
    let stage = Stage::new(2).settings("contoso", wanted.clone()).settings("fabrikam", wanted);
    let by_command = json!({"templates": trusting(), "then": {"join": {"templates": trusting()}}});
    let scene = formed_with(stage, &by_command).await;
    assert_eq!(still_open(&scene), Vec::<String>::new());
    assert!(!notes(&child(&scene, "L1")).contains("still open"), "{}", notes(&child(&scene, "L1")));
}

#[tokio::test]
async fn trust_that_only_a_command_opened_stays_and_is_named() {
    let by_command = json!({"templates": trusting(), "then": {"join": {"templates": trusting()}}});
    let scene = formed_with(Stage::new(2), &by_command).await;
    assert_eq!(still_open(&scene), ["Contoso about Fabrikam: trust", "Fabrikam about Contoso: trust"]);
    let told = notes(&child(&scene, "L1"));
    assert!(told.contains("still open") && told.contains("inbound trust in MFA"), "{told}");
}

// What is told

#[tokio::test]
async fn what_could_not_be_read_for_a_while_is_not_told_of_a_success() {
    let scene = group().build();
    let tenant = Some(scene.id("tailspin"));
    scene.script(Change::ServerErrors { tenant, count: 40, after_effect: false, writes_only: false });
    scene.post(&unshare(&["contoso", "tailspin"])).await;
    scene.look().await;
    let wait = scene.waits("S1").remove(0);
    assert!(notes(&wait).contains("could not be read"), "{}", notes(&wait));
    scene.run().await;
    let end = scene.end("S1");
    assert!(end.summary().starts_with("4 ordered pairs are closed"), "{}", end.summary());
    assert!(!notes(&end).contains("could not be read"), "{}", notes(&end));
}

#[tokio::test]
async fn a_clean_up_that_fails_says_which_records_stay_and_what_is_not_closed() {
    let scene = group().build();
    let (tenant, permission) = (scene.id("tailspin"), "Policy.ReadWrite.CrossTenantAccess".to_owned());
    scene.script(Change::DenyPermission { tenant, permission });
    scene.post(&unshare(&["contoso", "tailspin"])).await;
    scene.run().await;
    let end = scene.end("S1");
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    let told = notes(&end);
    assert!(told.contains("partner records that stay"), "{told}");
    let open = "automatic redemption inbound, automatic redemption outbound, inbound synchronization";
    let line = told.lines().find(|line| line.starts_with("not closed yet: Tailspin")).unwrap();
    assert!(line.ends_with(open) && !line.contains("Contoso"), "{told}");
    assert!(!told.contains("still open"), "{told}");
}

#[tokio::test]
async fn every_record_that_stays_is_listed_however_many_there_are() {
    let mut seed = entra_simulator::Seed::demo(40);
    let ids: Vec<_> = seed.tenants.iter().map(|tenant| tenant.tenant_id).collect();
    seed = with_open_mesh(seed);
    let scene = Stage::with(seed).build();
    let mut command = unshare(&[]);
    command["data"]["source"] = json!(ids[0]);
    command["data"]["targets"] = json!(ids[1..]);
    scene.post(&command).await;
    scene.run().await;
    let told = notes(&scene.end("S1"));
    let stays = told.lines().find(|line| line.starts_with("partner records that stay")).unwrap();
    for tenant in &scene.seed().tenants {
        let name = &tenant.display_name;
        assert!(stays.matches(&format!("{name} (")).count() == 2, "{name}: {stays}");
    }
    assert!(!stays.contains(" more"), "{stays}");
}

// What is read

#[tokio::test]
async fn closing_needs_no_right_to_read_the_organization() {
    let scene = group().build();
    for name in ["fabrikam", "contoso"] {
        for permission in ["MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All"] {
            let tenant = scene.id(name);
            scene.script(Change::DenyPermission { tenant, permission: permission.to_owned() });
        }
    }
    scene.post(&unshare(&["contoso"])).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded", "{}", scene.end("S1").text());
    let open = open_with_fabrikam(&scene);
    assert!(!open.iter().any(|line| line.contains("Contoso")), "{open:?}");
}
