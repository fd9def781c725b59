//! Access tokens: caching, renewal, refusals.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use crate::support::*;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use mto_graph::{
    Cloud, Credential, OAuthTokenProvider, TenantCredential, TokenError, TokenProvider, Transport,
    TransportError, TransportErrorKind,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use time::OffsetDateTime;

const TOKEN: &str =
    "POST https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";
const SECRET: &str = "p@ss word+&";

fn deadline() -> OffsetDateTime {
    START + time::Duration::hours(2)
}

fn provider(script: &Script, clock: &ManualClock) -> OAuthTokenProvider {
    let credential = Credential::ClientSecret(SecretString::from(SECRET));
    with_credential(script, clock, credential)
}

fn with_credential(script: &Script, clock: &ManualClock, credential: Credential) -> OAuthTokenProvider {
    on(Arc::new(script.clone()), clock, credential)
}

fn on(transport: Arc<dyn Transport>, clock: &ManualClock, credential: Credential) -> OAuthTokenProvider {
    let cloud = Cloud::global();
    let credential = TenantCredential { client_id: "app-1".to_owned(), credential };
    OAuthTokenProvider::new(
        transport,
        Arc::new(clock.clone()),
        cloud.login_root(),
        cloud.token_scope(),
        HashMap::from([(OWNER, credential)]),
    )
}

fn granted(token: &str, seconds: u32) -> Value {
    let mut body = golden("token_granted");
    body["access_token"] = json!(token);
    body["expires_in"] = json!(seconds);
    body
}

#[tokio::test]
async fn a_secret_is_exchanged_for_a_token_in_a_form() {
    let script = Script::new().on(TOKEN, json(200, &granted("a", 3599)));
    let provider = provider(&script, &ManualClock::new());
    let token = provider.token(OWNER, deadline()).await.unwrap();
    assert_eq!(token.expose(), "a");
    assert!(!format!("{token:?}").contains("\"a\""), "{token:?}");
    let sent = &script.sent()[0];
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        sent.body,
        "client_id=app-1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
         &grant_type=client_credentials&client_secret=p%40ss+word%2B%26"
    );
}

#[tokio::test]
async fn a_token_is_kept_until_five_minutes_before_its_end() {
    let script =
        Script::new().on(TOKEN, json(200, &granted("a", 3600))).on(TOKEN, json(200, &granted("b", 3600)));
    let clock = ManualClock::new();
    let provider = provider(&script, &clock);
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "a");
    clock.advance(time::Duration::minutes(54));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "a");
    clock.advance(time::Duration::minutes(1));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "b");
}

#[tokio::test]
async fn a_short_lived_token_is_renewed_a_tenth_ahead() {
    let script =
        Script::new().on(TOKEN, json(200, &granted("a", 100))).on(TOKEN, json(200, &granted("b", 100)));
    let clock = ManualClock::new();
    let provider = provider(&script, &clock);
    provider.token(OWNER, deadline()).await.unwrap();
    clock.advance(time::Duration::seconds(89));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "a");
    clock.advance(time::Duration::seconds(1));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "b");
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_request() {
    let script = Script::new().on(TOKEN, json(200, &granted("a", 3600)));
    let provider = provider(&script, &ManualClock::new());
    let (one, two, three) = tokio::join!(
        provider.token(OWNER, deadline()),
        provider.token(OWNER, deadline()),
        provider.token(OWNER, deadline())
    );
    for token in [one, two, three] {
        assert_eq!(token.unwrap().expose(), "a");
    }
    assert_eq!(script.sent().len(), 1);
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// A login service that does not answer.
struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn who_waits_for_anothers_request_waits_until_its_own_deadline_at_most() {
    let clock = ManualClock::new();
    let provider = on(Arc::new(Silent), &clock, Credential::ClientSecret(SecretString::from(SECRET)));
    let mut first = pin!(provider.token(OWNER, deadline()));
    assert!(poll_once(first.as_mut()).await.is_pending());
    let too_late = provider.token(OWNER, START).await.unwrap_err();
    assert!(too_late.is_transient(), "{too_late}");
    assert!(too_late.to_string().contains("time was over"), "{too_late}");
    // what is refused meanwhile is another token, and nobody waits to say so
    provider.invalidate(OWNER).await;
    assert!(poll_once(first.as_mut()).await.is_pending());
}

#[tokio::test]
async fn an_invalidated_token_is_not_used_again() {
    let script =
        Script::new().on(TOKEN, json(200, &granted("a", 3600))).on(TOKEN, json(200, &granted("b", 3600)));
    let provider = provider(&script, &ManualClock::new());
    provider.token(OWNER, deadline()).await.unwrap();
    provider.invalidate(OWNER).await;
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "b");
}

