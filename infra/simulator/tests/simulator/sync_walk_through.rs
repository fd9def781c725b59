//! Reference 10.2 over HTTP, request by request: users of S (tenant 0) to T (tenant 1).

#![cfg(feature = "serve")]

use entra_simulator::Options;
use serde_json::{Value, json};

use super::support::{Lab, PARTNERS, assert_has};
use super::sync_support::TEMPLATE;
use super::walk_through::{done, signed_in};

const S: usize = 0;
const T: usize = 1;

#[test]
fn the_documented_walk_through_of_synchronization_runs_request_by_request() {
    let lab = Lab::served(2, Options::default());
    signed_in(&lab, T);
    target_side(&lab);
    signed_in(&lab, S);
    source_side(&lab);
    let (principal, role) = instantiated(&lab);
    let job = job_made(&lab, &principal);
    secrets_and_scope(&lab, &principal, &role);
    schema_written_and_tried(&lab, &format!("/servicePrincipals/{principal}/synchronization/jobs/{job}"));
    started(&lab, &principal, &job);
}

/// Steps 2 and 3.
fn target_side(lab: &Lab) {
    partner_made(lab, T, S);
    let policy = format!("{}/identitySynchronization", lab.partner(S));
    let values = json!({"displayName": "Source", "userSyncInbound": {"isSyncAllowed": true}});
    done(&lab.put(T, &policy, values, 204));
    let mut kept = lab.get(T, &policy);
    assert!(kept["@odata.context"].as_str().expect("a context").ends_with("/$entity"), "{kept}");
    kept.as_object_mut().expect("an object").remove("@odata.context");
    assert_eq!(
        kept,
        json!({"tenantId": lab.id(S), "displayName": "Source", "userSyncInbound": {"isSyncAllowed": true}})
    );
    let body = json!({"inboundTrust": null, "automaticUserConsentSettings": {"inboundAllowed": true}});
    done(&lab.patch(T, &lab.partner(S), body, 204));
    let consent = json!({"inboundAllowed": true, "outboundAllowed": null});
    assert_eq!(lab.get(T, &lab.partner(S)), partner(lab, S, &consent));
}

/// Step 5.
fn source_side(lab: &Lab) {
    partner_made(lab, S, T);
    let body = json!({"automaticUserConsentSettings": {"outboundAllowed": true}});
    done(&lab.patch(S, &lab.partner(T), body, 204));
    let consent = json!({"inboundAllowed": null, "outboundAllowed": true});
    assert_eq!(lab.get(S, &lab.partner(T)), partner(lab, T, &consent));
}

fn partner_made(lab: &Lab, tenant: usize, other: usize) {
    let made = lab.post(tenant, PARTNERS, json!({"tenantId": lab.id(other)}), 201);
    assert_eq!(made, partner(lab, other, &json!({"inboundAllowed": null, "outboundAllowed": null})));
}

/// A partner of which nothing but the consent is configured (5.4).
fn partner(lab: &Lab, other: usize, consent: &Value) -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy/partners/$entity",
        "tenantId": lab.id(other), "isServiceProvider": null, "isInMultiTenantOrganization": null,
        "inboundTrust": null, "automaticUserConsentSettings": consent, "b2bCollaborationInbound": null,
        "b2bCollaborationOutbound": null, "b2bDirectConnectInbound": null, "b2bDirectConnectOutbound": null,
        "tenantRestrictions": null, "appServiceConnectInbound": null, "m365CollaborationInbound": null,
        "m365CollaborationOutbound": null,
    })
}

