//! `POST /$batch`
//!
//! Combine multiple HTTP requests using JSON batching.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::body::{MAX_REQUEST_ID_CHARS, clip};
use crate::call::Call;
use crate::client::{GraphClient, Reply};
use crate::endpoint::{Endpoint, GraphRequest, GraphResponse, decode_json};
use crate::error::GraphError;
use crate::retry::{MAX_PAUSE, backoff, is_repeatable, read_retry_after};

/// Graph's limit of parts in one batch.
const MAX_PARTS: usize = 20;

/// What became of one part.
type Part = Result<GraphResponse, GraphError>;

#[derive(Deserialize)]
struct Answers {
    responses: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    body: Option<Value>,
}

impl GraphClient {
    /// Sends any number of requests of one kind, twenty in a `$batch`; the results are in the order of the endpoints.
    ///
    /// Each part is judged alone. A part that may be repeated (429; a read also after 503 and 504) is sent singly
    /// after its `Retry-After`, within the deadline; once one of them is turned away again, the others are left as
    /// they are. A part without an answer is [`GraphError::MissingPart`]. One endpoint alone is sent without `$batch`.
    ///
    /// # Errors
    ///
    /// When the first batch fails as a whole. If a later one does, its parts fail with [`GraphError::Batch`], so that
    /// what is known about the earlier ones is not lost.
    pub async fn batch<E: Endpoint>(
        &self,
        call: &Call,
        endpoints: &[E],
    ) -> Result<Vec<Result<Reply<E::Answer>, GraphError>>, GraphError> {
        let requests: Vec<_> = endpoints.iter().map(GraphRequest::of).collect();
        let parts = self.batch_requests(call, &requests).await?;
        let replies = parts.into_iter().zip(endpoints).map(|(part, endpoint)| part?.decode(endpoint));
        Ok(replies.collect())
    }

    /// As [`GraphClient::batch`], for requests of different endpoints; see [`GraphResponse::decode`].
    ///
    /// # Errors
    ///
    /// As [`GraphClient::batch`].
    pub async fn batch_requests(
        &self,
        call: &Call,
        requests: &[GraphRequest],
    ) -> Result<Vec<Result<GraphResponse, GraphError>>, GraphError> {
        let mut results: Vec<Part> = Vec::with_capacity(requests.len());
        for chunk in requests.chunks(MAX_PARTS) {
            match self.one_batch(call, chunk).await {
                Ok(parts) => results.extend(parts),
                Err(whole) if results.is_empty() => return Err(whole),
                Err(whole) => {
                    let whole = Arc::new(whole);
                    results.extend(chunk.iter().map(|_| Err(GraphError::Batch(Arc::clone(&whole)))));
                }
            }
        }
        Ok(results)
    }

    async fn one_batch(&self, call: &Call, requests: &[GraphRequest]) -> Result<Vec<Part>, GraphError> {
        if let [single] = requests {
            return Ok(vec![self.execute(call, single).await]);
        }
        let ids: Vec<Uuid> =
            requests.iter().map(|r| call.next_client_request_id(&r.method, &r.path)).collect();
        self.counters().count_batch();
        let response = self.execute(call, &envelope(requests, &ids)).await?;
        let received = self.clock().now();
        let mut parts = self.read_parts(&response, requests, &ids, received)?;
        self.retry_parts(call, requests, &mut parts, received).await;
        if let Some(forbidden) =
            parts.iter().filter_map(|part| part.as_ref().err()).find(|e| e.is_forbidden())
        {
            self.after_forbidden(call, forbidden).await;
        }
        Ok(parts)
    }

