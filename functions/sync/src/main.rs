//! The Lambda function of `sync`: wiring only.

use mto_sync::Sync;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run(Sync).await
}
