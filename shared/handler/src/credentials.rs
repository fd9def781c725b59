//! Credentials as the directory refers to them, and how they are fetched when they are needed first.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use mto_graph::{
    AssertionSource, Credential, CredentialSource, FederatedCredential, SourceError, TenantCredential,
    TokenError, TokenFileSource,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::config::{ConfigError, Environment};

/// The longest name of a secret that Secrets Manager takes.
const MAX_SECRET_NAME_CHARS: usize = 512;

/// The longest id, which can be an ARN.
const MAX_SECRET_ID_CHARS: usize = 2_048;

/// Where a credential is. Never the secret itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum CredentialReference {
    /// A client secret.
    ClientSecret(SecretReference),
    /// A certificate and its private key (PKCS#8), both PEM.
    #[serde(rename_all = "camelCase")]
    Certificate {
        /// The certificate.
        certificate: SecretReference,
        /// The private key.
        private_key: SecretReference,
    },
    /// No secret at all: the application trusts an identity elsewhere.
    Federated(FederatedReference),
}

/// Where a secret text is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum SecretReference {
    /// In an environment variable; read at start.
    Env(String),
    /// In a file; read at start.
    File(String),
    /// In AWS Secrets Manager: `"<name or ARN>"`, or `"<name or ARN>#<key>"` for one text of a secret that is a JSON
    /// object. Read when it is needed first, and again after the login service refused it.
    SecretsManager(StoredSecret),
}

/// Which tokens are exchanged. The application needs a federated credential for their issuer and subject.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum FederatedReference {
    /// Those in this file, which is read again at each exchange (as in Azure workload identity).
    TokenFile(String),
    /// Those that AWS issues for the function's own role (`sts:GetWebIdentityToken`).
    WebIdentity {},
}

/// A secret in a store, or one text in it. `#` cannot be in the name of a secret, so it ends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StoredSecret {
    /// Its name or ARN.
    pub id: String,
    /// The property, where the secret is a JSON object.
    pub key: Option<String>,
}

impl TryFrom<String> for StoredSecret {
    type Error = String;

    /// The message does not quote the text: it can be the secret itself.
    fn try_from(text: String) -> Result<Self, String> {
        let (id, key) = match text.split_once('#') {
            Some((id, key)) => (id, Some(key.to_owned())),
            None => (text.as_str(), None),
        };
        if !is_secret_id(id) || key.as_deref().is_some_and(str::is_empty) {
            return Err("is no secret: give its name or ARN, and a key after # if it is JSON".to_owned());
        }
        Ok(Self { id: id.to_owned(), key })
    }
}

/// Whether it has the shape of a secret's name, or of its ARN. Client secrets of Entra (with `~`) and PEM have not.
fn is_secret_id(id: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let is_name = id.len() <= MAX_SECRET_NAME_CHARS && id.bytes().all(of_name);
    let is_arn = id.starts_with("arn:") && id.bytes().all(|byte| of_name(byte) || byte == b':');
    (1..=MAX_SECRET_ID_CHARS).contains(&id.len()) && (is_name || is_arn)
}

/// A place where secrets are kept.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The text of a secret, as it is now.
    ///
    /// # Errors
    /// See [`SourceError`], without any part of the secret; nothing is tried beyond `deadline`.
    async fn get(&self, id: &str, deadline: OffsetDateTime) -> Result<SecretString, SourceError>;
}

/// What credentials are fetched with. Each is made only if the directory names such a credential.
pub trait Backends {
    /// Where the secrets are that the directory calls `secretsManager`.
    ///
    /// # Errors
    /// When there is no such place, or its configuration cannot be used.
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError>;

    /// What gives the tokens that the directory calls `webIdentity`.
    ///
    /// # Errors
    /// When nothing does, or its configuration cannot be used.
    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError>;
}

/// Neither: what a build without AWS has.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBackends;

impl Backends for NoBackends {
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError> {
        Err(left_out("secretsManager"))
    }

    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError> {
        Err(left_out("webIdentity"))
    }
}

fn left_out(what: &str) -> ConfigError {
    let problem = "is left out of this build; use env or file, or the deployed functions";
    ConfigError { variable: what.to_owned(), problem: problem.to_owned() }
}

/// The credentials of the tenants a function acts in.
///
/// # Guarantees
/// What needs nothing but the environment was read and checked at start. Everything else is fetched when its tenant's
/// first token is wanted (the Lambda extension serves no secrets while a function starts), kept, and fetched again
/// after the login service refused it: a rotated secret needs no deployment.
pub struct DirectoryCredentials {
    tenants: HashMap<Uuid, Entry>,
}

struct Entry {
    client_id: String,
    proof: Proof,
    /// What was fetched last.
    kept: Mutex<Option<Arc<TenantCredential>>>,
}

