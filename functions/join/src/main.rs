//! The Lambda function of `join`: wiring only.

use mto_join::Join;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run(Join).await
}
