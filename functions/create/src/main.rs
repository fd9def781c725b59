//! The Lambda function of `create`: wiring only.

use mto_create::Create;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run(Create).await
}