enum Proof {
    Ready(Arc<TenantCredential>),
    ClientSecret(Stored),
    Certificate { certificate: Secret, private_key: Secret },
}

enum Secret {
    Known(SecretString),
    Stored(Stored),
}

struct Stored {
    /// The field of the directory that refers to it, for texts: what stands there can be the secret itself.
    field: &'static str,
    store: Arc<dyn SecretStore>,
    secret: StoredSecret,
}

/// What a reference leads to cannot be used: the field below `credential`, and why. Neither quotes the directory.
struct BadReference {
    field: &'static str,
    problem: String,
}

/// A secret of a function at the edge: what a sender signs with, what a destination wants to see.
pub struct EdgeSecret(Secret);

impl EdgeSecret {
    /// Reads the reference. What stands in the environment or a file is read now and checked; what is in a store when
    /// it is needed. `field` names the kind of field in texts (`secrets`), never what stands there.
    ///
    /// # Errors
    /// A [`ConfigError`] that names `document`, the field and what is wrong.
    pub fn new(
        reference: &SecretReference,
        document: &str,
        field: &'static str,
        environment: &dyn Environment,
        backends: &dyn Backends,
    ) -> Result<Self, ConfigError> {
        let reader = Reader { environment, backends };
        reader.secret(field, reference).map(Self).map_err(|bad| ConfigError {
            variable: document.to_owned(),
            problem: format!("{}: {}", bad.field, bad.problem),
        })
    }

    /// The secret as it is now; a store is asked each time (the Lambda extension caches).
    ///
    /// # Errors
    /// See [`SourceError`]; nothing is tried beyond `deadline`.
    pub async fn read(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        self.0.read(deadline).await
    }
}

impl fmt::Debug for EdgeSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EdgeSecret")
    }
}

/// What reading references takes.
pub(crate) struct Reader<'a> {
    pub(crate) environment: &'a dyn Environment,
    pub(crate) backends: &'a dyn Backends,
}

impl DirectoryCredentials {
    /// Reads the references: tenant id, name for texts, client id, reference.
    pub(crate) fn new<'a>(
        references: impl Iterator<Item = (Uuid, &'a str, &'a str, &'a CredentialReference)>,
        reader: &Reader<'_>,
    ) -> Result<Self, ConfigError> {
        let tenants = references
            .map(|(tenant, name, client_id, reference)| {
                let proof = reader.proof(reference, client_id).map_err(|bad| ConfigError {
                    variable: "tenant directory".to_owned(),
                    problem: format!("{name}.credential.{}: {}", bad.field, bad.problem),
                })?;
                Ok((tenant, Entry { client_id: client_id.to_owned(), proof, kept: Mutex::new(None) }))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { tenants })
    }
}

impl fmt::Debug for DirectoryCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.tenants.keys()).finish()
    }
}

#[async_trait]
impl CredentialSource for DirectoryCredentials {
    fn tenants(&self) -> Vec<Uuid> {
        self.tenants.keys().copied().collect()
    }

    async fn credential(
        &self,
        tenant: Uuid,
        deadline: OffsetDateTime,
    ) -> Result<Arc<TenantCredential>, TokenError> {
        let entry = self.tenants.get(&tenant).ok_or(TokenError::NoCredential(tenant))?;
        entry.credential(deadline).await.map_err(|error| error.for_tenant(tenant))
    }

    async fn forget(&self, tenant: Uuid) {
        if let Some(entry) = self.tenants.get(&tenant) {
            *entry.kept.lock().await = None;
        }
    }
}

impl Entry {
    async fn credential(&self, deadline: OffsetDateTime) -> Result<Arc<TenantCredential>, SourceError> {
        let mut kept = self.kept.lock().await;
        if let Some(credential) = kept.as_ref() {
            return Ok(Arc::clone(credential));
        }
        let credential = match &self.proof {
            Proof::Ready(credential) => return Ok(Arc::clone(credential)),
            Proof::ClientSecret(stored) => Credential::ClientSecret(stored.read(deadline).await?),
            Proof::Certificate { certificate, private_key } => {
                let certificate = certificate.read(deadline).await?;
                let private_key = private_key.read(deadline).await?;
                certificate_credential(&certificate, &private_key).map_err(SourceError::Unusable)?
            }
        };
        let credential = TenantCredential { client_id: self.client_id.clone(), credential };
        Ok(Arc::clone(kept.insert(Arc::new(credential))))
    }
}

impl Secret {
    async fn read(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        match self {
            Self::Known(secret) => Ok(secret.clone()),
            Self::Stored(stored) => stored.read(deadline).await,
        }
    }
}