/// Step 6.
fn instantiated(lab: &Lab) -> (String, String) {
    let made = lab.post(
        S,
        &format!("/applicationTemplates/{TEMPLATE}/instantiate"),
        json!({"displayName": "Fabrikam"}),
        201,
    );
    let principal = &made["servicePrincipal"];
    assert_has(
        principal,
        &json!({"displayName": "Fabrikam", "appRoleAssignmentRequired": true, "servicePrincipalType": "Application",
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"], "signInAudience": "AzureADMyOrg"}),
    );
    assert!(
        principal["homepage"].as_str().expect("a page").ends_with("metadata=aad2aadsync|ISV9.1|primary|z")
    );
    assert_has(
        &principal["appRoles"][0],
        &json!({"displayName": "msiam_access", "value": null, "isEnabled": true}),
    );
    assert_eq!(principal["appId"], made["application"]["appId"]);
    let id = principal["id"].as_str().expect("an id").to_owned();
    assert_eq!(lab.get(S, &format!("/servicePrincipals/{id}"))["displayName"], "Fabrikam");
    let templates = lab.get(S, &format!("/servicePrincipals/{id}/synchronization/templates"));
    assert_eq!(templates["value"][0]["id"], "Azure2Azure");
    (id, principal["appRoles"][0]["id"].as_str().expect("a role").to_owned())
}

/// Steps 7 and 8.
fn job_made(lab: &Lab, principal: &str) -> String {
    let jobs = format!("/servicePrincipals/{principal}/synchronization/jobs");
    let credentials = json!({"useSavedCredentials": false, "templateId": "Azure2Azure", "credentials": [
        {"key": "CompanyId", "value": lab.id(T)}, {"key": "AuthenticationType", "value": "SyncPolicy"}]});
    done(&lab.post(S, &format!("{jobs}/validateCredentials"), credentials, 204));
    let job = lab.post(S, &jobs, json!({"templateId": "Azure2Azure"}), 201);
    let never = "0001-01-01T00:00:00Z";
    let wanted = json!({
        "@odata.context": job["@odata.context"], "id": job["id"], "templateId": "Azure2Azure",
        "schedule": {"expiration": null, "interval": "PT40M", "state": "Disabled"},
        "status": {
            "code": "Paused", "countSuccessiveCompleteFailures": 0, "escrowsPruned": false, "lastExecution": null,
            "lastSuccessfulExecution": null, "lastSuccessfulExecutionWithExports": null, "progress": [],
            "quarantine": null, "steadyStateFirstAchievedTime": never, "steadyStateLastAchievedTime": never,
            "synchronizedEntryCountByType": [], "troubleshootingUrl": null,
        },
        "synchronizationJobSettings": [
            {"name": "AzureIngestionAttributeOptimization", "value": "False"},
            {"name": "LookaheadQueryEnabled", "value": "False"},
        ],
    });
    assert_eq!(job, wanted);
    let id = job["id"].as_str().expect("an id").to_owned();
    let parts: Vec<&str> = id.split('.').collect();
    assert!(
        matches!(parts.as_slice(), ["Azure2Azure", hex, guid] if hex.len() == 32 && guid.len() == 36),
        "{id}"
    );
    id
}

/// Steps 9 and 10.
fn secrets_and_scope(lab: &Lab, principal: &str, role: &str) {
    let settings = "{\"Enabled\":false,\"DeleteThresholdEnabled\":false,\"DeleteThresholdValue\":500,\
                    \"HumanResourcesLookaheadQueryEnabled\":false,\"Recipients\":\"\"}";
    let secrets = json!({"value": [
        {"key": "AuthenticationType", "value": "SyncPolicy"}, {"key": "CompanyId", "value": lab.id(T)},
        {"key": "SyncNotificationSettings", "value": settings}, {"key": "SyncAll", "value": "false"}]});
    done(&lab.put(S, &format!("/servicePrincipals/{principal}/synchronization/secrets"), secrets, 204));
    let group = lab.group(S, "Shared");
    let made = lab.post(
        S,
        &format!("/servicePrincipals/{principal}/appRoleAssignedTo"),
        json!({"appRoleId": role, "resourceId": principal, "principalId": group}),
        201,
    );
    let wanted = json!({
        "@odata.context": made["@odata.context"], "id": made["id"], "deletedDateTime": null, "appRoleId": role,
        "createdDateTime": "2026-11-21T09:00:00Z", "principalDisplayName": "Shared", "principalId": group,
        "principalType": "Group", "resourceDisplayName": "Fabrikam", "resourceId": principal,
    });
    assert_eq!(made, wanted);
}

/// Step 11: the schema is written as it was read; somebody who is not assigned is skipped on demand.
fn schema_written_and_tried(lab: &Lab, job: &str) {
    let path = format!("{job}/schema");
    let schema = lab.get(S, &path);
    let rule = &schema["synchronizationRules"][0];
    assert_eq!(rule["name"], "USER_INBOUND_USER");
    done(&lab.put(S, &path, schema.clone(), 204));
    assert_eq!(lab.get(S, &path)["synchronizationRules"], schema["synchronizationRules"]);
    let subject = json!({"objectId": lab.user_id(S, "Nadia Novak"), "objectTypeName": "User"});
    let body = json!({"parameters": [{"ruleId": rule["id"], "subjects": [subject]}]});
    let before = lab.get(T, "/users")["value"].clone();
    let answer = lab.post(S, &format!("{job}/provisionOnDemand"), body, 200);
    let read = |name: &str| -> Value {
        serde_json::from_str(answer[name].as_str().expect("a text")).expect("JSON in it")
    };
    assert_eq!(read("key")["result"], "Skipped");
    assert_eq!(read("value")[0]["name"], "EntryImportAdd");
    // T has a Nadia of its own, and keeps the one
    assert_eq!(lab.get(T, "/users")["value"], before);
}

/// Steps 12 and 13.
fn started(lab: &Lab, principal: &str, job: &str) {
    let path = format!("/servicePrincipals/{principal}/synchronization/jobs/{job}");
    done(&lab.post(S, &format!("{path}/start"), Value::Null, 204));
    let waiting = lab.get(S, &path);
    assert_has(&waiting["schedule"], &json!({"state": "Active"}));
    assert_eq!(waiting["status"]["code"], "NotRun");
    lab.advance(60);
    assert_eq!(lab.get(S, &path)["status"]["code"], "Active");
    assert!(!lab.has(T, "Annie Adams"), "what a cycle does shows at its end");
    lab.advance(2);
    let steady = lab.get(S, &path);
    assert_eq!(steady["status"]["steadyStateFirstAchievedTime"], "2026-11-21T09:01:01Z");
    assert_has(
        &steady["status"]["lastExecution"],
        &json!({"state": "Succeeded", "countExported": 1, "countEscrowed": 0}),
    );
    let log = lab.get(S, "/auditLogs/provisioning");
    assert_has(
        &log["value"][0],
        &json!({"provisioningAction": "create", "jobId": job, "tenantId": lab.id(S),
            "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"}}),
    );
    assert_eq!(log["value"][0]["provisioningStatusInfo"]["status"], "success");
    assert_eq!(log["value"][0]["targetIdentity"]["id"], lab.user_id(T, "Annie Adams"));
    let annie = lab.person(T, "Annie Adams").expect("Annie is in T");
    assert_has(
        &annie,
        &json!({"userPrincipalName": "annie.adams_contoso.example#EXT#@fabrikam.onmicrosoft.example",
            "mailNickname": "annie.adams_contoso.example#EXT#", "mail": "annie.adams@contoso.example",
            "userType": "Member", "creationType": "Invitation", "externalUserState": "PendingAcceptance",
            "showInAddressList": true, "accountEnabled": true}),
    );
}
