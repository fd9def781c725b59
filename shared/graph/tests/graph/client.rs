//! Headers, retries, deadlines, errors and paging.

use std::time::Duration;

use crate::support::*;
use mto_graph::prelude::*;
use mto_graph::{Class, GraphError, MAX_ATTEMPTS, TransportErrorKind};
use serde_json::json;
use uuid::Uuid;

const GET: &str = "GET /tenantRelationships/multiTenantOrganization";
const PUT: &str = "PUT /tenantRelationships/multiTenantOrganization";
const LIST: &str = "GET /tenantRelationships/multiTenantOrganization/tenants";

fn put() -> PutMultiTenantOrganization {
    PutMultiTenantOrganization { display_name: "Contoso group".to_owned(), description: None }
}

fn seconds(clock: &ManualClock) -> Vec<u64> {
    clock.slept().iter().map(Duration::as_secs).collect()
}

#[tokio::test]
async fn a_request_carries_token_ids_and_a_content_type_only_with_a_body() {
    let script = Script::new()
        .on(GET, json(200, &golden("organization_inactive")))
        .on(PUT, json(201, &golden("organization_active")));
    let (client, call) = client(&script, &ManualClock::new());
    let read = client.send(&call, &GetMultiTenantOrganization).await.unwrap();
    let made = client.send(&call, &put()).await.unwrap();
    assert_eq!((read.status, read.request_id.as_deref()), (200, Some("req-1")));
    assert_eq!(made.status, 201);

    let sent = script.sent();
    assert_eq!(sent[0].header("authorization"), Some("Bearer token-1"));
    assert_eq!(sent[0].header("content-type"), None);
    assert_eq!(sent[1].header("content-type"), Some("application/json"));
    assert_eq!(sent[1].json(), json!({"displayName": "Contoso group"}));
    let id = |name: &str| Uuid::new_v5(&CORRELATION, name.as_bytes()).to_string();
    let path = "/tenantRelationships/multiTenantOrganization";
    assert_eq!(sent[0].header("client-request-id"), Some(id(&format!("GET {path} #1")).as_str()));
    assert_eq!(sent[1].header("client-request-id"), Some(id(&format!("PUT {path} #2")).as_str()));
    assert!(!format!("{:?}", sent[0].headers).contains("token-1"), "the token is not printed");
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let reset = "POST /policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings";
    let script = Script::new().on(reset, respond(204, &[], ""));
    let (client, call) = client(&script, &ManualClock::new());
    client.send(&call, &ResetPartnerConfigurationTemplate).await.unwrap();
    assert_eq!(script.sent()[0].header("content-length"), Some("0"));
    assert!(script.sent()[0].body.is_empty());
}

#[tokio::test]
async fn a_throttled_read_waits_as_long_as_it_is_told() {
    let script = Script::new()
        .on(GET, throttled(Some("7")))
        .on(GET, throttled(Some("Sat, 21 Nov 2026 08:00:10 GMT")))
        .on(GET, json(200, &golden("organization_active")));
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    client.send(&call, &GetMultiTenantOrganization).await.unwrap();
    assert_eq!(seconds(&clock), [7, 3]);
    let statistics = client.statistics();
    assert_eq!((statistics.requests, statistics.throttles, statistics.batches), (3, 2, 0));
    let ids: std::collections::HashSet<_> =
        script.sent().iter().map(|sent| sent.header("client-request-id").unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 3, "each attempt has its own id");
}

#[tokio::test]
async fn a_throttled_write_is_sent_again_because_it_did_nothing() {
    let script =
        Script::new().on(PUT, throttled(Some("1"))).on(PUT, json(201, &golden("organization_active")));
    let (client, call) = client(&script, &ManualClock::new());
    client.send(&call, &put()).await.unwrap();
}

#[tokio::test]
async fn without_retry_after_the_pauses_grow_and_the_attempts_end() {
    let mut script = Script::new();
    for _ in 0..MAX_ATTEMPTS {
        script = script.on(GET, throttled(None));
    }
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    let error = client.send(&call, &GetMultiTenantOrganization).await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!(error.class(), Class::Throttled(None));
    assert_eq!(error.code(), Some("TooManyRequests"));
    let slept = clock.slept();
    assert_eq!(slept.len(), 3);
    assert!(slept[0] >= Duration::from_millis(500) && slept[2] <= Duration::from_secs(4), "{slept:?}");
}

