//! The Lambda function `intake`: wiring only.

use std::sync::Arc;

use mto_graph::{Clock, ReqwestTransport, SystemClock};
use mto_handler::Environment;
use mto_handler::aws::{AwsBackends, SqsQueue};
use mto_intake::{Config, Intake};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    mto_handler::aws::run_http(build).await
}

fn build(environment: &dyn Environment) -> Result<Intake, lambda_runtime::Error> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = Arc::new(ReqwestTransport::when_needed());
    let backends = AwsBackends::new(environment, transport.clone(), Arc::clone(&clock));
    let config = Config::read(environment, &backends)?;
    let queue = Arc::new(SqsQueue::over(environment, transport)?);
    Ok(Intake::new(config, queue, clock))
}
