//! The Lambda function of `add`: wiring only.

use mto_add::Add;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run(Add).await
}
