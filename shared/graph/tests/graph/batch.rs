//! Batches: splitting, matching, and parts that are turned away.

use std::time::Duration;

use crate::support::*;
use mto_graph::prelude::*;
use mto_graph::{Class, GraphError, GraphRequest, TransportErrorKind};
use serde_json::{Value, json};
use uuid::Uuid;

const BATCH: &str = "POST /$batch";
const POST: &str = "POST /tenantRelationships/multiTenantOrganization/tenants";

fn tenant(number: u128) -> Uuid {
    Uuid::from_u128(0xaaaa_0000 + number)
}

fn posts(count: u128) -> Vec<PostMember> {
    (0..count)
        .map(|n| PostMember { tenant_id: tenant(n), display_name: format!("Tenant {n}"), role: None })
        .collect()
}

fn row(number: u128) -> Value {
    json!({"tenantId": tenant(number), "displayName": format!("Tenant {number}"), "role": "member", "state": "pending"})
}

/// Answers parts `1..=count` with rows from `first` on, in reverse order.
fn rows(first: u128, count: u128) -> Value {
    let part = |n: u128| json!({"id": (n + 1).to_string(), "status": 201, "body": row(first + n)});
    json!({"responses": (0..count).rev().map(part).collect::<Vec<_>>()})
}

#[tokio::test]
async fn forty_five_requests_go_in_three_batches_and_come_back_in_order() {
    let script = Script::new()
        .on(BATCH, json(200, &rows(0, 20)))
        .on(BATCH, json(200, &rows(20, 20)))
        .on(BATCH, json(200, &rows(40, 5)));
    let (client, call) = client(&script, &ManualClock::new());
    let replies = client.batch(&call, &posts(45)).await.unwrap();
    let ids: Vec<_> = replies.into_iter().map(|reply| reply.unwrap().value.tenant_id).collect();
    assert_eq!(ids, (0..45).map(tenant).collect::<Vec<_>>());
    assert_eq!((client.statistics().requests, client.statistics().batches), (3, 3));

    let first = &script.sent()[0].json()["requests"][0];
    assert_eq!(first["id"], "1");
    assert_eq!(first["method"], "POST");
    assert_eq!(first["url"], "/tenantRelationships/multiTenantOrganization/tenants");
    assert_eq!(first["headers"]["content-type"], "application/json");
    assert_eq!(first["body"], json!({"tenantId": tenant(0), "displayName": "Tenant 0"}));
    let path = "/tenantRelationships/multiTenantOrganization/tenants";
    let id = Uuid::new_v5(&CORRELATION, format!("POST {path} #1").as_bytes());
    assert_eq!(first["headers"]["client-request-id"], id.to_string());
}

#[tokio::test]
async fn one_request_goes_without_a_batch_and_none_goes_not_at_all() {
    let script = Script::new().on(POST, json(201, &row(0)));
    let (client, call) = client(&script, &ManualClock::new());
    assert!(client.batch(&call, &posts(0)).await.unwrap().is_empty());
    let replies = client.batch(&call, &posts(1)).await.unwrap();
    assert_eq!(replies[0].as_ref().unwrap().status, 201);
    assert_eq!(client.statistics().batches, 0);
}

#[tokio::test]
async fn parts_are_matched_by_id_judged_alone_and_a_throttled_one_is_sent_singly_after_its_pause() {
    let script = Script::new().on(BATCH, json(200, &golden("batch_mixed"))).on(POST, json(201, &row(2)));
    let clock = ManualClock::new();
    let (client, call) = client(&script, &clock);
    let replies = client.batch(&call, &posts(3)).await.unwrap();
    assert_eq!(replies[0].as_ref().unwrap().value.tenant_id, FABRIKAM);
    let refused = replies[1].as_ref().unwrap_err();
    assert_eq!((refused.status().unwrap().as_u16(), refused.code()), (400, None), "an empty code is none");
    assert_eq!(refused.class(), Class::Permanent);
    assert_eq!(refused.request_id(), Some("req-1"), "a part without an id has the batch's");
    assert_eq!(replies[2].as_ref().unwrap().value.tenant_id, tenant(2));
    assert_eq!(clock.slept(), [Duration::from_secs(2)]);
    assert_eq!(client.statistics().throttles, 1);
    assert_eq!(script.sent()[1].json()["tenantId"], json!(tenant(2)));
}

fn refused_parts(status: u16, retry_after: &str, count: usize) -> Value {
    let part = |n: usize| json!({"id": (n + 1).to_string(), "status": status, "headers": {"retry-after": retry_after}});
    json!({"responses": (0..count).map(part).collect::<Vec<_>>()})
}

#[tokio::test]
async fn once_a_single_one_is_turned_away_again_the_others_are_left() {
    let mut script = Script::new().on(BATCH, json(200, &refused_parts(429, "1", 5)));
    script = script.on(POST, throttled(Some("61")));
    let (client, call) = client(&script, &ManualClock::new());
    let replies = client.batch(&call, &posts(5)).await.unwrap();
    let classes: Vec<_> = replies.iter().map(|reply| reply.as_ref().unwrap_err().class()).collect();
    assert_eq!(classes[0], Class::Throttled(Some(Duration::from_secs(61))));
    assert_eq!(classes[1..], [Class::Throttled(Some(Duration::from_secs(1))); 4]);
}

