//! `POST {login}/{tenant}/oauth2/v2.0/token`
//!
//! Microsoft identity platform and the OAuth 2.0 client credentials flow.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::{Mutex as Gate, MutexGuard as Turn};
use url::form_urlencoded;
use uuid::Uuid;

use crate::body::clip;
use crate::clock::Clock;
use crate::credential::{ProofFields, ProofRequest, TenantCredential};
use crate::credential_source::CredentialSource;
use crate::retry::{MAX_PAUSE, backoff, read_retry_after};
use crate::token::{AccessToken, TokenError, TokenProvider};
use crate::transport::{TimeLimit, Transport, TransportError, TransportErrorKind};

/// A token is renewed this long before it ends (or a tenth of its life before, if that is less).
const RENEW_AHEAD: time::Duration = time::Duration::minutes(5);
/// Attempts at one token, the first included.
const MAX_ATTEMPTS: u32 = 3;
/// Longest text that is kept of a refusal.
const MAX_DESCRIPTION_CHARS: usize = 300;
/// Tokens live 60 to 90 minutes, 28 hours at most; a longer promise is not believed.
const MAX_LIFETIME_SECONDS: u32 = 28 * 3600;

/// Gets access tokens with each tenant's own credential, and keeps them.
///
/// # Guarantees
///
/// One token request a tenant at a time: callers that come meanwhile wait for it, until their own deadline at most, and
/// share its token. While the login service, or the place where the credential is kept, is down, an old token is used to its end. A credential is fetched
/// when the first token is wanted, and again after the login service refused it.
pub struct OAuthTokenProvider {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    login_root: String,
    scope: String,
    source: Arc<dyn CredentialSource>,
    kept: HashMap<Uuid, Kept>,
}

/// What is kept of a tenant.
#[derive(Default)]
struct Kept {
    cached: Mutex<Option<Cached>>,
    /// Held by who asks for the next token.
    gate: Gate<()>,
}

#[derive(Clone)]
struct Cached {
    token: AccessToken,
    renew_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
    error_codes: Vec<u32>,
}

/// Why one attempt failed, and whether another one makes sense.
struct Failure {
    error: TokenError,
    repeatable: bool,
}

