//! What the clients of AWS services share: where, as whom, and over which HTTP.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{Credentials, Region, SharedHttpClient};
use mto_graph::Transport;

use super::http::SdkHttp;
use crate::config::{ConfigError, Environment};

/// No attempt of a call takes longer; SQS and STS answer in milliseconds.
pub(super) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client of the SDK that is made when it is needed first: its plugins and rules for endpoints are not on the
/// way to the first poll. What it is made from was read and checked before.
pub(super) type WhenNeeded<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

/// A client that `make` makes.
pub(super) fn when_needed<T>(make: impl FnOnce() -> T + Send + 'static) -> WhenNeeded<T> {
    LazyLock::new(Box::new(make))
}

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
        transport: Arc<dyn Transport>,
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
        Ok(Self {
            region: Region::new(required("AWS_REGION")?),
            credentials,
            http: SharedHttpClient::new(SdkHttp::new(transport)),
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
