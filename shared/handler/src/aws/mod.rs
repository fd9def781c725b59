//! Lambda, SQS, STS and the extension for secrets, for real.

mod backends;
mod http;
mod lambda;
mod sdk;
mod secrets_extension;
mod sqs;
mod web_identity;

use time::OffsetDateTime;

pub use backends::AwsBackends;
pub use lambda::{run, run_batches, run_http};
pub use secrets_extension::SecretsExtension;
pub use sqs::SqsQueue;
pub use web_identity::WebIdentity;

/// SQS's `SentTimestamp`: milliseconds since 1970, as text.
fn sent_at(milliseconds: &str) -> Option<OffsetDateTime> {
    let milliseconds: i128 = milliseconds.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(milliseconds.checked_mul(1_000_000)?).ok()
}
