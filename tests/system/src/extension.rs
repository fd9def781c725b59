//! A stand-in for the AWS Parameters and Secrets Lambda Extension, which the emulator does not have: the endpoint as the
//! functions see it (AWS Secrets Manager user guide, "Use AWS Secrets Manager secrets in AWS Lambda functions"), in front
//! of the emulator's Secrets Manager.

use std::sync::{Arc, OnceLock};

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::get;
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::http::exchange;
use crate::ministack::{REGION, ROOT_KEY};

/// The stand-in; every function of one emulator asks the same.
pub(crate) struct SecretsExtension {
    port: u16,
    emulator: Arc<OnceLock<String>>,
}

impl SecretsExtension {
    /// Serves it on a free port, before the emulator is there.
    pub(crate) async fn serve() -> Self {
        let emulator = Arc::new(OnceLock::new());
        let router =
            axum::Router::new().route("/secretsmanager/get", get(secret)).with_state(Arc::clone(&emulator));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, emulator }
    }

    /// For `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`.
    pub(crate) fn port(&self) -> String {
        self.port.to_string()
    }

    /// Says where Secrets Manager is.
    pub(crate) fn reads_from(&self, endpoint: &str) {
        let _ = self.emulator.set(endpoint.trim_start_matches("http://").to_owned());
    }
}

async fn secret(
    State(emulator): State<Arc<OnceLock<String>>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> (StatusCode, String) {
    // The real one compares it with its own AWS_SESSION_TOKEN; it runs in the function's environment.
    if headers.get("x-aws-parameters-secrets-token").is_none_or(HeaderValue::is_empty) {
        return (StatusCode::UNAUTHORIZED, "no token".to_owned());
    }
    let id = query.as_deref().and_then(|query| query.strip_prefix("secretId="));
    let id = id.map(|id| percent_decode_str(id).decode_utf8_lossy());
    let (Some(emulator), Some(id)) = (emulator.get(), id) else {
        return (StatusCode::BAD_REQUEST, "not ready to serve traffic, please wait".to_owned());
    };
    // The emulator looks at the key, not at the signature.
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ROOT_KEY}/20260101/{REGION}/secretsmanager/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/x-amz-json-1.1"),
        ("X-Amz-Target", "secretsmanager.GetSecretValue"),
    ];
    match exchange(emulator, "POST", "/", &headers, &json!({"SecretId": id}).to_string()).await {
        Ok((200, body)) => (StatusCode::OK, body),
        Ok((_, body)) => (StatusCode::BAD_REQUEST, body),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}
