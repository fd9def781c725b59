//! Access tokens: what the client needs to know of them.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::transport::TransportError;

/// Hands out access tokens, one kind per tenant.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// A token for this tenant's Graph that is good for at least the next request.
    ///
    /// # Errors
    ///
    /// See [`TokenError`]; nothing is tried beyond `deadline`.
    async fn token(&self, tenant: Uuid, deadline: OffsetDateTime) -> Result<AccessToken, TokenError>;

    /// Graph has refused the tenant's token: the next one must be a new one.
    async fn invalidate(&self, tenant: Uuid);
}

/// A bearer token; opaque, and never printed.
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Wraps a token as the token endpoint gave it.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }

    /// The token itself, for the `Authorization` header and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// There is no access token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No credential is configured for the tenant: by design we do not act there.
    #[error("no credential for tenant {0}")]
    NoCredential(Uuid),
    /// The login service does not accept our credential. Nothing but a changed configuration helps, except that a
    /// fresh federated credential can need minutes (`AADSTS70021`).
    #[error("tenant {tenant} refuses the credential: {code}: {description}")]
    Refused {
        /// Whose login service refused.
        tenant: Uuid,
        /// `AADSTS…`, or the OAuth error when there is none.
        code: String,
        /// The service's text, clipped, on one line, without our secret.
        description: String,
    },
    /// The credential cannot be used to ask for a token, or cannot be had; somebody has to change something.
    #[error("the credential for tenant {tenant} cannot be used: {reason}")]
    Unusable {
        /// The tenant whose credential it is.
        tenant: Uuid,
        /// What is wrong with it.
        reason: String,
    },
    /// The login service, or the place where the credential is kept, cannot be reached or is too busy. It will pass.
    #[error("no token for tenant {tenant}: {reason}")]
    Unavailable {
        /// Whose token it was to be.
        tenant: Uuid,
        /// What happened.
        reason: String,
        /// How long the service asks us to wait, if it says so.
        retry_after: Option<Duration>,
        /// What the transport says, if it was the transport.
        #[source]
        source: Option<TransportError>,
    },
}

impl TokenError {
    /// Whether trying again later can help without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
