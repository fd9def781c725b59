//! What the clients of AWS services share: where, as whom, and over which HTTP.

use std::time::Duration;

use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::{Builder, tls};

use crate::config::{ConfigError, Environment};

/// No attempt of a call takes longer; SQS and STS answer in milliseconds.
pub(super) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Settings for the client of one service.
pub(super) struct Sdk {
    pub(super) region: Region,
    pub(super) credentials: Credentials,
    pub(super) http: SharedHttpClient,
    pub(super) timeouts: TimeoutConfig,
    /// Where the service is, if not where the region says.
    pub(super) endpoint: Option<String>,
}

impl Sdk {
    /// Reads region and credentials as Lambda gives them: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`; and `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` for an emulator. (Profiles and
    /// instance roles are for command lines; a Lambda function never has them.)
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub(super) fn from_environment(
        environment: &dyn Environment,
        service: &str,
    ) -> Result<Self, ConfigError> {
        let optional = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let required = |name| required(environment, name);
        let credentials = Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring));
        Ok(Self {
            region: Region::new(required("AWS_REGION")?),
            credentials,
            http: http.build_https(),
            timeouts: TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build(),
            endpoint: optional(&format!("AWS_ENDPOINT_URL_{service}"))
                .or_else(|| optional("AWS_ENDPOINT_URL")),
        })
    }
}

/// A variable that Lambda sets.
pub(super) fn required(environment: &dyn Environment, name: &str) -> Result<String, ConfigError> {
    environment.get(name).filter(|value| !value.is_empty()).ok_or_else(|| ConfigError {
        variable: name.to_owned(),
        problem: "is missing; Lambda sets it, elsewhere set it yourself".to_owned(),
    })
}
