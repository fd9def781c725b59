//! The clients, set up as the functions set them up: the same libraries, trust of the machine, ring.

use std::sync::Arc;

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use lambda_runtime::Error;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::sdk_http::SdkHttp;

/// HTTP, and SQS.
pub(crate) struct Clients {
    pub(crate) http: reqwest::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// # Errors
    /// A machine without certificate authorities, or a variable that Lambda would have set.
    pub(crate) fn new() -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        let http = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(config).build()?;
        let credentials = Credentials::new(
            variable("AWS_ACCESS_KEY_ID")?,
            variable("AWS_SECRET_ACCESS_KEY")?,
            variable("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(variable("AWS_REGION")?))
            .credentials_provider(credentials)
            .endpoint_url(variable("AWS_ENDPOINT_URL_SQS")?)
            .http_client(SdkHttp(http.clone()))
            .build();
        Ok(Self { http, sqs: aws_sdk_sqs::Client::from_conf(config) })
    }
}

/// A variable that has to be there.
///
/// # Errors
/// Names it.
#[expect(clippy::disallowed_methods, reason = "the edge where the environment is read")]
pub(crate) fn variable(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|error| format!("{name}: {error}; the benchmark sets it").into())
}
