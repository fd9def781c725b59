//! The design constraints (9.1), looked at from outside after every event: only what Graph answers, and the dump.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use entra_simulator::{Options, Seed};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{JOIN, Lab, MTO, PARTNERS, Reply, TENANTS, ZERO};

const COUNT: usize = 6;
/// Every event here is a request of one tenant, or time that passes.
#[derive(Clone, Copy, Debug)]
enum Event {
    Create(usize),
    CreateByPatch(usize),
    Add(usize, usize, bool),
    Promote(usize, usize),
    Demote(usize, usize),
    Remove(usize, usize),
    Leave(usize),
    Join(usize, usize),
    /// An owner adds a tenant and the tenant asks to join, so that organizations grow.
    Admit(usize, usize),
    Reset(usize),
    DeletePartner(usize, usize),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let one = || 0..COUNT;
    let two = || (0..COUNT, 0..COUNT);
    prop_oneof![
        2 => one().prop_map(Event::Create),
        1 => one().prop_map(Event::CreateByPatch),
        6 => (one(), one(), any::<bool>()).prop_map(|(by, of, owner)| Event::Add(by, of, owner)),
        2 => two().prop_map(|(by, of)| Event::Promote(by, of)),
        2 => two().prop_map(|(by, of)| Event::Demote(by, of)),
        2 => two().prop_map(|(by, of)| Event::Remove(by, of)),
        2 => one().prop_map(Event::Leave),
        6 => two().prop_map(|(who, owner)| Event::Join(who, owner)),
        6 => two().prop_map(|(owner, who)| Event::Admit(owner, who)),
        1 => one().prop_map(Event::Reset),
        4 => two().prop_map(|(by, of)| Event::DeletePartner(by, of)),
        6 => prop::sample::select(vec![0, 60, 120, 300, 7_200]).prop_map(Event::Pass),
    ]
}

/// The acting tenant, and the status.
fn apply(lab: &Tenants, event: Event) -> Option<(usize, u16)> {
    let named = |name: &str| json!({"displayName": name});
    let call = |by: usize, method: Method, path: &str, body: Value| {
        Some((by, lab.call(by, method, path, &body).status))
    };
    match event {
        Event::Create(by) => call(by, Method::PUT, MTO, named("Group")),
        Event::CreateByPatch(by) => call(by, Method::PATCH, MTO, named("Patched")),
        Event::Add(by, of, owner) => {
            let role = if owner { "owner" } else { "member" };
            call(
                by,
                Method::POST,
                TENANTS,
                json!({"tenantId": lab.id(of), "displayName": "Row", "role": role}),
            )
        }
        Event::Promote(by, of) => call(by, Method::PATCH, &lab.row(of), json!({"role": "owner"})),
        Event::Demote(by, of) => call(by, Method::PATCH, &lab.row(of), json!({"role": "member"})),
        Event::Remove(by, of) => call(by, Method::DELETE, &lab.row(of), Value::Null),
        Event::Leave(by) => call(by, Method::DELETE, &lab.row(by), Value::Null),
        Event::Join(who, owner) => call(who, Method::PATCH, JOIN, json!({"addedByTenantId": lab.id(owner)})),
        Event::Admit(owner, who) => {
            apply(lab, Event::Add(owner, who, false));
            apply(lab, Event::Join(who, owner))
        }
        Event::Reset(who) => call(who, Method::PATCH, JOIN, json!({"addedByTenantId": ZERO})),
        Event::DeletePartner(by, of) => {
            let _ = lab.call(
                by,
                Method::DELETE,
                &format!("{}/identitySynchronization", lab.partner(of)),
                &Value::Null,
            );
            call(by, Method::DELETE, &lab.partner(of), Value::Null)
        }
        Event::Pass(seconds) => {
            lab.pass(seconds);
            None
        }
    }
}

/// The laboratory, with a token of each tenant for as long as it is valid.
struct Tenants {
    lab: Lab,
    tokens: RefCell<Vec<String>>,
}

impl Tenants {
    fn of(lab: Lab) -> Self {
        Self { lab, tokens: RefCell::new(vec![String::new(); COUNT]) }
    }