    fn read_parts(
        &self,
        response: &GraphResponse,
        requests: &[GraphRequest],
        ids: &[Uuid],
        received: OffsetDateTime,
    ) -> Result<Vec<Part>, GraphError> {
        let answers: Answers = decode_json(&response.body).map_err(|error| GraphError::Decode {
            is_write: response.is_write,
            path: error.path,
            message: error.message,
            request_id: response.request_id.clone(),
        })?;
        let mut by_id: HashMap<String, Answer> =
            answers.responses.into_iter().map(|answer| (answer.id.clone(), answer)).collect();
        let parts = requests.iter().zip(ids).enumerate().map(|(index, (request, client_request_id))| {
            let id = part_id(index);
            let missing = || GraphError::MissingPart {
                id: id.clone(),
                is_write: request.is_write,
                request_id: response.request_id.clone(),
            };
            let answer = by_id.remove(&id).ok_or_else(missing)?;
            let status = StatusCode::from_u16(answer.status).map_err(|_| missing())?;
            self.counters().count_status(status);
            let part = GraphResponse {
                status,
                request_id: part_header(answer.headers.as_ref(), "request-id")
                    .map(|id| clip(&id, MAX_REQUEST_ID_CHARS))
                    .or_else(|| response.request_id.clone()),
                client_request_id: *client_request_id,
                retry_after: part_header(answer.headers.as_ref(), "retry-after")
                    .and_then(|text| read_retry_after(&text, received)),
                body: answer.body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
                is_write: request.is_write,
                permission: request.permission,
            };
            part.into_result()
        });
        Ok(parts.collect())
    }

    /// Sends what was turned away again, one by one: a second batch would be turned away as a second burst.
    async fn retry_parts(
        &self,
        call: &Call,
        requests: &[GraphRequest],
        parts: &mut [Part],
        received: OffsetDateTime,
    ) {
        for (request, part) in requests.iter().zip(parts) {
            let failure = match part {
                Err(failure) if is_repeatable(failure) || failure.is_unauthorized() => failure,
                Ok(_) | Err(_) => continue,
            };
            let wanted = match failure.retry_after() {
                Some(after) => after,
                // a token is renewed at once
                None if failure.is_unauthorized() => Duration::ZERO,
                None => backoff(call.correlation, 1),
            };
            if wanted > MAX_PAUSE {
                continue;
            }
            let elapsed = (self.clock().now() - received).unsigned_abs();
            let retried = self.retry_part(call, request, wanted.saturating_sub(elapsed)).await;
            match retried {
                None => return,
                Some(retried) => *part = retried,
            }
            if part.as_ref().is_err_and(|failure| failure.is_throttled() || failure.is_unauthorized()) {
                return;
            }
        }
    }

    /// `None` when the pause does not fit: the part's own failure says more than the deadline does.
    async fn retry_part(&self, call: &Call, request: &GraphRequest, pause: Duration) -> Option<Part> {
        if self.clock().now() + pause >= call.deadline {
            return None;
        }
        self.clock().sleep(pause).await;
        Some(self.execute(call, request).await)
    }
}

/// Ids count from 1; they only have to differ within one batch.
fn part_id(index: usize) -> String {
    (index + 1).to_string()
}

fn envelope(requests: &[GraphRequest], ids: &[Uuid]) -> GraphRequest {
    let parts = requests.iter().zip(ids).enumerate().map(|(index, (request, id))| part(index, request, *id));
    GraphRequest {
        method: Method::POST,
        path: "/$batch".to_owned(),
        headers: HeaderMap::new(),
        body: Some(json!({ "requests": parts.collect::<Vec<_>>() })),
        // a batch of reads may be repeated as a read may
        is_write: requests.iter().any(|request| request.is_write),
        permission: "",
        absolute: None,
    }
}

fn part(index: usize, request: &GraphRequest, client_request_id: Uuid) -> Value {
    let mut headers = Map::new();
    for (name, value) in &request.headers {
        headers.insert(name.as_str().to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes())));
    }
    headers.insert("client-request-id".to_owned(), Value::from(client_request_id.to_string()));
    // inside a batch an action without a body still wants an empty object and the header
    let empty = (request.method == Method::POST).then(|| json!({}));
    let body = request.body.clone().or(empty);
    if body.is_some() {
        headers.insert(CONTENT_TYPE.as_str().to_owned(), Value::from("application/json"));
    }
    let mut part = json!({
        "id": part_id(index), "method": request.method.as_str(), "url": request.path, "headers": headers,
    });
    if let Some(body) = body {
        part["body"] = body;
    }
    part
}

/// Names of headers differ in case between services; a value is a string, sometimes a number.
fn part_header(headers: Option<&Map<String, Value>>, name: &str) -> Option<String> {
    let (_, value) = headers?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