#[tokio::test]
async fn a_part_whose_pause_is_too_long_or_does_not_fit_stays_throttled() {
    let script = Script::new().on(BATCH, json(200, &refused_parts(429, "31", 2)));
    let (first, call) = client(&script, &ManualClock::new());
    let replies = first.batch(&call, &posts(2)).await.unwrap();
    assert_eq!(replies[1].as_ref().unwrap_err().class(), Class::Throttled(Some(Duration::from_secs(31))));

    let script = Script::new().on(BATCH, json(200, &refused_parts(429, "20", 2)));
    let clock = ManualClock::new();
    let (second, call) = client(&script, &clock);
    clock.advance(time::Duration::seconds(290));
    let replies = second.batch(&call, &posts(2)).await.unwrap();
    assert_eq!(replies[0].as_ref().unwrap_err().class(), Class::Throttled(Some(Duration::from_secs(20))));
}

#[tokio::test]
async fn a_part_of_unknown_fate_is_sent_again_only_if_it_is_a_read() {
    let script = Script::new().on(BATCH, json(200, &refused_parts(503, "1", 2)));
    let (writes, call) = client(&script, &ManualClock::new());
    let replies = writes.batch(&call, &posts(2)).await.unwrap();
    assert!(replies.iter().all(|reply| reply.as_ref().unwrap_err().class() == Class::Ambiguous));

    let get = |n| format!("GET /tenantRelationships/multiTenantOrganization/tenants/{}", tenant(n));
    let script = Script::new()
        .on(BATCH, json(200, &refused_parts(503, "1", 2)))
        .on(&get(0), json(200, &row(0)))
        .on(&get(1), json(200, &row(1)));
    let clock = ManualClock::new();
    let (reads, call) = client(&script, &clock);
    let gets = [GetMember { tenant_id: tenant(0) }, GetMember { tenant_id: tenant(1) }];
    let replies = reads.batch(&call, &gets).await.unwrap();
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(clock.slept(), [Duration::from_secs(1), Duration::ZERO], "one pause is enough for both");
}

#[tokio::test]
async fn a_part_without_an_answer_is_ambiguous_for_a_write_and_transient_for_a_read() {
    let script = Script::new().on(BATCH, json(200, &rows(0, 1)));
    let (writes, call) = client(&script, &ManualClock::new());
    let replies = writes.batch(&call, &posts(2)).await.unwrap();
    let error = replies[1].as_ref().unwrap_err();
    assert!(matches!(error, GraphError::MissingPart { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Ambiguous);

    let script = Script::new().on(BATCH, json(200, &json!({"responses": []})));
    let (reads, call) = client(&script, &ManualClock::new());
    let gets = [GetMember { tenant_id: tenant(0) }, GetMember { tenant_id: tenant(1) }];
    let replies = reads.batch(&call, &gets).await.unwrap();
    assert!(replies.iter().all(|reply| reply.as_ref().unwrap_err().class() == Class::Transient));
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_an_error_and_a_later_one_does_not_hide_the_first() {
    let script = Script::new().on(BATCH, Err(TransportErrorKind::Timeout));
    let (first, call) = client(&script, &ManualClock::new());
    assert_eq!(first.batch(&call, &posts(2)).await.unwrap_err().class(), Class::Ambiguous);

    let script = Script::new()
        .on(BATCH, json(200, &rows(0, 20)))
        .on(BATCH, json(403, &golden("error_403_privileges")));
    let (second, call) = client(&script, &ManualClock::new());
    let replies = second.batch(&call, &posts(22)).await.unwrap();
    assert!(replies[..20].iter().all(Result::is_ok));
    assert!(replies[20..].iter().all(|reply| reply.as_ref().unwrap_err().is_forbidden()));
}

#[tokio::test]
async fn a_batch_of_reads_may_be_repeated_as_a_whole() {
    let script = Script::new().on(BATCH, Err(TransportErrorKind::Timeout)).on(BATCH, json(200, &rows(0, 2)));
    let (client, call) = client(&script, &ManualClock::new());
    let gets = [GetMember { tenant_id: tenant(0) }, GetMember { tenant_id: tenant(1) }];
    assert!(client.batch(&call, &gets).await.unwrap().iter().all(Result::is_ok));
}

#[tokio::test]
async fn different_endpoints_share_a_batch_and_an_action_without_a_body_gets_an_empty_one() {
    let answers = json!({"responses": [
        {"id": "1", "status": 200, "headers": {"Request-Id": "part-1"}, "body": golden("join_request_before")},
        {"id": "2", "status": 204},
    ]});
    let script = Script::new().on(BATCH, json(200, &answers));
    let (client, call) = client(&script, &ManualClock::new());
    let requests = [GraphRequest::of(&GetJoinRequest), GraphRequest::of(&ResetPartnerConfigurationTemplate)];
    let mut parts = client.batch_requests(&call, &requests).await.unwrap().into_iter();
    let record = parts.next().unwrap().unwrap().decode(&GetJoinRequest).unwrap();
    assert_eq!((record.value.added_by_tenant_id, record.request_id.as_deref()), (None, Some("part-1")));
    parts.next().unwrap().unwrap().decode(&ResetPartnerConfigurationTemplate).unwrap();
    let sent = script.sent()[0].json();
    assert_eq!(sent["requests"][0].get("body"), None);
    assert_eq!(sent["requests"][1]["body"], json!({}));
    assert_eq!(sent["requests"][1]["headers"]["content-type"], "application/json");
}
