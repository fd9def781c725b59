//! Credentials that are fetched when they are needed: federated ones, token files, rotation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::support::*;
use async_trait::async_trait;
use mto_graph::{
    AssertionSource, Cloud, Credential, CredentialSource, FederatedCredential, OAuthTokenProvider,
    SourceError, TenantCredential, TokenError, TokenFileSource, TokenProvider,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

const TOKEN: &str =
    "POST https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_";

fn deadline() -> OffsetDateTime {
    START + time::Duration::hours(2)
}

/// Gives what it was told, in order.
struct Assertions(Mutex<VecDeque<Result<&'static str, SourceError>>>);

#[async_trait]
impl AssertionSource for Assertions {
    async fn assertion(&self, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let next = self.0.lock().unwrap().pop_front();
        next.expect("asked more often than expected").map(SecretString::from)
    }
}

fn federated(tokens: Vec<Result<&'static str, SourceError>>) -> Credential {
    Credential::Federated(FederatedCredential::new(Arc::new(Assertions(Mutex::new(tokens.into())))))
}

/// Gives these credentials in turn, the next one after each refusal.
struct Rotating {
    credentials: Mutex<VecDeque<Result<Credential, SourceError>>>,
    asked: Mutex<u32>,
}

#[async_trait]
impl CredentialSource for Rotating {
    fn tenants(&self) -> Vec<Uuid> {
        vec![OWNER]
    }

    async fn credential(
        &self,
        tenant: Uuid,
        _deadline: OffsetDateTime,
    ) -> Result<Arc<TenantCredential>, TokenError> {
        *self.asked.lock().unwrap() += 1;
        let mut credentials = self.credentials.lock().unwrap();
        let first = credentials.front().cloned().expect("a credential");
        if first.is_err() {
            credentials.pop_front();
        }
        let credential = first.map_err(|error: SourceError| error.for_tenant(tenant))?;
        Ok(Arc::new(TenantCredential { client_id: "app-1".to_owned(), credential }))
    }

    async fn forget(&self, _tenant: Uuid) {
        self.credentials.lock().unwrap().pop_front();
    }
}

fn provider(
    script: &Script,
    clock: &ManualClock,
    credentials: Vec<Result<Credential, SourceError>>,
) -> (OAuthTokenProvider, Arc<Rotating>) {
    let source = Arc::new(Rotating { credentials: Mutex::new(credentials.into()), asked: Mutex::default() });
    let cloud = Cloud::global();
    let provider = OAuthTokenProvider::with_source(
        Arc::new(script.clone()),
        Arc::new(clock.clone()),
        cloud.login_root(),
        cloud.token_scope(),
        source.clone(),
    );
    (provider, source)
}

fn granted(script: Script) -> Script {
    script.on(TOKEN, json(200, &golden("token_granted")))
}

fn away<T>() -> Result<T, SourceError> {
    Err(SourceError::Unavailable("it is busy".to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "one of several that a source gives in turn")]
fn secret(text: &str) -> Result<Credential, SourceError> {
    Ok(Credential::ClientSecret(SecretString::from(text)))
}

#[tokio::test]
async fn a_web_identity_token_is_exchanged_as_a_client_assertion() {
    let script = granted(Script::new());
    let (provider, _) = provider(&script, &ManualClock::new(), vec![Ok(federated(vec![Ok(JWT)]))]);
    provider.token(OWNER, deadline()).await.unwrap();
    let form = format!(
        "client_id=app-1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&grant_type=client_credentials\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion={JWT}"
    );
    assert_eq!(script.sent()[0].body, form);
}

#[tokio::test]
async fn each_exchange_has_a_new_web_identity_token() {
    let script = granted(granted(Script::new()));
    let credential = federated(vec![Ok("a.b.c"), Ok("d.e.f")]);
    let (provider, _) = provider(&script, &ManualClock::new(), vec![Ok(credential)]);
    provider.token(OWNER, deadline()).await.unwrap();
    provider.invalidate(OWNER).await;
    provider.token(OWNER, deadline()).await.unwrap();
    let sent = script.sent();
    assert!(sent[0].body.ends_with(b"client_assertion=a.b.c"));
    assert!(sent[1].body.ends_with(b"client_assertion=d.e.f"));
}

#[tokio::test]
async fn a_source_that_is_away_for_a_moment_is_asked_again() {
    let script = granted(Script::new());
    let credentials = vec![away(), Ok(federated(vec![away(), Ok(JWT)]))];
    let clock = ManualClock::new();
    let (provider, _) = provider(&script, &clock, credentials);
    provider.token(OWNER, deadline()).await.unwrap();
    assert_eq!(clock.slept().len(), 2);
}

#[tokio::test]
async fn a_source_that_stays_away_is_unavailable_and_says_why() {
    let script = Script::new();
    let credential = federated(vec![away(), away(), away()]);
    let (provider, _) = provider(&script, &ManualClock::new(), vec![Ok(credential)]);
    let error = provider.token(OWNER, deadline()).await.unwrap_err();
    assert!(error.is_transient());
    assert!(error.to_string().ends_with("it is busy"), "{error}");
}

#[tokio::test]
async fn what_somebody_has_to_change_is_not_tried_again() {
    for refused in [Err(SourceError::Unusable("not enabled".to_owned())), Ok(federated(vec![Ok("no-jwt")]))] {
        let (provider, source) = provider(&Script::new(), &ManualClock::new(), vec![refused]);
        let error = provider.token(OWNER, deadline()).await.unwrap_err();
        assert!(matches!(error, TokenError::Unusable { tenant: OWNER, .. }), "{error:?}");
        assert_eq!(*source.asked.lock().unwrap(), 1);
    }
}

#[tokio::test]
async fn what_is_no_web_identity_token_is_sent_nowhere_and_printed_nowhere() {
    let key = "-----BEGIN PRIVATE KEY-----";
    for text in [key, "a.b", "a..c", "a.b.c.d", "a.b.c d", ""] {
        let (provider, _) =
            provider(&Script::new(), &ManualClock::new(), vec![Ok(federated(vec![Ok(text)]))]);
        let error = provider.token(OWNER, deadline()).await.unwrap_err();
        assert!(matches!(error, TokenError::Unusable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains(key));
    }
}

#[tokio::test]
async fn a_fresh_federated_credential_is_refused_with_its_code_and_without_the_token() {
    let body = json!({"error": "invalid_request", "error_codes": [70_021],
        "error_description": format!("AADSTS70021: No matching federated identity record found. {JWT}")});
    let script = Script::new().on(TOKEN, json(400, &body));
    let credential = federated(vec![Ok(JWT)]);
    assert_eq!(format!("{credential:?}"), "Federated(FederatedCredential { .. })");
    let (provider, _) = provider(&script, &ManualClock::new(), vec![Ok(credential), secret("next")]);
    let error = provider.token(OWNER, deadline()).await.unwrap_err();
    assert!(matches!(&error, TokenError::Refused { code, .. } if code == "AADSTS70021"), "{error:?}");
    assert!(!format!("{error} {error:?}").contains(JWT), "{error}");
}

#[tokio::test]
async fn after_a_refusal_the_credential_is_read_again() {
    let script = granted(Script::new().on(TOKEN, json(401, &golden("token_refused_secret"))));
    let (provider, _) = provider(&script, &ManualClock::new(), vec![secret("old"), secret("new")]);
    assert!(matches!(provider.token(OWNER, deadline()).await, Err(TokenError::Refused { .. })));
    provider.token(OWNER, deadline()).await.unwrap();
    let sent = script.sent();
    assert!(sent[0].body.ends_with(b"client_secret=old"));
    assert!(sent[1].body.ends_with(b"client_secret=new"));
}

#[tokio::test]
async fn nothing_is_fetched_before_a_token_is_wanted_or_while_one_is_good() {
    let script = granted(Script::new());
    let (provider, source) = provider(&script, &ManualClock::new(), vec![secret("s")]);
    assert_eq!(*source.asked.lock().unwrap(), 0);
    provider.token(OWNER, deadline()).await.unwrap();
    provider.token(OWNER, deadline()).await.unwrap();
    assert_eq!(*source.asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn while_the_credential_cannot_be_had_the_old_token_is_used() {
    let script = granted(Script::new());
    let clock = ManualClock::new();
    let (provider, source) = provider(&script, &clock, vec![secret("s")]);
    let old = provider.token(OWNER, deadline()).await.unwrap();
    *source.credentials.lock().unwrap() = vec![away(), away(), away()].into();
    clock.advance(time::Duration::minutes(57));
    assert_eq!(provider.token(OWNER, deadline()).await.unwrap().expose(), old.expose());
}

fn token_file(name: &str, content: &[u8]) -> (TokenFileSource, PathBuf) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("token-file-{name}"));
    std::fs::write(&path, content).unwrap();
    (TokenFileSource::new(&path), path)
}

#[tokio::test]
async fn a_token_file_is_read_each_time_and_trimmed() {
    let (source, path) = token_file("fresh", b"\n a.b.c \n");
    assert_eq!(source.assertion(deadline()).await.unwrap().expose_secret(), "a.b.c");
    std::fs::write(path, "d.e.f").unwrap();
    assert_eq!(source.assertion(deadline()).await.unwrap().expose_secret(), "d.e.f");
}

#[tokio::test]
async fn an_empty_token_file_can_be_full_in_a_moment() {
    let (source, _) = token_file("empty", b" \n");
    assert!(matches!(source.assertion(deadline()).await, Err(SourceError::Unavailable(_))));
}

#[tokio::test]
async fn a_token_file_that_is_missing_too_long_or_no_text_is_named() {
    let missing = TokenFileSource::new(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("token-file-missing"));
    let folder = TokenFileSource::new(env!("CARGO_TARGET_TMPDIR"));
    let long = token_file("long", &vec![b'a'; 32 * 1024 + 1]).0;
    let binary = token_file("binary", &[0xff, 0xfe]).0;
    for source in [missing, folder, long, binary] {
        let error = source.assertion(deadline()).await.unwrap_err();
        assert!(matches!(error, SourceError::Unusable(_)), "{error:?}");
        assert!(error.to_string().starts_with("the token file /"), "{error}");
    }
}
