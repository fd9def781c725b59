//! What a status tells of an organization.

use http::Method;
use mto_simulation_tests::command;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn members_settings_and_jobs_are_told_line_by_line_and_to_programs() {
    let scene = three().build();
    done(&scene, &command("sync", "S1", &json!({"owner": "contoso"}))).await;
    done(&scene, &sync("S2", "stop", "contoso", "tailspin", &json!({}))).await;
    let [contoso, fabrikam, tailspin] =
        ["contoso", "fabrikam", "tailspin"].map(|name| scene.id(name).to_string());
    let record = format!("/policies/crossTenantAccessPolicy/partners/{contoso}");
    let off = json!({"automaticUserConsentSettings": {"inboundAllowed": false, "outboundAllowed": true}});
    scene.admin("fabrikam").calls(&Method::PATCH, &record, &off);
    let writes = scene.writes().len();

    let told = done(&scene, &command("sync", "S3", &json!({"action": "status", "owner": "contoso"}))).await;
    assert_eq!(scene.writes().len(), writes, "it only reads");
    let lines = notes(&told);
    for line in [
        format!("member: Contoso ({contoso}): owner, active"),
        format!("member: Fabrikam ({fabrikam}): member, active"),
        format!("member: Tailspin ({tailspin}): member, active"),
        format!(
            "settings: Fabrikam ({fabrikam}) about Contoso ({contoso}) differ; wanted: automatic redemption inbound \
             on, outbound on"
        ),
        format!("synchronization: Contoso ({contoso}) → Tailspin ({tailspin}): stopped, 1 user"),
        format!("synchronization: Fabrikam ({fabrikam}) → Contoso ({contoso}): steady, 2 users"),
    ] {
        assert!(lines.lines().any(|told| told == line), "{line} is not in\n{lines}");
    }
    assert_eq!(lines.matches("settings: ").count(), 1, "{lines}");
    assert_eq!(lines.matches("): steady, ").count(), 5, "{lines}");

    let observed = &told.0["data"]["observed"];
    let roles: Vec<_> = observed["members"].as_array().unwrap().iter().map(|row| &row["role"]).collect();
    assert_eq!(roles, ["owner", "member", "member"]);
    let differing = observed["differing"].as_array().unwrap();
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert_eq!(differing[0]["tenant"], fabrikam.as_str());
    assert_eq!(differing[0]["about"], contoso.as_str());
    let pairs = observed["synchronizations"][&contoso]["seen"].as_array().unwrap();
    let to_tailspin = pairs.iter().find(|pair| pair[0] == tailspin.as_str()).unwrap();
    assert_eq!((&to_tailspin[1]["state"], &to_tailspin[1]["users"]), (&json!("stopped"), &json!(1)));
}