    fn call(&self, by: usize, method: Method, path: &str, body: &Value) -> Reply {
        let token = self.tokens.borrow()[by].clone();
        let reply = self.lab.with_token(&token, method.clone(), path, body);
        if reply.status != 401 {
            return reply;
        }
        let token = self.lab.token(by);
        self.tokens.borrow_mut()[by].clone_from(&token);
        self.lab.with_token(&token, method, path, body)
    }

    fn get(&self, by: usize, path: &str) -> Value {
        let reply = self.call(by, Method::GET, path, &Value::Null);
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }
}

impl std::ops::Deref for Tenants {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        &self.lab
    }
}

/// What a tenant sees of its organization: the role of every active tenant.
type View = BTreeMap<String, String>;

fn view(lab: &Tenants, tenant: usize) -> Option<View> {
    let active = lab.get(tenant, MTO)["state"] == "active";
    let rows = lab.get(tenant, TENANTS)["value"].as_array().expect("rows").clone();
    assert!(active || rows.is_empty(), "rows without an organization");
    let rows = rows.iter().filter(|row| row["state"] == "active");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    active.then(|| rows.map(|row| (text(&row["tenantId"]), text(&row["role"]))).collect())
}

fn holds(lab: &Tenants) {
    let mut seen = BTreeSet::new();
    let views: Vec<Option<View>> = (0..COUNT).map(|tenant| view(lab, tenant)).collect();
    for (tenant, view) in views.iter().enumerate() {
        let Some(view) = view else { continue };
        let own = lab.id(tenant).to_string();
        // one organization a tenant: whoever I see as a fellow sees exactly what I see
        assert!(view.contains_key(&own), "a tenant sees itself");
        for (other, theirs) in views.iter().enumerate() {
            if view.contains_key(&lab.id(other).to_string()) {
                assert_eq!(theirs.as_ref(), Some(view), "{tenant} and {other} disagree");
            }
        }
        assert!(view.values().any(|role| role == "owner"), "no active owner: {view:?}");
        settings_for(lab, tenant, view.keys().filter(|id| **id != own));
        seen.insert(view);
    }
    // the organization is gone with its last active tenant: the dump holds those that are seen, and no others
    let state = lab.simulator.state();
    assert_eq!(state["organizations"].as_array().map(Vec::len), Some(seen.len()), "{state}");
    assert_eq!(lab.simulator.violations(), Vec::<String>::new());
}

/// Settings for every fellow, and for nobody else as a fellow.
fn settings_for<'a>(lab: &Tenants, tenant: usize, fellows: impl Iterator<Item = &'a String>) {
    let list = lab.get(tenant, &format!("{PARTNERS}?$filter=isInMultiTenantOrganization+eq+true"));
    let held = list["value"].as_array().expect("partners").iter();
    let held: BTreeSet<&str> = held.filter_map(|row| row["tenantId"].as_str()).collect();
    assert_eq!(held, fellows.map(String::as_str).collect::<BTreeSet<_>>(), "the settings of {tenant}");
}

/// Whether joins take time; and what a tenant decides alone, of each: its policy but for the service's marks.
fn policies(lab: &Tenants) -> (bool, Vec<Value>) {
    let state = lab.simulator.state();
    let tenants = state["tenants"].as_array().expect("tenants").iter().cloned();
    let mut shown: Vec<Value> = tenants
        .map(|mut tenant| {
            for partner in tenant["partners"].as_array_mut().expect("partners") {
                partner["isInMultiTenantOrganization"].take();
            }
            let names = [
                "tenantId",
                "policy",
                "defaultConfiguration",
                "partnerTemplate",
                "identityTemplate",
                "partners",
            ];
            json!(names.map(|name| tenant[name].clone()))
        })
        .collect();
    shown.sort_by_key(|tenant| tenant[0].to_string());
    (state["options"]["joinDurationSeconds"] != 0, shown)
}

/// Every partner configuration there is: whose, and for whom.
fn held(lab: &Tenants) -> BTreeSet<(String, String)> {
    let state = lab.simulator.state();
    let tenants = state["tenants"].as_array().expect("tenants").iter();
    let pairs = tenants.flat_map(|tenant| {
        let partners = tenant["partners"].as_array().expect("partners").iter();
        partners.map(|partner| (tenant["tenantId"].to_string(), partner["tenantId"].to_string()))
    });
    pairs.collect()
}

