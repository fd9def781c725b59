//! The client before a hostile service: pages, batches, `Retry-After`, and where the token goes.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use mto_fuzz_tests::{CANARY, HostileService, ORIGIN, OneToken, START, Still, bodies, tenant};
use mto_graph::prelude::*;
use mto_graph::{Call, Cloud, GraphClient, GraphError, GraphRequest};
use serde_json::Value;

use crate::support::{RUNS, run, target};

/// An invocation has two minutes; nothing sleeps beyond, but each answer takes seconds of the clock.
const TIME: Duration = Duration::from_mins(2);

/// The longest text of an error; a ticket shows it.
const MAX_ERROR_CHARS: usize = 1_000;

fn check_error(error: &GraphError) {
    let mut texts = vec![error.to_string(), format!("{error:?}")];
    texts.extend(error.service().map(ToString::to_string));
    assert!(texts[0].chars().count() <= MAX_ERROR_CHARS, "{} characters", texts[0].chars().count());
    assert!(texts.iter().all(|text| !text.contains(CANARY)), "the token is in {texts:?}");
    assert!(error.retry_after().is_none_or(|after| after <= Duration::from_hours(24)), "{error:?}");
    let id = error.request_id().unwrap_or_default();
    assert!(id.chars().count() <= 200, "a request-id of {} characters", id.chars().count());
}

/// The requests that were made: all of them to Graph, over TLS, without user and password.
fn check_requests(service: &HostileService) {
    for url in service.requests() {
        let uri: Uri = url.parse().unwrap();
        assert_eq!(uri.scheme_str(), Some("https"), "{url}");
        assert_eq!(uri.authority().map(http::uri::Authority::as_str), Some(ORIGIN), "{url}");
    }
}

async fn use_everything(client: &GraphClient, call: &Call) -> Vec<GraphError> {
    let mut errors = Vec::new();
    let mut note = |error: Option<GraphError>| errors.extend(error);
    note(client.list(call, &ListMembers).await.err());
    note(client.list(call, &ListUsers { filter: None, select: &[], top: None }).await.err());
    let delta = GetUsersDelta { select: &[], ids: Vec::new(), latest: false };
    match client.users_delta(call, &delta, None).await {
        Ok(UsersDelta::Changes { link, .. }) => {
            note(client.users_delta(call, &delta, Some(&link)).await.err());
        }
        Ok(UsersDelta::Expired) => {}
        Err(error) => note(Some(error)),
    }
    let members = [GetMember { tenant_id: tenant() }, GetMember { tenant_id: tenant() }];
    match client.batch(call, &members).await {
        Ok(parts) => {
            assert_eq!(parts.len(), 2, "an answer for each part");
            for part in parts {
                note(part.err());
            }
        }
        Err(error) => note(Some(error)),
    }
    let write = PostMember { tenant_id: tenant(), display_name: "Fabrikam".to_owned(), role: None };
    let mixed = [GraphRequest::of(&write), GraphRequest::of(&GetMultiTenantOrganization)];
    match client.batch_requests(call, &mixed).await {
        Ok(parts) => {
            for part in parts {
                note(part.err());
            }
        }
        Err(error) => note(Some(error)),
    }
    note(client.send(call, &write).await.err());
    errors
}

fn meet(bytes: &[u8], documents: &[(String, Value)]) {
    let service = Arc::new(HostileService::new(bytes, documents));
    let clock = Arc::new(Still::start());
    let client = GraphClient::new(Cloud::global(), service.clone(), Arc::new(OneToken), clock.clone());
    let call = Call::new(tenant(), tenant(), START + TIME);
    for error in run(use_everything(&client, &call)) {
        check_error(&error);
    }
    check_requests(&service);
    assert!(clock.time() <= START + TIME + Duration::from_mins(1), "the deadline holds");
    assert!(service.requests().len() <= 200, "{} requests", service.requests().len());
}

#[test]
fn a_hostile_service_gets_no_token_elsewhere_and_no_time_beyond_the_deadline() {
    let documents = bodies("graph");
    target!(RUNS, |bytes: &[u8]| meet(bytes, &documents));
}
