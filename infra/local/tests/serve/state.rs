//! What `/state` says before, on the way and after.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use mto_messages::Scope;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{create, plan, start};

fn texts<'a>(items: &'a Value, field: &str) -> BTreeSet<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn nothing_is_formed_until_somebody_asks() {
    let server = start(plan(3)).await;
    let state = server.state().await;
    assert_eq!((&state["organizations"], &state["commands"]), (&json!([]), &json!([])));
    assert_eq!(
        (&state["speed"], &state["deadLetters"], &state["time"]),
        (&json!("max"), &json!(0), &json!("2026-11-21T09:00:00Z"))
    );
    let names: Vec<&Value> =
        state["tenants"].as_array().unwrap().iter().map(|tenant| &tenant["name"]).collect();
    assert_eq!(names, ["contoso", "fabrikam", "tailspin"]);
    assert_eq!(state["tenants"][0]["people"], json!({"found": 4, "segments": {"internalMember": 4}}));
    assert_eq!(state["pairs"].as_array().unwrap().len(), 6);
    assert_eq!(
        (texts(&state["pairs"], "settings"), texts(&state["pairs"], "sync")),
        (["closed"].into(), ["none"].into())
    );
}

#[tokio::test]
async fn a_command_forms_the_organization_and_the_deltas_lead_to_the_same_state() {
    let mut plan = plan(3);
    plan.setup.options.directory.people_search_delay_seconds = 0;
    for (tenant, number) in plan.setup.seed.tenants.iter_mut().zip(1_u128..) {
        let group = Uuid::from_u128(number);
        tenant.groups[0].id = Some(group);
        plan.setup.scopes.insert(tenant.tenant_id, Scope { groups: vec![group], ..Scope::default() });
    }
    let server = start(plan).await;
    let mut listener = server.listen(None).await;
    let before = server.state().await;
    server.command(&create("T", &json!({"then": {"join": {"templates": "admin-center"}, "sync": {}}}))).await;

    let mut items: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let kinds = ["tenants", "organizations", "pairs", "commands"];
    for kind in kinds {
        let of_kind = before[kind].as_array().unwrap().iter();
        items.insert(
            kind.to_owned(),
            of_kind.map(|item| (item["key"].as_str().unwrap().to_owned(), item.clone())).collect(),
        );
    }
    let mut version = before["version"].as_u64().unwrap();
    loop {
        let event = listener.next_of("state").await.data;
        if event["version"].as_u64().unwrap() <= version {
            continue;
        }
        version += 1;
        assert_eq!(event["version"], version, "no version is left out");
        for kind in kinds {
            let kept = items.get_mut(kind).unwrap();
            for gone in event[kind]["gone"].as_array().into_iter().flatten() {
                assert!(kept.remove(gone.as_str().unwrap()).is_some(), "{gone} was never there");
            }
            for set in event[kind]["set"].as_array().into_iter().flatten() {
                kept.insert(set["key"].as_str().unwrap().to_owned(), set.clone());
            }
        }
        let steady = items["pairs"].values().filter(|pair| pair["sync"] == "steady").count();
        if steady == 6 && items["commands"].is_empty() {
            break;
        }
    }

    let state = server.state().await;
    for kind in kinds.iter().filter(|_| state["version"] == version) {
        let now: BTreeSet<String> =
            state[*kind].as_array().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(now, items[*kind].values().map(ToString::to_string).collect(), "{kind}");
    }
    let members = &state["organizations"][0]["members"];
    assert_eq!((texts(members, "state"), members.as_array().unwrap().len()), (["active"].into(), 3));
    assert_eq!(texts(&state["pairs"], "settings"), ["open"].into());
    assert_eq!(
        state["pairs"].as_array().unwrap().iter().map(|pair| pair["users"].as_u64().unwrap()).sum::<u64>(),
        8
    );
    let found: Vec<&Value> =
        state["tenants"].as_array().unwrap().iter().map(|tenant| &tenant["people"]["found"]).collect();
    assert_eq!(
        found,
        [7, 7, 7],
        "4 of its own in Contoso, 5 in Fabrikam, 4 in Tailspin, and who is shared by the others"
    );
}

#[tokio::test]
async fn a_waiting_command_shows_why_until_when_and_its_next_look() {
    let mut plan = plan(3);
    plan.speed = "60".parse().unwrap();
    let server = start(plan).await;
    let mut listener = server.listen(None).await;
    let join = json!({"type": "mto.join.v1", "id": "J", "source": "/test",
                      "data": {"tenant": "fabrikam", "owner": "contoso"}});
    server.command(&join).await;
    let posted = &server.state().await["commands"][0];
    assert_eq!(
        (&posted["id"], &posted["type"], &posted["source"]),
        (&json!("J"), &json!("mto.join.v1"), &json!("/test"))
    );
    loop {
        let outcome = listener.next_of("outcome").await.data;
        if outcome["outcome"]["type"] == "mto.join.waiting.v1" {
            break;
        }
    }
    let state = server.state().await;
    let waiting = &state["commands"][0];
    assert_eq!(waiting["reason"]["code"], "owner-has-no-organization", "{waiting:#}");
    assert!(!waiting["reason"]["remedy"].as_str().unwrap().is_empty());
    let time = |field: &str| waiting[field].as_str().unwrap().to_owned();
    assert!(time("since") < time("nextLook") && time("nextLook") < time("deadline"), "{waiting:#}");
}
