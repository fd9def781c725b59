//! The five design constraints (9.1) hold after every event, whatever the tenants do.

use entra_simulator::{Options, Seed};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{JOIN, Lab, MTO, TENANTS, ZERO};

const COUNT: usize = 5;

#[derive(Clone, Copy, Debug)]
enum Event {
    Create(usize),
    Add(usize, usize, bool),
    Role(usize, usize, bool),
    Remove(usize, usize),
    Join(usize, usize),
    Reset(usize),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let tenant = 0..COUNT;
    prop_oneof![
        2 => tenant.clone().prop_map(Event::Create),
        5 => (tenant.clone(), tenant.clone(), any::<bool>()).prop_map(|(by, of, owner)| Event::Add(by, of, owner)),
        3 => (tenant.clone(), tenant.clone(), any::<bool>()).prop_map(|(by, of, owner)| Event::Role(by, of, owner)),
        3 => (tenant.clone(), tenant.clone()).prop_map(|(by, of)| Event::Remove(by, of)),
        5 => (tenant.clone(), tenant.clone()).prop_map(|(who, owner)| Event::Join(who, owner)),
        1 => tenant.prop_map(Event::Reset),
        5 => prop_oneof![Just(0), Just(59), Just(120), Just(300), Just(7_200)].prop_map(Event::Pass),
    ]
}

fn role(owner: bool) -> &'static str {
    if owner { "owner" } else { "member" }
}

fn apply(lab: &Lab, event: Event) -> u16 {
    match event {
        Event::Create(by) => lab.call(by, Method::PUT, MTO, &json!({"displayName": "Group"})).status,
        Event::Add(by, of, owner) => {
            let body = json!({"tenantId": lab.id(of), "displayName": "Row", "role": role(owner)});
            lab.call(by, Method::POST, TENANTS, &body).status
        }
        Event::Role(by, of, owner) => {
            lab.call(by, Method::PATCH, &lab.row(of), &json!({"role": role(owner)})).status
        }
        Event::Remove(by, of) => lab.call(by, Method::DELETE, &lab.row(of), &Value::Null).status,
        Event::Join(who, owner) => {
            lab.call(who, Method::PATCH, JOIN, &json!({"addedByTenantId": lab.id(owner)})).status
        }
        Event::Reset(who) => lab.call(who, Method::PATCH, JOIN, &json!({"addedByTenantId": ZERO})).status,
        Event::Pass(seconds) => {
            lab.pass(seconds);
            204
        }
    }
}

/// Any active tenant may leave, but for the last owner among others; then the organization goes on or ends.
fn everybody_can_leave(lab: &Lab) {
    for _ in 0..2 * COUNT {
        lab.pass(7_200);
        for tenant in (0..COUNT).rev() {
            if lab.get(tenant, MTO)["state"] == "active" {
                apply(lab, Event::Remove(tenant, tenant));
            }
        }
    }
    lab.pass(7_200);
    let state = lab.simulator.state();
    assert_eq!(state["organizations"], json!([]), "{state}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_requests_breaks_a_design_constraint(
        events in prop::collection::vec(event(), 1..60),
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
        let lab = Lab::with(Seed::demo(COUNT), Options { strict_removal, tenant_limit: 4, ..base });
        for event in events {
            let status = apply(&lab, event);
            prop_assert!(status < 500, "{event:?} was answered {status}");
            prop_assert_eq!(lab.simulator.violations(), Vec::<String>::new(), "after {:?}", event);
        }
        everybody_can_leave(&lab);
    }

    #[test]
    fn the_same_requests_give_the_same_world(events in prop::collection::vec(event(), 1..30)) {
        let run = || {
            let lab = Lab::with(Seed::demo(COUNT), Options::default());
            let statuses: Vec<u16> = events.iter().map(|event| apply(&lab, *event)).collect();
            (statuses, lab.simulator.state().to_string())
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn no_bytes_from_outside_make_it_panic(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE"]),
        path in "/(v1\\.0|_control|x)/[a-zA-Z$(')=%&?/.-]{0,60}",
        body in "\\PC{0,200}",
    ) {
        let lab = Lab::new(1, Options::default());
        let request = http::Request::builder().method(method).uri(path)
            .header("authorization", format!("Bearer {}", lab.token(0))).body(body.into());
        if let Ok(request) = request {
            let _ = lab.simulator.handle(request);
        }
    }
}