/// Whether a tenant may leave by what it sees: it is no owner, or not the last one that stays, or alone.
fn may_leave(lab: &Tenants, tenant: usize) -> Option<bool> {
    let own = lab.id(tenant).to_string();
    let rows = lab.get(tenant, TENANTS)["value"].as_array().expect("rows").clone();
    let mine = rows.iter().find(|row| row["tenantId"] == *own)?.clone();
    if mine["transitionDetails"]["desiredState"] == "removed" {
        return None;
    }
    let stays = |row: &&Value| {
        let details = &row["transitionDetails"];
        row["role"] == "owner" && details["desiredState"] != "removed" && details["desiredRole"] != "member"
    };
    let others = || rows.iter().filter(|row| row["tenantId"] != *own && row["state"] == "active");
    Some(mine["role"] != "owner" || others().count() == 0 || others().any(|row| stays(&row)))
}

fn step(lab: &Tenants, event: Event) {
    if let Event::Pass(_) = event {
        let before = held(lab);
        apply(lab, event);
        assert!(held(lab).is_superset(&before), "time took settings away");
        return holds(lab);
    }
    let leaves = if let Event::Leave(by) = event { may_leave(lab, by) } else { None };
    let before = policies(lab);
    let Some((by, status)) = apply(lab, event) else { return };
    assert!(status < 500, "{event:?} was answered {status}");
    if let Some(leaves) = leaves {
        assert_eq!(status == 204, leaves, "leaving is always possible, but for the last owner");
    }
    // where joins take time, a request itself changes its own tenant's policy at most
    if before.0 {
        let own = lab.id(by).to_string();
        for (old, new) in before.1.iter().zip(policies(lab).1) {
            assert!(*old == new || old[0] == *own, "{event:?} changed the policy of {}", old[0]);
        }
    }
    holds(lab);
}

/// Everybody leaves as soon as it may: nothing stays behind.
fn dissolve(lab: &Tenants) {
    for _ in 0..2 * COUNT {
        for tenant in (0..COUNT).rev().filter(|tenant| view(lab, *tenant).is_some()) {
            step(lab, Event::Leave(tenant));
        }
        step(lab, Event::Pass(7_200));
        if (0..COUNT).all(|tenant| view(lab, tenant).is_none()) {
            break;
        }
    }
    assert_eq!(lab.simulator.state()["organizations"], json!([]));
    for tenant in 0..COUNT {
        assert_eq!(lab.get(tenant, MTO)["state"], "inactive");
    }
}

/// Tenant 0 has an organization with so many others.
fn start(lab: &Tenants, others: usize) {
    if others > 0 {
        step(lab, Event::Create(0));
    }
    for other in 1..=others {
        step(lab, Event::Admit(0, other));
    }
    step(lab, Event::Pass(7_200));
}

fn broken(options: Options, event: Event) {
    let lab = Tenants::of(Lab::with(Seed::demo(COUNT), options));
    start(&lab, 2);
    apply(&lab, event);
    lab.pass(7_200);
    holds(&lab);
}

#[test]
#[should_panic(expected = "no active owner")]
fn the_check_finds_an_organization_without_an_owner() {
    broken(Options { last_owner_may_leave: true, ..Options::default() }, Event::Leave(0));
}

#[test]
#[should_panic(expected = "the settings of 0")]
fn the_check_finds_a_pair_without_settings() {
    broken(Options { fellow_partner_may_be_deleted: true, ..Options::default() }, Event::DeletePartner(0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn organizations_form_and_dissolve_and_the_five_constraints_hold(
        formed in 0..COUNT,
        events in prop::collection::vec(event(), 1..30),
        speed in 0..3,
        strict_removal in any::<bool>(),
    ) {
        let base = match speed {
            0 => Options::immediate(),
            1 => Options::default(),
            // joins end while removals run, removals while roles change
            _ => Options { join_duration_seconds: 100, removal_duration_seconds: 1_000,
                role_change_duration_seconds: 3_000, ..Options::default() },
        };
        let lab = Lab::with(Seed::demo(COUNT), Options { strict_removal, tenant_limit: 5, ..base });
        let lab = Tenants::of(lab);
        start(&lab, formed);
        for event in events {
            step(&lab, event);
        }
        dissolve(&lab);
    }
}
