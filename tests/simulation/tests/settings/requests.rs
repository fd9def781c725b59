//! What cannot be asked for.

use mto_simulation_tests::{Stage, command};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::*;

#[rstest]
#[case::settings_without_tenants(json!({"action": "settings"}), "data.owner")]
#[case::settings_in_both_forms(json!({"action": "settings", "owner": "contoso", "source": "fabrikam", "targets": "all"}), "data.owner")]
#[case::settings_without_targets(json!({"action": "settings", "source": "contoso"}), "data.targets")]
#[case::settings_without_source(json!({"action": "settings", "targets": "all"}), "data.source")]
#[case::settings_of_an_external_owner(json!({"action": "settings", "owner": "northwind"}), "data.owner")]
#[case::settings_of_an_external_source(json!({"action": "settings", "source": "northwind", "targets": "all"}), "data.source")]
#[case::settings_with_externals_only(json!({"action": "settings", "source": "contoso", "targets": ["northwind"]}), "data.targets")]
#[case::settings_with_cleanup(json!({"action": "settings", "owner": "contoso", "cleanup": "settings"}), "data.cleanup")]
#[case::settings_with_directions(json!({"action": "settings", "owner": "contoso", "bothDirections": true}), "data.bothDirections")]
#[case::settings_with_a_scope(json!({"action": "settings", "owner": "contoso", "scope": {"everyone": true}}), "data.scope")]
#[case::no_target(json!({"action": "settings", "source": "contoso", "targets": []}), "data.targets")]
#[case::itself(json!({"action": "settings", "source": "contoso", "targets": ["fabrikam", "contoso"]}), "data.targets[1]")]
#[case::twice(json!({"action": "settings", "source": "contoso", "targets": ["fabrikam", "fabrikam.example"]}), "data.targets[1]")]
#[case::unshare_all(json!({"action": "unshare", "source": "contoso", "targets": "all", "cleanup": "settings"}), "data.targets")]
#[case::unshare_an_organization(json!({"action": "unshare", "owner": "contoso", "cleanup": "settings"}), "data.owner")]
#[case::unshare_nothing(json!({"action": "unshare", "source": "contoso", "targets": ["fabrikam"], "cleanup": "none"}), "data.cleanup")]
#[tokio::test]
async fn what_cannot_be_done_is_rejected_with_its_field(#[case] data: Value, #[case] field: &str) {
    let scene = Stage::with(of_four()).external("northwind").build();
    scene.post(&command("sync", "S1", &data)).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1"), ("rejected".to_owned(), "invalid".to_owned()));
    assert!(scene.end("S1").text().starts_with(&format!("{field}: ")), "{}", scene.end("S1").text());
    assert!(scene.requests().is_empty());
}

#[tokio::test]
async fn the_settings_of_a_tenant_in_no_organization_are_rejected() {
    let scene = Stage::new(2).build();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1"), ("rejected".to_owned(), "owner-has-no-organization".to_owned()));
}
