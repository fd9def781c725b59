//! Reference 10.1 over HTTP, request by request, with every status and whole body: Cairo owns, Berlin and Athens join,
//! Denver is removed while pending. The preview's two steps (waiting before the join, tenant restrictions) are left out.

#![cfg(feature = "serve")]

use entra_simulator::Options;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::control;
use super::support::{JOIN, JOIN_SECONDS, Lab, MTO, REMOVAL_SECONDS, TENANTS, ZERO};

const CAIRO: usize = 0;
const BERLIN: usize = 1;
const ATHENS: usize = 2;
const DENVER: usize = 3;

const START: &str = "2026-11-21T09:00:00Z";

#[test]
fn the_documented_walk_through_runs_request_by_request() {
    let lab = Lab::served(4, Options::default());
    signed_in(&lab, CAIRO);
    created(&lab);
    added(&lab);
    role_wanted_and_taken_back(&lab);
    pending_tenant_removed(&lab);
    signed_in(&lab, BERLIN);
    let id = asked_to_join(&lab);
    joined(&lab, &id);
    left(&lab);
    dissolved(&lab);
}

/// Steps 1 and 6: a token (8.7). Consent is part of the seed.
pub(crate) fn signed_in(lab: &Lab, tenant: usize) {
    let application = &lab.seed.tenants[tenant].applications[0];
    let (client, secret) = (application.client_id.to_string(), application.secrets[0].expose());
    let reply = lab.sign_in(&lab.id(tenant).to_string(), &client, secret);
    let lifetime = reply.body["expires_in"].as_u64().expect("seconds");
    assert!((3_599..=5_400).contains(&lifetime), "60 to 90 minutes: {lifetime}");
    assert!(!reply.token().is_empty());
    let wanted = json!({
        "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": reply.token(),
    });
    assert_eq!((reply.status, &reply.body), (200, &wanted));
}

/// Step 2.
fn created(lab: &Lab) {
    let none =
        json!({"createdDateTime": null, "displayName": null, "description": null, "state": "inactive"});
    assert_eq!(lab.get(CAIRO, MTO), none);
    let made = lab.put(CAIRO, MTO, json!({"displayName": "Cairo group"}), 201);
    assert_eq!(without_ids(&made), organization());
    assert_eq!(lab.get(CAIRO, MTO), made);
}

/// Step 3: two tenants are added and listed.
fn added(lab: &Lab) {
    for tenant in [BERLIN, ATHENS] {
        assert_eq!(without_ids(&lab.add(CAIRO, tenant)), entity(row(lab, tenant, json!({}))));
    }
    let waiting = json!({"transitionDetails": desire("active", "member")});
    let rows = json!([
        row(lab, CAIRO, json!({"role": "owner", "state": "active"})),
        row(lab, BERLIN, waiting.clone()),
        row(lab, ATHENS, waiting),
    ]);
    assert_eq!(without_ids(&lab.get(CAIRO, TENANTS)), list(rows), "the owner's row first");
}

/// Step 4.
fn role_wanted_and_taken_back(lab: &Lab) {
    for role in ["owner", "member"] {
        done(&lab.patch(CAIRO, &lab.row(BERLIN), json!({"role": role}), 204));
        let wanted = row(lab, BERLIN, json!({"transitionDetails": desire("active", role)}));
        assert_eq!(without_ids(&lab.get(CAIRO, &lab.row(BERLIN))), entity(wanted), "wants {role}");
    }
}

/// Step 5.
fn pending_tenant_removed(lab: &Lab) {
    assert_eq!(without_ids(&lab.add(CAIRO, DENVER)), entity(row(lab, DENVER, json!({}))));
    done(&lab.delete(CAIRO, &lab.row(DENVER), 204));
    let wanted = row(lab, DENVER, json!({"transitionDetails": desire("removed", "member")}));
    assert_eq!(without_ids(&lab.get(CAIRO, &lab.row(DENVER))), entity(wanted));
    lab.advance(REMOVAL_SECONDS);
    gone(lab, DENVER, "2026-11-21T09:05:00");
}

/// Steps 7a and 7b, until the request is worked on; gives the record's id.
fn asked_to_join(lab: &Lab) -> Value {
    let unasked =
        json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null});
    let before = lab.get(BERLIN, JOIN);
    assert_eq!(without_ids(&before), record(unasked));
    done(&lab.patch(BERLIN, JOIN, json!({"addedByTenantId": lab.id(CAIRO)}), 204));
    let asked = |status: &str| {
        record(json!({
            "addedByTenantId": lab.id(CAIRO), "memberState": "pending", "role": null,
            "transitionDetails": {"desiredMemberState": "active", "status": status, "details": ""},
        }))
    };
    let queued = lab.get(BERLIN, JOIN);
    assert_eq!(without_ids(&queued), asked("notStarted"));
    assert_ne!(before["id"], queued["id"], "the record's id differs before and after");
    lab.advance(JOIN_SECONDS - 1);
    assert_eq!(without_ids(&lab.get(BERLIN, JOIN)), asked("running"));
    queued["id"].clone()
}

