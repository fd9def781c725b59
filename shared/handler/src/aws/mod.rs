//! Lambda, SQS, STS and the extension for secrets, for real.

mod backends;
mod http;
mod lambda;
mod sdk;
mod secrets_extension;
mod sqs;
mod web_identity;

pub use backends::AwsBackends;
pub use lambda::{run, run_batches, run_http};
pub use secrets_extension::SecretsExtension;
pub use sqs::SqsQueue;
pub use web_identity::WebIdentity;