#[tokio::test]
async fn a_tenant_without_a_credential_is_not_asked_about() {
    let provider = provider(&Script::new(), &ManualClock::new());
    let error = provider.token(FABRIKAM, deadline()).await.unwrap_err();
    assert!(matches!(error, TokenError::NoCredential(tenant) if tenant == FABRIKAM), "{error:?}");
}

#[tokio::test]
async fn a_refusal_has_its_code_and_not_our_secret() {
    let mut body = golden("token_refused_secret");
    let script = Script::new().on(TOKEN, json(401, &body));
    let error = provider(&script, &ManualClock::new()).token(OWNER, deadline()).await.unwrap_err();
    assert!(matches!(&error, TokenError::Refused { code, .. } if code == "AADSTS7000215"), "{error:?}");
    assert!(!error.to_string().contains('\n'));

    body["error_description"] = json!(format!("AADSTS7000215: you sent {SECRET} {}", "x".repeat(1000)));
    let script = Script::new().on(TOKEN, json(401, &body));
    let error = provider(&script, &ManualClock::new()).token(OWNER, deadline()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    assert!(error.to_string().len() < 450, "{error}");
}

#[tokio::test]
async fn a_refusal_without_a_body_still_says_something() {
    let script = Script::new().on(TOKEN, respond(404, &[], "<html>"));
    let error = provider(&script, &ManualClock::new()).token(OWNER, deadline()).await.unwrap_err();
    assert!(matches!(&error, TokenError::Refused { code, .. } if code == "HTTP 404"), "{error:?}");
}

#[tokio::test]
async fn a_busy_login_service_is_asked_again_after_its_pause() {
    let script = Script::new()
        .on(TOKEN, respond(429, &[("Retry-After", "3")], ""))
        .on(TOKEN, Err(TransportErrorKind::Timeout))
        .on(TOKEN, json(200, &granted("a", 3600)));
    let clock = ManualClock::new();
    let provider = provider(&script, &clock);
    provider.token(OWNER, deadline()).await.unwrap();
    assert_eq!(clock.slept()[0].as_secs(), 3);
}

#[tokio::test]
async fn a_login_service_that_stays_away_is_unavailable_after_three_attempts() {
    let mut script = Script::new();
    for _ in 0..3 {
        script = script.on(TOKEN, respond(503, &[], ""));
    }
    let error = provider(&script, &ManualClock::new()).token(OWNER, deadline()).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_is_not_begun() {
    let script = Script::new().on(TOKEN, respond(429, &[("Retry-After", "20")], ""));
    let clock = ManualClock::new();
    let soon = START + time::Duration::seconds(10);
    let error = provider(&script, &clock).token(OWNER, soon).await.unwrap_err();
    assert!(
        matches!(error, TokenError::Unavailable { retry_after: Some(after), .. } if after.as_secs() == 20)
    );
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn while_the_login_service_is_away_the_old_token_is_used_to_its_end() {
    let mut script = Script::new().on(TOKEN, json(200, &granted("a", 3600)));
    for _ in 0..6 {
        script = script.on(TOKEN, respond(503, &[], ""));
    }
    let clock = ManualClock::new();
    let provider = provider(&script, &clock);
    provider.token(OWNER, deadline()).await.unwrap();
    clock.advance(time::Duration::minutes(57));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), "a");
    clock.advance(time::Duration::minutes(4));
    assert!(provider.token(OWNER, deadline()).await.is_err());
}

#[cfg(feature = "certificate")]
#[tokio::test]
async fn a_certificate_is_exchanged_as_an_assertion() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/certificates");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let certificate = mto_graph::CertificateCredential::from_pem(
        &read("test-client.crt.pem"),
        &read("test-client.key.pem"),
    );
    let credential = Credential::Certificate(certificate.unwrap());
    let script = Script::new().on(TOKEN, json(200, &granted("a", 3600)));
    let provider = with_credential(&script, &ManualClock::new(), credential);
    provider.token(OWNER, deadline()).await.unwrap();
    let form: HashMap<_, _> = url::form_urlencoded::parse(&script.sent()[0].body).into_owned().collect();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(form["client_assertion_type"], kind);
    assert_eq!(form["client_assertion"].split('.').count(), 3);
    assert!(!form.contains_key("client_secret"));
}
