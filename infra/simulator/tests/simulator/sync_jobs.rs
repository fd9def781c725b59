//! Reference 6.1 to 6.7 and 6.12: applications, jobs, secrets, restarts, schema, on demand, the log.

use entra_simulator::{Change, DirectoryOptions, Options, UserSeed};
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, assert_has};
use super::sync_support::{DAY, TEMPLATE, named, quick, quick_with, seed_with};

const NAME: &str = "Annie Adams";

fn instantiate(lab: &Lab, name: &str) -> Value {
    lab.post(0, &format!("/applicationTemplates/{TEMPLATE}/instantiate"), json!({"displayName": name}), 201)
}

#[test]
fn an_application_can_be_missing_for_a_while_after_it_was_made() {
    let lab = Lab::new(
        1,
        quick_with(DirectoryOptions { replication_delay_seconds: 15, ..DirectoryOptions::default() }),
    );
    let made = instantiate(&lab, "Late");
    let path = format!("/servicePrincipals/{}", made["servicePrincipal"]["id"].as_str().expect("an id"));
    assert_eq!(lab.call(0, Method::GET, &path, &Value::Null).status, 404);
    assert_eq!(lab.ask(0, "/servicePrincipals")["value"], json!([]));
    lab.pass(15);
    lab.get(0, &path);
}

#[test]
fn applications_are_found_by_name_id_and_tag_relabelled_and_deleted() {
    let lab = Lab::new(1, quick());
    let made = instantiate(&lab, "MTO_Sync_one");
    instantiate(&lab, "Other");
    let (principal, app) = (&made["servicePrincipal"], &made["application"]);
    let path = format!("/servicePrincipals/{}", principal["id"].as_str().expect("an id"));
    lab.patch(0, &path, json!({"tags": ["MadeByUs"], "notes": "text"}), 204);
    let app_id = principal["appId"].as_str().expect("an id");
    for filter in [
        "displayName eq 'MTO_Sync_one'".to_owned(),
        "startswith(displayName,'MTO_Sync_')".to_owned(),
        format!("appId eq '{app_id}'"),
        "tags/any(t:t eq 'MadeByUs')".to_owned(),
    ] {
        let found = lab.ask(0, &format!("/servicePrincipals?$filter={filter}"));
        assert_eq!(found["value"].as_array().map(Vec::len), Some(1), "{filter}");
        assert_has(
            &found["value"][0],
            &json!({"id": principal["id"], "tags": ["MadeByUs"], "notes": "text"}),
        );
    }
    assert_eq!(lab.ask(0, &format!("/servicePrincipals(appId='{app_id}')"))["id"], principal["id"]);
    let application = format!("/applications/{}", app["id"].as_str().expect("an id"));
    lab.patch(0, &application, json!({"displayName": "Renamed"}), 204);
    assert_eq!(lab.get(0, &path)["displayName"], "Renamed");
    lab.delete(0, &application, 204);
    assert_eq!(lab.call(0, Method::GET, &path, &Value::Null).status, 404, "gone with its application");
    assert_eq!(lab.ask(0, "/applications")["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn owned_by_reaches_the_applications_that_the_caller_made_and_no_others() {
    let mut seed = entra_simulator::Seed::demo(2);
    let mut second = seed.tenants[0].applications[0].clone();
    second.client_id = uuid::Uuid::from_u128(7);
    second.permissions = vec!["Application.ReadWrite.OwnedBy".to_owned()];
    let secret = second.secrets[0].expose().to_owned();
    seed.tenants[0].applications.push(second);
    let lab = Lab::with(seed, quick());
    let foreign = lab.configure(0, 1, true);
    let token = lab.sign_in(&lab.id(0).to_string(), &uuid::Uuid::from_u128(7).to_string(), &secret);
    let token = token.body["access_token"].as_str().expect("a token").to_owned();
    let ask = |method: Method, path: &str, body: Value| lab.with_token(&token, method, path, &body);
    let own = ask(
        Method::POST,
        &format!("/applicationTemplates/{TEMPLATE}/instantiate"),
        json!({"displayName": "Own"}),
    );
    let own = own.body["servicePrincipal"]["id"].as_str().expect("an id").to_owned();
    let jobs = format!("/servicePrincipals/{own}/synchronization/jobs");
    assert_eq!(ask(Method::POST, &jobs, json!({"templateId": "Azure2Azure"})).status, 201);
    assert_eq!(ask(Method::GET, &foreign.path(), Value::Null).status, 403);
    assert_eq!(ask(Method::POST, &format!("{}/start", foreign.path()), json!({})).status, 403);
    assert_eq!(
        ask(Method::DELETE, &format!("/servicePrincipals/{}", foreign.principal), Value::Null).status,
        403
    );
    assert_eq!(
        ask(Method::GET, &format!("/servicePrincipals/{}", foreign.principal), Value::Null).status,
        200
    );
    assert_eq!(ask(Method::DELETE, &format!("/servicePrincipals/{own}"), Value::Null).status, 204);
}

#[test]
fn assigning_takes_two_permissions() {
    for denied in ["AppRoleAssignment.ReadWrite.All", "Application.Read.All"] {
        let lab = Lab::new(2, quick());
        let sync = lab.configure(0, 1, false);
        let user = lab.user_id(0, NAME);
        lab.script(Change::DenyPermission { tenant: lab.id(0), permission: denied.to_owned() });
        if denied == "Application.Read.All" {
            for other in ["Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"] {
                lab.script(Change::DenyPermission { tenant: lab.id(0), permission: other.to_owned() });
            }
        }
        let body = json!({"appRoleId": sync.role, "resourceId": sync.principal, "principalId": user});
        let reply = lab.call(0, Method::POST, &sync.assignments(), &body);
        assert_eq!((reply.status, reply.code()), (403, "Authorization_RequestDenied"), "without {denied}");
    }
}

#[test]
fn there_is_one_job_and_its_template_has_to_fit() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, true);
    let jobs = format!("{}/jobs", sync.base());
    assert_eq!(lab.call(0, Method::POST, &jobs, &json!({"templateId": "Azure2Azure"})).status, 409);
    assert_eq!(lab.get(0, &jobs)["value"].as_array().map(Vec::len), Some(1));
    let other = lab.post(
        0,
        "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate",
        json!({"displayName": "Not of the gallery"}),
        201,
    );
    let jobs = format!(
        "/servicePrincipals/{}/synchronization/jobs",
        other["servicePrincipal"]["id"].as_str().expect("an id")
    );
    assert_eq!(lab.call(0, Method::POST, &jobs, &json!({"templateId": "Azure2Azure"})).status, 400);
}

