//! A function URL in front of a function: HTTP on loopback, and the event that Lambda makes of a request (AWS Lambda
//! developer guide, "Invoking Lambda function URLs", payload format 2.0).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{Answer, Function};

/// Lambda takes requests of 6 MB.
const LARGEST_BODY_BYTES: usize = 6 * 1024 * 1024;

/// A URL that is being served.
pub struct FunctionUrl {
    /// What answers.
    pub function: Arc<Function>,
    root: String,
}

impl FunctionUrl {
    /// Serves it on a free port.
    ///
    /// # Panics
    /// If the system has none.
    pub async fn serve(function: Function) -> Self {
        let function = Arc::new(function);
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&function));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { function, root }
    }

    /// `http://127.0.0.1:<port>`
    pub fn root(&self) -> &str {
        &self.root
    }
}

async fn answer(State(function): State<Arc<Function>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY_BYTES).await else {
        return status(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let headers =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
    let event = event(head.method.as_str(), head.uri.path(), headers, &body);
    match function.runtime.invoke(event).await {
        Answer::Response(response) => respond(&response),
        // A function that fails is a 502 to its callers.
        Answer::Error(_) => status(StatusCode::BAD_GATEWAY),
    }
}

/// The event of a request. A body that is no text comes as base64; so does a form.
fn event<'a>(
    method: &str,
    path: &str,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: &Bytes,
) -> Value {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in headers {
        all.entry(name)
            .and_modify(|values| {
                values.push(',');
                values.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    let kind =
        all.get("content-type").map_or("", String::as_str).split(';').next().unwrap_or_default().trim();
    let is_text = kind.starts_with("text/") || ["application/json", "application/xml"].contains(&kind);
    let text = std::str::from_utf8(body).ok().filter(|_| is_text);
    let encoded = text.map_or_else(|| STANDARD.encode(body), str::to_owned);
    let http = json!({"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                      "userAgent": all.get("user-agent")});
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": all,
        "requestContext": {
            "accountId": "anonymous", "apiId": "url", "domainName": "url.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "url", "http": http, "requestId": "id", "routeKey": "$default", "stage": "$default",
            "time": "21/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_251_600_000_u64,
        },
        "body": encoded, "isBase64Encoded": text.is_none(),
    })
}

fn respond(response: &Value) -> Response {
    let code = response["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok());
    let code = code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut answer = status(code);
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), value) {
            answer.headers_mut().insert(name, value);
        }
    }
    *answer.body_mut() = Body::from(response["body"].as_str().unwrap_or_default().to_owned());
    answer
}

fn status(code: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}
