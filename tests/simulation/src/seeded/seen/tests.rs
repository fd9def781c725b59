//! What opens, and what a read shows already.

use super::*;

const HERE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const ID: Uuid = Uuid::from_u128(3);

fn line(method: &str, path: &str, body: Value) -> Line {
    Line::new(HERE, method, path, body)
}

/// One read of the list of configurations, and one of the jobs of the first of them.
fn seen(tags: &[&str], quarantine: &Value) -> Seen {
    let mut seen = Seen::default();
    let list = line("GET", "/servicePrincipals?$filter=displayName eq 'x'", Value::Null);
    let one = json!({"id": ID, "appId": "app", "displayName": format!("MTO_Sync_{OTHER}"), "tags": tags});
    seen.note(&list, 200, &json!({"value": [one]}));
    let jobs = line("GET", &format!("/servicePrincipals/{ID}/synchronization/jobs"), Value::Null);
    seen.note(&jobs, 200, &json!({"value": [{"id": "job", "status": {"quarantine": quarantine}}]}));
    seen
}

fn record(body: &Value) -> Seen {
    let mut seen = Seen::default();
    seen.note(&line("GET", &format!("{PARTNERS}/{OTHER}"), Value::Null), 200, body);
    seen
}

fn secrets(all: &str) -> Line {
    let body = json!({"value": [{"key": "SyncAll", "value": all}]});
    line("PUT", &format!("/servicePrincipals/{ID}/synchronization/secrets"), body)
}

#[test]
fn a_restart_opens_but_for_an_unshare() {
    let seen = seen(&[], &Value::Null);
    let to_job = |action: &str| {
        line("POST", &format!("/servicePrincipals/{ID}/synchronization/jobs/job/{action}"), Value::Null)
    };
    let pair = Some((HERE, OTHER));
    assert_eq!((seen.opens(&to_job("restart"), false), seen.opens(&to_job("restart"), true)), (pair, None));
    assert_eq!((seen.opens(&to_job("start"), true), seen.opens(&to_job("pause"), false)), (pair, None));
}

#[test]
fn secrets_open_where_they_share_everybody() {
    let seen = seen(&[], &Value::Null);
    assert_eq!(seen.opens(&secrets("true"), false), Some((HERE, OTHER)));
    assert_eq!(seen.opens(&secrets("false"), false), None);
}

#[test]
fn whatever_a_record_allows_that_it_did_not_is_opened() {
    let trust = |accepted: Value| json!({"inboundTrust": {"isMfaAccepted": accepted}});
    let direct = |access: &str, targets: Value| json!({"b2bDirectConnectInbound": {"applications": {"accessType": access, "targets": targets}}});
    let consent = |allowed: bool| json!({"automaticUserConsentSettings": {"inboundAllowed": allowed}});
    let (one, all) = (json!([{"target": "one"}]), json!([{"target": "all"}]));
    for (had, wanted, opens) in [
        (json!({}), trust(json!(true)), true),
        (trust(Value::Null), trust(json!(true)), true),
        (trust(json!(true)), trust(json!(true)), false),
        (trust(json!(true)), trust(json!(false)), false),
        (trust(json!(true)), json!({"inboundTrust": null}), false),
        (json!({}), direct("allowed", all.clone()), true),
        (direct("blocked", all.clone()), direct("allowed", all.clone()), true),
        (direct("allowed", one.clone()), direct("allowed", all.clone()), true),
        (direct("allowed", all.clone()), direct("allowed", all.clone()), false),
        (direct("allowed", all.clone()), direct("blocked", all.clone()), false),
        (consent(false), consent(true), true),
        (consent(true), consent(true), false),
    ] {
        let write = line("PATCH", &format!("{PARTNERS}/{OTHER}"), wanted.clone());
        let expected = opens.then_some((HERE, OTHER));
        assert_eq!(record(&had).opens(&write, true), expected, "{had} becomes {wanted}");
    }
    let mut made = consent(true);
    made["tenantId"] = json!(OTHER);
    assert_eq!(Seen::default().opens(&line("POST", PARTNERS, made), true), Some((HERE, OTHER)));
}

#[test]
fn secrets_that_a_tag_names_are_visible_unless_the_job_is_in_quarantine() {
    let lost = json!({"reason": "x"});
    for (tags, quarantine, all, shown) in [
        (&[ASSIGNED][..], &Value::Null, "false", true),
        (&[EVERYBODY], &Value::Null, "true", true),
        (&[ASSIGNED], &Value::Null, "true", false),
        (&[ASSIGNED, EVERYBODY], &Value::Null, "false", false),
        (&[], &Value::Null, "false", false),
        (&[ASSIGNED], &lost, "false", false),
    ] {
        let is_shown = seen(tags, quarantine).shows(&secrets(all)).is_some();
        assert_eq!(is_shown, shown, "{tags:?} {quarantine} {all}");
    }
}

#[test]
fn tags_that_are_there_are_visible_in_any_order() {
    let seen = seen(&["a", "b"], &Value::Null);
    let tag = |tags: Value| line("PATCH", &format!("/servicePrincipals/{ID}"), json!({"tags": tags}));
    assert!(seen.shows(&tag(json!(["b", "a"]))).is_some());
    for other in [json!(["a"]), json!(["a", "b", "c"]), json!([])] {
        assert_eq!(seen.shows(&tag(other.clone())), None, "{other}");
    }
}

#[test]
fn an_application_that_no_list_shows_is_gone() {
    let delete = |id: &str| line("DELETE", &format!("/applications(appId='{id}')"), Value::Null);
    let seen = seen(&[], &Value::Null);
    assert_eq!(seen.shows(&delete("app")), None);
    assert!(seen.shows(&delete("another")).is_some());
    assert_eq!(Seen::default().shows(&delete("another")), None, "nothing was looked at");
}
