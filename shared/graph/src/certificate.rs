//! Certificates as credentials: a JSON web token signed with PS256 instead of a shared secret.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use secrecy::SecretString;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

/// How long an assertion is good for. It is used at once; this is for clocks that differ (5 to 10 min are advised).
const ASSERTION_LIFETIME: time::Duration = time::Duration::minutes(10);

/// A certificate and its private key.
#[derive(Clone)]
pub struct CertificateCredential {
    key: Arc<RsaKeyPair>,
    thumbprint: String,
}

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CertificateError {
    /// The text is not PEM.
    #[error("{what} is not PEM ({reason}); it starts with -----BEGIN …-----")]
    NotPem {
        /// The certificate or the private key.
        what: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// The text is PEM, of something else.
    #[error("{what} has no {wanted:?} block, only {found:?}")]
    Missing {
        /// The certificate or the private key.
        what: &'static str,
        /// The label that is needed.
        wanted: &'static str,
        /// The labels that are there.
        found: Vec<String>,
    },
    /// The key is in the older format of openssl.
    #[error(
        "the private key is PKCS#1 and has to be PKCS#8: \
         openssl pkcs8 -topk8 -nocrypt -in key.pem -out key.pkcs8.pem"
    )]
    Pkcs1,
    /// The key is encrypted.
    #[error(
        "the private key is encrypted; keep it where secrets are kept and decrypt it: \
             openssl pkcs8 -topk8 -nocrypt -in key.pem -out key.pkcs8.pem"
    )]
    Encrypted,
    /// The key is too short to be accepted.
    #[error("the private key has fewer than 2048 bits")]
    TooShort,
    /// The key is not one that PS256 can be made with.
    #[error("the private key cannot be used ({reason}); RSA of 2048 to 4096 bits is needed")]
    BadKey {
        /// What the cryptography library says.
        reason: String,
    },
    /// Key and certificate are of different pairs.
    #[error("the private key does not belong to the certificate")]
    NotAPair,
    /// No random numbers, or no memory.
    #[error("signing failed")]
    Signing,
}

impl CertificateCredential {
    /// Reads an X.509 certificate and its RSA private key (PKCS#8, not encrypted). Both may be given the same text; the
    /// first block of each kind counts.
    ///
    /// # Errors
    ///
    /// When one of them is something else, with what to do about it.
    pub fn from_pem(certificate_pem: &str, private_key_pkcs8_pem: &str) -> Result<Self, CertificateError> {
        let certificate = block("the certificate", "CERTIFICATE", certificate_pem)?;
        let key = block("the private key", "PRIVATE KEY", private_key_pkcs8_pem)?;
        let key = RsaKeyPair::from_pkcs8(key.contents()).map_err(|error| rejected(&error))?;
        // the DER of a certificate holds the DER of its public key as it is: no need for an X.509 parser
        let public = key.public().as_ref();
        if !certificate.contents().windows(public.len()).any(|window| window == public) {
            return Err(CertificateError::NotAPair);
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate.contents());
        Ok(Self { key: Arc::new(key), thumbprint: URL_SAFE_NO_PAD.encode(digest) })
    }

    /// The certificate's SHA-256 fingerprint in base64url, as `x5t#S256` names it.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// A client assertion for this token endpoint.
    pub(crate) fn assertion(
        &self,
        client_id: &str,
        token_endpoint: &str,
        now: OffsetDateTime,
    ) -> Result<SecretString, CertificateError> {
        // the one edge with real randomness: `jti` has to be unique for ever, and the signature is salted anyway
        let random = SystemRandom::new();
        let mut jti = [0; 16];
        random.fill(&mut jti).map_err(|_| CertificateError::Signing)?;
        let jti = uuid::Builder::from_random_bytes(jti).into_uuid();
        let signing_input = self.signing_input(client_id, token_endpoint, now, jti);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &random, signing_input.as_bytes(), &mut signature)
            .map_err(|_| CertificateError::Signing)?;
        Ok(SecretString::from(format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    fn signing_input(&self, client_id: &str, token_endpoint: &str, now: OffsetDateTime, jti: Uuid) -> String {
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": token_endpoint,
            "iss": client_id,
            "sub": client_id,
            "jti": jti,
            "nbf": now.unix_timestamp(),
            "iat": now.unix_timestamp(),
            "exp": (now + ASSERTION_LIFETIME).unix_timestamp(),
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}", encode(&header), encode(&claims))
    }
}

impl fmt::Debug for CertificateCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CertificateCredential")
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

/// The first block of this label.
fn block(what: &'static str, wanted: &'static str, text: &str) -> Result<pem::Pem, CertificateError> {
    let blocks = pem::parse_many(text)
        .map_err(|error| CertificateError::NotPem { what, reason: error.to_string() })?;
    let found: Vec<String> = blocks.iter().map(|block| block.tag().to_owned()).collect();
    if let Some(block) = blocks.into_iter().find(|block| block.tag() == wanted) {
        return Ok(block);
    }
    let has = |label: &str| wanted == "PRIVATE KEY" && found.iter().any(|tag| tag == label);
    Err(if found.is_empty() {
        CertificateError::NotPem { what, reason: "no block found".to_owned() }
    } else if has("RSA PRIVATE KEY") {
        CertificateError::Pkcs1
    } else if has("ENCRYPTED PRIVATE KEY") {
        CertificateError::Encrypted
    } else {
        CertificateError::Missing { what, wanted, found }
    })
}

/// The library's reasons are words without spaces; one of them is common enough to be explained.
fn rejected(error: &ring::error::KeyRejected) -> CertificateError {
    match error.to_string() {
        reason if reason == "TooSmall" => CertificateError::TooShort,
        reason => CertificateError::BadKey { reason },
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