/// Steps 7b to 7d, at the end of the two hours.
fn joined(lab: &Lab, id: &Value) {
    lab.advance(1);
    let done_record = lab.get(BERLIN, JOIN);
    let active = json!({
        "addedByTenantId": lab.id(CAIRO), "memberState": "active", "role": "member", "transitionDetails": null,
    });
    assert_eq!(without_ids(&done_record), record(active));
    assert_eq!(&done_record["id"], id);
    let own = lab.get(BERLIN, MTO);
    assert_eq!(without_ids(&own), organization());
    assert_ne!(own["id"], lab.get(CAIRO, MTO)["id"], "one organization, an id in each tenant");
    let owner = row(lab, CAIRO, json!({"role": "owner", "state": "active"}));
    let berlin = row(lab, BERLIN, json!({"state": "active", "joinedDateTime": "2026-11-21T11:05:00Z"}));
    let seen = without_ids(&lab.get(BERLIN, TENANTS));
    assert_eq!(seen, list(json!([owner, berlin])), "Athens is still pending and not seen");
    done(&lab.patch(ATHENS, JOIN, json!({"addedByTenantId": lab.id(CAIRO)}), 204));
    lab.advance(JOIN_SECONDS);
    let athens = row(lab, ATHENS, json!({"state": "active", "joinedDateTime": "2026-11-21T13:05:00Z"}));
    assert_eq!(without_ids(&lab.get(BERLIN, TENANTS)), list(json!([owner, berlin, athens])));
}

/// Step 8: Athens removes itself.
fn left(lab: &Lab) {
    removed(lab, ATHENS, ATHENS, "2026-11-21T13:05:00Z");
    gone(lab, ATHENS, "2026-11-21T13:10:00");
    assert_eq!(lab.get(ATHENS, MTO)["state"], "inactive");
}

/// Step 9: Cairo removes the rest, and once it is alone itself.
fn dissolved(lab: &Lab) {
    removed(lab, CAIRO, BERLIN, "2026-11-21T11:05:00Z");
    gone(lab, BERLIN, "2026-11-21T13:15:00");
    let alone = row(lab, CAIRO, json!({"role": "owner", "state": "active"}));
    assert_eq!(without_ids(&lab.get(CAIRO, TENANTS)), list(json!([alone])));
    done(&lab.delete(CAIRO, &lab.row(CAIRO), 204));
    lab.advance(REMOVAL_SECONDS);
    let none =
        json!({"createdDateTime": null, "displayName": null, "description": null, "state": "inactive"});
    assert_eq!(lab.get(CAIRO, MTO), none);
    assert_eq!(lab.get(CAIRO, TENANTS), list(json!([])));
    let (status, state) = control(lab, Method::GET, "/state", &Value::Null);
    assert_eq!((status, &state["organizations"], &state["violations"]), (200, &json!([]), &json!([])));
    lab.put(CAIRO, MTO, json!({"displayName": "Again"}), 201);
}

/// A removal of an active tenant: the row is there, wanted away, until it has been carried out.
fn removed(lab: &Lab, caller: usize, tenant: usize, joined: &str) {
    done(&lab.delete(caller, &lab.row(tenant), 204));
    let wanted = json!({
        "state": "active", "joinedDateTime": joined, "transitionDetails": desire("removed", "member"),
    });
    assert_eq!(without_ids(&lab.get(caller, &lab.row(tenant))), entity(row(lab, tenant, wanted)));
    lab.advance(REMOVAL_SECONDS);
}

/// 404, with the text about the company (2.4, 8.1).
fn gone(lab: &Lab, tenant: usize, date: &str) {
    let reply = lab.call(CAIRO, Method::GET, &lab.row(tenant), &Value::Null);
    let request = reply.headers["request-id"].to_str().expect("text");
    assert!(Uuid::parse_str(request).is_ok(), "{request}");
    let wanted = json!({"error": {
        "code": "Directory_ObjectNotFound",
        "message": "Unable to read the company information from the directory.",
        "innerError": {
            "date": date, "request-id": request, "client-request-id": "11111111-2222-4333-8444-555555555555",
        },
    }});
    assert_eq!((reply.status, reply.body), (404, wanted));
}

/// 204 has no body.
pub(crate) fn done(body: &Value) {
    assert_eq!(body, &Value::Null);
}

fn desire(state: &str, role: &str) -> Value {
    json!({"desiredState": state, "desiredRole": role, "status": "notStarted", "details": null})
}

/// The organization, active (1.2).
fn organization() -> Value {
    let body = json!({"createdDateTime": START, "displayName": "Cairo group", "description": null, "state": "active"});
    with_context(body, "/$entity")
}

/// A row (2.4), pending unless `differing` says otherwise.
fn row(lab: &Lab, tenant: usize, differing: Value) -> Value {
    let mut row = json!({
        "deletedDateTime": null, "tenantId": lab.id(tenant), "displayName": lab.seed.tenants[tenant].display_name,
        "addedDateTime": START, "joinedDateTime": null, "addedByTenantId": lab.id(CAIRO), "role": "member",
        "state": "pending", "transitionDetails": null,
    });
    for (name, value) in differing.as_object().expect("an object") {
        assert!(row.get(name).is_some(), "{name} is no property of a row");
        row[name] = value.clone();
    }
    row
}

/// A row on its own.
fn entity(row: Value) -> Value {
    with_context(row, "/tenants/$entity")
}

fn list(rows: Value) -> Value {
    with_context(json!({"value": rows}), "/tenants")
}

/// The join request's record (3.2).
fn record(body: Value) -> Value {
    with_context(body, "/joinRequest/$entity")
}

fn with_context(mut body: Value, end: &str) -> Value {
    body["@odata.context"] = json!(format!(
        "https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/multiTenantOrganization{end}"
    ));
    body
}

/// A body, or the rows of a list, without the ids that the service makes up; each has one.
fn without_ids(found: &Value) -> Value {
    let mut body = found.clone();
    match body.get_mut("value").and_then(Value::as_array_mut) {
        Some(rows) => rows.iter_mut().for_each(take_id),
        None => take_id(&mut body),
    }
    body
}

fn take_id(entity: &mut Value) {
    let id = entity.as_object_mut().and_then(|entity| entity.remove("id"));
    let id = id.unwrap_or_else(|| panic!("no id: {entity}"));
    assert!(id.as_str().is_some_and(|id| Uuid::parse_str(id).is_ok()), "{id}");
}