impl OAuthTokenProvider {
    /// A provider for these tenants. `scope` is [`crate::Cloud::token_scope`], `login_root` [`crate::Cloud::login_root`].
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        login_root: impl Into<String>,
        scope: impl Into<String>,
        credentials: HashMap<Uuid, TenantCredential>,
    ) -> Self {
        let credentials: HashMap<Uuid, Arc<TenantCredential>> =
            credentials.into_iter().map(|(tenant, credential)| (tenant, Arc::new(credential))).collect();
        Self::with_source(transport, clock, login_root, scope, Arc::new(credentials))
    }

    /// A provider for the tenants of `source`, which is asked for a credential when a token is wanted, and not before.
    pub fn with_source(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        login_root: impl Into<String>,
        scope: impl Into<String>,
        source: Arc<dyn CredentialSource>,
    ) -> Self {
        let login_root = login_root.into().trim_end_matches('/').to_owned();
        let kept = source.tenants().into_iter().map(|tenant| (tenant, Kept::default())).collect();
        Self { transport, clock, login_root, scope: scope.into(), source, kept }
    }

    fn fresh(&self, kept: &Kept) -> Option<AccessToken> {
        kept.get().filter(|cached| self.clock.now() < cached.renew_at).map(|cached| cached.token)
    }

    /// The turn to ask; `None` once the deadline is past. Who has it before us may have a later one.
    async fn turn<'a>(&self, kept: &'a Kept, deadline: OffsetDateTime) -> Option<Turn<'a, ()>> {
        match select(pin!(kept.gate.lock()), self.clock.reached(deadline)).await {
            Either::Left((turn, _)) => Some(turn),
            Either::Right(((), _)) => None,
        }
    }

    async fn fetch(&self, tenant: Uuid, deadline: OffsetDateTime) -> Result<Cached, TokenError> {
        let mut failed = 0;
        loop {
            let Failure { error, repeatable } = match self.attempt(tenant, deadline).await {
                Ok(cached) => return Ok(cached),
                Err(failure) => failure,
            };
            failed += 1;
            let pause = wanted_pause(&error).unwrap_or_else(|| backoff(tenant, failed));
            let fits = pause <= MAX_PAUSE && self.clock.now() + pause < deadline;
            if !repeatable || failed >= MAX_ATTEMPTS || !fits {
                return Err(error);
            }
            self.clock.sleep(pause).await;
        }
    }

    async fn attempt(&self, tenant: Uuid, deadline: OffsetDateTime) -> Result<Cached, Failure> {
        let credential = self.source.credential(tenant, deadline).await.map_err(Failure::of_source)?;
        let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", self.login_root);
        let wanted = ProofRequest {
            client_id: &credential.client_id,
            token_endpoint: &endpoint,
            now: self.clock.now(),
            deadline,
        };
        let proof = credential.credential.proof(&wanted).await;
        let proof = proof.map_err(|error| Failure::of_source(error.for_tenant(tenant)))?;
        // a proof can have taken its time
        let asked_at = self.clock.now();
        let mut request = token_request(&endpoint, &credential.client_id, &self.scope, &proof)
            .map_err(|error| Failure::last(TokenError::Unusable { tenant, reason: error.to_string() }))?;
        let left = Duration::try_from(deadline - asked_at).unwrap_or_default();
        request.extensions_mut().insert(TimeLimit(left));
        let answer = self.transport.send(request).await.map_err(|error| unreachable(tenant, error))?;
        tracing::debug!(%tenant, status = answer.status().as_u16(), "login service answered");
        if answer.status().is_success() {
            return granted(tenant, answer.body(), asked_at);
        }
        let failure = refused(tenant, &answer, &proof, self.clock.now());
        if matches!(failure.error, TokenError::Refused { .. }) {
            self.source.forget(tenant).await;
        }
        Err(failure)
    }
}

#[async_trait]
impl TokenProvider for OAuthTokenProvider {
    async fn token(&self, tenant: Uuid, deadline: OffsetDateTime) -> Result<AccessToken, TokenError> {
        let kept = self.kept.get(&tenant).ok_or(TokenError::NoCredential(tenant))?;
        if let Some(fresh) = self.fresh(kept) {
            return Ok(fresh);
        }
        let _turn = self.turn(kept, deadline).await.ok_or_else(|| busy(tenant))?;
        // whoever was before us has brought one
        if let Some(fresh) = self.fresh(kept) {
            return Ok(fresh);
        }
        match self.fetch(tenant, deadline).await {
            Ok(new) => {
                let token = new.token.clone();
                kept.set(Some(new));
                Ok(token)
            }
            Err(error) => match kept.get() {
                Some(old) if error.is_transient() && self.clock.now() < old.expires_at => {
                    tracing::warn!(%tenant, %error, "token not renewed, the old one is still good");
                    Ok(old.token)
                }
                Some(_) | None => Err(error),
            },
        }
    }

    async fn invalidate(&self, tenant: Uuid) {
        if let Some(kept) = self.kept.get(&tenant) {
            kept.set(None);
        }
    }
}

impl Kept {
    fn get(&self) -> Option<Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, cached: Option<Cached>) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = cached;
    }
}

impl Failure {
    fn last(error: TokenError) -> Self {
        Self { error, repeatable: false }
    }

    fn again(error: TokenError) -> Self {
        Self { error, repeatable: true }
    }

    /// The credential, or the proof it makes, could not be had.
    fn of_source(error: TokenError) -> Self {
        Self { repeatable: error.is_transient(), error }
    }
}

