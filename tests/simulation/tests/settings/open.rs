//! Action settings, among four tenants.

use entra_simulator::Change;
use mto_simulation_tests::{Scene, Stage};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

#[tokio::test]
async fn a_blank_organization_is_opened_in_both_directions_of_every_pair() {
    let scene = Stage::with(of_four()).build();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_records(&scene, &["contoso", "fabrikam", "tailspin", "northwind"], OPEN);
}

#[rstest]
#[case::a_list(json!({"source": "fabrikam", "targets": ["tailspin"]}), &["tailspin"])]
#[case::all(json!({"source": "fabrikam", "targets": "all"}), &["contoso", "tailspin", "northwind"])]
#[tokio::test]
async fn with_source_and_targets_only_their_pairs_are_opened(#[case] data: Value, #[case] fellows: &[&str]) {
    let scene = Stage::with(of_four()).build();
    scene.post(&settings("S1", &data)).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    for other in ["contoso", "tailspin", "northwind"] {
        let expected = if fellows.contains(&other) { OPEN } else { BLANK };
        assert_eq!(short(&scene, "fabrikam", other), expected);
        assert_eq!(short(&scene, other, "fabrikam"), expected);
    }
    assert_eq!(short(&scene, "contoso", "northwind"), BLANK);
}

#[tokio::test]
async fn a_dry_run_lists_the_writes_and_makes_none() {
    let scene = Stage::with(of_four()).build();
    scene.post(&settings("S1", &json!({"owner": "contoso", "dryRun": true}))).await;
    scene.run().await;
    let end = scene.end("S1");
    assert_eq!(end.kind(), "planned");
    let count = |what: &str| end.plan().iter().filter(|line| *line == what).count();
    assert_eq!((count("update-partner"), count("update-identity-synchronization")), (12, 12));
    assert_eq!(end.plan().len(), 24);
    assert!(notes(&scene, "S1").contains("12 of 12 ordered pairs"), "{}", notes(&scene, "S1"));
    assert!(scene.writes().is_empty());
    assert_records(&scene, &["contoso", "fabrikam", "tailspin", "northwind"], BLANK);
}

#[tokio::test]
async fn a_tenant_whose_credential_is_broken_is_told_apart_and_the_rest_is_repaired() {
    let scene = Stage::with(of_four()).build();
    break_credential(&scene, "tailspin");
    scene.post(&of_organization("S1")).await;
    scene.look().await;
    assert_records(&scene, &["contoso", "fabrikam", "northwind"], OPEN);
    scene.run().await;
    assert_denied_for_tailspin(&scene, "S1", "AADSTS7000215");
    assert_eq!(short(&scene, "contoso", "tailspin"), BLANK, "nothing is opened from the other side");
    assert!(notes(&scene, "S1").contains("6 of 6 ordered pairs"), "{}", notes(&scene, "S1"));
}

#[tokio::test]
async fn a_tenant_whose_settings_may_not_be_read_is_told_with_the_permission() {
    let scene = Stage::with(of_four()).build();
    for permission in READS {
        let tenant = scene.id("tailspin");
        scene.script(Change::DenyPermission { tenant, permission: permission.to_owned() });
    }
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_records(&scene, &["contoso", "fabrikam", "northwind"], OPEN);
    assert_denied_for_tailspin(&scene, "S1", "Policy.Read.All");
}

#[tokio::test]
async fn a_tenant_that_may_be_read_but_not_written_fails_the_command_when_the_rest_is_repaired() {
    let scene = Stage::with(of_four()).build();
    let (tenant, permission) = (scene.id("tailspin"), "Policy.ReadWrite.CrossTenantAccess".to_owned());
    scene.script(Change::DenyPermission { tenant, permission });
    scene.post(&of_organization("S1")).await;
    scene.look().await;
    assert_records(&scene, &["contoso", "fabrikam", "northwind"], OPEN);
    assert_eq!(short(&scene, "contoso", "tailspin"), OPEN, "both sides were read, and both are fellows");
    scene.run().await;
    assert_eq!(scene.verdict("S1"), ("failed".to_owned(), "denied".to_owned()));
    let text = scene.end("S1").text().to_owned();
    assert!(text.contains("Tailspin") && text.contains("Policy.ReadWrite.CrossTenantAccess"), "{text}");
    assert!((30..=45).contains(&(scene.end("S1").took_seconds() / 60)));
}

#[tokio::test]
async fn a_tenant_that_is_away_for_a_while_is_waited_for() {
    let scene = Stage::with(of_four()).build();
    let tenant = Some(scene.id("tailspin"));
    scene.script(Change::ServerErrors { tenant, count: 60, after_effect: false, writes_only: false });
    scene.post(&of_organization("S1")).await;
    scene.look().await;
    assert_records(&scene, &["contoso", "fabrikam", "northwind"], OPEN);
    assert_eq!(scene.waited_for("S1"), ["service-unavailable"]);
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_records(&scene, &["contoso", "fabrikam", "tailspin", "northwind"], OPEN);
}

