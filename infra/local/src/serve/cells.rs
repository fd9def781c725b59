//! The cells of the matrix: what stands between two tenants, by ordered pair.
//!
//! Users flow from the source to the target. Three settings let them: the source's outbound automatic redemption, and
//! the target's inbound automatic redemption and inbound user synchronization.

use std::collections::HashMap;

use serde::Serialize;
use uuid::Uuid;

use super::dump::{Dump, Job, Partner, Principal};

/// How the settings of both sides stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Settings {
    /// None of the three is on.
    Closed,
    /// One side is open, the other is closed.
    Half,
    /// All three are on.
    Open,
    /// The target's two do not fit each other: somebody changed one of them.
    Differs,
}

/// How far the synchronization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Sync {
    /// There is no configuration.
    None,
    /// There is one, and nothing ran yet.
    Configured,
    /// The initial cycle is to come, or under way.
    Initial,
    /// The initial cycle is over, and others follow.
    Steady,
    /// The service holds it back.
    Quarantine,
    /// Somebody stopped it.
    Paused,
}

/// An ordered pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cell {
    /// `<source>/<target>`
    pub(super) key: String,
    pub(super) source: Uuid,
    pub(super) target: Uuid,
    pub(super) settings: Settings,
    /// The three settings behind it.
    pub(super) open: Flags,
    pub(super) sync: Sync,
    /// Users that are synchronized now.
    pub(super) users: u64,
    /// Users that fail.
    pub(super) errors: u64,
    /// Why it is in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quarantine: Option<String>,
}

/// The three settings that let users flow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flags {
    pub(super) source_redeems_outbound: bool,
    pub(super) target_redeems_inbound: bool,
    pub(super) target_syncs_inbound: bool,
}

impl Settings {
    fn of(flags: Flags) -> Self {
        let Flags { source_redeems_outbound, target_redeems_inbound, target_syncs_inbound } = flags;
        match (source_redeems_outbound, target_redeems_inbound, target_syncs_inbound) {
            (false, false, false) => Self::Closed,
            (true, true, true) => Self::Open,
            (true, false, false) | (false, true, true) => Self::Half,
            (_, true, false) | (_, false, true) => Self::Differs,
        }
    }
}

impl Sync {
    fn of(principal: Option<&Principal>) -> Self {
        let Some(principal) = principal else { return Self::None };
        match &principal.job {
            None => Self::Configured,
            Some(job) if job.quarantine.is_some() => Self::Quarantine,
            Some(job) if job.status == "Paused" && job.cycles == 0 => Self::Configured,
            Some(job) if job.status == "Paused" => Self::Paused,
            Some(job) if job.initial => Self::Initial,
            Some(_) => Self::Steady,
        }
    }
}

/// Every ordered pair of `tenants`, in their order.
pub(super) fn cells(dump: &Dump, tenants: &[Uuid]) -> Vec<Cell> {
    let partners: HashMap<(Uuid, Uuid), &Partner> = dump
        .tenants
        .iter()
        .flat_map(|tenant| tenant.partners.iter().map(|held| ((tenant.id, held.tenant_id), held)))
        .collect();
    let principals = principals(dump);
    let others = |source: Uuid| tenants.iter().filter(move |target| **target != source);
    let pairs = tenants.iter().flat_map(|source| others(*source).map(|target| (*source, *target)));
    pairs
        .map(|(source, target)| {
            let (outward, inward) = (partners.get(&(source, target)), partners.get(&(target, source)));
            let open = Flags {
                source_redeems_outbound: outward.is_some_and(|held| held.redeems_outbound()),
                target_redeems_inbound: inward.is_some_and(|held| held.redeems_inbound()),
                target_syncs_inbound: inward.is_some_and(|held| held.syncs_inbound()),
            };
            let principal = principals.get(&(source, target)).copied();
            let job = principal.and_then(|principal| principal.job.as_ref());
            Cell {
                key: format!("{source}/{target}"),
                source,
                target,
                settings: Settings::of(open),
                open,
                sync: Sync::of(principal),
                users: job.map_or(0, |job| job.provisioned),
                errors: job.map_or(0, |job| job.errors.values().sum()),
                quarantine: job.and_then(|job| job.quarantine.clone()),
            }
        })
        .collect()
}

