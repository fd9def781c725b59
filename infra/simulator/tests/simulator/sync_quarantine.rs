//! Reference 6.10, a row each: cycles, quarantine, accidental deletions.

use entra_simulator::{Change, DirectoryOptions, Options};
use serde_json::{Value, json};

use super::support::{Lab, assert_has};
use super::sync_support::{DAY, INTERVAL, Sync, named, quick, quick_with, seed_with};

const HOUR: u64 = 60 * 60;
const NAMES: [&str; 4] = ["Anna One", "Bert Two", "Cora Three", "Dave Four"];

fn lab(directory: DirectoryOptions) -> Lab {
    Lab::with(seed_with(named(&NAMES)), quick_with(directory))
}

fn reason(lab: &Lab, sync: &Sync) -> Value {
    lab.job(sync)["status"]["quarantine"]["reason"].clone()
}

#[test]
fn cycles_begin_every_forty_minutes() {
    let lab = lab(DirectoryOptions::default());
    let sync = lab.running(None);
    let first = lab.job(&sync)["status"]["lastExecution"]["timeBegan"].clone();
    lab.pass(INTERVAL - 2);
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["timeBegan"], first);
    lab.pass(2);
    let status = lab.job(&sync)["status"].clone();
    assert_eq!(
        (&first, &status["lastExecution"]["timeBegan"]),
        (&json!("2026-11-21T09:00:00Z"), &json!("2026-11-21T09:40:00Z"))
    );
    assert_eq!(status["lastExecution"]["countExported"], 0, "nothing changed");
    assert_eq!(status["lastSuccessfulExecutionWithExports"]["timeBegan"], first);
    assert_ne!(status["steadyStateLastAchievedTime"], status["steadyStateFirstAchievedTime"]);
}

#[test]
fn an_initial_cycle_is_as_long_as_its_objects_are_many() {
    let directory = DirectoryOptions {
        start_delay_seconds: 0,
        milliseconds_per_object: 4_800,
        ..DirectoryOptions::default()
    };
    let mut seed = seed_with(Vec::new());
    seed.tenants[0].generated_users = 1_000;
    let lab = Lab::with(seed, Options { directory, ..Options::default() });
    let sync = lab.running(None);
    lab.pass(4_790);
    assert_eq!(lab.segments(1)["externalMemberOutside"], 0);
    let progress = lab.job(&sync)["status"]["progress"][0].clone();
    assert_has(&progress, &json!({"totalUnits": 1_000, "completedUnits": 998, "units": "Objects"}));
    assert_eq!(lab.job(&sync)["status"]["steadyStateFirstAchievedTime"], "0001-01-01T00:00:00Z");
    lab.pass(20);
    assert_eq!(lab.segments(1)["externalMemberOutside"], 1_000);
    assert_eq!(lab.job(&sync)["status"]["synchronizedEntryCountByType"][0]["value"], 1_000);
}

#[test]
fn a_failing_object_is_tried_again_with_growing_gaps_and_recovers() {
    let lab = lab(DirectoryOptions::default());
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
    let sync = lab.running(None);
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["state"], "EntryLevelErrors");
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countEscrowed"], 4);
    let tries = |lab: &Lab| {
        let found =
            lab.ask(0, "/auditLogs/provisioning?$filter=sourceIdentity/displayName eq 'Anna One'&$top=999");
        found["value"].as_array().expect("items").len()
    };
    let mut seen = Vec::new();
    for _ in 0..12 {
        seen.push(tries(&lab));
        lab.cycle();
    }
    // after 1, 2, 4 and 8 intervals, rounded up to the next cycle
    let gaps: Vec<usize> =
        seen.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]).map(|(cycle, _)| cycle).collect();
    assert!(gaps.len() >= 3 && gaps.windows(2).all(|pair| pair[1] > pair[0]), "{seen:?}");
    let widths: Vec<usize> = gaps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(widths.windows(2).all(|pair| pair[1] > pair[0]), "growing: {widths:?}");
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: true });
    lab.pass(2 * DAY);
    assert!(lab.has(1, "Anna One"));
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["state"], "Succeeded");
}

