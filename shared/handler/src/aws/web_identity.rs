//! Web identity tokens that AWS issues for the function's own role: `sts:GetWebIdentityToken`.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Config};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::get_web_identity_token::GetWebIdentityTokenError;
use mto_graph::{AssertionSource, Clock, SourceError, TOKEN_EXCHANGE_AUDIENCE, Transport};
use secrecy::SecretString;
use time::OffsetDateTime;

use super::sdk::{ATTEMPT_TIMEOUT, Sdk, WhenNeeded, when_needed};
use crate::config::{ConfigError, Environment};

/// The only algorithm that the login service verifies (AWS has ES384 too).
const SIGNING_ALGORITHM: &str = "RS256";
/// AWS gives 60 to 3600 s. A token is used at once; this is for clocks that differ.
const DURATION_SECONDS: i32 = 300;
/// Errors that go away by themselves, or with the next execution environment and its new credentials; beside every 5xx.
const PASSING: [&str; 6] = [
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "ExpiredToken",
    "ExpiredTokenException",
    "SessionDurationEscalationException",
];

/// The AWS Security Token Service.
pub struct WebIdentity {
    client: WhenNeeded<Client>,
    clock: Arc<dyn Clock>,
}

impl WebIdentity {
    /// Reads region and credentials as Lambda gives them, as [`SqsQueue`](super::SqsQueue) does; and
    /// `AWS_ENDPOINT_URL_STS` or `AWS_ENDPOINT_URL` for an emulator. The endpoint is the region's, not the global one.
    /// `transport` carries the requests.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable.
    pub fn from_environment(
        environment: &dyn Environment,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let sdk = Sdk::from_environment(environment, "STS", transport)?;
        let make = move || {
            let mut config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(sdk.region)
                .credentials_provider(sdk.credentials)
                // who wants the token tries again, by our clock
                .retry_config(RetryConfig::disabled())
                .http_client(sdk.http);
            config.set_endpoint_url(sdk.endpoint);
            Client::from_conf(config.build())
        };
        Ok(Self { client: when_needed(make), clock })
    }
}

#[async_trait]
impl AssertionSource for WebIdentity {
    async fn assertion(&self, deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let left = Duration::try_from(deadline - self.clock.now()).unwrap_or_default();
        let timeouts = TimeoutConfig::builder().operation_timeout(left.min(ATTEMPT_TIMEOUT)).build();
        let call = self
            .client
            .get_web_identity_token()
            .audience(TOKEN_EXCHANGE_AUDIENCE)
            .signing_algorithm(SIGNING_ALGORITHM)
            .duration_seconds(DURATION_SECONDS)
            .customize()
            .config_override(Config::builder().timeout_config(timeouts));
        let answer = call.send().await.map_err(|error| failed(&error))?;
        answer.web_identity_token().map(SecretString::from).ok_or_else(|| {
            SourceError::Unavailable("sts:GetWebIdentityToken answered without a token".to_owned())
        })
    }
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebIdentity").finish_non_exhaustive()
    }
}

/// Only what is known to hold no token is told: the SDK's own text of an error can quote the whole answer.
fn failed(error: &SdkError<GetWebIdentityTokenError, HttpResponse>) -> SourceError {
    let SdkError::ServiceError(answer) = error else {
        return SourceError::Unavailable(format!("sts:GetWebIdentityToken: {}", transport_problem(error)));
    };
    // something between STS and us has answered, or STS has changed
    let Some(code) = answer.err().code() else {
        let reason = format!("its answer cannot be understood (status {})", answer.raw().status().as_u16());
        return SourceError::Unavailable(format!("sts:GetWebIdentityToken: {reason}"));
    };
    let message = answer.err().message().unwrap_or_default();
    let reason = format!("sts:GetWebIdentityToken: {code}: {message}{}", remedy(code));
    if answer.raw().status().is_server_error() || PASSING.contains(&code) {
        SourceError::Unavailable(reason)
    } else {
        SourceError::Unusable(reason)
    }
}

fn transport_problem(error: &SdkError<GetWebIdentityTokenError, HttpResponse>) -> String {
    if let SdkError::DispatchFailure(failure) = error {
        let connector = failure.as_connector_error().and_then(|error| error.source());
        return connector.map_or_else(
            || "it cannot be reached".to_owned(),
            |error| format!("it cannot be reached: {error}"),
        );
    }
    let is_late = matches!(error, SdkError::TimeoutError(_));
    if is_late { "no answer in time" } else { "its answer cannot be understood" }.to_owned()
}

fn remedy(code: &str) -> &'static str {
    match code {
        "OutboundWebIdentityFederationDisabledException" | "OutboundWebIdentityFederationDisabled" => {
            "; enable it: aws iam enable-outbound-web-identity-federation"
        }
        "AccessDenied" | "AccessDeniedException" => "; allow the role sts:GetWebIdentityToken",
        _ => "",
    }
}
