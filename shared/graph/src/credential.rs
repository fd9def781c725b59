//! What we prove with, to a tenant's login service, that we are the application it knows.

use secrecy::SecretString;

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
}

/// The fields that a credential adds to a token request; values are secret.
pub(crate) type ProofFields = Vec<(&'static str, SecretString)>;

impl Credential {
    /// The proof for this token endpoint at this time.
    #[cfg_attr(
        not(feature = "certificate"),
        expect(unused_variables, reason = "only a signature needs them")
    )]
    #[cfg_attr(not(feature = "certificate"), expect(clippy::unnecessary_wraps, reason = "signing can fail"))]
    pub(crate) fn proof(
        &self,
        client_id: &str,
        token_endpoint: &str,
        now: time::OffsetDateTime,
    ) -> Result<ProofFields, String> {
        match self {
            Self::ClientSecret(secret) => Ok(vec![("client_secret", secret.clone())]),
            #[cfg(feature = "certificate")]
            Self::Certificate(certificate) => {
                let assertion = certificate
                    .assertion(client_id, token_endpoint, now)
                    .map_err(|error| error.to_string())?;
                Ok(vec![
                    ("client_assertion_type", SecretString::from(ASSERTION_TYPE)),
                    ("client_assertion", assertion),
                ])
            }
        }
    }
}

#[cfg(feature = "certificate")]
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