/// The configurations by source and target; of several for one pair, the one whose job got farthest.
fn principals(dump: &Dump) -> HashMap<(Uuid, Uuid), &Principal> {
    let cycles = |principal: &Principal| principal.job.as_ref().map(|job: &Job| job.cycles);
    let mut found: HashMap<(Uuid, Uuid), &Principal> = HashMap::new();
    for directory in &dump.directories {
        for principal in &directory.service_principals {
            let Some(target) = principal.target else { continue };
            let kept = found.entry((directory.tenant_id, target)).or_insert(principal);
            if cycles(principal) > cycles(kept) {
                *kept = principal;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ONE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn the_three_flags_make_four_states() {
        use Settings::{Closed, Differs, Half, Open};
        let expected = [
            ([false, false, false], Closed),
            ([true, false, false], Half),
            ([false, true, true], Half),
            ([true, true, true], Open),
            ([false, true, false], Differs),
            ([false, false, true], Differs),
            ([true, true, false], Differs),
            ([true, false, true], Differs),
        ];
        for ([outbound, inbound, sync], settings) in expected {
            let flags = Flags {
                source_redeems_outbound: outbound,
                target_redeems_inbound: inbound,
                target_syncs_inbound: sync,
            };
            assert_eq!(Settings::of(flags), settings, "{flags:?}");
        }
    }

    fn dump(principals: &Value) -> Dump {
        let partner = |about: Uuid, inbound: bool, outbound: bool, sync: bool| {
            json!({"tenantId": about, "isInMultiTenantOrganization": true,
                "configuration": {"automaticUserConsentSettings": {"inboundAllowed": inbound, "outboundAllowed": outbound}},
                "identitySynchronization": {"userSyncInbound": {"isSyncAllowed": sync}}})
        };
        let dump = json!({
            "tenants": [
                {"tenantId": ONE, "joinRequest": null, "partners": [partner(OTHER, false, true, false)]},
                {"tenantId": OTHER, "joinRequest": null, "partners": [partner(ONE, true, false, true)]},
            ],
            "organizations": [],
            "directories": [{"tenantId": ONE, "servicePrincipals": principals}],
        });
        serde_json::from_value(dump).unwrap()
    }

    fn job(status: &str, initial: bool, cycles: u64, quarantine: &Value) -> Value {
        json!({"target": OTHER, "job": {"status": status, "provisioned": 3, "initial": initial, "cycles": cycles,
               "quarantine": quarantine, "errors": {"AttributeConflict": 2}}})
    }

    #[test]
    fn a_pair_is_judged_by_the_settings_of_both_its_sides() {
        let cells = cells(&dump(&json!([])), &[ONE, OTHER]);
        let seen: Vec<_> = cells.iter().map(|cell| (cell.source, cell.settings, cell.sync)).collect();
        assert_eq!(seen, [(ONE, Settings::Open, Sync::None), (OTHER, Settings::Closed, Sync::None)]);
    }

    #[test]
    fn a_job_makes_the_state_of_the_synchronization() {
        let expected = [
            (json!({"target": OTHER, "job": null}), Sync::Configured),
            (job("Paused", true, 0, &Value::Null), Sync::Configured),
            (job("NotRun", true, 0, &Value::Null), Sync::Initial),
            (job("Active", true, 1, &Value::Null), Sync::Initial),
            (job("Active", false, 1, &Value::Null), Sync::Steady),
            (job("Paused", false, 3, &Value::Null), Sync::Paused),
            (job("Quarantine", true, 3, &json!("TooManyDeletes")), Sync::Quarantine),
        ];
        for (principal, sync) in expected {
            let cells = cells(&dump(&json!([principal])), &[ONE, OTHER]);
            assert_eq!(cells[0].sync, sync, "{principal}");
            assert_eq!(cells[1].sync, Sync::None);
        }
    }

    #[test]
    fn of_two_configurations_for_one_pair_the_one_that_ran_counts() {
        let idle = json!({"target": OTHER, "job": null});
        for both in [
            json!([idle, job("Active", false, 1, &Value::Null)]),
            json!([job("Active", false, 1, &Value::Null), idle]),
        ] {
            let cells = cells(&dump(&both), &[ONE, OTHER]);
            assert_eq!((cells[0].sync, cells[0].users, cells[0].errors), (Sync::Steady, 3, 2), "{both}");
        }
    }
}
