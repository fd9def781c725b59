//! What the world holds, compared at two times; and what is open between tenants.

use std::collections::{BTreeMap, BTreeSet};

use entra_simulator::{PartnerSeed, Seed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Scene;

/// Something that differs: whose, what, and about whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The display name of the tenant that holds it.
    pub tenant: String,
    /// What it is: `partner`, `identitySynchronization`, `row`, or a property of the tenant: `partnerTemplate`.
    pub kind: String,
    /// The display name of the tenant it is about; empty for the tenant's own.
    pub about: String,
}

/// Everything the tenants and organizations hold, but for time, tokens, counters and the trail of audits.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot(BTreeMap<Difference, Value>);

impl Snapshot {
    /// As it is now.
    pub fn of(scene: &Scene) -> Self {
        let state = scene.world().simulator().state();
        let names = Names::of(&state);
        let mut held = BTreeMap::new();
        for tenant in list(&state["tenants"]) {
            let name = names.of_id(&tenant["tenantId"]);
            for (kind, value) in tenant.as_object().unwrap() {
                if kind != "partners" {
                    held.insert(difference(&name, kind, ""), value.clone());
                }
            }
            for mut partner in list(&tenant["partners"]) {
                let about = names.of_id(&partner["tenantId"]);
                let policy = partner["identitySynchronization"].take();
                if !policy.is_null() {
                    held.insert(difference(&name, "identitySynchronization", &about), policy);
                }
                held.insert(difference(&name, "partner", &about), partner);
            }
        }
        for organization in list(&state["organizations"]) {
            let creator = names.of_id(&organization["creator"]);
            for row in list(&organization["tenants"]) {
                held.insert(difference(&creator, "row", &names.of_id(&row["tenantId"])), row);
            }
        }
        Self(held)
    }

    /// What differs from an earlier time: it came, went or changed.
    pub fn since(&self, earlier: &Self) -> BTreeSet<Difference> {
        let all: BTreeSet<&Difference> = self.0.keys().chain(earlier.0.keys()).collect();
        all.into_iter().filter(|key| self.0.get(key) != earlier.0.get(key)).cloned().collect()
    }
}

fn difference(tenant: &str, kind: &str, about: &str) -> Difference {
    Difference { tenant: tenant.to_owned(), kind: kind.to_owned(), about: about.to_owned() }
}

struct Names(BTreeMap<String, String>);

impl Names {
    fn of(state: &Value) -> Self {
        let pair = |tenant: Value| {
            let text = |name: &str| tenant[name].as_str().unwrap().to_owned();
            (text("tenantId"), text("displayName"))
        };
        Self(list(&state["tenants"]).into_iter().map(pair).collect())
    }

    fn of_id(&self, id: &Value) -> String {
        self.0[id.as_str().unwrap()].clone()
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap()
}

/// What is open: `Fabrikam about Contoso: inbound redemption`. Empty, if nothing is.
pub fn still_open(scene: &Scene) -> Vec<String> {
    let state = scene.world().simulator().state();
    let names = Names::of(&state);
    let mut open = Vec::new();
    for tenant in list(&state["tenants"]) {
        for partner in list(&tenant["partners"]) {
            let (holder, about) = (names.of_id(&tenant["tenantId"]), names.of_id(&partner["tenantId"]));
            open.extend(
                open_things(&partner).into_iter().map(|thing| format!("{holder} about {about}: {thing}")),
            );
        }
    }
    open
}

/// What one record opens: redemption, synchronization, trust, and access of its own to what is allowed.
fn open_things(partner: &Value) -> Vec<&'static str> {
    let configuration = &partner["configuration"];
    let consent = &configuration["automaticUserConsentSettings"];
    let is_true = |value: &Value| *value == json!(true);
    let trusts = configuration["inboundTrust"].as_object().is_some_and(|trust| trust.values().any(is_true));
    let allows = |name: &str| configuration[name]["usersAndGroups"]["accessType"] == "allowed";
    let things = [
        ("inbound redemption", is_true(&consent["inboundAllowed"])),
        ("outbound redemption", is_true(&consent["outboundAllowed"])),
        ("synchronization", is_true(&partner["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"])),
        ("trust", trusts),
        ("direct connect inbound", allows("b2bDirectConnectInbound")),
        ("direct connect outbound", allows("b2bDirectConnectOutbound")),
        ("collaboration inbound", allows("b2bCollaborationInbound")),
        ("collaboration outbound", allows("b2bCollaborationOutbound")),
    ];
    things.into_iter().filter(|(_, is_open)| *is_open).map(|(thing, _)| thing).collect()
}

/// Every tenant of the seed holds an open record about every other one.
pub fn with_open_mesh(mut seed: Seed) -> Seed {
    let ids: Vec<Uuid> = seed.tenants.iter().map(|tenant| tenant.tenant_id).collect();
    let object = |value: Value| value.as_object().cloned().unwrap();
    let consent = json!({"inboundAllowed": true, "outboundAllowed": true});
    for one in &ids {
        for other in ids.iter().filter(|other| *other != one) {
            seed.partners.push(PartnerSeed {
                tenant_id: *one,
                partner_tenant_id: *other,
                configuration: object(json!({"automaticUserConsentSettings": consent})),
                identity_synchronization: Some(object(json!({"userSyncInbound": {"isSyncAllowed": true}}))),
            });
        }
    }
    seed
}