#[test]
fn secrets_are_masked_when_read_and_kept_when_not_named() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, true);
    let path = format!("{}/secrets", sync.base());
    lab.put(0, &path, json!({"value": [{"key": "SyncAll", "value": "false"}]}), 204);
    let read = lab.get(0, &path);
    let keys: Vec<&str> =
        read["value"].as_array().expect("secrets").iter().filter_map(|one| one["key"].as_str()).collect();
    assert_eq!(keys, ["AuthenticationType", "CompanyId", "SyncAll"]);
    assert!(!read.to_string().contains(&lab.id(1).to_string()), "masked");
    lab.put(0, &path, json!({"credentials": []}), 400);
    lab.put(0, &path, json!({"value": [{"key": "NoSuchSecret", "value": "x"}]}), 400);
    assert!(!lab.simulator.state().to_string().contains("SyncPolicy"), "not in the dump");
}

#[test]
fn pause_keeps_what_is_there_and_start_goes_on_from_the_watermark() {
    let lab = Lab::with(seed_with(named(&[NAME, "Other One"])), quick());
    let sync = lab.running(None);
    lab.post(0, &format!("{}/pause", sync.path()), Value::Null, 204);
    assert_has(&lab.job(&sync)["schedule"], &json!({"state": "Paused"}));
    assert_eq!(lab.job(&sync)["status"]["code"], "Paused");
    lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), json!({"jobTitle": "Chief"}), 204);
    lab.pass(DAY);
    assert_ne!(lab.person(1, NAME).expect("Annie")["jobTitle"], "Chief");
    lab.start(&sync);
    assert_eq!(lab.person(1, NAME).expect("Annie")["jobTitle"], "Chief");
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 1, "only what changed since");
}

