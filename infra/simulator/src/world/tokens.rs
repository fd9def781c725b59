//! Access tokens: opaque for clients (8.7), a row in a table for us.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use uuid::Uuid;

use super::{World, later};
use crate::ids;

/// Most valid tokens; beyond that the one that expires first goes.
const MAX_TOKENS: usize = 10_000;
/// The lifetime is between 60 and 90 minutes (8.7).
const LIFETIME_SECONDS: std::ops::Range<u64> = 3_600..5_400;

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    valid: BTreeMap<String, Token>,
    /// Expired ones are told from unknown ones for as long as they are remembered.
    expired: BTreeSet<String>,
    /// Assertions that were used, until they expire.
    used: BTreeMap<String, OffsetDateTime>,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) tenant: Uuid,
    pub(crate) client_id: Uuid,
    pub(crate) permissions: BTreeSet<String>,
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
        self.used.retain(|_, expires_at| *expires_at > now);
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
}

impl World {
    /// A new token and its lifetime in seconds: both look random and are the same in every run.
    pub(crate) fn issue_token(
        &mut self,
        tenant: Uuid,
        client_id: Uuid,
        permissions: BTreeSet<String>,
    ) -> (String, u64) {
        let seed = self.fresh_id("token");
        let part =
            |name: &str| ids::derive(name, &[&seed.to_string(), &tenant.to_string()]).simple().to_string();
        let text = format!("{}{}{}", part("first"), part("second"), part("third"));
        let span = LIFETIME_SECONDS.end - LIFETIME_SECONDS.start;
        let lifetime = LIFETIME_SECONDS.start + u64::from(seed.as_fields().0) % span;
        let expires_at = later(self.now, lifetime);
        if self.tokens.valid.len() >= MAX_TOKENS {
            let first = self
                .tokens
                .valid
                .iter()
                .min_by_key(|(_, token)| token.expires_at)
                .map(|(text, _)| text.clone());
            first.and_then(|text| self.tokens.valid.remove(&text));
        }
        self.tokens.valid.insert(text.clone(), Token { tenant, client_id, permissions, expires_at });
        (text, lifetime)
    }
}
