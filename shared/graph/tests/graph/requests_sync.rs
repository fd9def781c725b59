//! Requests of cross-tenant synchronization: method, path, body and permission.

use crate::support::FABRIKAM;
use http::Method;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, Filter, GraphRequest};
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::{Uuid, uuid};

const SP: Uuid = uuid!("5e000000-0000-4000-8000-000000000001");
const USER: Uuid = uuid!("05e00000-0000-4000-8000-000000000001");
const ROLE: Uuid = uuid!("e01e0000-0000-4000-8000-000000000001");
const JOB: &str = "Azure2Azure.0123456789abcdef0123456789abcdef.7a000000-0000-4000-8000-000000000001";
const OWNED: &str = "Application.ReadWrite.OwnedBy";
const READ: &str = "Application.Read.All";

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "keeps the tables readable")]
fn check<E: Endpoint>(endpoint: &E, method: Method, path: &str, body: Option<Value>, permission: &str) {
    assert_eq!(endpoint.method(), method);
    assert_eq!(endpoint.path(), path);
    assert_eq!(endpoint.body(), body);
    assert_eq!(E::PERMISSION, permission);
    assert!(endpoint.headers().is_empty(), "{:?}", endpoint.headers());
}

fn jobs() -> String {
    format!("/servicePrincipals/{SP}/synchronization/jobs")
}

fn job() -> String {
    format!("{}/{JOB}", jobs())
}

#[test]
fn a_configuration_is_made_from_the_template_of_the_gallery() {
    let path = "/applicationTemplates/518e5f48-1fc8-4c48-9387-9fdf28b0dfe7/instantiate";
    let endpoint = InstantiateApplicationTemplate {
        template_id: CROSS_TENANT_SYNCHRONIZATION,
        display_name: "MTO_Sync_1".to_owned(),
    };
    check(&endpoint, Method::POST, path, Some(json!({"displayName": "MTO_Sync_1"})), OWNED);
}

#[test]
fn service_principals_are_found_read_changed_and_removed() {
    let all = "/servicePrincipals";
    let one = format!("{all}/{SP}");
    check(&ListServicePrincipals::default(), Method::GET, all, None, READ);
    let by = |filter| ListServicePrincipals { filter: Some(filter), ..Default::default() };
    let name = by(Filter::eq("displayName", "O'Hara & co"));
    let path = format!("{all}?$filter=displayName%20eq%20%27O%27%27Hara%20%26%20co%27");
    check(&name, Method::GET, &path, None, READ);
    let start = ListServicePrincipals {
        filter: Some(Filter::starts_with("displayName", "MTO_Sync_")),
        select: &["id", "displayName"],
        top: Some(20),
    };
    let path =
        format!("{all}?$filter=startsWith%28displayName%2C%27MTO_Sync_%27%29&$select=id,displayName&$top=20");
    check(&start, Method::GET, &path, None, READ);
    let path = format!("{all}?$filter=appId%20eq%20%27{FABRIKAM}%27");
    check(&by(Filter::eq_id("appId", FABRIKAM)), Method::GET, &path, None, READ);
    check(&GetServicePrincipal { service_principal_id: SP }, Method::GET, &one, None, READ);
    let update = ServicePrincipalUpdate { account_enabled: Some(false), ..Default::default() };
    let change = PatchServicePrincipal { service_principal_id: SP, update };
    check(&change, Method::PATCH, &one, Some(json!({"accountEnabled": false})), OWNED);
    check(&DeleteServicePrincipal { service_principal_id: SP }, Method::DELETE, &one, None, OWNED);
}

#[test]
fn applications_are_read_renamed_and_removed() {
    let path = format!("/applications/{SP}");
    check(&GetApplication { id: SP }, Method::GET, &path, None, READ);
    let rename = PatchApplication { id: SP, display_name: "New".to_owned() };
    check(&rename, Method::PATCH, &path, Some(json!({"displayName": "New"})), OWNED);
    check(&DeleteApplication { id: SP }, Method::DELETE, &path, None, OWNED);
}

#[test]
fn assignments_are_listed_made_and_taken_away() {
    let path = format!("/servicePrincipals/{SP}/appRoleAssignedTo");
    let list = ListAppRoleAssignedTo { service_principal_id: SP, top: None };
    check(&list, Method::GET, &path, None, READ);
    let large = ListAppRoleAssignedTo { service_principal_id: SP, top: Some(999) };
    check(&large, Method::GET, &format!("{path}?$top=999"), None, READ);
    let write = "AppRoleAssignment.ReadWrite.All";
    let post = PostAppRoleAssignedTo { service_principal_id: SP, app_role_id: ROLE, principal_id: USER };
    let body = json!({"appRoleId": ROLE, "resourceId": SP, "principalId": USER});
    check(&post, Method::POST, &path, Some(body), write);
    let delete = DeleteAppRoleAssignedTo { service_principal_id: SP, assignment_id: "a/b_C-1".to_owned() };
    check(&delete, Method::DELETE, &format!("{path}/a%2Fb_C-1"), None, write);
}