#[test]
fn a_restart_is_a_new_initial_cycle_and_its_scope_is_checked() {
    let lab = Lab::with(seed_with(named(&[NAME, "Other One"])), quick());
    let sync = lab.running(None);
    lab.cycle();
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 0);
    lab.restart(&sync, "Watermark, Escrows, QuarantineState");
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 2);
    lab.restart(&sync, "None");
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 0, "the watermark was kept");
    lab.restart(&sync, "Full");
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 2);
    assert_eq!(lab.segments(1)["externalMemberOutside"], 2, "matched again, not duplicated");
    let path = format!("{}/restart", sync.path());
    lab.post(0, &path, json!({"criteria": {"resetScope": "Everything"}}), 400);
    lab.post(0, &path, json!({}), 204);
}

#[test]
fn the_first_read_after_a_start_can_show_a_failed_execution_of_nothing() {
    let directory = DirectoryOptions { first_execution_failed: true, ..DirectoryOptions::default() };
    let lab = Lab::new(2, Options { directory, ..Options::default() });
    let sync = lab.configure(0, 1, true);
    lab.post(0, &format!("{}/start", sync.path()), Value::Null, 204);
    let shown = lab.job(&sync)["status"]["lastExecution"].clone();
    assert_has(&shown, &json!({"state": "Failed", "countExported": 0, "countImported": 0}));
    assert_eq!(shown["error"]["code"], "None");
}

fn mapping<'a>(schema: &'a mut Value, target: &str) -> &'a mut Value {
    let mappings = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"].as_array_mut();
    let found = mappings.expect("mappings").iter_mut().find(|one| one["targetAttributeName"] == target);
    found.unwrap_or_else(|| panic!("{target} is mapped"))
}

#[test]
fn the_user_type_follows_the_mapping_and_a_changed_mapping_brings_an_initial_cycle() {
    let lab = Lab::with(seed_with(named(&[NAME])), quick());
    let body = json!({"invitedUserEmailAddress": "annie.adams@contoso.example", "inviteRedirectUrl": "https://x.example"});
    lab.post(1, "/invitations", body, 201);
    let sync = lab.running(None);
    assert_eq!(
        lab.person(1, NAME).expect("Annie")["userType"],
        "Guest",
        "the default applies at creation only"
    );
    let path = format!("{}/schema", sync.path());
    let mut schema = lab.get(0, &path);
    mapping(&mut schema, "userType")["flowType"] = json!("Always");
    lab.put(0, &path, schema.clone(), 204);
    lab.cycle();
    assert_eq!(lab.person(1, NAME).expect("Annie")["userType"], "Member");
    *mapping(&mut schema, "userType") = json!({"flowType": "Always", "targetAttributeName": "userType", "matchingPriority": 0,
        "source": {"expression": "\"Guest\"", "name": "Guest", "parameters": [], "type": "Constant"}});
    lab.put(0, &path, schema, 204);
    lab.cycle();
    assert_eq!(lab.person(1, NAME).expect("Annie")["userType"], "Guest");
    lab.delete(0, &path, 204);
    lab.cycle();
    assert_eq!(lab.job(&sync)["status"]["lastExecution"]["countImported"], 1, "an initial cycle again");
    assert_eq!(mapping(&mut lab.get(0, &path), "userType")["flowType"], "ObjectAddOnly");
}

