//! Many tenants, and what it costs.

use std::collections::BTreeMap;

use entra_simulator::Options;
use http::Method;
use mto_simulation_tests::{Scene, Stage};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

/// Numbers that look random, the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Spoils about three in a hundred records, and says how many writes each tenant needs: at once, and in a second
/// round, for policies of records that had to be made first.
fn spoil(scene: &Scene) -> BTreeMap<Uuid, (usize, usize)> {
    let mut numbers = Numbers(20_261_120);
    let mut needed: BTreeMap<Uuid, (usize, usize)> = BTreeMap::new();
    let ids: Vec<Uuid> = scene.seed().tenants.iter().map(|tenant| tenant.tenant_id).collect();
    let pairs = ids.iter().flat_map(|one| ids.iter().map(move |other| (*one, *other)));
    for (tenant, partner) in pairs.filter(|(one, other)| one != other) {
        if numbers.next() % 100 >= 3 {
            continue;
        }
        let record = format!("{PARTNERS}/{partner}");
        let policy = format!("{record}/identitySynchronization");
        let change = |method: &Method, path: &str, body: &Value| by_hand(scene, tenant, method, path, body);
        let (first, second) = needed.entry(tenant).or_default();
        *first += 1;
        match numbers.next() % 4 {
            0 => {
                change(&Method::DELETE, &policy, &Value::Null);
                change(&Method::DELETE, &record, &Value::Null);
                *second += 1;
            }
            1 => {
                let consent = json!({"inboundAllowed": true, "outboundAllowed": false});
                change(&Method::PATCH, &record, &json!({"automaticUserConsentSettings": consent}));
            }
            2 => change(&Method::PATCH, &policy, &json!({"userSyncInbound": {"isSyncAllowed": false}})),
            _ => change(&Method::DELETE, &policy, &Value::Null),
        }
    }
    needed
}

#[tokio::test]
async fn a_hundred_tenants_are_repaired_in_one_run_with_the_fewest_requests() {
    let options = Options { fellow_partner_may_be_deleted: true, ..Options::default() };
    let scene = Stage::with(with_open_mesh(of_many(100))).options(options).build();
    let needed = spoil(&scene);
    let writes: usize = needed.values().map(|(first, second)| first + second).sum();
    assert!((250..=450).contains(&writes), "three in a hundred of 9900, some of them twice: {writes}");
    let batches = |(first, second): &(usize, usize)| first.div_ceil(20) + second.div_ceil(20);
    let least = 100 + needed.values().map(batches).sum::<usize>();

    let before = scene.requests().len();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded");
    let calls = calls_since(&scene, before);
    let end = scene.end("S1");
    eprintln!("{writes} writes in {} tenants: {calls} requests, the least possible is {least}", needed.len());
    assert!(calls * 10 <= least * 12, "{calls} requests, the least possible is {least}");
    assert_eq!(scene.writes().iter().filter(|line| line.status >= 300).count(), 0);
    assert_eq!(scene.writes().len(), writes);
    assert!(
        end.summary().contains("9900 ordered pairs among 100 tenants are as wanted"),
        "{}",
        end.summary()
    );
    assert!(
        notes(&scene, "S1").contains("of 9900 ordered pairs were not as wanted"),
        "{}",
        notes(&scene, "S1")
    );
    assert!(notes(&scene, "S1").contains("open on one side only: "), "{}", notes(&scene, "S1"));
    assert_eq!(scene.world().traffic().deliveries, 1, "one run");

    let before = scene.requests().len();
    scene.post(&of_organization("S2")).await;
    scene.run().await;
    assert_eq!(scene.writes().len(), writes, "the second run makes no write");
    assert_eq!(calls_since(&scene, before), 100);
    assert!(scene.end("S2").summary().ends_with("nothing was written"), "{}", scene.end("S2").summary());
    assert_eq!(notes(&scene, "S2"), "");
}

/// More writes than an outcome can list.
#[tokio::test]
async fn a_blank_organization_of_forty_is_opened_in_one_run_and_its_outcome_fits_a_message() {
    let scene = Stage::with(of_many(40)).build();
    scene.post(&of_organization("S1")).await;
    scene.run().await;
    let end = scene.end("S1");
    assert_eq!(end.kind(), "succeeded");
    assert!(end.summary().contains("1560 ordered pairs among 40 tenants"), "{}", end.summary());
    assert!(end.summary().ends_with("3120 writes were made"), "{}", end.summary());
    let (listed, dropped) = (end.writes().len(), end.0["data"]["writesDropped"].as_u64().unwrap_or_default());
    assert_eq!(listed as u64 + dropped, 3120, "the writes that are not listed are counted");
    assert!(listed > 300 && end.0.to_string().len() < 256 * 1024, "{listed}");
    assert_eq!(scene.world().traffic().deliveries, 1, "one run");
    assert_eq!(scene.writes().len(), 3120);
}
