//! Reference 5, and the tenant lookups (8.8).

use entra_simulator::Options;
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, PARTNERS, assert_has};

const POLICY: &str = "/policies/crossTenantAccessPolicy";

fn sync(lab: &Lab, tenant: usize) -> String {
    format!("{}/identitySynchronization", lab.partner(tenant))
}

#[test]
fn a_partner_of_nothing_but_an_id_is_made_unconfigured_and_only_once() {
    let lab = Lab::new(2, Options::default());
    let made = lab.post(0, PARTNERS, json!({"tenantId": lab.id(1)}), 201);
    assert_has(
        &made,
        &json!({"tenantId": lab.id(1), "inboundTrust": null, "b2bCollaborationInbound": null,
            "isServiceProvider": null, "tenantRestrictions": null,
            "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null}}),
    );
    let again = lab.call(0, Method::POST, PARTNERS, &json!({"tenantId": lab.id(1)}));
    assert_eq!((again.status, again.code()), (409, "Request_MultipleObjectsWithSameKeyValue"));
    assert_eq!(
        again.body["error"]["message"],
        "Another object with the same value for property tenantId already exists."
    );
}

#[test]
fn a_patch_merges_records_and_null_empties_them() {
    let lab = Lab::new(2, Options::default());
    lab.post(0, PARTNERS, json!({"tenantId": lab.id(1), "inboundTrust": {"isMfaAccepted": true}}), 201);
    let body = json!({"inboundTrust": null, "automaticUserConsentSettings": {"inboundAllowed": true}});
    lab.patch(0, &lab.partner(1), body, 204);
    lab.patch(0, &lab.partner(1), json!({"automaticUserConsentSettings": {"outboundAllowed": true}}), 204);
    assert_has(
        &lab.get(0, &lab.partner(1)),
        &json!({"inboundTrust": null,
            "automaticUserConsentSettings": {"inboundAllowed": true, "outboundAllowed": true}}),
    );
}

#[test]
fn unknown_wrongly_cased_and_wrongly_typed_properties_are_bad_requests() {
    let lab = Lab::new(2, Options::default());
    lab.post(0, PARTNERS, json!({"tenantId": lab.id(1)}), 201);
    for (body, message) in [
        (json!({"b2BCollaborationInbound": null}), "Invalid property 'b2BCollaborationInbound'"),
        (json!({"inboundTrust": {"isMFAAccepted": true}}), "Invalid property 'isMFAAccepted'"),
        (json!({"inboundTrust": "yes"}), "Invalid value specified for property 'inboundTrust'."),
        (
            json!({"isInMultiTenantOrganization": true}),
            "Property 'isInMultiTenantOrganization' is read-only and cannot be set.",
        ),
    ] {
        let reply = lab.call(0, Method::PATCH, &lab.partner(1), &body);
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"));
        assert_eq!(reply.body["error"]["message"], message);
    }
}

#[test]
fn what_does_not_exist_is_a_directory_object_not_found() {
    let lab = Lab::new(2, Options::default());
    for (method, path) in [
        (Method::GET, lab.partner(1)),
        (Method::PATCH, lab.partner(1)),
        (Method::DELETE, lab.partner(1)),
        (Method::PUT, sync(&lab, 1)),
        (Method::GET, sync(&lab, 1)),
        (Method::PATCH, sync(&lab, 1)),
        (Method::DELETE, sync(&lab, 1)),
    ] {
        let body = if method == Method::GET { Value::Null } else { json!({}) };
        let reply = lab.call(0, method.clone(), &path, &body);
        assert_eq!((reply.status, reply.code()), (404, "Directory_ObjectNotFound"), "{method} {path}");
    }
}

#[test]
fn identity_synchronization_is_put_once_patched_and_deleted_before_its_partner() {
    let lab = Lab::new(2, Options::default());
    lab.post(0, PARTNERS, json!({"tenantId": lab.id(1)}), 201);
    let body = json!({"displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}});
    lab.put(0, &sync(&lab, 1), body.clone(), 204);
    assert_has(
        &lab.get(0, &sync(&lab, 1)),
        &json!({"tenantId": lab.id(1), "displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}}),
    );
    let again = lab.call(0, Method::PUT, &sync(&lab, 1), &body);
    assert_eq!((again.status, again.code()), (409, "Request_MultipleObjectsWithSameKeyValue"));
    assert_eq!(again.body["error"]["details"][0]["code"], "ConflictingObjects");
    lab.patch(0, &sync(&lab, 1), json!({"userSyncInbound": {"isSyncAllowed": false}}), 204);
    lab.delete(0, &lab.partner(1), 400);
    lab.delete(0, &sync(&lab, 1), 204);
    lab.delete(0, &lab.partner(1), 204);
    let lab = Lab::new(2, Options { sync_policy_put_replaces: true, ..Options::default() });
    lab.post(0, PARTNERS, json!({"tenantId": lab.id(1)}), 201);
    lab.put(0, &sync(&lab, 1), body.clone(), 204);
    lab.put(0, &sync(&lab, 1), body, 204);
}

#[test]
fn the_settings_for_an_active_fellow_cannot_be_deleted() {
    let lab = Lab::formed(1, Options::default());
    lab.delete(0, &sync(&lab, 1), 204);
    lab.delete(0, &lab.partner(1), 400);
    let lab = Lab::formed(1, Options { fellow_partner_may_be_deleted: true, ..Options::default() });
    lab.delete(0, &sync(&lab, 1), 204);
    lab.delete(0, &lab.partner(1), 204);
}

#[test]
fn the_partner_list_pages_expands_and_filters() {
    let lab = Lab::new(6, Options { page_size: 2, ..Options::default() });
    for partner in 1..6 {
        lab.post(0, PARTNERS, json!({"tenantId": lab.id(partner)}), 201);
    }
    let mut path = format!("{PARTNERS}?$expand=identitySynchronization&$count=true");
    let mut seen = Vec::new();
    for page in 0.. {
        let list = lab.get(0, &path);
        assert_eq!(list.get("@odata.count").is_some(), page == 0);
        for row in list["value"].as_array().expect("rows") {
            assert_eq!(row["identitySynchronization"], Value::Null);
            seen.push(row["tenantId"].as_str().expect("an id").to_owned());
        }
        let Some(next) = list["@odata.nextLink"].as_str() else { break };
        path = next.strip_prefix("https://graph.microsoft.com/v1.0").expect("an absolute link").to_owned();
    }
    let mut wanted = lab.ids(&[1, 2, 3, 4, 5]);
    wanted.sort();
    assert_eq!(seen, wanted);
    let one = lab.get(0, &format!("{PARTNERS}?$filter=tenantId+eq+'{}'&$select=tenantId", lab.id(3)));
    assert_eq!(one["value"], json!([{"tenantId": lab.id(3)}]));
}

#[test]
fn the_default_configuration_is_edited_and_reset() {
    let lab = Lab::new(1, Options::default());
    let path = format!("{POLICY}/default");
    let before = lab.get(0, &path);
    assert_eq!(before["isServiceDefault"], true);
    assert_eq!(before["b2bCollaborationInbound"]["usersAndGroups"]["accessType"], "allowed");
    assert_eq!(before["b2bDirectConnectInbound"]["usersAndGroups"]["accessType"], "blocked");
    lab.patch(0, &path, json!({"inboundTrust": {"isMfaAccepted": true}}), 204);
    assert_eq!(lab.get(0, &path)["isServiceDefault"], false);
    lab.patch(0, &path, json!({"automaticUserConsentSettings": {"inboundAllowed": true}}), 400);
    lab.post(0, &format!("{path}/resetToSystemDefault"), Value::Null, 204);
    assert_eq!(lab.get(0, &path), before);
}

#[test]
fn the_policy_takes_a_name_and_known_cloud_endpoints() {
    let lab = Lab::new(1, Options::default());
    assert_eq!(lab.get(0, POLICY)["allowedCloudEndpoints"], json!([]));
    lab.patch(0, POLICY, json!({"allowedCloudEndpoints": ["microsoftonline.us"]}), 204);
    lab.patch(0, POLICY, json!({"allowedCloudEndpoints": ["example.org"]}), 400);
    assert_eq!(lab.get(0, POLICY)["allowedCloudEndpoints"], json!(["microsoftonline.us"]));
}

#[test]
fn a_tenant_is_found_by_id_and_by_domain_however_the_argument_is_written() {
    let lab = Lab::new(2, Options::default());
    let relationships = "/tenantRelationships";
    for path in [
        format!("{relationships}/findTenantInformationByTenantId(tenantId='{}')", lab.id(1)),
        format!("{relationships}/findTenantInformationByTenantId(tenantId=%27{}%27)", lab.id(1)),
        format!("{relationships}/findTenantInformationByDomainName(domainName='fabrikam.example')"),
        format!(
            "{relationships}/microsoft.graph.findTenantInformationByDomainName(domainName=FABRIKAM.onmicrosoft.example)"
        ),
    ] {
        assert_has(
            &lab.get(0, &path),
            &json!({"tenantId": lab.id(1), "displayName": "Fabrikam", "federationBrandName": null,
                "defaultDomainName": "fabrikam.example"}),
        );
    }
    let path = format!("{relationships}/findTenantInformationByDomainName(domainName='nobody.example')");
    assert_eq!(lab.call(0, Method::GET, &path, &Value::Null).status, 404);
    let own = lab.get(0, "/organization");
    assert_eq!(own["value"][0]["id"], json!(lab.id(0)));
    assert_eq!(own["value"][0]["verifiedDomains"][0]["name"], "contoso.example");
}
