//! Secrets of AWS Secrets Manager, through the AWS Parameters and Secrets Lambda Extension: a local endpoint that
//! caches them, so no SDK is needed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use mto_graph::{Clock, SourceError, TimeLimit, Transport};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::Deserialize;
use time::OffsetDateTime;

use super::sdk::required;
use crate::config::{ConfigError, Environment};
use crate::credentials::SecretStore;

const PORT_VARIABLE: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
const DEFAULT_PORT: u16 = 2773;
/// The extension's own call to Secrets Manager takes some hundred milliseconds; from its cache, one.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// Longer names of errors are none.
const MAX_ERROR_NAME_CHARS: usize = 60;

/// Errors of Secrets Manager that go away by themselves. The others need a person.
const PASSING: [&str; 4] = [
    "InternalServiceError",
    "InternalServiceErrorException",
    "ThrottlingException",
    "ServiceUnavailableException",
];

/// The extension's endpoint. It does not serve while the function starts, so it is asked when a secret is needed.
pub struct SecretsExtension {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    port: u16,
    token: HeaderValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    secret_string: Option<String>,
}

impl SecretsExtension {
    /// Reads `AWS_SESSION_TOKEN`, which the extension wants to see, and `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`
    /// (default 2773).
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub fn from_environment(
        environment: &dyn Environment,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let bad = |variable: &str, problem: &str| ConfigError {
            variable: variable.to_owned(),
            problem: problem.to_owned(),
        };
        let port = match environment.get(PORT_VARIABLE).filter(|text| !text.is_empty()) {
            None => DEFAULT_PORT,
            Some(text) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                bad(PORT_VARIABLE, &format!("\"{text}\" is no port; give a whole number from 1 to 65535"))
            })?,
        };
        let token = required(environment, "AWS_SESSION_TOKEN")?;
        let mut token = HeaderValue::from_str(&token)
            .map_err(|_| bad("AWS_SESSION_TOKEN", "holds characters that no HTTP header can"))?;
        token.set_sensitive(true);
        Ok(Self { transport, clock, port, token })
    }

    fn request(&self, id: &str, deadline: OffsetDateTime) -> Result<Request<Bytes>, SourceError> {
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let left = Duration::try_from(deadline - self.clock.now()).unwrap_or_default();
        Request::get(format!("http://localhost:{}/secretsmanager/get?secretId={id}", self.port))
            .header("x-aws-parameters-secrets-token", self.token.clone())
            .extension(TimeLimit(left.min(MAX_WAIT)))
            .body(Bytes::new())
            .map_err(|error| SourceError::Unusable(error.to_string()))
    }
}

#[async_trait]
impl SecretStore for SecretsExtension {
    async fn get(&self, id: &str, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let answer = self.transport.send(self.request(id, deadline)?).await.map_err(|error| {
            let reason = "the extension for secrets does not answer; is its layer in the function?";
            SourceError::Unavailable(format!(
                "the secret in Secrets Manager cannot be read: {reason} ({error})"
            ))
        })?;
        if answer.status() != StatusCode::OK {
            return Err(refused(answer.status(), answer.body()));
        }
        // the reader's own message could quote the secret
        let read: Option<Answer> = serde_json::from_slice(answer.body()).ok();
        read.and_then(|answer| answer.secret_string).map(SecretString::from).ok_or_else(|| {
            let problem = "has no SecretString; a binary secret cannot be used";
            SourceError::Unusable(format!("the secret in Secrets Manager {problem}"))
        })
    }
}

impl fmt::Debug for SecretsExtension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecretsExtension").field("port", &self.port).finish_non_exhaustive()
    }
}

/// The extension answers 400 for its own reasons ("not ready to serve traffic, please wait") and for those of Secrets
/// Manager, whose errors it names in the text. Only a named error that no waiting cures is final; of the text nothing
/// else is shown.
fn refused(status: StatusCode, body: &[u8]) -> SourceError {
    let text = String::from_utf8_lossy(body);
    let (error, passes) = match error_name(&text) {
        Some(name) => (name, PASSING.contains(&name)),
        None => ("no error named", is_passing(status)),
    };
    let reason =
        format!("the secret in Secrets Manager cannot be read: the extension answered {status} ({error})");
    if passes { SourceError::Unavailable(reason) } else { SourceError::Unusable(reason) }
}

fn is_passing(status: StatusCode) -> bool {
    let waiting = [StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT];
    status.is_server_error() || waiting.contains(&status)
}

/// The first word of the text that is the name of an error.
fn error_name(text: &str) -> Option<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut names = words.filter(|word| {
        let is_name =
            word.ends_with("Exception") || word.ends_with("Failure") || word.ends_with("ServiceError");
        is_name && (10..=MAX_ERROR_NAME_CHARS).contains(&word.len())
    });
    names.next()
}