#[test]
fn a_share_of_failures_above_a_number_is_quarantine() {
    for (share_from, wanted) in [(4, json!("EncounteredEscrowProportionThreshold")), (5, Value::Null)] {
        let lab = lab(DirectoryOptions { escrow_share_from: share_from, ..DirectoryOptions::default() });
        lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
        let sync = lab.running(None);
        assert_eq!(reason(&lab, &sync), wanted, "{share_from}");
    }
    let lab = lab(DirectoryOptions {
        escrow_share_from: 1,
        escrow_share_percent: 100,
        ..DirectoryOptions::default()
    });
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
    let sync = lab.running(None);
    assert_eq!(reason(&lab, &sync), Value::Null, "all of them is not more than all of them");
}

#[test]
fn too_many_failures_are_quarantine_whatever_their_share() {
    let lab = lab(DirectoryOptions { escrow_limit: 3, ..DirectoryOptions::default() });
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
    let sync = lab.running(None);
    assert_eq!(reason(&lab, &sync), "EncounteredBaseEscrowThreshold");
}

/// A running job whose target no longer permits it.
fn forbidden() -> (Lab, Sync) {
    let lab = lab(DirectoryOptions::default());
    let sync = lab.running(None);
    let policy = format!("{}/identitySynchronization", lab.partner(0));
    lab.patch(1, &policy, json!({"userSyncInbound": {"isSyncAllowed": false}}), 204);
    lab.cycle();
    (lab, sync)
}

#[test]
fn a_policy_that_forbids_it_is_quarantine_with_the_code_of_the_policy() {
    let (lab, sync) = forbidden();
    let status = lab.job(&sync)["status"].clone();
    assert_has(&status, &json!({"code": "Quarantine", "countSuccessiveCompleteFailures": 1}));
    assert_has(&status["quarantine"], &json!({"reason": "EncounteredQuarantineException", "seriesCount": 1}));
    assert_eq!(status["quarantine"]["error"]["code"], "AzureDirectoryB2BManagementPolicyCheckFailure");
    assert_eq!(status["lastExecution"]["state"], "Failed");
    assert_eq!(lab.segments(1)["externalMemberOutside"], 4, "users stay");
}

#[test]
fn quarantine_tries_again_after_6_12_and_24_hours_and_then_daily() {
    let (lab, sync) = forbidden();
    // the cycle that failed began 40 minutes after the first, and took its second
    let began = INTERVAL + 1;
    let mut elapsed = INTERVAL + 4;
    for (at, count) in [(6, 2), (18, 3), (42, 4), (66, 5)] {
        let due = began + at * HOUR;
        lab.pass(due - elapsed - 1);
        assert_eq!(lab.job(&sync)["status"]["quarantine"]["seriesCount"], count - 1, "before {at} hours");
        lab.pass(10);
        assert_eq!(lab.job(&sync)["status"]["quarantine"]["seriesCount"], count, "after {at} hours");
        elapsed = due + 9;
    }
}

#[test]
fn a_quarantine_that_is_repaired_ends_with_the_next_attempt() {
    let (lab, sync) = forbidden();
    lab.permit(0, 1);
    lab.pass(6 * HOUR);
    assert_has(
        &lab.job(&sync)["status"],
        &json!({"code": "Active", "quarantine": null, "countSuccessiveCompleteFailures": 0}),
    );
}

#[test]
fn a_start_or_restart_ends_a_quarantine_at_once() {
    for restarts in [false, true] {
        let (lab, sync) = forbidden();
        lab.permit(0, 1);
        if restarts {
            lab.restart(&sync, "QuarantineState");
        } else {
            lab.start(&sync);
        }
        assert_eq!(lab.job(&sync)["status"]["code"], "Active");
    }
}

