//! Federated credentials: a token of another identity provider, exchanged as a client assertion. No secret is stored.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::token::TokenError;

/// The audience that a web identity token has to be made for: the login service of the global cloud, the only cloud
/// with multi-tenant organizations.
pub const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// Longer texts are no web identity token. Those of Kubernetes and AWS have one to four KiB.
pub(crate) const MAX_ASSERTION_BYTES: usize = 32 * 1024;

/// Gives web identity tokens that say who this process is.
///
/// # Assumptions
///
/// The login service knows the issuer, and the application has a federated credential for its tokens' issuer, subject
/// and audience, letter by letter. It verifies RS256 only.
#[async_trait]
pub trait AssertionSource: Send + Sync {
    /// A token (JWT) for the audience [`TOKEN_EXCHANGE_AUDIENCE`], good for at least the next minute.
    ///
    /// # Errors
    ///
    /// See [`SourceError`]; nothing is tried beyond `deadline`.
    async fn assertion(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError>;
}

/// A credential, or a part of one, could not be had. The texts never hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It will pass.
    #[error("{0}")]
    Unavailable(String),
    /// Somebody has to change something; the text says what.
    #[error("{0}")]
    Unusable(String),
}

impl SourceError {
    /// What it means to who wanted a token for this tenant.
    pub fn for_tenant(self, tenant: Uuid) -> TokenError {
        match self {
            Self::Unavailable(reason) => {
                TokenError::Unavailable { tenant, reason, retry_after: None, source: None }
            }
            Self::Unusable(reason) => TokenError::Unusable { tenant, reason },
        }
    }
}

/// The right to act as an application, given to an identity elsewhere.
#[derive(Clone)]
pub struct FederatedCredential {
    source: Arc<dyn AssertionSource>,
}

impl FederatedCredential {
    /// A credential whose assertions come from `source`: a new one for each access token.
    pub fn new(source: Arc<dyn AssertionSource>) -> Self {
        Self { source }
    }

    pub(crate) async fn assertion(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let token = self.source.assertion(deadline).await?;
        // whatever else a file holds by mistake, a private key say, must not be sent anywhere
        if is_jwt(token.expose_secret()) {
            return Ok(token);
        }
        Err(SourceError::Unusable(
            "the web identity token is no JWT: three base64url texts with dots between them".to_owned(),
        ))
    }
}

impl fmt::Debug for FederatedCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FederatedCredential").finish_non_exhaustive()
    }
}

fn is_jwt(text: &str) -> bool {
    let is_base64url = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.len() <= MAX_ASSERTION_BYTES && text.split('.').count() == 3 && text.split('.').all(is_base64url)
}
