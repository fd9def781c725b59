//! What we prove with, to a tenant's login service, that we are the application it knows.

use secrecy::SecretString;
use time::OffsetDateTime;

use crate::assertion::{FederatedCredential, SourceError};

/// An application and its proof, for one tenant.
#[derive(Debug, Clone)]
pub struct TenantCredential {
    /// The application (client) id, as registered.
    pub client_id: String,
    /// The proof.
    pub credential: Credential,
}

/// A proof of being an application. More kinds will come.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A client secret: simple, and as good as the place it is kept in.
    ClientSecret(SecretString),
    /// A certificate: the private key signs, and never leaves us.
    #[cfg(feature = "certificate")]
    Certificate(crate::certificate::CertificateCredential),
    /// An identity elsewhere that the application trusts: nothing is stored.
    Federated(FederatedCredential),
}

/// The fields that a credential adds to a token request; values are secret.
pub(crate) type ProofFields = Vec<(&'static str, SecretString)>;

/// What a proof is made for.
#[cfg_attr(not(feature = "certificate"), expect(dead_code, reason = "only a signature needs all of it"))]
pub(crate) struct ProofRequest<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) token_endpoint: &'a str,
    pub(crate) now: OffsetDateTime,
    pub(crate) deadline: OffsetDateTime,
}

impl Credential {
    /// The proof for this token endpoint at this time.
    pub(crate) async fn proof(&self, request: &ProofRequest<'_>) -> Result<ProofFields, SourceError> {
        match self {
            Self::ClientSecret(secret) => Ok(vec![("client_secret", secret.clone())]),
            #[cfg(feature = "certificate")]
            Self::Certificate(certificate) => certificate
                .assertion(request.client_id, request.token_endpoint, request.now)
                .map(client_assertion)
                .map_err(|error| SourceError::Unusable(error.to_string())),
            Self::Federated(federated) => federated.assertion(request.deadline).await.map(client_assertion),
        }
    }
}

fn client_assertion(assertion: SecretString) -> ProofFields {
    vec![("client_assertion_type", SecretString::from(ASSERTION_TYPE)), ("client_assertion", assertion)]
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
