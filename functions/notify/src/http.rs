//! One request to a service, and what its answer means.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Request, StatusCode};
use mto_graph::{Clock, TimeLimit, Transport};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::text::{clean, without_secrets};
use crate::trouble::Trouble;

/// The longest a request may take. A workflow or a webhook that needs longer does its work before it answers.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Less than this is not worth a request.
pub(crate) const SHORTEST_REQUEST: Duration = Duration::from_secs(1);

/// The longest wish to be left alone that is believed: a date of the year 9999 would lead beyond the last moment that can
/// be computed with.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// Of a service's own words.
const MAX_WORDS: usize = 300;

/// Sends requests to one service, by its name for texts.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A request's parts. Neither the URL nor the headers are shown.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: String,
    /// `Bearer …` or `Basic …`.
    pub(crate) authorization: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
}

impl Call {
    /// A read.
    pub(crate) fn get(url: String) -> Self {
        Self { method: Method::GET, url, authorization: None, headers: Vec::new(), body: None }
    }

    /// A write of JSON.
    pub(crate) fn with_json(method: Method, url: String, body: &Value) -> Self {
        let headers = vec![(CONTENT_TYPE.as_str(), "application/json; charset=utf-8".to_owned())];
        Self { method, url, authorization: None, headers, body: Some(Bytes::from(body.to_string())) }
    }

    /// With credentials.
    pub(crate) fn authorized(self, authorization: &str) -> Self {
        Self { authorization: Some(authorization.to_owned()), ..self }
    }

    fn into_request(self) -> Option<Request<Bytes>> {
        let mut request = Request::builder().method(self.method).uri(self.url);
        if let Some(authorization) = self.authorization {
            let mut value = HeaderValue::from_str(&authorization).ok()?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.unwrap_or_default()).ok()
    }
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    service: &'static str,
    retry_after: Option<Duration>,
    body: Bytes,
}

impl Service {
    /// Sends a request, with an answer by `deadline`.
    pub(crate) async fn send(&self, call: Call, deadline: OffsetDateTime) -> Result<Answer, Trouble> {
        let Self { name, transport, clock } = self;
        let left = Duration::try_from(deadline - clock.now()).unwrap_or_default();
        if left < SHORTEST_REQUEST {
            return Err(Trouble::passing(format!("{name}: no time was left for a request")));
        }
        let Some(mut request) = call.into_request() else {
            return Err(Trouble::for_good(format!(
                "{name}: its URL or its credentials cannot be put into a request; check both in the configuration"
            )));
        };
        request.extensions_mut().insert(TimeLimit(left.min(REQUEST_TIMEOUT)));
        // Only the kind of the failure is shown: what lies below it can quote the URL.
        let failed = |error: mto_graph::TransportError| Trouble::passing(format!("{name}: {error}"));
        let answer = transport.send(request).await.map_err(failed)?;
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| read_retry_after(text, clock.now()));
        Ok(Answer { status: answer.status(), service: name, retry_after, body: answer.into_body() })
    }
}

impl Answer {
    /// What the status means: nothing for success; else trouble, with `words` of the service.
    pub(crate) fn check(&self, words: &str) -> Result<(), Trouble> {
        let Self { status, service, retry_after, .. } = self;
        if status.is_success() {
            return Ok(());
        }
        let words = if words.is_empty() { String::new() } else { format!(": {words}") };
        let text = format!("{service} answered {}{words}", status.as_u16());
        let passes = status.is_server_error()
            || matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        if passes {
            return Err(Trouble::Passing { text, after: *retry_after });
        }
        let text = format!("{text}; {}", remedy(*status));
        if *status == StatusCode::UNAUTHORIZED {
            return Err(Trouble::Unproven { text, after: *retry_after });
        }
        Err(Trouble::for_good(text))
    }

    /// The service's own words, clipped and without the secrets.
    pub(crate) fn words(&self, secrets: &[&str]) -> String {
        clean(without_secrets(&String::from_utf8_lossy(&self.body), secrets).trim(), MAX_WORDS)
    }

    /// The body. Trouble that passes if it is no such JSON: a proxy in front of a service answers like that.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|error| Trouble::Passing {
            text: format!("{}: the answer cannot be read (line {})", self.service, error.line()),
            after: self.retry_after,
        })
    }

    /// How long the service wants to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

fn remedy(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..=399 => "redirects are not followed: give the final URL in the configuration",
        401 => "check the destination's credential",
        403 => "check what the destination's credential may do",
        404 | 410 => "check the address, and the URL in the configuration",
        413 => "the message was too large for it",
        _ => "check the destination's configuration",
    }
}

/// Seconds, or an HTTP date; a day at most.
fn read_retry_after(text: &str, now: OffsetDateTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()).min(MAX_RETRY_AFTER));
    }
    let date = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?;
    Some(Duration::try_from(date - now).unwrap_or_default().min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = datetime!(2026-11-21 08:00:00 UTC);
        let cases = [
            ("30", Some(30)),
            ("Sat, 21 Nov 2026 08:00:07 GMT", Some(7)),
            ("Sat, 21 Nov 2026 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("4294967295", Some(86_400)),
            ("Fri, 31 Dec 9999 23:59:59 -2359", Some(86_400)),
        ];
        for (text, seconds) in cases {
            assert_eq!(read_retry_after(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
