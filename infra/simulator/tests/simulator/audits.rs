//! Reference 1.4: activities, where they are written, and how they are read.

use std::collections::BTreeSet;

use entra_simulator::{Change, Options, Seed};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{
    IDENTITY_TEMPLATE, JOIN_SECONDS, Lab, MTO, PARTNER_TEMPLATE, REMOVAL_SECONDS, assert_has, user,
};

const AUDITS: &str = "/auditLogs/directoryAudits";
const ORGANIZATION: &str = "MultiTenantOrg";
const TENANT: &str = "MultiTenantOrgTenant";
const IDENTITY: &str = "MultiTenantOrgIdentitySyncPolicyUpdate";
const PARTNER: &str = "MultiTenantOrgPartnerConfigurationTemplate";

/// Every activity once: tenant 0 creates and dissolves, tenant 1 joins and is removed.
fn lived() -> Lab {
    let lab = Lab::new(3, Options::default());
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.patch(0, MTO, json!({"displayName": "Renamed"}), 204);
    for template in [IDENTITY_TEMPLATE, PARTNER_TEMPLATE] {
        lab.patch(0, template, json!({"templateApplicationLevel": "none"}), 204);
        lab.post(0, &format!("{template}/resetToDefaultSettings"), Value::Null, 204);
    }
    lab.add(0, 1);
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    lab.delete(0, &lab.row(1), 204);
    lab.pass(REMOVAL_SECONDS);
    lab.delete(0, &lab.row(0), 204);
    lab.pass(REMOVAL_SECONDS);
    lab
}

fn items(lab: &Lab, tenant: usize, query: &str) -> Vec<Value> {
    lab.get(tenant, &format!("{AUDITS}{query}"))["value"].as_array().expect("items").clone()
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["activityDisplayName"].as_str()).collect()
}

#[test]
fn every_activity_of_the_table_is_written_in_the_tenants_it_belongs_to() {
    let lab = lived();
    let own = items(&lab, 0, "");
    assert_eq!(
        names(&own),
        [
            "Hard Delete MultiTenantOrg",
            "Hard Delete MultiTenantOrg tenant",
            "Delete MultiTenantOrg tenant",
            "Hard Delete MultiTenantOrg tenant",
            "Delete MultiTenantOrg tenant",
            "Tenant joining MultiTenantOrg tenant",
            "Update MultiTenantOrg tenant",
            "Add MultiTenantOrg tenant",
            "Reset a multi tenant org partner configuration template",
            "Update a multi tenant org partner configuration template",
            "Reset a multi tenant org identity sync policy template",
            "Update a multi tenant org identity sync policy template",
            "Update a MultiTenantOrg",
            "Create a MultiTenantOrg",
        ],
        "newest first"
    );
    let joined = items(&lab, 1, "");
    assert_eq!(names(&joined), ["Hard Delete MultiTenantOrg tenant", "Tenant joining MultiTenantOrg tenant"]);
    assert_eq!(items(&lab, 2, ""), Vec::<Value>::new());
}

#[rstest]
#[case(ORGANIZATION, "Create a MultiTenantOrg", "Add")]
#[case(ORGANIZATION, "Update a MultiTenantOrg", "Update")]
#[case(ORGANIZATION, "Hard Delete MultiTenantOrg", "Delete")]
#[case(TENANT, "Add MultiTenantOrg tenant", "Add")]
#[case(TENANT, "Update MultiTenantOrg tenant", "Update")]
#[case(TENANT, "Delete MultiTenantOrg tenant", "Delete")]
#[case(TENANT, "Hard Delete MultiTenantOrg tenant", "Delete")]
#[case(TENANT, "Tenant joining MultiTenantOrg tenant", "Update")]
#[case(IDENTITY, "Reset a multi tenant org identity sync policy template", "Update")]
#[case(IDENTITY, "Update a multi tenant org identity sync policy template", "Update")]
#[case(PARTNER, "Reset a multi tenant org partner configuration template", "Update")]
#[case(PARTNER, "Update a multi tenant org partner configuration template", "Update")]
fn an_activity_has_its_category_and_is_found_by_its_name(
    #[case] category: &str,
    #[case] name: &str,
    #[case] operation: &str,
) {
    let lab = lived();
    let name_in_url = name.replace(' ', "+");
    let found = items(&lab, 0, &format!("?$filter=activityDisplayName+eq+'{name_in_url}'"));
    assert!(!found.is_empty());
    for item in found {
        assert_has(
            &item,
            &json!({"activityDisplayName": name, "category": category, "operationType": operation,
                "loggedByService": "Core Directory", "result": "success"}),
        );
    }
}

#[test]
fn an_entry_says_who_did_what_to_whom() {
    let lab = Lab::new(2, Options::default());
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.add(0, 1);
    let patched = lab.call(0, Method::PATCH, &lab.row(1), &json!({"role": "owner"}));
    let entry = items(&lab, 0, "").remove(0);
    assert_eq!(entry["correlationId"], patched.headers["request-id"].to_str().expect("text"));
    let application = lab.seed.tenants[0].applications[0].client_id;
    assert_eq!(entry["initiatedBy"]["user"], Value::Null);
    assert_has(
        &entry["initiatedBy"]["app"],
        &json!({"appId": application, "displayName": "Contoso application"}),
    );
    assert_has(
        &entry["targetResources"][0],
        &json!({"id": lab.id(1), "displayName": "Fabrikam", "modifiedProperties":
            [{"displayName": "role", "oldValue": "\"member\"", "newValue": "\"owner\""}]}),
    );
    let id = entry["id"].as_str().expect("an id");
    assert_eq!(lab.get(0, &format!("{AUDITS}/{id}"))["id"], *id);
    assert_eq!(lab.call(1, Method::GET, &format!("{AUDITS}/{id}"), &Value::Null).status, 404);
}

