//! An answer before it is bytes, so that a batch can hold it as JSON.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::call::Call;

const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Simulated","RoleInstance":"SIM000001","Ring":"1","ScaleUnit":"001","Slice":"E"}}"#;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::with(200, body)
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::with(201, body)
    }

    pub(crate) fn with(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: None }
    }

    /// The response with the headers of 8.1.
    pub(crate) fn response(mut self, call: &Call, now: OffsetDateTime, request_id: Uuid) -> Response<Bytes> {
        if let (true, Some(Value::Object(body))) = (call.without_metadata, &mut self.body) {
            body.remove("@odata.context");
        }
        let bytes = self.body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
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
