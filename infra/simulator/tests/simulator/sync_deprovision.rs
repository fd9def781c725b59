//! Reference 6.9, a row each.

use entra_simulator::DirectoryOptions;
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, assert_has};
use super::sync_support::{DAY, Sync, named, quick, quick_with, seed_with};

const NAME: &str = "Annie Adams";

fn lab_with(directory: DirectoryOptions) -> Lab {
    Lab::with(seed_with(named(&[NAME, "Other One"])), quick_with(directory))
}

/// Annie is assigned and provisioned; gives the assignment's id too.
fn provisioned(lab: &Lab) -> (Sync, String) {
    let sync = lab.configure(0, 1, false);
    let assignment = lab.assign(&sync, &lab.user_id(0, NAME));
    lab.start(&sync);
    assert!(lab.has(1, NAME));
    (sync, assignment)
}

fn unassign(lab: &Lab, sync: &Sync, assignment: &str) {
    lab.delete(0, &format!("{}/{assignment}", sync.assignments()), 204);
    lab.cycle();
}

#[test]
fn who_is_unassigned_is_soft_deleted_in_the_target() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, assignment) = provisioned(&lab);
    unassign(&lab, &sync, &assignment);
    assert_eq!(lab.deleted(1), [NAME]);
    assert_eq!(lab.last_logged(0, NAME).0, "delete");
}

#[test]
fn who_is_soft_deleted_at_the_source_is_soft_deleted_in_the_target_and_comes_back_with_the_source() {
    let lab = lab_with(DirectoryOptions::default());
    provisioned(&lab);
    let id = lab.user_id(0, NAME);
    lab.delete(0, &format!("/users/{id}"), 204);
    lab.cycle();
    assert_eq!(lab.deleted(1), [NAME]);
    lab.post(0, &format!("/directory/deletedItems/{id}/restore"), json!({}), 200);
    lab.cycle();
    assert!(lab.has(1, NAME) && lab.deleted(1).is_empty());
}

#[test]
fn who_leaves_the_group_is_soft_deleted_and_restored_with_the_same_id_within_the_thirty_days() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, false);
    let group = lab.group(0, "Shared");
    lab.assign(&sync, &group);
    lab.start(&sync);
    let (source, copy) = (lab.user_id(0, NAME), lab.user_id(1, NAME));
    lab.delete(0, &format!("/groups/{group}/members/{source}/$ref"), 204);
    lab.cycle();
    assert_eq!(lab.deleted(1), [NAME]);
    lab.pass(29 * DAY);
    let reference =
        json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{source}")});
    lab.post(0, &format!("/groups/{group}/members/$ref"), reference, 204);
    lab.cycle();
    assert_eq!(lab.user_id(1, NAME), copy);
}

#[test]
fn who_comes_back_after_thirty_days_is_a_new_user() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, assignment) = provisioned(&lab);
    let copy = lab.user_id(1, NAME);
    unassign(&lab, &sync, &assignment);
    lab.pass(30 * DAY);
    assert_eq!(lab.deleted(1), Vec::<String>::new(), "the recycle bin is empty");
    assert_eq!(
        lab.call(1, Method::GET, &format!("/directory/deletedItems/{copy}"), &Value::Null).status,
        404
    );
    lab.assign(&sync, &lab.user_id(0, NAME));
    lab.cycle();
    assert_ne!(lab.user_id(1, NAME), copy);
}

#[test]
fn who_comes_back_is_not_restored_where_the_switch_says_so() {
    let lab = lab_with(DirectoryOptions { restores_deleted: false, ..DirectoryOptions::default() });
    let (sync, assignment) = provisioned(&lab);
    unassign(&lab, &sync, &assignment);
    lab.assign(&sync, &lab.user_id(0, NAME));
    lab.cycle();
    assert_eq!(lab.deleted(1), [NAME]);
    assert_eq!(lab.last_logged(0, NAME).1, "skipped");
}

#[test]
fn a_disabled_source_disables_the_target_and_leaving_the_scope_then_deletes_nothing() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, assignment) = provisioned(&lab);
    lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), json!({"accountEnabled": false}), 204);
    lab.cycle();
    assert_has(&lab.person(1, NAME).expect("Annie"), &json!({"accountEnabled": false}));
    assert_eq!(lab.last_logged(0, NAME).0, "disable");
    unassign(&lab, &sync, &assignment);
    assert_has(&lab.person(1, NAME).expect("Annie stays"), &json!({"accountEnabled": false}));
}

/// The job's schema, changed.
fn change_schema(lab: &Lab, sync: &Sync, change: impl Fn(&mut Value)) {
    let path = format!("{}/schema", sync.path());
    let mut schema = lab.get(0, &path);
    change(&mut schema["synchronizationRules"][0]["objectMappings"][0]);
    lab.put(0, &path, schema, 204);
    lab.cycle();
}

