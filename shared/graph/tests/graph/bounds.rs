//! The bounds of `docs/security.md`, at their edges.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use mto_graph::prelude::*;
use mto_graph::{Class, Cloud, Credential, OAuthTokenProvider, TenantCredential, TokenProvider as _};
use secrecy::SecretString;
use serde_json::json;

const GET: &str = "GET /tenantRelationships/multiTenantOrganization";
const TOKEN: &str =
    "POST https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";

#[tokio::test]
async fn a_pause_of_thirty_seconds_is_made_and_a_longer_one_is_handed_to_the_caller() {
    for (after, waited) in [("30", true), ("31", false)] {
        let script = Script::new().on(GET, throttled(Some(after)));
        let second = || json(200, &golden("organization_inactive"));
        let script = if waited { script.on(GET, second()) } else { script };
        let clock = ManualClock::new();
        let (client, call) = client(&script, &clock);
        let answer = client.send(&call, &GetMultiTenantOrganization).await;
        assert_eq!((answer.is_ok(), clock.slept().len()), (waited, usize::from(waited)), "{after}");
        if let Err(error) = answer {
            assert_eq!(error.class(), Class::Throttled(Some(Duration::from_secs(31))));
        }
    }
}

#[tokio::test]
async fn four_attempts_are_made_and_no_more() {
    let script = (0..4).fold(Script::new(), |script, _| script.on(GET, throttled(Some("1"))));
    let (client, call) = client(&script, &ManualClock::new());
    assert!(client.send(&call, &GetMultiTenantOrganization).await.is_err());
    assert_eq!(script.sent().len(), 4);
}

/// A login service that promises tokens for a century.
#[tokio::test]
async fn an_access_token_lives_for_28_hours_at_most() {
    let mut granted = golden("token_granted");
    granted["expires_in"] = json!(u32::MAX);
    let script = Script::new().on(TOKEN, json(200, &granted)).on(TOKEN, json(200, &granted));
    let clock = ManualClock::new();
    let cloud = Cloud::global();
    let credential = Credential::ClientSecret(SecretString::from("secret"));
    let credential = TenantCredential { client_id: "app-1".to_owned(), credential };
    let tenants = HashMap::from([(OWNER, credential)]);
    let (login, scope) = (cloud.login_root(), cloud.token_scope());
    let provider =
        OAuthTokenProvider::new(Arc::new(script.clone()), Arc::new(clock.clone()), login, scope, tenants);
    let deadline = START + time::Duration::hours(40);
    for (hours, asked) in [(0, 1), (27, 1), (1, 2)] {
        clock.advance(time::Duration::hours(hours));
        provider.token(OWNER, deadline).await.unwrap();
        assert_eq!(script.sent().len(), asked, "{hours} more");
    }
}

#[tokio::test]
async fn the_codes_and_ids_of_an_error_are_clipped_at_100_characters() {
    let long = "x".repeat(5_000);
    let inner = json!({"request-id": long, "client-request-id": long, "date": long});
    let body = json!({"error": {"code": long, "message": long, "innerError": inner,
        "details": [{"code": long, "message": long, "target": long}]}});
    for headers in [&[][..], &[("request-id", long.as_str())][..]] {
        let script = Script::new().on(GET, respond(400, headers, body.to_string()));
        let (client, call) = client(&script, &ManualClock::new());
        let error = client.send(&call, &GetMultiTenantOrganization).await.unwrap_err();
        assert_eq!(error.code().unwrap().chars().count(), 101);
        assert!(error.request_id().unwrap().chars().count() <= 101);
        let service = error.service().unwrap();
        assert_eq!(service.message.chars().count(), 501);
        assert!(service.details.iter().all(|detail| detail.code.as_ref().unwrap().chars().count() == 101));
    }
}
