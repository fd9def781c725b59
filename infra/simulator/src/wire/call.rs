//! A request as the rest of the wire code sees it: a call of its own, or a part of a batch.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::world::{Refusal, properties};

const GRAPH_ORIGIN: &str = "https://graph.microsoft.com";

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query as sent.
    pub(crate) address: String,
    /// Decoded path segments; empty ones are dropped (official clients send `/v1.0//tenantRelationships`).
    pub(crate) segments: Vec<String>,
    /// Decoded query options.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// Shared by the parts of a batch, as the origin is.
    pub(crate) authorization: Option<Arc<str>>,
    pub(crate) client_request_id: Option<String>,
    /// Where nextLinks point.
    pub(crate) origin: Arc<str>,
    pub(crate) in_batch: bool,
    /// `Accept: application/json;odata.metadata=none`: the answer says nothing about its metadata.
    pub(crate) without_metadata: bool,
}

impl Call {
    pub(crate) fn read(request: &Request<Bytes>) -> Self {
        let uri = request.uri();
        let header = |name: &str| text(request.headers(), name);
        let origin = match (uri.scheme_str(), uri.authority(), header("host")) {
            (Some(scheme), Some(authority), _) => format!("{scheme}://{authority}"),
            (_, _, Some(host)) => format!("http://{host}"),
            (_, _, None) => GRAPH_ORIGIN.to_owned(),
        };
        let (segments, query) = split(uri.path(), uri.query().unwrap_or_default());
        Self {
            method: request.method().clone(),
            address: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
            segments,
            query,
            body: request.body().clone(),
            authorization: header("authorization").map(Arc::from),
            client_request_id: header("client-request-id"),
            origin: origin.into(),
            in_batch: false,
            without_metadata: header("accept").is_some_and(|kinds| kinds.contains("odata.metadata=none")),
        }
    }

    /// A part of a batch; its address is relative to the version root.
    pub(crate) fn part(envelope: &Self, method: Method, url: &str, body: Bytes, id: Option<String>) -> Self {
        let address = format!("/v1.0/{}", url.trim_start_matches('/'));
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let (segments, query) = split(path, query);
        Self {
            method,
            segments,
            query,
            body,
            authorization: envelope.authorization.clone(),
            client_request_id: id.or_else(|| envelope.client_request_id.clone()),
            origin: envelope.origin.clone(),
            in_batch: true,
            without_metadata: false,
            address,
        }
    }

    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// The body as a JSON object; an empty body is an empty object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        let Ok(Value::Object(map)) = serde_json::from_slice(&self.body) else {
            let text = "Unable to read JSON request payload. Please ensure Content-Type header is set and \
                        payload is of valid JSON format.";
            return Err(Refusal::Bad(text.to_owned()));
        };
        Ok(map.into_iter().filter(|(name, _)| !properties::is_annotation(name)).collect())
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn split(path: &str, query: &str) -> (Vec<String>, Vec<(String, String)>) {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let segments = path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    (segments, pairs(query))
}

/// Form-encoded pairs: a query, or the body of a token request.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}
