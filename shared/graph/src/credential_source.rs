//! Where credentials come from: out of memory, or fetched when they are needed first.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::credential::TenantCredential;
use crate::token::TokenError;

/// Gives the credential of a tenant when a token is needed, and not before.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// The tenants it has a credential for. The answer never changes.
    fn tenants(&self) -> Vec<Uuid>;

    /// The credential of a tenant. It is asked for before every exchange, so it should be kept.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoCredential`], or what [`SourceError::for_tenant`](crate::SourceError::for_tenant) makes; nothing
    /// is tried beyond `deadline`.
    async fn credential(
        &self,
        tenant: Uuid,
        deadline: OffsetDateTime,
    ) -> Result<Arc<TenantCredential>, TokenError>;

    /// The login service has refused the tenant's credential: read it again before it is used next, for it can have
    /// been rotated.
    async fn forget(&self, tenant: Uuid);
}

/// Credentials that are at hand, and stay as they are.
#[async_trait]
impl<S: BuildHasher + Send + Sync> CredentialSource for HashMap<Uuid, Arc<TenantCredential>, S> {
    fn tenants(&self) -> Vec<Uuid> {
        self.keys().copied().collect()
    }

    async fn credential(
        &self,
        tenant: Uuid,
        _deadline: OffsetDateTime,
    ) -> Result<Arc<TenantCredential>, TokenError> {
        self.get(&tenant).cloned().ok_or(TokenError::NoCredential(tenant))
    }

    async fn forget(&self, _tenant: Uuid) {}
}
