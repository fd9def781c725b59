//! From the Lambda runtime to a [`Handler`] and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mto_graph::{Clock, GraphClient, OAuthTokenProvider, ReqwestTransport, SystemClock};
use time::OffsetDateTime;

use crate::aws::{AwsBackends, SqsQueue};
use crate::config::{Config, Environment, ProcessEnvironment};
use crate::edge::{BatchFunction, HttpFunction, HttpRequest, HttpResponse};
use crate::function::Function;
use crate::handler::Handler;
use crate::queue::Record;
use crate::telemetry;

/// Runs a function under the Lambda Runtime API: configuration first, then clients, then the loop.
///
/// # Errors
/// A configuration that cannot be used, by name; or the runtime's own end.
pub async fn run<F: Function>(function: F) -> Result<(), Error> {
    run_batches(|environment| build(function, environment)).await
}

/// Runs a function that takes batches of messages.
///
/// # Errors
/// As [`run`]; `build` reads the configuration.
pub async fn run_batches<B: BatchFunction>(
    build: impl FnOnce(&dyn Environment) -> Result<B, Error>,
) -> Result<(), Error> {
    let function = start(build)?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let function = Arc::clone(&function);
        async move { Ok::<_, Error>(serve(function.as_ref(), event).await) }
    }))
    .await
}

/// Runs a function behind a function URL.
///
/// # Errors
/// As [`run`]; `build` reads the configuration.
pub async fn run_http<H: HttpFunction>(
    build: impl FnOnce(&dyn Environment) -> Result<H, Error>,
) -> Result<(), Error> {
    let function = start(build)?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<LambdaFunctionUrlRequest>| {
        let function = Arc::clone(&function);
        async move { Ok::<_, Error>(answer(function.as_ref(), event).await) }
    }))
    .await
}

fn start<T>(build: impl FnOnce(&dyn Environment) -> Result<T, Error>) -> Result<Arc<T>, Error> {
    let environment = ProcessEnvironment;
    telemetry::start(&environment)?;
    build(&environment).map(Arc::new).inspect_err(|error| {
        tracing::error!(%error, "the function cannot start");
    })
}

fn build<F: Function>(function: F, environment: &dyn Environment) -> Result<Handler<F>, Error> {
    let config = Config::read(environment, F::VERB)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = Arc::new(ReqwestTransport::when_needed());
    let backends = AwsBackends::new(environment, transport.clone(), Arc::clone(&clock));
    let credentials = config.directory.credentials(environment, &backends)?;
    let tokens = OAuthTokenProvider::with_source(
        transport.clone(),
        Arc::clone(&clock),
        config.cloud.login_root(),
        config.cloud.token_scope(),
        Arc::new(credentials),
    );
    let queue = Arc::new(SqsQueue::over(environment, transport.clone())?);
    let graph = GraphClient::new(config.cloud.clone(), transport, Arc::new(tokens), Arc::clone(&clock));
    Ok(Handler::new(function, config, graph, queue, clock).with_metrics(Arc::new(metric_line)))
}

/// Standard output is where CloudWatch looks for embedded metrics; logs go to standard error.
fn metric_line(line: &str) {
    use std::io::Write;
    // A metric that cannot be written is not worth a command.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

async fn answer<H: HttpFunction>(
    function: &H,
    event: LambdaEvent<LambdaFunctionUrlRequest>,
) -> LambdaFunctionUrlResponse {
    let end = end_of(event.context.deadline);
    let mut response = LambdaFunctionUrlResponse::default();
    let answer = match request_of(event.payload) {
        Some(request) => function.answer(request, end).await,
        None => HttpResponse { status: 400, content_type: "text/plain", body: String::new() },
    };
    response.status_code = i64::from(answer.status);
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    response.body = Some(answer.body);
    response
}

/// None for a body that is not the base64 it is said to be.
fn request_of(event: LambdaFunctionUrlRequest) -> Option<HttpRequest> {
    let body = event.body.unwrap_or_default();
    let body =
        if event.is_base64_encoded { Bytes::from(STANDARD.decode(body).ok()?) } else { Bytes::from(body) };
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &event.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let all = headers.entry(name.as_str().to_owned()).or_default();
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(&value);
    }
    let method = event.request_context.http.method.unwrap_or_default();
    Some(HttpRequest { method, path: event.raw_path.unwrap_or_default(), headers, body })
}

fn end_of(deadline_milliseconds: u64) -> OffsetDateTime {
    let end = OffsetDateTime::from_unix_timestamp_nanos(i128::from(deadline_milliseconds) * 1_000_000);
    end.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

async fn serve<B: BatchFunction>(function: &B, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
    let end = end_of(event.context.deadline);
    let trace = event.context.xray_trace_id;
    let records =
        event.payload.records.into_iter().map(|message| record_of(message, trace.as_ref())).collect();
    let failed = function.handle(records, end).await;
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
    let sent_at = system("SentTimestamp").as_deref().and_then(super::sent_at);
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