#[test]
fn after_28_days_in_quarantine_the_job_is_disabled() {
    let (lab, sync) = forbidden();
    lab.pass(28 * DAY - HOUR);
    assert_eq!(lab.job(&sync)["schedule"]["state"], "Active");
    lab.pass(2 * HOUR);
    assert_has(
        &lab.job(&sync)["schedule"],
        &json!({"state": "Disabled", "interval": "P10675199DT2H48M5.4775807S"}),
    );
    assert_eq!(lab.job(&sync)["status"]["code"], "Quarantine");
    lab.permit(0, 1);
    lab.pass(DAY);
    assert_eq!(lab.job(&sync)["schedule"]["state"], "Disabled", "nobody comes back by itself");
    lab.start(&sync);
    assert_eq!(lab.job(&sync)["status"]["code"], "Active");
}

/// Four users, and a threshold of two deletions; then all leave.
fn emptied(threshold: u64) -> (Lab, Sync, Vec<String>) {
    let lab = lab(DirectoryOptions::default());
    let sync = lab.configure(0, 1, false);
    let assignments: Vec<String> =
        NAMES.iter().map(|name| lab.assign(&sync, &lab.user_id(0, name))).collect();
    lab.threshold(&sync, threshold);
    lab.start(&sync);
    for assignment in &assignments {
        lab.delete(0, &format!("{}/{assignment}", sync.assignments()), 204);
    }
    lab.cycle();
    (lab, sync, assignments)
}

#[test]
fn more_deletions_than_the_threshold_are_staged() {
    let (lab, sync, _) = emptied(3);
    assert_eq!(reason(&lab, &sync), "TooManyDeletes");
    assert_eq!(lab.segments(1)["externalMemberOutside"], 4);
    assert_eq!(lab.last_logged(0, "Anna One").0, "stagedDelete");
    let (lab, sync, _) = emptied(4);
    assert_eq!(reason(&lab, &sync), Value::Null, "as many as the threshold are let through");
    assert_eq!(lab.deleted(1).len(), 4);
}

#[test]
fn a_restart_with_force_deletes_lets_them_through() {
    let (lab, sync, _) = emptied(2);
    lab.restart(&sync, "ForceDeletes");
    assert_eq!(lab.deleted(1).len(), 4);
    assert_eq!(lab.job(&sync)["status"]["code"], "Active");
}

#[test]
fn assigning_them_again_takes_staged_deletions_back() {
    let (lab, sync, _) = emptied(2);
    for name in NAMES {
        lab.assign(&sync, &lab.user_id(0, name));
    }
    lab.restart(&sync, "");
    assert_eq!(lab.job(&sync)["status"]["code"], "Active");
    assert_eq!(lab.segments(1)["externalMemberOutside"], 4);
}

#[test]
fn disables_count_as_deletions() {
    let lab = lab(DirectoryOptions::default());
    let sync = lab.running(None);
    lab.threshold(&sync, 3);
    for name in NAMES {
        lab.patch(0, &format!("/users/{}", lab.user_id(0, name)), json!({"accountEnabled": false}), 204);
    }
    lab.cycle();
    assert_eq!(reason(&lab, &sync), "TooManyDeletes");
    assert_eq!(lab.person(1, "Anna One").expect("Anna")["accountEnabled"], true);
}

#[test]
fn a_threshold_that_is_not_enabled_holds_nothing_back() {
    let lab = Lab::with(seed_with(named(&NAMES)), quick());
    let sync = lab.configure(0, 1, false);
    let ids: Vec<String> = NAMES.iter().map(|name| lab.assign(&sync, &lab.user_id(0, name))).collect();
    let settings = json!({"DeleteThresholdEnabled": false, "DeleteThresholdValue": 1});
    lab.secrets(&sync, &[("SyncNotificationSettings", &settings.to_string())]);
    lab.start(&sync);
    for id in ids {
        lab.delete(0, &format!("{}/{id}", sync.assignments()), 204);
    }
    lab.cycle();
    assert_eq!(lab.deleted(1).len(), 4);
}

#[test]
fn the_gaps_between_tries_grow_to_a_day_and_no_further() {
    let lab = lab(DirectoryOptions::default());
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
    lab.running(None);
    lab.pass(20 * DAY);
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: true });
    lab.pass(DAY + INTERVAL + 2);
    assert!(lab.has(1, "Anna One"));
}
