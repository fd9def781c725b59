//! Region and credentials of AWS, as people have them.
//!
//! Where the environment holds them, as in a Lambda function or after `aws configure export-credentials`, they are used as
//! they are. Else the profile is asked (`AWS_PROFILE`, or the default one), by the SDK's own chain: keys, single sign-on,
//! an assumed role, a process. Its requests go over the same HTTP client as those of the functions, with ring.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_sdk_sqs::config::ProvideCredentials;
use aws_smithy_http_client::{Builder, tls};
use mto_handler::ConfigError;
use mto_handler::aws::SqsQueue;

use crate::answer::CliError;
use crate::context::{Context, Overlay};

/// SQS, with the credentials of the environment or of a profile.
///
/// # Errors
/// When there are no credentials or no region; it says where they were looked for.
pub(crate) async fn sqs(context: &Context) -> Result<SqsQueue, CliError> {
    let has = |name| context.variable(name).is_some();
    if has("AWS_ACCESS_KEY_ID") && has("AWS_REGION") {
        return Ok(SqsQueue::from_environment(context.environment.as_ref())?);
    }
    let over = profile().await?;
    Ok(SqsQueue::from_environment(&Overlay { over, base: Arc::clone(&context.environment) })?)
}

/// What the SDK finds, under the names of the environment.
async fn profile() -> Result<BTreeMap<String, String>, ConfigError> {
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring));
    let found = aws_config::defaults(BehaviorVersion::latest()).http_client(http.build_https()).load().await;
    let region = found.region().map(ToString::to_string).ok_or_else(|| {
        missing("AWS_REGION", "is missing; set it, or give the profile a region (aws configure)")
    })?;
    let provider = found.credentials_provider().ok_or_else(no_credentials)?;
    let credentials = provider.provide_credentials().await.map_err(|_| no_credentials())?;
    let session = credentials.session_token().map(|token| ("AWS_SESSION_TOKEN", token.to_owned()));
    let keys = [
        ("AWS_REGION", region),
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key().to_owned()),
    ];
    Ok(keys.into_iter().chain(session).map(|(name, value)| (name.to_owned(), value)).collect())
}

fn no_credentials() -> ConfigError {
    missing(
        "AWS_ACCESS_KEY_ID",
        "no credentials, neither in the environment nor by the profile; log in (aws sso login), set AWS_PROFILE, or run \
         eval \"$(aws configure export-credentials --format env)\"",
    )
}

fn missing(variable: &str, problem: &str) -> ConfigError {
    ConfigError { variable: variable.to_owned(), problem: problem.to_owned() }
}