#[test]
fn a_user_is_named_and_what_happens_by_itself_is_the_services() {
    let mut seed = Seed::demo(2);
    seed.tenants[0].sign_ins = vec![user("ada", &["Security Administrator"])];
    let lab = Lab::with(seed, Options::default());
    let reply = lab.user_token(0, &user("ada", &[]), ".default");
    let put = lab.with_token(reply.token(), Method::PUT, MTO, &json!({"displayName": "Group"}));
    assert_eq!(put.status, 201);
    lab.delete(0, &lab.row(0), 204);
    lab.pass(REMOVAL_SECONDS);
    let entries = items(&lab, 0, "");
    let by = |index: usize| &entries[index]["initiatedBy"];
    assert_eq!(by(0)["app"]["appId"], Value::Null);
    assert_eq!(by(0)["app"]["displayName"], "Microsoft Entra ID");
    assert_has(&by(3)["user"], &json!({"displayName": "ada", "userPrincipalName": "ada@contoso.example"}));
    assert_eq!(by(3)["app"], Value::Null);
}

#[test]
fn a_failed_join_is_a_failure_and_stands_in_the_joining_tenant_only() {
    let lab = Lab::formed(0, Options::default());
    lab.script(Change::FailJoins { tenant: lab.id(1), count: 1 });
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
    assert_has(
        &items(&lab, 1, "")[0],
        &json!({"result": "failure", "resultReason": "DirectoryService Exception"}),
    );
    assert_eq!(items(&lab, 0, "?$filter=result+eq+'failure'"), Vec::<Value>::new());
}

#[test]
fn what_was_refused_or_only_read_is_not_written() {
    let lab = Lab::formed(1, Options::default());
    let before = items(&lab, 0, "").len();
    lab.delete(0, &lab.row(0), 400);
    lab.put(0, MTO, json!({"displayName": "x"}), 400);
    lab.patch(0, PARTNER_TEMPLATE, json!({"templateApplicationLevel": "x"}), 400);
    lab.get(0, MTO);
    assert_eq!(items(&lab, 0, "").len(), before);
}

#[rstest]
#[case::category("category+eq+'MultiTenantOrgTenant'", 7)]
#[case::service("loggedByService+eq+'Core+Directory'", 14)]
#[case::another_service("loggedByService+eq+'PIM'", 0)]
#[case::from("activityDateTime+ge+2026-11-21T11:00:00Z", 6)]
#[case::after("activityDateTime+gt+2026-11-21T11:05:00Z", 2)]
#[case::before("activityDateTime+lt+2026-11-21T11:00:00Z", 8)]
#[case::until("activityDateTime+le+2026-11-21T09:00:00Z", 8)]
#[case::both("activityDateTime+ge+2026-11-21T11:00:00Z+and+category+eq+'MultiTenantOrg'", 1)]
#[case::a_target("targetResources/any(t:t/displayName+eq+'Fabrikam')", 5)]
#[case::the_application("initiatedBy/app/displayName+eq+'Contoso+application'", 10)]
#[case::starts("startswith(activityDisplayName,'hard')", 3)]
fn entries_are_filtered(#[case] filter: &str, #[case] count: usize) {
    let lab = lived();
    assert_eq!(items(&lab, 0, &format!("?$filter={filter}")).len(), count);
    let counted = lab.get(0, &format!("{AUDITS}?$count=true&$top=1&$filter={filter}"));
    assert_eq!(counted["@odata.count"], count);
}

#[test]
fn pages_go_on_where_they_ended_although_something_was_written_meanwhile() {
    for (order, first) in
        [("", "Hard Delete MultiTenantOrg"), ("&$orderby=activityDateTime", "Create a MultiTenantOrg")]
    {
        let lab = lived();
        let wanted = if order.is_empty() {
            items(&lab, 0, "")
        } else {
            items(&lab, 0, "?$orderby=activityDateTime+asc")
        };
        let mut path = format!("{AUDITS}?$top=4{order}");
        let mut seen = Vec::new();
        for _ in 0..10 {
            let page = lab.get(0, &path);
            seen.extend(page["value"].as_array().expect("items").clone());
            lab.patch(0, IDENTITY_TEMPLATE, json!({"templateApplicationLevel": "none"}), 204);
            let Some(next) = page["@odata.nextLink"].as_str() else { break };
            path =
                next.strip_prefix("https://graph.microsoft.com/v1.0").expect("an absolute link").to_owned();
        }
        assert_eq!(names(&seen)[0], first);
        let ids: BTreeSet<&str> = seen.iter().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(ids.len(), seen.len(), "nothing twice");
        assert_eq!(seen[..14], wanted[..], "and nothing left out");
    }
}

#[rstest]
#[case::skip("$skip=1")]
#[case::search("$search=x")]
#[case::another_order("$orderby=category")]
#[case::another_property("$filter=additionalDetails+eq+null")]
fn what_is_not_served_is_an_unsupported_query(#[case] query: &str) {
    let reply = lived().call(0, Method::GET, &format!("{AUDITS}?{query}"), &Value::Null);
    assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"));
}
