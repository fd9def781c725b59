//! Graph's error bodies (8.1, 8.2).

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use crate::world::Refusal;

#[derive(Debug)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    details: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: None, headers: Vec::new() }
    }

    /// 429; without `Retry-After` where none is given (8.2).
    pub(crate) fn throttled(retry_after_seconds: Option<u64>, information: &str, scope: String) -> Self {
        let mut error = Self::new(429, "TooManyRequests", "Please retry again later.");
        error.headers =
            vec![("x-ms-throttle-information", information.to_owned()), ("x-ms-throttle-scope", scope)];
        error.headers.extend(retry_after_seconds.map(|seconds| ("retry-after", seconds.to_string())));
        error
    }

    pub(crate) fn answer(self, call: &Call, now: OffsetDateTime, request_id: Uuid) -> Answer {
        let date = date(now);
        let inner = if self.status == 429 {
            json!({"code": "429", "date": date, "message": "Please retry after", "request-id": request_id,
                   "status": "429"})
        } else {
            let client = call.client_request_id.clone().unwrap_or_else(|| request_id.to_string());
            json!({"date": date, "request-id": request_id, "client-request-id": client})
        };
        let mut error = json!({"code": self.code, "message": self.message, "innerError": inner});
        if let Some(details) = self.details {
            error["details"] = details;
        }
        Answer { status: self.status, headers: self.headers, body: Some(json!({"error": error}).into()) }
    }
}

/// Dates in errors have no zone (8.1).
fn date(now: OffsetDateTime) -> String {
    crate::world::timestamp(now).trim_end_matches('Z').to_owned()
}

const BAD_REQUEST: &str = "Request_BadRequest";
const SAME_KEY: &str = "Request_MultipleObjectsWithSameKeyValue";

impl From<Refusal> for GraphError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OrganizationExists => {
                Self::new(400, BAD_REQUEST, "Method not supported for update operation.")
            }
            Refusal::AlreadyAdded => {
                Self::new(400, BAD_REQUEST, "Tenant is already being added in Multi-Tenant Organization.")
            }
            Refusal::Denied => denied(),
            Refusal::Gone => {
                let text = "Unable to read the company information from the directory.";
                Self::new(404, "Directory_ObjectNotFound", text)
            }
            Refusal::Unknown(id) => {
                let text = format!(
                    "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
                );
                Self::new(404, "Request_ResourceNotFound", text)
            }
            Refusal::Bad(text) => Self::new(400, BAD_REQUEST, text),
            Refusal::Query(text) => Self::new(400, "Request_UnsupportedQuery", text),
            Refusal::PartnerExists => {
                let text = "Another object with the same value for property tenantId already exists.";
                Self::new(409, SAME_KEY, text)
            }
            Refusal::PolicyExists => {
                let text = "A conflicting object with one or more of the specified property values is present in \
                            the directory.";
                let details = json!([{"code": "ConflictingObjects", "message": text, "target": "tenantId"}]);
                Self { details: Some(details), ..Self::new(409, SAME_KEY, text) }
            }
            Refusal::Other { status, code, text } => Self::new(status, code, text),
            Refusal::Method => {
                Self::new(405, BAD_REQUEST, "Specified HTTP method is not allowed for the request target.")
            }
        }
    }
}

/// 403 (8.1).
pub(crate) fn denied() -> GraphError {
    GraphError::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}
