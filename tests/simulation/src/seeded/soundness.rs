//! Whether the world is as it has to be at any moment: the service's own constraints, and one of each object.

use std::collections::BTreeSet;

use entra_simulator::Simulator;
use serde_json::Value;

use super::invariants::Invariant;

/// The first thing that is wrong. `counts`: also whether there is one of each object, which costs a look at everything.
pub(crate) fn doubt(simulator: &Simulator, counts: bool) -> Option<(Invariant, String)> {
    let broken = simulator.violations();
    if !broken.is_empty() {
        return Some((Invariant::TheServiceIsSound, broken.join("; ")));
    }
    if !counts {
        return None;
    }
    let state = simulator.state();
    let text = two_jobs(&state).or_else(|| two_organizations(&state)).or_else(|| two_rows(&state))?;
    Some((Invariant::OneOfEach, text))
}

/// At most one synchronization of each pair that can run.
fn two_jobs(state: &Value) -> Option<String> {
    let mut pairs = BTreeSet::new();
    for directory in list(&state["directories"]) {
        for principal in list(&directory["servicePrincipals"]).iter().filter(|one| !one["job"].is_null()) {
            let (tenant, name) = (&directory["tenantId"], &principal["displayName"]);
            if !pairs.insert((tenant.to_string(), name.to_string())) {
                return Some(format!("two jobs of {name} in {tenant}"));
            }
        }
    }
    None
}

/// A creator that has left may make another one; the first goes on without it.
fn two_organizations(state: &Value) -> Option<String> {
    let is_in = |one: &Value, tenant: &Value| {
        let mut rows = list(&one["tenants"]).iter().filter(|row| row["state"] == "active");
        rows.any(|row| row["tenantId"] == *tenant)
    };
    let made = list(&state["organizations"]).iter().filter(|one| is_in(one, &one["creator"]));
    let mut creators = BTreeSet::new();
    let twice =
        made.map(|one| one["creator"].to_string()).find(|creator| !creators.insert(creator.clone()))?;
    Some(format!("{twice} made two organizations"))
}

fn two_rows(state: &Value) -> Option<String> {
    list(&state["organizations"]).iter().find_map(|organization| {
        let rows = list(&organization["tenants"]);
        let tenants: BTreeSet<String> = rows.iter().map(|row| row["tenantId"].to_string()).collect();
        (tenants.len() < rows.len()).then(|| format!("a tenant stands twice in the list: {organization}"))
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
