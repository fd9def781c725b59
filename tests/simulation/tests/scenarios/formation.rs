//! Whole formations, with figures: who is active, what was told, what it cost.

use std::collections::BTreeSet;

use entra_simulator::{Options, RequestLine, Seed};
use mto_messages::{CommandData, TemplateValues, Verb};
use mto_simulation_tests::{Scene, Stage, Told, add, create, join};
use serde_json::{Value, json};
use time::Duration;

const MEMBERS: [&str; 2] = ["fabrikam", "tailspin"];

/// Contoso, Fabrikam and Tailspin, by one command, with the admin center's templates on all sides.
async fn formed() -> Scene {
    let scene = Stage::new(3).options(Options::realistic()).build();
    let then = json!({"join": {"templates": "admin-center"}});
    scene.post(&create("INC1", &MEMBERS, &json!({"templates": "admin-center", "then": then}))).await;
    scene.run().await;
    scene
}

fn child_of(scene: &Scene, tenant: &str) -> String {
    format!("INC1/add/join/{}", scene.id(tenant))
}

#[tokio::test]
async fn one_create_forms_an_organization_of_three() {
    let scene = formed().await;
    assert_eq!(scene.row("contoso", "contoso"), "owner active");
    for member in MEMBERS {
        assert_eq!(scene.row("contoso", member), "member active");
    }
    assert_eq!(scene.organizations(), 1);
    assert_eq!(scene.verdict("INC1").0, "succeeded");
    assert!(scene.end("INC1").summary().contains("3 tenants are active"));
    // Two hours for the joins, two minutes until the organization shows, and at most a tenth for the delays.
    assert!((120..=140).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
}

#[tokio::test]
async fn every_pair_gets_the_settings_of_both_sides_templates() {
    let scene = formed().await;
    let tenants = ["contoso", "fabrikam", "tailspin"];
    for host in tenants {
        let partners = scene.tenant(host)["partners"].as_array().unwrap().clone();
        assert_eq!(partners.len(), 2, "{host}");
        for partner in partners {
            let consent = &partner["configuration"]["automaticUserConsentSettings"];
            assert_eq!(*consent, json!({"inboundAllowed": true, "outboundAllowed": true}), "{host}");
            let inbound = &partner["identitySynchronization"]["userSyncInbound"];
            assert_eq!(*inbound, json!({"isSyncAllowed": true}), "{host}");
            assert_eq!(partner["isInMultiTenantOrganization"], true, "{host}");
        }
    }
}

#[tokio::test]
async fn a_formation_makes_each_write_once() {
    let scene = formed().await;
    let expected = [
        ("PUT", "/multiTenantOrganization", 1),
        ("POST", "/tenants", 2),
        ("PATCH", "/joinRequest", 2),
        ("PATCH", "/multiTenantOrganizationPartnerConfiguration", 3),
        ("PATCH", "/multiTenantOrganizationIdentitySynchronization", 3),
    ];
    for (method, path, count) in expected {
        assert_eq!(scene.count(method, path), count, "{method} {path}");
    }
    assert_eq!(scene.writes().len(), 11);
    assert!(scene.writes().iter().all(|line| line.status < 300));
}

#[tokio::test]
async fn every_command_has_one_last_word_and_every_outcome_an_id_of_its_own() {
    let scene = formed().await;
    let outcomes = scene.outcomes();
    let ids: BTreeSet<&str> = outcomes.iter().map(Told::id).collect();
    assert_eq!(ids.len(), outcomes.len());
    let last: Vec<&Told> = outcomes.iter().filter(|told| told.is_last_word()).collect();
    assert_eq!(last.len(), 4, "create, add and two joins");
    assert!(last.iter().all(|told| told.kind() == "succeeded"));
    assert_eq!(outcomes.iter().filter(|told| told.kind() == "accepted").count(), 1, "roots only");
}

#[tokio::test]
async fn outcomes_list_the_writes_with_graphs_request_ids() {
    let scene = formed().await;
    let made: BTreeSet<String> = scene.writes().iter().map(|line| line.request_id.to_string()).collect();
    let mut told = BTreeSet::new();
    for outcome in scene.outcomes().iter().filter(|told| told.is_last_word()) {
        for write in outcome.list("writes") {
            told.insert(write["requestId"].as_str().unwrap().to_owned());
            assert!(write["status"].as_u64().unwrap() < 300);
        }
    }
    // A part of a batch has no request-id of its own in its answer: it shows the batch's.
    let batches = scene.world().simulator().requests();
    let batches = batches.iter().filter(|line| line.path.ends_with("/$batch"));
    let known: BTreeSet<String> = batches.map(|line| line.request_id.to_string()).chain(made).collect();
    assert!(told.is_subset(&known), "{told:?}");
    assert_eq!(scene.end(&child_of(&scene, "fabrikam")).writes().last().unwrap(), "request-join");
}

#[tokio::test]
async fn waiting_is_told_at_first_after_writes_and_each_full_hour() {
    let scene = formed().await;
    for tenant in MEMBERS {
        let waits = scene.waits(&child_of(&scene, tenant));
        assert_eq!(waits.len(), 2, "at first, and after an hour; it ends before the second is full");
        assert!(waits.iter().all(|told| told.code() == "joining" && told.writes().len() == 3));
        let between = waits[1].time() - waits[0].time();
        assert!((60..=75).contains(&between.whole_minutes()), "{between}");
    }
    assert_eq!(scene.waited_for("INC1"), ["creation-not-visible", "waiting-for-members"]);
    assert_eq!(scene.waits("INC1").len(), 3, "at first, after two writes, after an hour");
}

#[tokio::test]
async fn only_the_root_and_failures_are_told_to_the_sender() {
    let scene = formed().await;
    for told in scene.outcomes() {
        let root = told.command() == "INC1";
        assert_eq!(told.0["replyto"] == "slack:C1", root, "{}", told.id());
        assert_eq!(told.0["root"] == "INC1", !root, "{}", told.id());
    }
    // A child that fails is told to the sender as well.
    let scene = Stage::new(2).build();
    scene.post(&create("INC1", &["fabrikam"], &json!({"then": {"join": true}}))).await;
    scene.look().await;
    scene.admin("contoso").removes("fabrikam");
    scene.run_for(Duration::hours(6)).await;
    let child = scene.end(&child_of(&scene, "fabrikam"));
    assert_eq!((child.kind(), child.code()), ("rejected", "removed-meanwhile"));
    assert_eq!(child.0["replyto"], "slack:C1");
}

#[tokio::test]
async fn a_join_of_two_hours_takes_about_fifteen_looks() {
    let scene = formed().await;
    let fabrikam = Some(scene.id("fabrikam"));
    let requests = scene.world().simulator().requests();
    let looks = requests.iter().filter(|line| {
        line.tenant == fabrikam && line.method == "GET" && line.path.ends_with("/joinRequest")
    });
    // The first delivery looks three times: before the templates, before the request, and after it.
    let looks = looks.count() - 2;
    assert!((12..=18).contains(&looks), "{looks}");
}

#[tokio::test]
async fn a_waiting_command_keeps_its_body_to_the_letter_and_its_journal_grows() {
    let scene = Scene::new(2);
    scene.admin("contoso").creates("Group");
    scene.admin("contoso").adds("fabrikam", "member");
    // Blanks, an unknown field and an odd order: all of it has to stay.
    let body = "{ \"data\": {\"owner\":\"contoso\",\"tenant\":\"fabrikam\", \"colour\": \"red\"},\n\t\
                \"source\":\"/tests\",\"id\":\"J1\",\"type\":\"mto.join.v1\" }";
    scene.world().post(Verb::Join, body).await.unwrap();
    let mut looks = 0;
    for hop in 0..10 {
        scene.look().await;
        let (stored, journal) = (scene.waiting(Verb::Join), scene.journal(Verb::Join));
        assert_eq!(stored.body, body);
        assert_eq!(stored.receive_count, 0, "a new message each time");
        assert_eq!(journal.looks, looks + 1, "hop {hop}");
        assert_eq!(journal.writes_made(), 1);
        looks = journal.looks;
        scene.world().clock().jump_to(stored.visible_at);
    }
    scene.run().await;
    assert_eq!(scene.end("J1").kind(), "succeeded");
}

#[tokio::test]
async fn the_verbs_one_by_one_form_the_same_organization() {
    let scene = Scene::new(3);
    scene.post(&create("C1", &[], &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("C1").0, "succeeded");
    scene.post(&add("A1", &MEMBERS, &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.end("A1").list("children"), Vec::<Value>::new());
    for (id, tenant) in [("J1", "fabrikam"), ("J2", "tailspin")] {
        scene.post(&join(id, tenant, &json!({}))).await;
    }
    scene.run().await;
    for member in MEMBERS {
        assert_eq!(scene.row("contoso", member), "member active");
    }
    assert_eq!(scene.writes().len(), 5);
}

#[tokio::test]
async fn a_tenant_can_be_named_by_id_name_or_any_verified_domain() {
    let seed = Seed::demo(4);
    let scene = Scene::new(4);
    // The directory lists the default domain only: the other one is asked of Graph.
    let names = [
        seed.tenants[1].tenant_id.to_string().to_uppercase(),
        seed.tenants[2].default_domain.clone(),
        seed.tenants[3].domains[0].clone(),
    ];
    let tenants: Vec<Value> = names.iter().map(|n| json!({"tenant": n, "displayName": n})).collect();
    scene.post(&create("C1", &[], &json!({"tenants": tenants}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("C1/add").0, "succeeded");
    for tenant in ["fabrikam", "tailspin", "northwind"] {
        assert_eq!(scene.row("contoso", tenant), "member pending");
    }
}

/// An organization of a hundred tenants, formed by the command `INC1`.
pub(crate) async fn a_hundred() -> Scene {
    let options = Options { request_log_capacity: 100_000, ..Options::realistic() };
    let stage = Stage::new(100).options(options);
    let seed = stage.setup.seed.clone();
    let names: Vec<String> = seed.tenants.iter().skip(1).map(|t| t.display_name.to_lowercase()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let scene = stage.build();
    scene.post(&create("INC1", &names, &json!({"then": {"join": true}}))).await;
    scene.run().await;
    assert!(scene.end("INC1").summary().contains("100 tenants are active"));
    scene
}

#[tokio::test]
async fn a_hundred_tenants_are_formed_by_one_command() {
    let scene = a_hundred().await;
    let rows = scene.admin("contoso").sees("/tenants")["value"].as_array().unwrap().clone();
    assert_eq!(rows.iter().filter(|row| row["state"] == "active").count(), 100);
    let ended = scene.outcomes().into_iter().filter(Told::is_last_word).collect::<Vec<_>>();
    assert_eq!(ended.len(), 101, "create, add, and 99 joins");
    assert!(ended.iter().all(|told| told.kind() == "succeeded"));
    assert_eq!((scene.count("POST", "/tenants"), scene.count("PATCH", "/joinRequest")), (99, 99));
    assert_eq!(scene.writes().len(), 199, "and one PUT");
    let adds = |line: &RequestLine| line.method == "POST" && line.path.ends_with("/tenants");
    let lines = scene.requests();
    let batches = lines.split(|line| line.path.ends_with("/$batch"));
    assert_eq!(batches.filter(|parts| parts.iter().any(adds)).count(), 5, "99 adds in twenties");
    assert!((120..=150).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
    let waits = scene.waits("INC1");
    assert!(waits.last().unwrap().text().contains(" more"), "few tenants by name, the rest counted");
}

#[tokio::test]
async fn a_second_formation_with_one_more_tenant_only_does_what_is_missing() {
    let scene = Scene::new(4);
    let then = json!({"then": {"join": true}});
    scene.post(&create("INC1", &MEMBERS, &then)).await;
    scene.run().await;
    let before = scene.writes().len();
    scene.post(&create("INC2", &["fabrikam", "tailspin", "northwind"], &then)).await;
    scene.run().await;
    assert_eq!(scene.writes().len() - before, 2, "one POST and one PATCH");
    assert_eq!(scene.end("INC2").kind(), "succeeded");
    assert_eq!(scene.row("contoso", "northwind"), "member active");
}

#[test]
fn admin_center_templates_are_what_this_file_expects() {
    // Holds the figures above to the contract: consent in both directions, and inbound synchronization.
    let command = create("C1", &[], &json!({"templates": "admin-center"})).to_string();
    let CommandData::Create(data) = mto_messages::Command::parse(&command).unwrap().data else { panic!() };
    let TemplateValues { partner_configuration, identity_synchronization } = data.templates.unwrap().values();
    assert!(partner_configuration.unwrap().automatic_user_consent_settings.is_some());
    assert!(identity_synchronization.unwrap().user_sync_inbound.is_some());
}