#[test]
fn attributes_are_mapped_from_attributes_constants_and_appended_texts() {
    let user = UserSeed { department: Some("Sales".to_owned()), ..UserSeed::named(NAME) };
    let lab = Lab::with(seed_with(vec![user]), quick());
    let sync = lab.configure(0, 1, true);
    let path = format!("{}/schema", sync.path());
    let mut schema = lab.get(0, &path);
    mapping(&mut schema, "displayName")["source"] = json!({"expression": "Append([displayName], \" (Contoso)\")", "name": "Append", "parameters": [], "type": "Function"});
    mapping(&mut schema, "jobTitle")["source"] =
        json!({"expression": "[department]", "name": "department", "parameters": [], "type": "Attribute"});
    mapping(&mut schema, "department")["source"] =
        json!({"expression": "\"External\"", "name": "External", "parameters": [], "type": "Constant"});
    lab.put(0, &path, schema, 204);
    lab.start(&sync);
    let found = lab.person(1, "Annie Adams (Contoso)").expect("renamed");
    assert_has(&found, &json!({"jobTitle": "Sales", "department": "External"}));
}

#[test]
fn a_schema_that_the_engine_cannot_apply_is_refused() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, true);
    let path = format!("{}/schema", sync.path());
    let good = lab.get(0, &path);
    let changes: [fn(&mut Value); 4] = [
        |schema| mapping(schema, "alternativeSecurityIdentifier")["targetAttributeName"] = json!("mail"),
        |schema| mapping(schema, "mail")["matchingPriority"] = json!(2),
        |schema| {
            mapping(schema, "mail")["source"] =
                json!({"type": "Function", "expression": "Mid([mail], 1, 2)"});
        },
        |schema| schema["synchronizationRules"] = json!([]),
    ];
    for change in changes {
        let mut schema = good.clone();
        change(&mut schema);
        let reply = lab.call(0, Method::PUT, &path, &schema);
        assert_eq!((reply.status, reply.code()), (400, "schemaInvalid"));
    }
    assert_eq!(lab.get(0, &path), good);
    let operators = lab.get(0, &format!("{path}/filterOperators"));
    assert_eq!(operators["value"][0]["name"], "EQUALS");
    assert_eq!(lab.get(0, &format!("{path}/functions"))["value"][0]["name"], "Append");
}

#[test]
fn one_user_is_provisioned_on_demand_or_skipped_with_a_reason() {
    let lab = Lab::with(seed_with(named(&[NAME, "Out Side"])), quick());
    let sync = lab.configure(0, 1, false);
    lab.assign(&sync, &lab.user_id(0, NAME));
    let rule = lab.get(0, &format!("{}/schema", sync.path()))["synchronizationRules"][0]["id"].clone();
    let on_demand = |name: &str| {
        let subject = json!({"objectId": lab.user_id(0, name), "objectTypeName": "User"});
        let body = json!({"parameters": [{"ruleId": rule, "subjects": [subject]}]});
        let answer = lab.post(0, &format!("{}/provisionOnDemand", sync.path()), body, 200);
        let read = |name: &str| {
            serde_json::from_str::<Value>(answer[name].as_str().expect("a text")).expect("JSON in it")
        };
        (read("key"), read("value"))
    };
    let (key, steps) = on_demand(NAME);
    assert_eq!(key["result"], "Success");
    assert_eq!(steps[0]["name"], "EntryImportAdd");
    assert!(lab.has(1, NAME), "without any cycle");
    let (key, steps) = on_demand(NAME);
    assert_eq!(
        (&key["result"], &key["details"]["errorCode"]),
        (&json!("Skipped"), &json!("RedundantExport"))
    );
    assert_eq!(steps[2]["name"], "EntrySynchronizationSkip");
    assert_eq!(on_demand("Out Side").0["result"], "Skipped");
    lab.delete(1, &format!("/users/{}", lab.user_id(1, NAME)), 204);
    assert_eq!(on_demand(NAME).0["result"], "Skipped", "a deleted target user is not restored");
    let wrong = json!({"parameters": [{"ruleId": "other", "subjects": []}]});
    lab.post(0, &format!("{}/provisionOnDemand", sync.path()), wrong, 400);
}

