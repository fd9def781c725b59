//! Lambda and SQS for real.

mod lambda;
mod sqs;

pub use lambda::run;
pub use sqs::SqsQueue;
