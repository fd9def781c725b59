//! The template a user deploys, with the binaries a user runs, on an AWS emulator that enforces IAM; commands are posted
//! with an independent client.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use entra_simulator::Options;
use mto_system_tests::{Deployment, eventually};
use serde_json::{Value, json};

fn create(id: &str) -> String {
    json!({
        "type": "mto.create.v1", "id": id, "source": "/servicenow/prod",
        "data": {
            "owner": "contoso", "displayName": "Contoso", "templates": "admin-center",
            "tenants": [
                {"tenant": "fabrikam", "displayName": "Fabrikam"},
                {"tenant": "tailspin", "displayName": "Tailspin", "role": "owner"},
            ],
            "then": {"join": {"templates": "admin-center"}},
        },
    })
    .to_string()
}

fn joins_take(seconds: u64) -> Options {
    Options { join_queued_for_seconds: 1, join_duration_seconds: seconds, ..Options::immediate() }
}

fn is_terminal(outcome: &Value) -> bool {
    let kind = outcome["type"].as_str().unwrap();
    !kind.contains(".waiting.") && !kind.contains(".accepted.")
}

/// Every terminal outcome: how often each id was told.
fn ends(outcomes: &[Value]) -> BTreeMap<String, usize> {
    let mut ends = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| is_terminal(outcome)) {
        *ends.entry(outcome["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    ends
}

/// The states of the members of the one organization, as the owner sees them.
fn states(created: &Value) -> Vec<&str> {
    let members = created["data"]["observed"]["own"]["members"].as_array().unwrap();
    members.iter().map(|member| member["state"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn one_message_posted_with_boto3_forms_an_organization_of_three() {
    let deployment = Deployment::new(joins_take(3)).await;
    deployment.post("create", &create("INC0012345")).await;

    let created = deployment.outcome("INC0012345/succeeded").await;
    deployment.quiet().await;

    assert_eq!(created["type"], "mto.create.succeeded.v1");
    assert_eq!(states(&created), ["active"; 3], "{created:#}");
    let outcomes = deployment.outcomes().await;
    let kinds: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome["type"].as_str().unwrap()).collect();
    let expected = ["mto.add.succeeded.v1", "mto.join.succeeded.v1", "mto.join.waiting.v1"];
    assert!(expected.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    assert_eq!(deployment.simulated.simulator.violations(), Vec::<String>::new());
    for queue in ["create-dead-letters", "add-dead-letters", "join-dead-letters"] {
        assert_eq!(deployment.peek(queue).await, Vec::<Value>::new(), "{queue}");
    }
}
