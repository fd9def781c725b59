//! Access tokens: opaque for clients (8.7), a row in a table for us.
//!
//! They are shaped like the service's, header.payload.signature, because official clients look into them. The
//! signature is no signature but an id that looks random: a token is known by its whole text, so a changed
//! payload makes it unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::tenant::{SignIn, Tenant};
use super::{World, later};
use crate::ids;
use crate::permissions::DIRECTORY_ROLES;

/// Most valid tokens; beyond that the one that expires first goes.
const MAX_TOKENS: usize = 10_000;
/// The lifetime is between 60 and 90 minutes (8.7).
const LIFETIME_SECONDS: std::ops::Range<u64> = 3_600..5_400;

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    valid: BTreeMap<String, Token>,
    /// No valid token expires before that, so that nobody has to look through all of them every time.
    first_expiry: Option<OffsetDateTime>,
    /// Expired ones are told from unknown ones for as long as they are remembered.
    expired: BTreeSet<String>,
    /// Assertions that were used, until they expire.
    used: BTreeMap<String, OffsetDateTime>,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) tenant: Uuid,
    pub(crate) client_id: Uuid,
    /// Application permissions, or with a user the delegated ones.
    pub(crate) permissions: Arc<BTreeSet<String>>,
    /// Who signed in; none for the application itself.
    pub(crate) user: Option<Uuid>,
    pub(crate) expires_at: OffsetDateTime,
}

pub(crate) enum Found<'a> {
    Valid(&'a Token),
    Expired,
    Unknown,
}

impl Tokens {
    pub(crate) fn find(&self, bearer: &str) -> Found<'_> {
        match self.valid.get(bearer) {
            Some(token) => Found::Valid(token),
            None if self.expired.contains(bearer) => Found::Expired,
            None => Found::Unknown,
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Token> {
        self.valid.values()
    }

    pub(super) fn revoke(&mut self, tenant: Uuid) {
        self.valid.retain(|_, token| token.tenant != tenant);
    }

    pub(super) fn forget_expired(&mut self, now: OffsetDateTime) {
        self.used.retain(|_, expires_at| *expires_at > now);
        if self.first_expiry.is_none_or(|first| first > now) {
            return;
        }
        let gone: Vec<String> = self
            .valid
            .iter()
            .filter(|(_, token)| token.expires_at <= now)
            .map(|(text, _)| text.clone())
            .collect();
        for text in gone {
            self.valid.remove(&text);
            if self.expired.len() >= MAX_TOKENS {
                self.expired.clear();
            }
            self.expired.insert(text);
        }
        self.first_expiry = self.valid.values().map(|token| token.expires_at).min();
    }

    /// Notes that an assertion was used; false where it was used before.
    #[cfg_attr(
        not(feature = "assertions"),
        expect(dead_code, reason = "called where assertions are verified")
    )]
    pub(crate) fn use_once(&mut self, assertion_id: String, expires_at: OffsetDateTime) -> bool {
        if self.used.len() >= MAX_TOKENS {
            self.used.clear();
        }
        self.used.insert(assertion_id, expires_at).is_none()
    }

    fn keep(&mut self, text: String, token: Token) {
        if self.valid.len() >= MAX_TOKENS {
            let first = self.valid.iter().min_by_key(|(_, token)| token.expires_at);
            let first = first.map(|(text, _)| text.clone());
            first.and_then(|text| self.valid.remove(&text));
        }
        let first = self.first_expiry.unwrap_or(token.expires_at);
        self.first_expiry = Some(first.min(token.expires_at));
        self.valid.insert(text, token);
    }
}

impl World {
    /// A new token and its lifetime in seconds: both look random and are the same in every run.
    pub(crate) fn issue_token(
        &mut self,
        tenant: Uuid,
        client_id: Uuid,
        permissions: BTreeSet<String>,
        user: Option<Uuid>,
    ) -> (String, u64) {
        let seed = self.fresh_id("token");
        let span = LIFETIME_SECONDS.end - LIFETIME_SECONDS.start;
        let lifetime = LIFETIME_SECONDS.start + u64::from(seed.as_fields().0) % span;
        let expires_at = later(self.now, lifetime);
        let permissions = Arc::new(permissions);
        let token = Token { tenant, client_id, permissions, user, expires_at };
        let claims = self.tenants.get(&tenant).map_or(Value::Null, |tenant| {
            let mut claims = claims(tenant, &token, self.now);
            claims["uti"] = json!(seed.simple().to_string());
            claims
        });
        let text = shaped(&claims, seed);
        self.tokens.keep(text.clone(), token);
        (text, lifetime)
    }
}

fn shaped(claims: &Value, seed: Uuid) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "simulated"});
    let part = |name: &str| ids::derive(name, &[&seed.to_string()]).simple().to_string();
    let signature = format!("{}{}{}", part("first"), part("second"), part("third"));
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encode(&header), encode(claims))
}

/// What clients were seen to read, with the service's names; `roles` app-only, `scp` delegated (8.7).
fn claims(tenant: &Tenant, token: &Token, now: OffsetDateTime) -> Value {
    let id = tenant.tenant_id;
    let application = tenant.application(token.client_id);
    let mut claims = json!({
        "aud": "https://graph.microsoft.com",
        "iss": format!("https://sts.windows.net/{id}/"),
        "iat": now.unix_timestamp(),
        "nbf": now.unix_timestamp(),
        "exp": token.expires_at.unix_timestamp(),
        "tid": id,
        "appid": token.client_id,
        "app_displayname": application.map(|application| &application.display_name),
        "ver": "1.0",
    });
    let own = if let Some(user) = token.user.and_then(|user| tenant.sign_in(user)) {
        delegated_claims(user, token)
    } else {
        let object = tenant.service_principal(token.client_id);
        json!({"idtyp": "app", "oid": object, "sub": object, "roles": *token.permissions})
    };
    if let (Value::Object(claims), Value::Object(own)) = (&mut claims, own) {
        claims.extend(own);
    }
    claims
}

fn delegated_claims(user: &SignIn, token: &Token) -> Value {
    let template = |role: &String| DIRECTORY_ROLES.iter().find(|(name, _)| name == role).map(|(_, id)| *id);
    let scopes: Vec<&str> = token.permissions.iter().map(String::as_str).collect();
    json!({
        "idtyp": "user",
        "oid": user.id,
        "sub": user.id,
        "upn": user.user_principal_name,
        "unique_name": user.user_principal_name,
        "name": user.name(),
        "scp": scopes.join(" "),
        "wids": user.roles.iter().filter_map(template).collect::<Vec<_>>(),
    })
}
