//! The Lambda function of `leave`: wiring only.

use mto_leave::Leave;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run(Leave).await
}