#[tokio::test]
async fn a_long_retry_after_is_handed_to_the_caller() {
    let script = Script::new().on(GET, throttled(Some("121")));
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    let error = client.send(&call, &GetMultiTenantOrganization).await.unwrap_err();
    assert_eq!(error.class(), Class::Throttled(Some(Duration::from_secs(121))));
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn a_pause_that_does_not_fit_before_the_deadline_is_not_begun() {
    let script = Script::new().on(GET, throttled(Some("20")));
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    clock.advance(time::Duration::seconds(285));
    let error = client.send(&call, &GetMultiTenantOrganization).await.unwrap_err();
    assert!(matches!(error, GraphError::DeadlineTooClose { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Throttled(Some(Duration::from_secs(20))));
    assert!(error.is_throttled(), "the cause is still to be seen");
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn after_the_deadline_nothing_is_sent() {
    let script = Script::new();
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    clock.advance(time::Duration::minutes(5));
    let error = client.send(&call, &put()).await.unwrap_err();
    assert_eq!(error.class(), Class::Transient);
}

#[tokio::test]
async fn a_read_is_repeated_after_503_504_and_lost_answers() {
    let script = Script::new()
        .on(GET, json(503, &golden("error_503_unavailable")))
        .on(GET, respond(504, &[], "<html>gateway</html>"))
        .on(GET, Err(TransportErrorKind::Interrupted))
        .on(GET, json(200, &golden("organization_active")));
    let (client, call) = client(&script, &ManualClock::new());
    client.send(&call, &GetMultiTenantOrganization).await.unwrap();
}

#[tokio::test]
async fn a_write_of_unknown_fate_is_not_repeated() {
    let answers = [
        respond(503, &[("Retry-After", "1")], ""),
        respond(504, &[], "<html>gateway</html>"),
        respond(500, &[], ""),
        Err(TransportErrorKind::Timeout),
        Err(TransportErrorKind::Interrupted),
        Err(TransportErrorKind::TooLarge { limit_bytes: 1 }),
        respond(201, &[], "not JSON"),
        respond(201, &[], r#"{"state":7}"#),
    ];
    for answer in answers {
        let script = Script::new().on(PUT, answer);
        let (client, call) = client(&script, &ManualClock::new());
        let error = client.send(&call, &put()).await.unwrap_err();
        assert_eq!(error.class(), Class::Ambiguous, "{error:?}");
    }
}

#[tokio::test]
async fn a_write_that_never_left_is_sent_again() {
    let script = Script::new()
        .on(PUT, Err(TransportErrorKind::NotSent))
        .on(PUT, json(201, &golden("organization_active")));
    let (client, call) = client(&script, &ManualClock::new());
    client.send(&call, &put()).await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let refused = || json(401, &golden("error_401_token"));
    let script = Script::new().on(PUT, refused()).on(PUT, json(201, &golden("organization_active")));
    let (first, call) = client(&script, &ManualClock::new());
    first.send(&call, &put()).await.unwrap();
    assert_eq!(script.bearers(), ["Bearer token-1", "Bearer token-2"]);

    let script = Script::new().on(PUT, refused()).on(PUT, refused());
    let (second, call) = client(&script, &ManualClock::new());
    let error = second.send(&call, &put()).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.class(), Class::Permanent);
}

#[tokio::test]
async fn refusals_are_told_apart_by_status_and_code() {
    let cases = [
        (400, "error_400_already_added", "Request_BadRequest"),
        (400, "error_400_second_put", "Request_BadRequest"),
        (400, "error_400_invalid_property", "Request_BadRequest"),
        (403, "error_403_privileges", "Authorization_RequestDenied"),
        (404, "error_404_removed", "Directory_ObjectNotFound"),
        (404, "error_404_never_there", "Request_ResourceNotFound"),
        (409, "error_409_partner", "Request_MultipleObjectsWithSameKeyValue"),
        (409, "error_409_identity_synchronization", "Request_MultipleObjectsWithSameKeyValue"),
    ];
    for (status, fixture, code) in cases {
        let script = Script::new().on(PUT, respond(status, &[], golden(fixture).to_string()));
        let (client, call) = client(&script, &ManualClock::new());
        let error = client.send(&call, &put()).await.unwrap_err();
        assert_eq!(error.class(), Class::Permanent, "{fixture}");
        assert_eq!(error.code(), Some(code), "{fixture}");
        assert_eq!(
            (error.is_forbidden(), error.is_not_found(), error.is_conflict()),
            (status == 403, status == 404, status == 409),
            "{fixture}"
        );
        // no header: the id in the body is the service's
        assert_eq!(error.request_id(), Some("8b1a3a1e-0000-4000-8000-000000000001"));
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_details_its_date_and_our_id() {
    let script = Script::new().on(PUT, json(409, &golden("error_409_identity_synchronization")));
    let (client, call) = client(&script, &ManualClock::new());
    let error = client.send(&call, &put()).await.unwrap_err();
    let service = error.service().unwrap();
    assert_eq!(service.details[0].code.as_deref(), Some("ConflictingObjects"));
    assert_eq!(service.date, Some(time::macros::datetime!(2024-05-07 06:59:51 UTC)));
    assert_eq!(
        Some(service.client_request_id.to_string().as_str()),
        script.sent()[0].header("client-request-id")
    );
    assert!(service.is_write);
}

#[tokio::test]
async fn a_long_message_of_several_lines_is_clipped_to_one() {
    let body = json!({"error": {"code": "Request_BadRequest", "message": "line\r\n".repeat(200)}});
    let script = Script::new().on(PUT, json(400, &body));
    let (client, call) = client(&script, &ManualClock::new());
    let error = client.send(&call, &put()).await.unwrap_err();
    let message = &error.service().unwrap().message;
    assert!(message.chars().count() <= 501, "{message}");
    assert!(!message.chars().any(char::is_control));
}

#[tokio::test]
async fn an_unreadable_answer_to_a_read_is_permanent_and_names_the_place() {
    let script = Script::new().on(LIST, json(200, &json!({"value": [{"tenantId": 7}]})));
    let (client, call) = client(&script, &ManualClock::new());
    let error = client.list(&call, &ListMembers).await.unwrap_err();
    assert_eq!(error.class(), Class::Permanent);
    assert!(error.to_string().contains("value[0].tenantId"), "{error}");
    assert_eq!(error.request_id(), Some("req-1"));
}

#[tokio::test]
async fn a_list_is_read_past_empty_pages_to_its_end() {
    let rows = golden("members_walkthrough")["value"].clone();
    let page = |rows: &[serde_json::Value], next: &str| {
        json(200, &json!({"value": rows, "@odata.nextLink": format!("{ROOT}/opaque?$skiptoken={next}")}))
    };
    let script = Script::new()
        .on(LIST, page(&[rows[0].clone()], "a"))
        .on("GET /opaque?$skiptoken=a", page(&[], "b"))
        .on("GET /opaque?$skiptoken=b", throttled(Some("1")))
        .on("GET /opaque?$skiptoken=b", json(200, &json!({"value": [rows[1]]})));
    let (client, call) = client(&script, &ManualClock::new());
    let members = client.list(&call, &ListMembers).await.unwrap().value;
    assert_eq!(members.len(), 2);
}

#[tokio::test]
async fn a_next_link_to_another_origin_is_refused_before_the_token_goes_there() {
    let links = [
        "https://graph.microsoft.com.evil.example/v1.0/x",
        "http://graph.microsoft.com/v1.0/x",
        "https://graph.microsoft.com:8443/v1.0/x",
        "https://graph.microsoft.com@evil.example/x",
        "https://evil@graph.microsoft.com/v1.0/x",
        "/v1.0/relative",
    ];
    for link in links {
        let script = Script::new().on(LIST, json(200, &json!({"value": [], "@odata.nextLink": link})));
        let (client, call) = client(&script, &ManualClock::new());
        let error = client.list(&call, &ListMembers).await.unwrap_err();
        assert!(matches!(error, GraphError::ForeignNextLink { .. }), "{link}: {error:?}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_end_is_given_up() {
    let next = format!("{ROOT}/again");
    let page = || json(200, &json!({"value": [], "@odata.nextLink": next}));
    let mut script = Script::new().on(LIST, page());
    for _ in 1..1_000 {
        script = script.on("GET /again", page());
    }
    let (client, call) = client(&script, &ManualClock::new());
    let error = client.list(&call, &ListMembers).await.unwrap_err();
    assert!(matches!(error, GraphError::TooManyPages { limit: 1_000 }), "{error:?}");
}

#[tokio::test]
async fn a_list_that_is_larger_than_a_functions_memory_is_given_up() {
    let next = format!("{ROOT}/again");
    // Valid, and as large as the transport lets one page be.
    let filler = "x".repeat(8 << 20);
    let page = || json(200, &json!({"value": [], "filler": filler, "@odata.nextLink": next}));
    let mut script = Script::new().on(LIST, page());
    for _ in 0..3 {
        script = script.on("GET /again", page());
    }
    let (client, call) = client(&script, &ManualClock::new());
    let error = client.list(&call, &ListMembers).await.unwrap_err();
    assert!(matches!(error, GraphError::TooLarge { is_write: false, limit_bytes: 33_554_432 }), "{error:?}");
}
