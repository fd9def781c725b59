//! Whether a request comes from who it says: HMAC-SHA256 over its bytes, compared in constant time by ring.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use futures_util::FutureExt as _;
use mto_handler::{Backends, ConfigError, EdgeSecret, Environment, SecretReference};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use crate::senders::Signed;

/// The field of the configuration that refers to secrets.
const FIELD: &str = "secrets";

/// Padding is not told apart: products write it, people who copy lose it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads base64, with or without padding.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// How a secret is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// The key's bytes are the text's.
    Text,
    /// Base64.
    Base64,
    /// Base64 behind `whsec_`, which may be left out (Standard Webhooks).
    Whsec,
}

impl Writing {
    fn key(self, secret: &SecretString) -> Result<hmac::Key, &'static str> {
        let text = secret.expose_secret().trim();
        let bytes = match self {
            Self::Text => text.as_bytes().to_vec(),
            Self::Base64 => from_base64(text).ok_or("is not base64; copy it again from the product")?,
            Self::Whsec => from_base64(text.strip_prefix("whsec_").unwrap_or(text))
                .ok_or("is not whsec_ and base64; copy it again from the sender")?,
        };
        if bytes.is_empty() {
            return Err("is empty; give the secret that the sender signs with");
        }
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }
}

/// Why a signature did not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unverified {
    /// No secret fits.
    #[error("the signature does not fit any of the sender's secrets")]
    Refused,
    /// None that could be read fits, and one could not be read.
    #[error("a secret cannot be used: {0}")]
    Unavailable(String),
}

/// The secrets of a sender. Any of them verifies, so that they can be rotated.
#[derive(Debug)]
pub(crate) struct Keys {
    secrets: Vec<EdgeSecret>,
    writing: Writing,
}

impl Keys {
    /// Reads the references. Those to the environment and to files are read and checked now.
    pub(crate) fn new(
        references: &[SecretReference],
        writing: Writing,
        document: &str,
        environment: &dyn Environment,
        backends: &dyn Backends,
    ) -> Result<Self, ConfigError> {
        let secrets = references
            .iter()
            .map(|reference| {
                let secret = EdgeSecret::new(reference, document, FIELD, environment, backends)?;
                match reference {
                    SecretReference::Env(_) | SecretReference::File(_) => check(&secret, writing, document)?,
                    // Nothing is fetched while the function starts.
                    SecretReference::SecretsManager(_) => {}
                }
                Ok(secret)
            })
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self { secrets, writing })
    }

    /// Whether one of the signatures was made with one of the secrets. Stored secrets are read until `deadline`.
    pub(crate) async fn verify(&self, signed: &Signed, deadline: OffsetDateTime) -> Result<(), Unverified> {
        let mut outcome = Unverified::Refused;
        for secret in &self.secrets {
            let key = match secret.read(deadline).await {
                Ok(secret) => self.writing.key(&secret).map_err(|problem| format!("{FIELD}: it {problem}")),
                Err(error) => Err(error.to_string()),
            };
            match key {
                Ok(key)
                    if signed.signatures.iter().any(|it| hmac::verify(&key, &signed.text, it).is_ok()) =>
                {
                    return Ok(());
                }
                Ok(_) => {}
                Err(problem) => outcome = Unverified::Unavailable(problem),
            }
        }
        Err(outcome)
    }
}

/// What stands in the environment or in a file is there at once.
fn check(secret: &EdgeSecret, writing: Writing, document: &str) -> Result<(), ConfigError> {
    let Some(Ok(secret)) = secret.read(OffsetDateTime::UNIX_EPOCH).now_or_never() else { return Ok(()) };
    writing.key(&secret).map(|_| ()).map_err(|problem| ConfigError {
        variable: document.to_owned(),
        problem: format!("{FIELD}: a secret {problem}"),
    })
}
