//! Reference 10.1, request by request: Cairo owns, Berlin and Athens join, Denver is removed while pending.

use entra_simulator::Options;
use serde_json::{Value, json};

use super::support::{JOIN, JOIN_SECONDS, Lab, MTO, REMOVAL_SECONDS, TENANTS, ZERO, assert_has};

const CAIRO: usize = 0;
const BERLIN: usize = 1;
const ATHENS: usize = 2;
const DENVER: usize = 3;

#[test]
fn the_documented_walk_through_runs_request_by_request() {
    let lab = Lab::new(4, Options::default());
    created(&lab);
    added(&lab);
    role_wanted_and_taken_back(&lab);
    pending_tenant_removed(&lab);
    joined(&lab);
    left_and_dissolved(&lab);
}

fn created(lab: &Lab) {
    let none = lab.get(CAIRO, MTO);
    assert_eq!(
        none,
        json!({"createdDateTime": null, "displayName": null, "description": null, "state": "inactive"})
    );
    let made = lab.put(CAIRO, MTO, json!({"displayName": "Cairo group"}), 201);
    assert_has(
        &made,
        &json!({
            "@odata.context":
                "https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/multiTenantOrganization/$entity",
            "createdDateTime": "2026-11-21T09:00:00Z", "displayName": "Cairo group", "description": null,
            "state": "active",
        }),
    );
    assert_eq!(lab.get(CAIRO, MTO), made);
}

fn added(lab: &Lab) {
    let row = lab.add(CAIRO, BERLIN);
    assert_has(
        &row,
        &json!({
            "tenantId": lab.id(BERLIN), "displayName": "Fabrikam", "addedDateTime": "2026-11-21T09:00:00Z",
            "joinedDateTime": null, "addedByTenantId": lab.id(CAIRO), "role": "member", "state": "pending",
            "transitionDetails": null,
        }),
    );
    lab.add(CAIRO, ATHENS);
    lab.add(CAIRO, DENVER);
    assert_eq!(lab.listed(CAIRO), lab.ids(&[CAIRO, BERLIN, ATHENS, DENVER]), "the owner's row first");
}

fn role_wanted_and_taken_back(lab: &Lab) {
    lab.patch(CAIRO, &lab.row(BERLIN), json!({"role": "owner"}), 204);
    let wanted = |role: &str| json!({"desiredState": "active", "desiredRole": role, "status": "notStarted", "details": null});
    assert_has(
        &lab.get(CAIRO, &lab.row(BERLIN)),
        &json!({"role": "member", "transitionDetails": wanted("owner")}),
    );
    lab.patch(CAIRO, &lab.row(BERLIN), json!({"role": "member"}), 204);
    assert_has(
        &lab.get(CAIRO, &lab.row(BERLIN)),
        &json!({"role": "member", "transitionDetails": wanted("member")}),
    );
}

fn pending_tenant_removed(lab: &Lab) {
    lab.delete(CAIRO, &lab.row(DENVER), 204);
    let removal =
        json!({"desiredState": "removed", "desiredRole": "member", "status": "notStarted", "details": null});
    assert_has(&lab.get(CAIRO, &lab.row(DENVER)), &json!({"state": "pending", "transitionDetails": removal}));
    lab.pass(REMOVAL_SECONDS);
    let gone = lab.call(CAIRO, http::Method::GET, &lab.row(DENVER), &Value::Null);
    assert_eq!((gone.status, gone.code()), (404, "Directory_ObjectNotFound"));
}

fn joined(lab: &Lab) {
    let before = lab.get(BERLIN, JOIN);
    assert_has(
        &before,
        &json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null}),
    );
    lab.join(BERLIN, CAIRO);
    let queued = lab.get(BERLIN, JOIN);
    assert_has(
        &queued,
        &json!({
            "addedByTenantId": lab.id(CAIRO), "memberState": "pending", "role": null,
            "transitionDetails": {"desiredMemberState": "active", "status": "notStarted", "details": ""},
        }),
    );
    assert_ne!(before["id"], queued["id"], "the record's id differs before and after");
    lab.pass(JOIN_SECONDS - 1);
    assert_eq!(lab.join_status(BERLIN), "running");
    lab.pass(1);
    let done = lab.get(BERLIN, JOIN);
    assert_has(&done, &json!({"memberState": "active", "role": "member", "transitionDetails": null}));
    assert_eq!(done["id"], queued["id"]);
    assert_eq!(lab.listed(BERLIN), lab.ids(&[CAIRO, BERLIN]), "Athens is still pending and not seen");
    assert_has(
        &lab.get(BERLIN, &lab.row(BERLIN)),
        &json!({"state": "active", "joinedDateTime": "2026-11-21T11:05:00Z", "transitionDetails": null}),
    );
    lab.join(ATHENS, CAIRO);
    lab.pass(JOIN_SECONDS);
    assert_eq!(lab.listed(BERLIN).len(), 3);
    assert_eq!(lab.get(CAIRO, &lab.row(CAIRO))["joinedDateTime"], Value::Null, "always null for the creator");
}

fn left_and_dissolved(lab: &Lab) {
    lab.delete(ATHENS, &lab.row(ATHENS), 204);
    lab.pass(REMOVAL_SECONDS);
    assert_eq!(lab.get(ATHENS, MTO)["state"], "inactive");
    lab.delete(CAIRO, &lab.row(BERLIN), 204);
    lab.pass(REMOVAL_SECONDS);
    assert_eq!(lab.listed(CAIRO), lab.ids(&[CAIRO]));
    lab.delete(CAIRO, &lab.row(CAIRO), 204);
    lab.pass(REMOVAL_SECONDS);
    assert_eq!(lab.get(CAIRO, MTO)["state"], "inactive");
    assert_eq!(lab.get(CAIRO, TENANTS)["value"], json!([]));
    assert_eq!(lab.simulator.state()["organizations"], json!([]));
    lab.put(CAIRO, MTO, json!({"displayName": "Again"}), 201);
}
