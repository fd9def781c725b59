//! The bodies of `tests/golden/simulator`, written by hand from the reference, against what is answered.

use std::collections::BTreeMap;

use entra_simulator::{Change, Options};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{
    IDENTITY_TEMPLATE, JOIN, JOIN_SECONDS, Lab, MTO, PARTNER_TEMPLATE, PARTNERS, REMOVAL_SECONDS, TENANTS,
};

/// Every case, made to happen.
fn answered() -> BTreeMap<&'static str, Value> {
    let lab = Lab::new(4, Options { member_ids: false, ..Options::default() });
    let mut found = BTreeMap::new();
    let send = |tenant, method, path: &str, body: Value| lab.call(tenant, method, path, &body).body;
    let add = |tenant: usize| json!({"tenantId": lab.id(tenant), "displayName": "Fabrikam"});
    found.insert("organization-inactive", lab.get(0, MTO));
    found.insert("organization-created", lab.put(0, MTO, json!({"displayName": "Contoso group"}), 201));
    found.insert("error-second-put", send(0, Method::PUT, MTO, json!({"displayName": "x"})));
    found.insert("member-added", lab.post(0, TENANTS, add(1), 201));
    found.insert("error-already-added", send(0, Method::POST, TENANTS, add(1)));
    found.insert("member-pending", lab.get(0, &lab.row(1)));
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    found.insert("member-promoted", lab.get(0, &lab.row(1)));
    found.insert(
        "directory-audits",
        lab.get(0, "/auditLogs/directoryAudits?$filter=operationType+eq+'Update'"),
    );
    let user = lab.user_token(0, &lab.seed.tenants[0].sign_ins[0], "MultiTenantOrganization.ReadBasic.All");
    found.insert("members-basic", lab.with_token(user.token(), Method::GET, TENANTS, &Value::Null).body);
    lab.patch(0, &lab.row(1), json!({"role": "member"}), 204);
    lab.post(0, TENANTS, add(2), 201);
    lab.delete(0, &lab.row(2), 204);
    found.insert("member-removal-started", lab.get(0, &lab.row(2)));
    lab.pass(REMOVAL_SECONDS);
    found.insert("error-gone", send(0, Method::GET, &lab.row(2), Value::Null));
    found.insert("error-never", send(0, Method::GET, &lab.row(3), Value::Null));
    found.insert("join-before", lab.get(1, JOIN));
    lab.join(1, 0);
    lab.join(2, 0);
    found.insert("join-queued", lab.get(1, JOIN));
    lab.pass(JOIN_SECONDS);
    found.insert("join-succeeded", lab.get(1, JOIN));
    found.insert("join-failed", lab.get(2, JOIN));
    found.insert("partner-template", lab.get(0, PARTNER_TEMPLATE));
    found.insert("identity-template", lab.get(0, IDENTITY_TEMPLATE));
    found.insert("error-partner-exists", send(0, Method::POST, PARTNERS, json!({"tenantId": lab.id(1)})));
    let lookup = "/tenantRelationships/findTenantInformationByDomainName(domainName='fabrikam.example')";
    found.insert("tenant-information", lab.get(0, lookup));
    lab.script(Change::Throttle { tenant: None, count: 1, retry_after_seconds: Some(2) });
    found.insert("error-throttled", send(0, Method::GET, MTO, Value::Null));
    let permission = "MultiTenantOrganization.ReadWrite.All".to_owned();
    lab.script(Change::DenyPermission { tenant: lab.id(0), permission });
    found.insert("error-denied", send(0, Method::PATCH, MTO, json!({"displayName": "x"})));
    found
}

fn same(wanted: &Value, found: &Value, at: &str) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let (names, found_names): (Vec<_>, Vec<_>) = (wanted.keys().collect(), found.keys().collect());
            assert_eq!(names, found_names, "the properties of {at}");
            for (name, value) in wanted {
                same(value, &found[name], &format!("{at}.{name}"));
            }
        }
        (Value::Array(wanted), Value::Array(found)) => {
            assert_eq!(wanted.len(), found.len(), "the items of {at}");
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                same(wanted, found, &format!("{at}[{index}]"));
            }
        }
        (Value::String(wanted), Value::String(found)) => {
            assert!(same_text(wanted, found), "{at}: {found} instead of {wanted}");
        }
        _ => assert_eq!(wanted, found, "{at}"),
    }
}

fn same_text(wanted: &str, found: &str) -> bool {
    if let Some((before, after)) = wanted.split_once("<guid>") {
        let rest = found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        return rest.is_some_and(|id| Uuid::parse_str(id).is_ok());
    }
    let shape = |text: &str| text.replace(|letter: char| letter.is_ascii_digit(), "0");
    match wanted {
        "<time>" => shape(found) == "0000-00-00T00:00:00Z",
        "<date>" => shape(found) == "0000-00-00T00:00:00",
        _ => wanted == found,
    }
}

#[test]
fn every_golden_body_is_answered_as_it_was_written_from_the_reference() {
    let found = answered();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/simulator");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let golden: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
        let found = found.get(name.as_str()).unwrap_or_else(|| panic!("{name} is never made to happen"));
        same(&golden["body"], found, &name);
        seen += 1;
    }
    assert_eq!(seen, found.len(), "a case without a file");
}