#[test]
fn credentials_are_validated_before_and_after_there_is_a_job() {
    let mut endpoint = ValidateSynchronizationCredentials {
        service_principal_id: SP,
        job_id: None,
        template_id: AZURE_TO_AZURE.to_owned(),
        use_saved_credentials: false,
        credentials: vec![SynchronizationSecret::company_id(FABRIKAM), SynchronizationSecret::sync_policy()],
    };
    let body = json!({
        "useSavedCredentials": false,
        "templateId": "Azure2Azure",
        "credentials": [
            {"key": "CompanyId", "value": FABRIKAM},
            {"key": "AuthenticationType", "value": "SyncPolicy"},
        ],
    });
    let path = format!("{}/validateCredentials", jobs());
    check(&endpoint, Method::POST, &path, Some(body.clone()), OWNED);
    endpoint.job_id = Some(JOB.to_owned());
    check(&endpoint, Method::POST, &format!("{}/validateCredentials", job()), Some(body), OWNED);
}

fn secrets() -> PutSynchronizationSecrets {
    PutSynchronizationSecrets {
        service_principal_id: SP,
        secrets: vec![
            SynchronizationSecret::sync_policy(),
            SynchronizationSecret::company_id(FABRIKAM),
            SynchronizationSecret::notifications(&SyncNotificationSettings::default()),
            SynchronizationSecret::sync_all(false),
        ],
    }
}

#[test]
fn secrets_are_put_in_a_value_with_the_notifications_as_json_in_a_string() {
    let endpoint = secrets();
    let path = format!("/servicePrincipals/{SP}/synchronization/secrets");
    let mut body = endpoint.body().unwrap_or_default();
    let settings = body["value"][2]["value"].take();
    let expected = json!({"value": [
        {"key": "AuthenticationType", "value": "SyncPolicy"},
        {"key": "CompanyId", "value": FABRIKAM},
        {"key": "SyncNotificationSettings", "value": null},
        {"key": "SyncAll", "value": "false"},
    ]});
    assert_eq!(body, expected);
    let settings: Option<Value> = settings.as_str().and_then(|text| serde_json::from_str(text).ok());
    let expected = json!({
        "Enabled": false, "DeleteThresholdEnabled": false, "DeleteThresholdValue": 500,
        "HumanResourcesLookaheadQueryEnabled": false, "Recipients": "",
    });
    assert_eq!(settings, Some(expected));
    check(&endpoint, Method::PUT, &path, endpoint.body(), OWNED);
    let everybody = SynchronizationSecret::sync_all(true);
    let all = PutSynchronizationSecrets { service_principal_id: SP, secrets: vec![everybody] };
    assert_eq!(all.body(), Some(json!({"value": [{"key": "SyncAll", "value": "true"}]})));
}

#[test]
fn secrets_do_not_print_themselves_their_endpoint_or_their_request() {
    let password = SynchronizationSecret::new(SynchronizationSecretKey::Password, "hunter2");
    let text = format!("{password:?}");
    assert!(text.contains("Password") && !text.contains("hunter2"), "{text}");
    let put = PutSynchronizationSecrets { service_principal_id: SP, secrets: vec![password.clone()] };
    let validate = ValidateSynchronizationCredentials {
        service_principal_id: SP,
        job_id: None,
        template_id: AZURE_TO_AZURE.to_owned(),
        use_saved_credentials: false,
        credentials: vec![password],
    };
    let requests = [GraphRequest::of(&put), GraphRequest::of(&validate)];
    let text = format!("{put:?} {validate:?} {requests:?}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("validateCredentials"), "{text}");
}

#[test]
fn jobs_are_made_listed_read_changed_and_removed() {
    let post = PostSynchronizationJob { service_principal_id: SP, template_id: AZURE_TO_AZURE.to_owned() };
    check(&post, Method::POST, &jobs(), Some(json!({"templateId": "Azure2Azure"})), OWNED);
    check(&ListSynchronizationJobs { service_principal_id: SP }, Method::GET, &jobs(), None, OWNED);
    let templates = format!("/servicePrincipals/{SP}/synchronization/templates");
    check(&ListSynchronizationTemplates { service_principal_id: SP }, Method::GET, &templates, None, OWNED);
    let get = GetSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&get, Method::GET, &job(), None, OWNED);
    let update = SynchronizationJobUpdate {
        schedule: Some(SynchronizationScheduleUpdate {
            state: Some(ScheduleState::Disabled),
            interval: None,
        }),
        synchronization_job_settings: Some(vec![NameValuePair {
            name: "QuarantineTooManyDeletesThreshold".to_owned(),
            value: Some("250".to_owned()),
        }]),
    };
    let body = json!({
        "schedule": {"state": "Disabled"},
        "synchronizationJobSettings": [{"name": "QuarantineTooManyDeletesThreshold", "value": "250"}],
    });
    let patch = PatchSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned(), update };
    check(&patch, Method::PATCH, &job(), Some(body), OWNED);
    let delete = DeleteSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&delete, Method::DELETE, &job(), None, OWNED);
}