#[test]
fn nothing_is_deleted_with_delete_turned_off() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, assignment) = provisioned(&lab);
    change_schema(&lab, &sync, |mapping| mapping["flowTypes"] = json!("Add, Update"));
    unassign(&lab, &sync, &assignment);
    assert!(lab.has(1, NAME));
}

#[test]
fn who_falls_out_of_the_filter_is_soft_deleted() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, _) = provisioned(&lab);
    lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), json!({"department": "Sales"}), 204);
    let clause = json!({"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["Sales"]}});
    change_schema(&lab, &sync, |mapping| {
        mapping["scope"] = json!({"groups": [{"name": "Sales", "clauses": [clause]}]});
    });
    assert!(lab.has(1, NAME));
    lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), json!({"department": "Legal"}), 204);
    lab.cycle();
    assert_eq!(lab.deleted(1), [NAME]);
}

#[test]
fn skipping_out_of_scope_deletions_has_no_effect() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, assignment) = provisioned(&lab);
    lab.secrets(&sync, &[("SkipOutOfScopeDeletions", "True")]);
    unassign(&lab, &sync, &assignment);
    assert_eq!(lab.deleted(1), [NAME]);
}

#[test]
fn users_stay_when_the_policy_the_job_or_the_application_goes() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, _) = provisioned(&lab);
    let policy = format!("{}/identitySynchronization", lab.partner(0));
    lab.patch(1, &policy, json!({"userSyncInbound": {"isSyncAllowed": false}}), 204);
    lab.cycle();
    assert!(lab.has(1, NAME));
    lab.delete(0, &sync.path(), 204);
    assert_eq!(lab.call(0, Method::GET, &sync.path(), &Value::Null).status, 404);
    lab.delete(0, &format!("/servicePrincipals/{}", sync.principal), 204);
    lab.pass(DAY);
    assert!(lab.has(1, NAME));
}

#[test]
fn a_wind_down_needs_inbound_sync_until_its_cycle_is_over() {
    for (allowed, left) in [(true, 0), (false, 1)] {
        let lab = lab_with(DirectoryOptions::default());
        let (sync, assignment) = provisioned(&lab);
        let policy = format!("{}/identitySynchronization", lab.partner(0));
        lab.patch(1, &policy, json!({"userSyncInbound": {"isSyncAllowed": allowed}}), 204);
        lab.delete(0, &format!("{}/{assignment}", sync.assignments()), 204);
        lab.restart(&sync, "Watermark, Escrows, QuarantineState");
        assert_eq!(usize::from(lab.has(1, NAME)), left);
    }
}

#[test]
fn a_hard_delete_at_the_source_deletes_too() {
    let lab = lab_with(DirectoryOptions::default());
    provisioned(&lab);
    let id = lab.user_id(0, NAME);
    lab.delete(0, &format!("/users/{id}"), 204);
    lab.delete(0, &format!("/directory/deletedItems/{id}"), 204);
    lab.cycle();
    assert_eq!(lab.deleted(1), [NAME]);
}

#[test]
fn a_wind_down_of_everybody_is_the_secret_turned_off_and_a_restart() {
    let lab = lab_with(DirectoryOptions::default());
    let sync = lab.running(None);
    assert_eq!(lab.job(&sync)["status"]["synchronizedEntryCountByType"][0]["value"], 2);
    lab.secrets(&sync, &[("SyncAll", "false")]);
    lab.restart(&sync, "Watermark, Escrows, QuarantineState");
    assert_eq!(lab.job(&sync)["status"]["synchronizedEntryCountByType"][0]["value"], 0);
    assert_eq!(lab.deleted(1).len(), 2);
}

#[test]
fn a_restart_that_forgets_the_links_leaves_behind_who_is_no_longer_in_scope() {
    for (scope, left) in [("Full", 1), ("Watermark", 0)] {
        let lab = lab_with(DirectoryOptions::default());
        let (sync, assignment) = provisioned(&lab);
        lab.delete(0, &format!("{}/{assignment}", sync.assignments()), 204);
        lab.restart(&sync, scope);
        assert_eq!(usize::from(lab.has(1, NAME)), left, "{scope}");
    }
}

#[test]
fn who_was_deleted_in_the_target_and_invited_again_is_there_once() {
    let lab = lab_with(DirectoryOptions::default());
    let (sync, _) = provisioned(&lab);
    lab.delete(1, &format!("/users/{}", lab.user_id(1, NAME)), 204);
    let body = json!({"invitedUserEmailAddress": "annie.adams@contoso.example", "inviteRedirectUrl": "https://x.example"});
    let invited = lab.post(1, "/invitations", body, 201)["invitedUser"]["id"].clone();
    lab.restart(&sync, "Watermark");
    assert_eq!(lab.person(1, NAME).expect("once")["id"], invited);
    assert_eq!(lab.deleted(1), [NAME]);
}
