//! The Lambda function `notify`: wiring only.

use std::sync::Arc;

use mto_graph::{Clock, ReqwestTransport, SystemClock};
use mto_handler::aws::{AwsBackends, SqsQueue, run_batches};
use mto_notify::{Notify, NotifyConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    run_batches(|environment| {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let transport = Arc::new(ReqwestTransport::when_needed());
        let backends = AwsBackends::new(environment, transport.clone(), Arc::clone(&clock));
        let config = NotifyConfig::read(environment, &backends, transport.clone(), &clock)?;
        let queue = Arc::new(SqsQueue::over(environment, transport)?);
        Ok(Notify::new(config, queue, clock))
    })
    .await
}