#[tokio::test]
async fn an_external_tenant_is_only_told_of() {
    let scene = Stage::with(of_four()).external("tailspin").build();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    assert_eq!(short(&scene, "contoso", "tailspin"), BLANK);
    assert!(notes(&scene, "S1").contains("external tenants: Tailspin"), "{}", notes(&scene, "S1"));
}

#[tokio::test]
async fn nothing_is_opened_towards_a_tenant_that_is_being_removed_or_gone() {
    let scene = Stage::with(of_four()).build();
    scene.script(Change::RemovalDuration { tenant: scene.id("fabrikam"), seconds: Some(3600) });
    scene.admin("contoso").removes("fabrikam");
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    scene.run_for(Duration::hours(2)).await;
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    scene.post(&of_organization("S2")).await;
    scene.post(&settings("S3", &json!({"source": "contoso", "targets": ["fabrikam"]}))).await;
    scene.run().await;
    assert_eq!(
        (scene.verdict("S1").0, scene.verdict("S2").0),
        ("succeeded".to_owned(), "succeeded".to_owned())
    );
    assert_eq!(scene.verdict("S3"), ("rejected".to_owned(), "not-in-one-organization".to_owned()));
    for other in ["contoso", "tailspin", "northwind"] {
        assert_eq!(short(&scene, "fabrikam", other), BLANK);
        assert_eq!(short(&scene, other, "fabrikam"), BLANK);
    }
    assert_records(&scene, &["contoso", "tailspin", "northwind"], OPEN);
}

#[tokio::test]
async fn a_list_that_still_shows_who_has_left_opens_nothing_and_is_told() {
    let scene = Stage::with(of_four()).build();
    scene.post(&settings("S1", &json!({"owner": "contoso", "dryRun": true}))).await;
    scene.run().await;
    scene.admin("contoso").removes("fabrikam");
    scene.run_for(Duration::hours(6)).await;
    assert_eq!(scene.row("contoso", "fabrikam"), "absent");
    for tenant in ["contoso", "tailspin", "northwind"] {
        scene.script(Change::StaleReads { tenant: scene.id(tenant), count: 3 });
    }
    scene.post(&of_organization("S2")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S2").0, "succeeded");
    let notes = notes(&scene, "S2");
    assert!(notes.contains("only one lists the other") && notes.contains("Fabrikam"), "{notes}");
    for other in ["contoso", "tailspin", "northwind"] {
        assert_eq!(short(&scene, other, "fabrikam"), BLANK);
    }
    assert_records(&scene, &["contoso", "tailspin", "northwind"], OPEN);
}

#[tokio::test]
async fn what_the_directory_wants_is_set_and_closed_again() {
    let wanted = json!({"inboundTrust": {"isMfaAccepted": true},
        "b2bDirectConnect": {"inbound": true, "outbound": true}, "templates": "admin-center"});
    let scene = Stage::with(of_four()).settings("fabrikam", wanted).build();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    let configuration = |scene: &Scene, tenant, about| record(scene, tenant, about)["configuration"].clone();
    let here = configuration(&scene, "fabrikam", "contoso");
    assert_eq!(here["inboundTrust"]["isMfaAccepted"], true);
    for direction in ["b2bDirectConnectInbound", "b2bDirectConnectOutbound"] {
        let set = json!({
            "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
            "applications": {"accessType": "allowed", "targets": [{"target": "Office365", "targetType": "application"}]},
        });
        assert_eq!(here[direction], set);
    }
    assert_eq!(configuration(&scene, "contoso", "fabrikam")["inboundTrust"], Value::Null, "not theirs");
    let template = &scene.tenant("fabrikam")["partnerTemplate"]["values"]["automaticUserConsentSettings"];
    assert_eq!(template["inboundAllowed"], true);

    let again = scene.writes().len();
    scene.post(&of_organization("S2")).await;
    scene.run().await;
    assert_eq!(scene.writes().len(), again, "as wanted: nothing to write");

    scene.post(&unshare("U1", &["fabrikam"])).await;
    scene.run().await;
    assert_eq!(scene.verdict("U1").0, "succeeded");
    assert_records(&scene, &["contoso", "fabrikam"], CLOSED);
    let here = configuration(&scene, "fabrikam", "contoso");
    for unset in ["inboundTrust", "b2bDirectConnectInbound", "b2bDirectConnectOutbound"] {
        assert_eq!(here[unset], Value::Null, "{unset}");
    }
    assert_eq!(
        configuration(&scene, "fabrikam", "tailspin")["inboundTrust"]["isMfaAccepted"],
        true,
        "still fellows"
    );
    assert!(!notes(&scene, "U1").contains("still open"), "{}", notes(&scene, "U1"));
}