#[test]
fn jobs_are_started_paused_and_restarted() {
    let start = StartSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&start, Method::POST, &format!("{}/start", job()), None, OWNED);
    let pause = PauseSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&pause, Method::POST, &format!("{}/pause", job()), None, OWNED);
    let scopes = [
        (None, json!({})),
        (Some(ResetScope::as_in_portal()), json!({"resetScope": "Watermark, Escrows, QuarantineState"})),
        (Some(ResetScope::full()), json!({"resetScope": "Full"})),
        (Some(ResetScope::force_deletes()), json!({"resetScope": "ForceDeletes"})),
        (Some(ResetScope::none()), json!({"resetScope": "None"})),
    ];
    for (reset_scope, criteria) in scopes {
        let restart =
            RestartSynchronizationJob { service_principal_id: SP, job_id: JOB.to_owned(), reset_scope };
        let body = Some(json!({"criteria": criteria}));
        check(&restart, Method::POST, &format!("{}/restart", job()), body, OWNED);
    }
}

#[test]
fn users_are_provisioned_on_demand_by_a_rule() {
    let endpoint = ProvisionOnDemand {
        service_principal_id: SP,
        job_id: JOB.to_owned(),
        rule_id: "rule-1".to_owned(),
        user_ids: vec![USER],
    };
    let body = json!({"parameters": [
        {"ruleId": "rule-1", "subjects": [{"objectId": USER, "objectTypeName": "User"}]},
    ]});
    check(&endpoint, Method::POST, &format!("{}/provisionOnDemand", job()), Some(body), OWNED);
}

#[test]
fn a_schema_is_read_replaced_and_dropped_and_helps_with_expressions() {
    let path = format!("{}/schema", job());
    let get = GetSynchronizationSchema { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&get, Method::GET, &path, None, OWNED);
    let content = json!({"id": "1", "version": "v1.2", "unheardOf": [1.5, null]});
    let schema = serde_json::from_value(content.clone()).expect("a schema is any object");
    let put = PutSynchronizationSchema { service_principal_id: SP, job_id: JOB.to_owned(), schema };
    check(&put, Method::PUT, &path, Some(content), OWNED);
    let delete = DeleteSynchronizationSchema { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&delete, Method::DELETE, &path, None, OWNED);
    let functions = ListSchemaFunctions { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&functions, Method::GET, &format!("{path}/functions"), None, OWNED);
    let operators = ListFilterOperators { service_principal_id: SP, job_id: JOB.to_owned() };
    check(&operators, Method::GET, &format!("{path}/filterOperators"), None, OWNED);
    let mut parse = ParseExpression {
        service_principal_id: SP,
        job_id: JOB.to_owned(),
        expression: "[mail]".to_owned(),
        test_input: None,
    };
    let parse_path = format!("{path}/parseExpression");
    check(&parse, Method::POST, &parse_path, Some(json!({"expression": "[mail]"})), OWNED);
    parse.test_input = json!({"mail": "a@b.example"}).as_object().cloned();
    let input = json!({"properties": [{"key": "mail", "value": "a@b.example"}]});
    let body = json!({"expression": "[mail]", "testInputObject": input});
    check(&parse, Method::POST, &parse_path, Some(body), OWNED);
    let discover = DiscoverDirectory {
        service_principal_id: SP,
        job_id: JOB.to_owned(),
        directory_id: "66E4A8CC/1".to_owned(),
    };
    check(&discover, Method::POST, &format!("{path}/directories/66E4A8CC%2F1/discover"), None, OWNED);
}

#[test]
fn a_job_id_cannot_leave_its_place() {
    let get = GetSynchronizationJob { service_principal_id: SP, job_id: "../../x?y#z".to_owned() };
    assert_eq!(get.path(), format!("{}/..%2F..%2Fx%3Fy%23z", jobs()));
}

#[test]
fn the_provisioning_log_is_filtered_by_job_and_time_without_a_consistency_level() {
    let permission = "AuditLog.Read.All";
    let all = "/auditLogs/provisioning";
    check(&ListProvisioningLog::default(), Method::GET, all, None, permission);
    let filter = Filter::eq("jobId", JOB)
        .and(Filter::at_or_after("activityDateTime", datetime!(2026-11-21 08:00:00 UTC)));
    let path = format!(
        "{all}?$filter=jobId%20eq%20%27{JOB}%27%20and%20activityDateTime%20ge%202026-11-21T08%3A00%3A00Z&$top=50"
    );
    check(&ListProvisioningLog { filter: Some(filter), top: Some(50) }, Method::GET, &path, None, permission);
}
