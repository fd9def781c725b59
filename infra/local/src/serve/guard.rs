//! Who may call, and what browsers are told about the answers.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::Authority;
use http::{StatusCode, Uri};
use serde_json::json;

/// Nothing from elsewhere, nothing inline, no text that becomes markup.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets nobody in who calls by another name than loopback's: a page elsewhere whose name was made to point here (DNS
/// rebinding) comes with its own.
pub(super) fn loopback_names(router: Router) -> Router {
    router.layer(from_fn(async |request: Request, next: Next| {
        if !is_loopback(request.uri(), request.headers()) {
            return refusal(
                StatusCode::FORBIDDEN,
                "Host: this server answers to 127.0.0.1 and localhost; call it by one of them",
            );
        }
        if !is_from_here(request.headers()) {
            return refusal(StatusCode::FORBIDDEN, "Origin: a page from elsewhere may not call this server");
        }
        next.run(request).await
    }))
}

/// Tells browsers to keep the answers to this page.
pub(super) fn with_headers(router: Router) -> Router {
    router.layer(axum::middleware::map_response(async |mut response: Response| {
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }))
}

/// `{"error": …}`
pub(super) fn refusal(status: StatusCode, error: &str) -> Response {
    json_answer(status, &json!({"error": error}))
}

pub(super) fn json_answer(status: StatusCode, value: &serde_json::Value) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, kind, value.to_string()).into_response()
}

/// A cross-site form cannot send these types.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/cloudevents+json"].iter().any(|json| essence.eq_ignore_ascii_case(json))
}

/// The name in the request line counts too, where there is one (RFC 9112, 3.2.2).
fn is_loopback(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let host = Authority::try_from(host.as_bytes()).ok();
    host.is_some_and(|host| is_name(&host)) && uri.authority().is_none_or(is_name)
}

/// Browsers name the page that a request comes from; other clients name none. `null` is a page without a name.
fn is_from_here(headers: &HeaderMap) -> bool {
    headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = Uri::try_from(origin.as_bytes()).ok();
        origin.as_ref().and_then(Uri::authority).is_some_and(is_name)
    })
}

fn is_name(authority: &Authority) -> bool {
    let is_plain = !authority.as_str().contains('@');
    is_plain
        && ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| authority.host().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &'static str, hosts: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_static(host));
        }
        is_loopback(&Uri::from_static(uri), &headers)
    }

    #[test]
    fn only_loopback_names_are_answered() {
        for host in ["127.0.0.1", "127.0.0.1:8620", "localhost:1", "LOCALHOST", "[::1]:8620"] {
            assert!(asked("/", &[host]), "{host}");
        }
        let others =
            ["attacker.example", "localhost.attacker.example", "127.0.0.1.nip.example:8620", "0.0.0.0:8620"];
        for host in others.into_iter().chain([
            "",
            "127.0.0.1@attacker.example",
            "user@localhost",
            "127.0.0.2",
            "local host",
        ]) {
            assert!(!asked("/", &[host]), "{host}");
        }
        assert!(!asked("/", &[]), "without Host");
        assert!(!asked("/", &["localhost", "attacker.example"]), "two of them");
        assert!(!asked("http://attacker.example/", &["localhost"]), "another name in the request line");
    }

    #[test]
    fn only_json_is_taken_for_a_command() {
        let is = |kind: &'static str| {
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]))
        };
        assert!(
            is("application/json")
                && is("Application/JSON; charset=utf-8")
                && is("application/cloudevents+json")
        );
        for form in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "text/plain;application/json",
            "",
        ] {
            assert!(!is(form), "{form}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
