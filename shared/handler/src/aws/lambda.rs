//! From the Lambda runtime to a [`Handler`] and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mto_graph::{Clock, GraphClient, OAuthTokenProvider, ReqwestTransport, SystemClock};
use time::OffsetDateTime;

use crate::aws::{AwsBackends, SqsQueue};
use crate::config::{Config, Environment, ProcessEnvironment};
use crate::function::Function;
use crate::handler::Handler;
use crate::queue::Record;
use crate::telemetry;

/// Runs a function under the Lambda Runtime API: configuration first, then clients, then the loop.
///
/// # Errors
/// A configuration that cannot be used, by name; or the runtime's own end.
pub async fn run<F: Function>(function: F) -> Result<(), Error> {
    let environment = ProcessEnvironment;
    telemetry::start(&environment)?;
    let handler = match build(function, &environment) {
        Ok(handler) => Arc::new(handler),
        Err(error) => {
            tracing::error!(%error, "the function cannot start");
            return Err(error);
        }
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, Error>(serve(&handler, event).await) }
    }))
    .await
}

fn build<F: Function>(function: F, environment: &dyn Environment) -> Result<Handler<F>, Error> {
    let config = Config::read(environment, F::VERB)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = Arc::new(ReqwestTransport::new()?);
    let backends = AwsBackends::new(environment, transport.clone(), Arc::clone(&clock));
    let credentials = config.directory.credentials(environment, &backends)?;
    let tokens = OAuthTokenProvider::with_source(
        transport.clone(),
        Arc::clone(&clock),
        config.cloud.login_root(),
        config.cloud.token_scope(),
        Arc::new(credentials),
    );
    let graph = GraphClient::new(config.cloud.clone(), transport, Arc::new(tokens), Arc::clone(&clock));
    let queue = Arc::new(SqsQueue::from_environment(environment)?);
    Ok(Handler::new(function, config, graph, queue, clock).with_metrics(Arc::new(metric_line)))
}

/// Standard output is where CloudWatch looks for embedded metrics; logs go to standard error.
fn metric_line(line: &str) {
    use std::io::Write;
    // A metric that cannot be written is not worth a command.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

async fn serve<F: Function>(handler: &Handler<F>, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
    let milliseconds = i128::from(event.context.deadline);
    let end = OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000);
    let end = end.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let trace = event.context.xray_trace_id;
    let records =
        event.payload.records.into_iter().map(|message| record_of(message, trace.as_ref())).collect();
    let failed = handler.handle(records, end).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|message_id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message_id;
            failure
        })
        .collect();
    response
}

/// A record without a body is a record with an empty one: it ends as a dead letter, like any other that is no
/// command.
fn record_of(message: SqsMessage, invocation_trace: Option<&String>) -> Record {
    let system = |name: &str| message.attributes.get(name).cloned();
    let sent_at = system("SentTimestamp")
        .and_then(|text| text.parse::<i128>().ok())
        .and_then(|milliseconds| OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000).ok());
    let trace_header = system("AWSTraceHeader").or_else(|| invocation_trace.cloned());
    let receive_count = system("ApproximateReceiveCount").and_then(|text| text.parse().ok()).unwrap_or(1);
    let attributes: BTreeMap<String, String> = message
        .message_attributes
        .into_iter()
        .filter_map(|(name, attribute)| Some((name, attribute.string_value?)))
        .collect();
    Record {
        message_id: message.message_id.unwrap_or_default(),
        receipt_handle: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        attributes,
        receive_count,
        sent_at,
        trace_header,
    }
}