fn wanted_pause(error: &TokenError) -> Option<Duration> {
    match error {
        TokenError::Unavailable { retry_after, .. } => *retry_after,
        TokenError::NoCredential(_) | TokenError::Refused { .. } | TokenError::Unusable { .. } => None,
    }
}

fn token_request(
    endpoint: &str,
    client_id: &str,
    scope: &str,
    proof: &ProofFields,
) -> Result<http::Request<Bytes>, http::Error> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", client_id)
        .append_pair("scope", scope)
        .append_pair("grant_type", "client_credentials");
    for (name, value) in proof {
        form.append_pair(name, value.expose_secret());
    }
    http::Request::builder()
        .method(Method::POST)
        .uri(endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(form.finish()))
}

fn busy(tenant: Uuid) -> TokenError {
    let reason = "another call was still asking the login service when this one's time was over".to_owned();
    TokenError::Unavailable { tenant, reason, retry_after: None, source: None }
}

fn unreachable(tenant: Uuid, source: TransportError) -> Failure {
    // asking for a token changes nothing: repeatable even after a lost answer
    let repeatable = match source.kind() {
        TransportErrorKind::NotSent | TransportErrorKind::Timeout | TransportErrorKind::Interrupted => true,
        TransportErrorKind::TooLarge { .. } => false,
    };
    let reason = "the login service did not answer".to_owned();
    Failure {
        error: TokenError::Unavailable { tenant, reason, retry_after: None, source: Some(source) },
        repeatable,
    }
}

fn granted(tenant: Uuid, body: &[u8], asked_at: OffsetDateTime) -> Result<Cached, Failure> {
    // the reader's own message could quote the token
    let granted: Granted = serde_json::from_slice(body).map_err(|_| {
        let reason = "the login service's answer has no access_token and expires_in".to_owned();
        Failure::again(TokenError::Unavailable { tenant, reason, retry_after: None, source: None })
    })?;
    let lifetime = time::Duration::seconds(granted.expires_in.min(MAX_LIFETIME_SECONDS).into());
    let expires_at = asked_at + lifetime;
    Ok(Cached {
        token: AccessToken::new(granted.access_token),
        renew_at: expires_at - RENEW_AHEAD.min(lifetime / 10),
        expires_at,
    })
}

fn refused(
    tenant: Uuid,
    answer: &http::Response<Bytes>,
    proof: &ProofFields,
    now: OffsetDateTime,
) -> Failure {
    let status = answer.status();
    let is_busy = status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || status.is_server_error();
    if is_busy {
        let header = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|text| read_retry_after(text, now));
        let reason = format!("the login service answered {status}");
        return Failure::again(TokenError::Unavailable { tenant, reason, retry_after, source: None });
    }
    let refusal: Refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
    let description = refusal.error_description.as_deref().unwrap_or_default();
    Failure::last(TokenError::Refused {
        tenant,
        code: refusal_code(&refusal, description, status),
        description: clip(&without_secrets(description, proof), MAX_DESCRIPTION_CHARS),
    })
}

/// `AADSTS…` from the text or the list of numbers; the OAuth error, or the status, when there is neither.
fn refusal_code(refusal: &Refusal, description: &str, status: StatusCode) -> String {
    let digits = description
        .strip_prefix("AADSTS")
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).take(12).collect::<String>());
    match (digits.filter(|digits| !digits.is_empty()), refusal.error_codes.first(), &refusal.error) {
        (Some(digits), _, _) => format!("AADSTS{digits}"),
        (None, Some(number), _) => format!("AADSTS{number}"),
        (None, None, Some(error)) => clip(error, 60),
        (None, None, None) => format!("HTTP {}", status.as_u16()),
    }
}

/// A service could quote what it was sent; our tickets and logs must not.
fn without_secrets(text: &str, proof: &ProofFields) -> String {
    proof
        .iter()
        .filter(|(name, value)| *name != "client_assertion_type" && !value.expose_secret().is_empty())
        .fold(text.to_owned(), |text, (_, value)| text.replace(value.expose_secret(), "[secret]"))
}
