//! Every documented answer of cross-tenant synchronization, decoded.

use std::time::Duration;

use crate::support::{ManualClock, Script, client, golden, json};
use http::StatusCode;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, GraphError};
use proptest::prelude::*;
use serde_json::Value;
use time::macros::datetime;
use uuid::{Uuid, uuid};

const SP: Uuid = uuid!("5e000000-0000-4000-8000-000000000001");
const USER: Uuid = uuid!("05e00000-0000-4000-8000-000000000001");
const ROLE: Uuid = uuid!("e01e0000-0000-4000-8000-000000000001");

fn decode<E: Endpoint>(endpoint: &E, name: &str) -> E::Answer {
    let body = golden(name).to_string();
    endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn job(name: &str) -> SynchronizationJob {
    decode(&GetSynchronizationJob { service_principal_id: SP, job_id: String::new() }, name)
}

#[test]
fn what_a_template_became_has_a_role_to_assign() {
    let endpoint = InstantiateApplicationTemplate {
        template_id: CROSS_TENANT_SYNCHRONIZATION,
        display_name: String::new(),
    };
    let made = decode(&endpoint, "sync_instantiated");
    assert_eq!(made.service_principal.id, SP);
    assert_eq!(made.application.app_id, made.service_principal.app_id);
    assert_eq!(made.service_principal.synchronization_role().map(|role| role.id), Some(ROLE));
    assert!(made.service_principal.homepage.unwrap().ends_with("metadata=aad2aadsync|ISV9.1|primary|z"));
}

#[test]
fn service_principals_are_read_with_what_was_selected() {
    let page = decode(&ListServicePrincipals::default(), "service_principals_list");
    let [first, second] = &page.value[..] else { panic!("two") };
    assert_eq!(first.tags, ["WindowsAzureActiveDirectoryIntegratedApp"]);
    assert_eq!((second.app_id, second.application_template_id), (None, None));
    assert!(second.synchronization_role().is_none());
}

#[test]
fn templates_hold_the_one_between_tenants() {
    let page = decode(&ListSynchronizationTemplates { service_principal_id: SP }, "sync_templates");
    assert_eq!((page.value[0].id.as_str(), page.value[0].default), (AZURE_TO_AZURE, Some(true)));
}

#[test]
fn assignments_are_read_also_of_principals_of_the_future() {
    let post = PostAppRoleAssignedTo { service_principal_id: SP, app_role_id: ROLE, principal_id: USER };
    let made = decode(&post, "app_role_assignment");
    assert_eq!((made.id.as_str(), made.principal_type), ("AbC-1_dEf", Some(PrincipalType::Group)));
    assert_eq!(made.created_date_time, Some(datetime!(2026-11-21 08:00:00.1234567 UTC)));
    let all = decode(&ListAppRoleAssignedTo { service_principal_id: SP, top: None }, "app_role_assignments");
    assert_eq!(all.value[0].principal_id, USER);
    assert_eq!(all.value[1].principal_type, Some(PrincipalType::Unknown("Robot".to_owned())));
    assert!(all.value[1].app_role_id.is_nil());
}

#[test]
fn a_new_job_is_paused_and_was_never_steady() {
    let job = job("sync_job_created");
    assert!(job.id.starts_with("Azure2Azure."));
    assert_eq!(job.code(), Some(&JobStatusCode::Paused));
    assert_eq!(job.setting("LookaheadQueryEnabled"), Some("False"));
    assert_eq!(job.setting("Nonsense"), None);
    let schedule = job.schedule.unwrap();
    assert_eq!(schedule.every(), Some(Duration::from_mins(40)));
    assert_eq!((schedule.state, schedule.expiration), (Some(ScheduleState::Disabled), None));
    let status = job.status.unwrap();
    assert_eq!(status.steady_state_first_achieved_time, None, "the year 1 is never");
    assert_eq!((status.last_execution, status.quarantine), (None, None));
}

#[test]
fn a_started_job_shows_an_execution_that_never_was() {
    let job = job("sync_job_started");
    assert_eq!(job.code(), Some(&JobStatusCode::NotRun));
    let last = job.status.unwrap().last_execution.unwrap();
    assert_eq!((last.state, last.time_began), (Some(ExecutionState::Failed), None));
    assert_eq!(last.error.unwrap().code, None, "the text None is no code");
}

#[test]
fn jobs_are_read_with_their_executions_and_their_quarantine() {
    let page = decode(&ListSynchronizationJobs { service_principal_id: SP }, "sync_jobs");
    let [active, quarantined] = &page.value[..] else { panic!("two") };
    assert!(active.quarantine().is_none());
    let status = active.status.clone().unwrap();
    let last = status.last_execution.unwrap();
    assert_eq!(last.state, Some(ExecutionState::EntryLevelErrors));
    assert_eq!((last.count_entitled, last.count_exported, last.count_escrowed_raw), (12, 11, 2));
    assert_eq!(status.synchronized_entry_count_by_type[0].value, 12);
    assert_eq!((status.progress[0].completed_units, status.progress[0].total_units), (5, 10));
    assert_eq!(status.steady_state_first_achieved_time, Some(datetime!(2026-11-20 09:00 UTC)));

    assert_eq!(quarantined.code(), Some(&JobStatusCode::Quarantine));
    let quarantine = quarantined.quarantine().unwrap();
    assert_eq!(
        (quarantine.reason.clone(), quarantine.series_count),
        (Some(QuarantineReason::TooManyDeletes), 4)
    );
    let error = quarantine.error.clone().unwrap();
    assert_eq!(
        (error.code.as_deref(), error.tenant_actionable),
        (Some(AUTOMATIC_REDEMPTION_MISSING), Some(true))
    );
    assert_eq!(quarantined.setting("QuarantineTooManyDeletesThreshold"), Some("500"));
    assert!(quarantined.schedule.as_ref().unwrap().every().unwrap() > Duration::from_hours(24 * 365));
}

#[test]
fn states_of_the_future_survive() {
    let job = job("sync_job_future");
    assert_eq!(job.code(), Some(&JobStatusCode::Unknown("Dreaming".to_owned())));
    let reason = job.quarantine().unwrap().reason.clone();
    assert_eq!(reason, Some(QuarantineReason::Unknown("FullMoon".to_owned())));
    assert_eq!(QuarantineReason::from("Unknown"), QuarantineReason::Unnamed);
    let state = job.schedule.unwrap().state.unwrap();
    assert_eq!(serde_json::to_string(&state).unwrap(), r#""Hibernating""#);
    assert!(job.synchronization_job_settings.is_empty());
    let key = SynchronizationSecretKey::from("MoonPhase");
    assert_eq!(serde_json::to_string(&key).unwrap(), r#""MoonPhase""#);
}

#[test]
fn every_key_of_a_secret_is_written_as_it_is_read() {
    for name in
        ["None", "CompanyId", "AuthenticationType", "SyncAll", "SyncAgentADContainer", "ConnectionString"]
    {
        let key = SynchronizationSecretKey::from(name);
        assert_ne!(key, SynchronizationSecretKey::Unknown(name.to_owned()));
        assert_eq!(key.as_str(), name);
    }
}

#[tokio::test]
async fn missing_automatic_redemption_is_told_by_its_code() {
    let path = format!("POST /servicePrincipals/{SP}/synchronization/jobs/validateCredentials");
    let script = Script::new().on(&path, json(400, &golden("sync_credentials_refused")));
    let (client, call) = client(&script, &ManualClock::new());
    let endpoint = ValidateSynchronizationCredentials {
        service_principal_id: SP,
        job_id: None,
        template_id: AZURE_TO_AZURE.to_owned(),
        use_saved_credentials: false,
        credentials: vec![SynchronizationSecret::new(SynchronizationSecretKey::Password, "hunter2")],
    };
    let error: GraphError = client.send(&call, &endpoint).await.unwrap_err();
    assert_eq!(error.code(), Some(AUTOMATIC_REDEMPTION_MISSING));
    assert!(!format!("{error:?}").contains("hunter2"));
    let sent = &script.sent()[0].json()["credentials"][0];
    assert_eq!(sent["value"], "hunter2", "it is sent all the same");
}

fn on_demand(name: &str) -> ProvisionOnDemandAnswer {
    let endpoint = ProvisionOnDemand {
        service_principal_id: SP,
        job_id: String::new(),
        rule_id: String::new(),
        user_ids: vec![USER],
    };
    decode(&endpoint, name)
}

#[test]
fn a_skip_on_demand_says_why() {
    let answer = on_demand("on_demand_skipped");
    assert_eq!(answer.result, Some(ProvisionResult::Skipped));
    assert_eq!(answer.error_code.as_deref(), Some("RedundantExport"));
    assert_eq!(answer.action.as_deref(), Some("Other"));
    assert_eq!(answer.target_id.as_deref(), Some("05e00000-0000-4000-8000-000000000002"));
    let kinds: Vec<_> = answer.steps.iter().filter_map(|step| step.kind.as_deref()).collect();
    assert_eq!(kinds, ["Import", "Scoping", "Export"]);
    let last = answer.steps.last().unwrap();
    assert_eq!(last.name, "EntrySynchronizationSkip");
    assert_eq!(last.skip_reason.as_deref(), Some("RedundantExport"));
}

#[test]
fn an_answer_on_demand_that_names_a_type_has_its_result_in_the_value() {
    let answer = on_demand("on_demand_typed");
    assert_eq!((answer.result, answer.error_code), (Some(ProvisionResult::Success), None));
    assert_eq!(answer.steps.len(), 1, "a step without a name is none");
}

#[test]
fn an_answer_on_demand_that_is_not_understood_is_kept() {
    let answer = on_demand("on_demand_unreadable");
    assert_eq!((answer.result, answer.steps.len()), (None, 0));
    assert_eq!((answer.key.as_str(), answer.value.as_str()), ("Something", "not {json"));
}

proptest! {
    #[test]
    fn no_answer_on_demand_is_an_error_because_of_what_its_strings_hold(
        key in proptest::option::of(any::<String>()),
        value in proptest::option::of(proptest::collection::vec("[\\[\\]{}\",:a-c0-9]|null|\"name\":|\"provisioningSteps\":", 0..20)),
    ) {
        let value = value.map(|pieces| pieces.concat());
        let body = serde_json::json!({"key": key, "value": value});
        let answer: ProvisionOnDemandAnswer = serde_json::from_value(body).unwrap();
        prop_assert_eq!((answer.key, answer.value), (key.unwrap_or_default(), value.unwrap_or_default()));
    }

    #[test]
    fn notification_settings_go_through_their_string(
        (enabled, stops, ahead) in any::<(bool, bool, bool)>(),
        delete_threshold_value in any::<u32>(),
        recipients in any::<String>(),
    ) {
        let settings = SyncNotificationSettings {
            enabled,
            delete_threshold_enabled: stops,
            delete_threshold_value,
            human_resources_lookahead_query_enabled: ahead,
            recipients,
        };
        prop_assert_eq!(SyncNotificationSettings::from_text(&settings.to_text()).unwrap(), settings);
    }
}

#[test]
fn notification_settings_may_lack_and_have_more_properties() {
    let read = SyncNotificationSettings::from_text(r#"{"Enabled":true,"Tomorrow":1}"#).unwrap();
    assert_eq!(read, SyncNotificationSettings { enabled: true, ..Default::default() });
    assert!(SyncNotificationSettings::from_text("no").is_err());
}

#[test]
fn the_provisioning_log_is_read() {
    let page = decode(&ListProvisioningLog::default(), "provisioning_log");
    let [failed, staged, future] = &page.value[..] else { panic!("three") };
    assert_eq!(failed.provisioning_action, Some(ProvisioningAction::Create));
    assert_eq!(failed.duration(), Some(Duration::from_millis(1400)));
    let info = failed.provisioning_status_info.clone().unwrap();
    assert_eq!(info.status, Some(ProvisioningStatus::Failure));
    let error = info.error_information.unwrap();
    assert_eq!(error.error_code.as_deref(), Some("AzureActiveDirectoryForbidden"));
    assert_eq!(error.error_category, Some(ProvisioningErrorCategory::NonServiceFailure));
    let kinds: Vec<_> =
        failed.provisioning_steps.iter().map(|s| s.provisioning_step_type.clone().unwrap()).collect();
    let teleport = ProvisioningStepType::Unknown("teleport".to_owned());
    assert_eq!(kinds, [ProvisioningStepType::Import, ProvisioningStepType::Scoping, teleport]);
    assert_eq!(failed.source_identity.as_ref().unwrap().display_name.as_deref(), Some("Ann"));
    assert_eq!(failed.initiated_by.as_ref().unwrap().initiator_type, Some(InitiatorType::System));
    assert_eq!(failed.modified_properties[0].new_value.as_deref(), Some("Member"));

    assert_eq!(
        (staged.provisioning_action.clone(), staged.duration()),
        (Some(ProvisioningAction::StagedDelete), None)
    );
    assert!(staged.provisioning_steps.is_empty() && staged.modified_properties.is_empty());
    assert_eq!(
        future.provisioning_action,
        Some(ProvisioningAction::Unknown("unknownFutureValue".to_owned()))
    );
}

#[test]
fn functions_operators_and_parsed_expressions_are_read() {
    let functions = ListSchemaFunctions { service_principal_id: SP, job_id: String::new() };
    let functions = decode(&functions, "sync_schema_functions").value;
    assert_eq!((functions[0].name.as_str(), functions[0].parameters.len()), ("Join", 2));
    let operators = ListFilterOperators { service_principal_id: SP, job_id: String::new() };
    let operators = decode(&operators, "sync_schema_filter_operators").value;
    assert_eq!((operators[1].id.as_str(), operators[1].arity.as_deref()), ("IS TRUE", Some("Unary")));
    let parse = ParseExpression {
        service_principal_id: SP,
        job_id: String::new(),
        expression: String::new(),
        test_input: None,
    };
    let parsed = decode(&parse, "sync_schema_parsed");
    assert!(parsed.parsing_succeeded && parsed.evaluation_succeeded);
    assert_eq!(parsed.evaluation_result, ["a@b.example"]);
    assert_eq!(parsed.parsed_expression.map(|source| source["type"].clone()), Some(Value::from("Attribute")));
}
