//! The binary of `sync` on the largest organization, against what the template gives it.

use std::collections::BTreeMap;
use std::time::Duration;

use entra_simulator::{MemberRole, MemberSeed, MemberState, Options, OrganizationSeed, Seed};
use mto_system_tests::{Answer, Function, Mapping, Ministack, Queues, Simulated};
use serde_json::{Value, json};

const TENANTS: usize = 100;
/// Of the 128 MiB that the template gives, Lambda's own runtime takes some too.
const ROOM: u64 = 100 * 1024 * 1024;

/// A hundred tenants in one organization that have nothing set about each other.
fn seed() -> Seed {
    let mut seed = Seed::demo(TENANTS);
    let members = seed.tenants[1..].iter().map(|tenant| MemberSeed {
        tenant_id: tenant.tenant_id,
        display_name: tenant.display_name.clone(),
        role: MemberRole::Member,
        state: MemberState::Active,
    });
    seed.organizations = vec![OrganizationSeed {
        owner: seed.tenants[0].tenant_id,
        display_name: "Contoso".to_owned(),
        description: None,
        members: members.collect(),
    }];
    seed
}

fn environment(
    seed: &Seed,
    simulated: &Simulated,
    ministack: &Ministack,
    queues: &Queues,
) -> BTreeMap<String, String> {
    let tenants = seed.tenants.iter().map(|tenant| {
        let application = &tenant.applications[0];
        let credential = json!({"clientSecret": {"env": format!("SECRET_{}", tenant.tenant_id.simple())}});
        json!({"tenantId": tenant.tenant_id, "name": tenant.display_name,
               "application": {"clientId": application.client_id, "credential": credential}})
    });
    let directory = json!({"tenants": tenants.collect::<Vec<_>>()}).to_string();
    let secrets = seed.tenants.iter().map(|tenant| {
        let secret = tenant.applications[0].secrets[0].expose().to_owned();
        (format!("SECRET_{}", tenant.tenant_id.simple()), secret)
    });
    let others = [
        ("AWS_REGION", mto_system_tests::REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", ministack.endpoint().to_owned()),
        ("MTO_GRAPH_ROOT", format!("{}/v1.0", simulated.root())),
        ("MTO_LOGIN_ROOT", simulated.root().to_owned()),
        ("MTO_DIRECTORY", directory),
        ("MTO_QUEUE_SYNC", queues.url("sync").to_owned()),
        ("MTO_QUEUE_OUTCOMES", queues.url("outcomes").to_owned()),
        ("MTO_QUEUE_DEAD_LETTERS", queues.url("sync-dead-letters").to_owned()),
        ("MTO_SHORTEST_DELAY_SECONDS", "1".to_owned()),
        ("MTO_LONGEST_DELAY_SECONDS", "1".to_owned()),
        ("MTO_LOG", "warn".to_owned()),
    ];
    others.map(|(name, value)| (name.to_owned(), value)).into_iter().chain(secrets).collect()
}

#[tokio::test]
async fn a_mesh_of_a_hundred_tenants_is_opened_from_nothing_in_the_memory_of_the_template() {
    let seed = seed();
    let simulated = Simulated::serve(seed.clone(), Options::immediate()).await;
    let ministack = Ministack::start().await;
    let queues = Queues::create(&ministack, &["sync"]).await;
    let function = Function::start("sync", &environment(&seed, &simulated, &ministack, &queues)).await;
    let sync = Mapping { verb: "sync".to_owned(), function };
    let settings = json!({"type": "mto.sync.v1", "id": "settings", "source": "/schedule",
                          "data": {"action": "settings", "owner": seed.tenants[0].tenant_id}});
    queues.post("sync", &settings.to_string()).await;
    let mut outcomes: Vec<Value> = Vec::new();
    let work = async {
        while outcomes.last().is_none_or(|outcome| outcome["type"] != "mto.sync.succeeded.v1") {
            if let Some((_, answer)) = sync.pump(&queues).await {
                let log = sync.function.log();
                assert_eq!(answer, Answer::Response(json!({"batchItemFailures": []})), "{log:#?}");
            }
            let told = queues.drain("outcomes").await;
            outcomes.extend(told.iter().map(|m| serde_json::from_str::<Value>(m.body().unwrap()).unwrap()));
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(3), work).await;
    assert!(in_time.is_ok(), "no end in three minutes; outcomes: {outcomes:#?}");
    let memory = sync.function.memory();
    assert!(memory < ROOM, "{memory} bytes");
    assert_eq!(simulated.open().len(), TENANTS * (TENANTS - 1) * 3);
    let written = &outcomes.last().unwrap()["data"];
    let dropped = usize::try_from(written["writesDropped"].as_u64().unwrap()).unwrap();
    let told = written["writes"].as_array().map_or(0, Vec::len) + dropped;
    assert_eq!(told, TENANTS * (TENANTS - 1) * 2, "a record and a policy for each ordered pair");
}
