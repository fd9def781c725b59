//! An answer before it is a response, so that a batch can hold it.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::call::Call;

const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Simulated","RoleInstance":"SIM000001","Ring":"1","ScaleUnit":"001","Slice":"E"}}"#;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
}

/// JSON with its properties in the order of their names, in either form.
#[derive(Debug)]
pub(crate) enum Body {
    /// Something may still be taken out.
    Tree(Value),
    /// Written already, or without a tree: the most frequent answers are. `rows` counts those of a list.
    Text { json: Bytes, rows: usize },
}

impl From<Value> for Body {
    fn from(tree: Value) -> Self {
        Self::Tree(tree)
    }
}

impl Body {
    /// Writes something whose fields stand in the order of their names.
    pub(crate) fn written(shown: &impl Serialize, rows: usize) -> Self {
        // fails for maps with keys that are no text only
        Self::Text { json: serde_json::to_vec(shown).unwrap_or_default().into(), rows }
    }

    /// As a tree, read again where it was written.
    pub(crate) fn tree(&mut self) -> &mut Value {
        if let Self::Text { json, .. } = self {
            *self = Self::Tree(serde_json::from_slice(json).unwrap_or_default());
        }
        match self {
            Self::Tree(tree) => tree,
            Self::Text { .. } => unreachable!("it was made a tree above"),
        }
    }

    /// How many rows a list has.
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::Tree(tree) => tree.get("value").and_then(Value::as_array).map_or(0, Vec::len),
            Self::Text { rows, .. } => *rows,
        }
    }

    pub(crate) fn into_text(self) -> Bytes {
        match self {
            Self::Tree(tree) => Bytes::from(tree.to_string()),
            Self::Text { json, .. } => json,
        }
    }
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Body>) -> Self {
        Self::with(200, body)
    }

    pub(crate) fn created(body: impl Into<Body>) -> Self {
        Self::with(201, body)
    }

    pub(crate) fn with(status: u16, body: impl Into<Body>) -> Self {
        Self { status, headers: Vec::new(), body: Some(body.into()) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: None }
    }

    /// The response with the headers of 8.1.
    pub(crate) fn response(mut self, call: &Call, now: OffsetDateTime, request_id: Uuid) -> Response<Bytes> {
        if let (true, Some(body)) = (call.without_metadata, &mut self.body)
            && let Value::Object(body) = body.tree()
        {
            body.remove("@odata.context");
        }
        let bytes = self.body.map_or_else(Bytes::new, Body::into_text);
        let has_body = !bytes.is_empty();
        let mut response = Response::new(bytes);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let client_request_id = call.client_request_id.clone().unwrap_or_else(|| request_id.to_string());
        let always = [
            ("request-id", request_id.to_string()),
            ("client-request-id", client_request_id),
            ("date", http_date(now)),
        ];
        response.headers_mut().insert("x-ms-ags-diagnostic", HeaderValue::from_static(DIAGNOSTIC));
        for (name, value) in always.into_iter().chain(self.headers) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        if has_body && !response.headers().contains_key(header::CONTENT_TYPE) {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        response
    }
}

fn http_date(now: OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    now.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