#[test]
fn a_pending_user_keeps_its_name_until_somebody_insists() {
    let lab = Lab::with(seed_with(named(&[NAME])), quick());
    let sync = lab.running(None);
    let name = |lab: &Lab| lab.person(1, NAME).expect("Annie")["userPrincipalName"].clone();
    let old = "annie.adams_contoso.example#EXT#@fabrikam.onmicrosoft.example";
    let body = json!({"mail": "annie.new@contoso.example"});
    lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), body, 204);
    lab.cycle();
    assert_eq!(name(&lab), old);
    assert_eq!(lab.person(1, NAME).expect("Annie")["mail"], "annie.new@contoso.example");
    lab.restart(&sync, "Watermark");
    assert_eq!(name(&lab), "annie.new_contoso.example#EXT#@fabrikam.onmicrosoft.example");
}

#[test]
fn the_log_is_filtered_paged_and_kept_for_30_days_or_7() {
    for (premium, days) in [(true, 30), (false, 7)] {
        let lab = Lab::with(seed_with(named(&[NAME, "Bert Two", "Cora Three"])), quick());
        lab.script(Change::Premium { tenant: lab.id(0), premium });
        let sync = lab.running(None);
        let creations = lab.ask(
            0,
            &format!(
                "/auditLogs/provisioning?$filter=provisioningAction eq 'create' and jobId eq '{}'",
                sync.job
            ),
        );
        assert_eq!(creations["value"].as_array().map(Vec::len), Some(3));
        let count = |filter: &str| {
            let found = lab.ask(0, &format!("/auditLogs/provisioning?$filter=activityDateTime {filter}"));
            found["value"].as_array().map(Vec::len)
        };
        assert_eq!(count("gt 2026-11-21T09:00:01Z"), Some(0));
        assert_eq!(count("ge 2026-11-21T09:00:01Z"), Some(3));
        let failures =
            lab.ask(0, "/auditLogs/provisioning?$filter=provisioningStatusInfo/status eq 'failure'");
        assert_eq!(failures["value"], json!([]));
        let first = lab.ask(0, "/auditLogs/provisioning?$top=2");
        lab.patch(0, &format!("/users/{}", lab.user_id(0, NAME)), json!({"jobTitle": "Chief"}), 204);
        lab.cycle();
        let second = lab.ask(0, first["@odata.nextLink"].as_str().expect("a next page"));
        assert_eq!(second["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            second["value"][0]["sourceIdentity"]["displayName"], NAME,
            "what came meanwhile moves nothing"
        );
        let updated = lab.ask(0, "/auditLogs/provisioning?$filter=provisioningAction eq 'update'");
        assert_has(
            &updated["value"][0]["modifiedProperties"][0],
            &json!({"displayName": "jobTitle", "oldValue": null, "newValue": "Chief"}),
        );
        lab.pass(days * DAY - 2 * 2_400);
        assert_eq!(lab.ask(0, "/auditLogs/provisioning")["value"].as_array().map(Vec::len), Some(4));
        lab.pass(2 * 2_400);
        assert_eq!(lab.ask(0, "/auditLogs/provisioning")["value"], json!([]));
    }
}

#[test]
fn two_jobs_for_one_pair_share_the_people() {
    let lab = Lab::with(seed_with(named(&[NAME])), quick());
    lab.running(None);
    let second = lab.configure(0, 1, true);
    lab.start(&second);
    assert_eq!(lab.segments(1)["externalMemberOutside"], 1);
    assert_eq!(lab.job(&second)["status"]["synchronizedEntryCountByType"][0]["value"], 1);
}

#[test]
fn a_second_configuration_for_a_pair_is_refused_where_the_switch_says_so() {
    let one = DirectoryOptions { one_configuration_per_pair: true, ..DirectoryOptions::default() };
    let lab = Lab::new(2, quick_with(one));
    let sync = lab.configure(0, 1, true);
    let made = instantiate(&lab, "Second");
    let path = format!(
        "/servicePrincipals/{}/synchronization/secrets",
        made["servicePrincipal"]["id"].as_str().expect("an id")
    );
    let secrets = json!({"value": [{"key": "CompanyId", "value": lab.id(1)}]});
    lab.put(0, &path, secrets.clone(), 400);
    lab.put(0, &format!("{}/secrets", sync.base()), secrets, 204);
}