impl Stored {
    async fn read(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let Self { field, store, secret: StoredSecret { id, key } } = self;
        let text = store.get(id, deadline).await.map_err(|error| match error {
            SourceError::Unavailable(reason) => SourceError::Unavailable(format!("{field}: {reason}")),
            SourceError::Unusable(reason) => SourceError::Unusable(format!("{field}: {reason}")),
        })?;
        let unusable =
            |problem| SourceError::Unusable(format!("{field}: the secret in Secrets Manager {problem}"));
        let found = match key {
            None => text.expose_secret().to_owned(),
            Some(key) => property(text.expose_secret(), key)
                .ok_or_else(|| unusable("is no JSON object with a text under the key after #"))?,
        };
        match found.trim() {
            "" => Err(unusable("is empty")),
            secret => Ok(SecretString::from(secret)),
        }
    }
}

/// The reader's own message could quote the secret, so there is none.
fn property(text: &str, key: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get(key)?.as_str().map(str::to_owned)
}

impl Reader<'_> {
    fn proof(&self, reference: &CredentialReference, client_id: &str) -> Result<Proof, BadReference> {
        let credential = match reference {
            CredentialReference::ClientSecret(secret) => match self.secret("clientSecret", secret)? {
                Secret::Known(secret) => Credential::ClientSecret(secret),
                Secret::Stored(stored) => return Ok(Proof::ClientSecret(stored)),
            },
            CredentialReference::Certificate { certificate, private_key } => {
                let certificate = self.secret("certificate.certificate", certificate)?;
                let private_key = self.secret("certificate.privateKey", private_key)?;
                match (certificate, private_key) {
                    (Secret::Known(certificate), Secret::Known(private_key)) => {
                        certificate_credential(&certificate, &private_key)
                            .map_err(|problem| BadReference { field: "certificate", problem })?
                    }
                    (certificate, private_key) => {
                        return Ok(Proof::Certificate { certificate, private_key });
                    }
                }
            }
            CredentialReference::Federated(reference) => {
                Credential::Federated(FederatedCredential::new(self.assertions(reference)?))
            }
        };
        Ok(Proof::Ready(Arc::new(TenantCredential { client_id: client_id.to_owned(), credential })))
    }

    fn secret(&self, field: &'static str, reference: &SecretReference) -> Result<Secret, BadReference> {
        let (place, text) = match reference {
            SecretReference::Env(name) if is_variable(name) => {
                (format!("variable {name}"), self.environment.get(name))
            }
            SecretReference::Env(_) => {
                let problem = "env is no name of a variable (letters, digits and _)".to_owned();
                return Err(BadReference { field, problem });
            }
            SecretReference::File(path) => {
                ("the file named there".to_owned(), self.environment.read_file(path))
            }
            SecretReference::SecretsManager(secret) => {
                let store = self.backends.secrets().map_err(|error| of_backend(field, &error))?;
                return Ok(Secret::Stored(Stored { field, store, secret: secret.clone() }));
            }
        };
        let problem = match text.as_deref().map(str::trim) {
            Some("") => format!("{place} is empty"),
            Some(text) => return Ok(Secret::Known(SecretString::from(text))),
            None => format!("{place} cannot be read"),
        };
        Err(BadReference { field, problem })
    }

    fn assertions(&self, reference: &FederatedReference) -> Result<Arc<dyn AssertionSource>, BadReference> {
        match reference {
            FederatedReference::TokenFile(path) if !is_path(path) => Err(BadReference {
                field: "federated.tokenFile",
                problem: "is no path; give the file's whole path, such as /run/token".to_owned(),
            }),
            FederatedReference::TokenFile(path) => Ok(Arc::new(TokenFileSource::new(path))),
            FederatedReference::WebIdentity {} => {
                self.backends.web_identity().map_err(|error| of_backend("federated", &error))
            }
        }
    }
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A token is none: it would be shown where a path is.
fn is_path(text: &str) -> bool {
    Path::new(text).is_absolute() && !text.contains(char::is_control)
}

fn of_backend(field: &'static str, error: &ConfigError) -> BadReference {
    BadReference { field, problem: format!("{} {}", error.variable, error.problem) }
}

#[cfg(feature = "aws")]
fn certificate_credential(
    certificate: &SecretString,
    private_key: &SecretString,
) -> Result<Credential, String> {
    mto_graph::CertificateCredential::from_pem(certificate.expose_secret(), private_key.expose_secret())
        .map(Credential::Certificate)
        .map_err(|error| error.to_string())
}

#[cfg(not(feature = "aws"))]
fn certificate_credential(_: &SecretString, _: &SecretString) -> Result<Credential, String> {
    Err("certificates are left out of this build; use a client secret, or the deployed functions".to_owned())
}
