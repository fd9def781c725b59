//! Requests to Graph, as the simulation understands them.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use uuid::Uuid;

use super::faults::Site;

/// As a gateway answers that knows nothing: for a part of a batch without an answer.
const UNCLEAR: u16 = 504;

/// One request, or one part of a batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The tenant of its token.
    pub(crate) tenant: Uuid,
    pub(crate) method: String,
    /// From the version root, without the query: `/users`.
    pub(crate) path: String,
    /// As it was sent; empty, if there is none.
    pub(crate) query: String,
    pub(crate) body: Value,
}

/// What a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Organization,
    /// The list of its tenants.
    List,
    Row(Uuid),
    JoinRequest,
    Template,
    Partners,
    Partner(Uuid),
    /// The identity synchronization of a partner.
    Policy(Uuid),
    Instantiate,
    /// A service principal, and what is below it.
    Principal(Uuid, Vec<String>),
    Application,
    Other,
}

impl Line {
    pub(crate) fn new(tenant: Uuid, method: &str, address: &str, body: Value) -> Self {
        let address = address.strip_prefix("/v1.0").unwrap_or(address);
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        Self { tenant, method: method.to_owned(), path, query, body }
    }

    pub(crate) fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// Whether it takes back a request to join.
    pub(crate) fn resets_join(&self) -> bool {
        let nobody = Uuid::nil().to_string();
        self.named() == Named::JoinRequest
            && self.is_write()
            && self.body["addedByTenantId"] == nobody.as_str()
    }

    /// Whether it changes nothing although it is a POST.
    pub(crate) fn only_asks(&self) -> bool {
        self.path.ends_with("/validateCredentials")
    }

    pub(crate) fn named(&self) -> Named {
        let segments: Vec<&str> = self.path.trim_start_matches('/').split('/').collect();
        let id = |text: &str| text.parse::<Uuid>().unwrap_or_default();
        match segments.as_slice() {
            ["tenantRelationships", "multiTenantOrganization", rest @ ..] => match rest {
                [] => Named::Organization,
                ["tenants"] => Named::List,
                ["tenants", tenant] => Named::Row(id(tenant)),
                ["joinRequest"] => Named::JoinRequest,
                _ => Named::Other,
            },
            ["policies", "crossTenantAccessPolicy", rest @ ..] => match rest {
                ["partners"] => Named::Partners,
                ["partners", partner] => Named::Partner(id(partner)),
                ["partners", partner, "identitySynchronization"] => Named::Policy(id(partner)),
                ["templates", ..] => Named::Template,
                _ => Named::Other,
            },
            ["applicationTemplates", _, "instantiate"] => Named::Instantiate,
            ["servicePrincipals", principal, rest @ ..] => {
                Named::Principal(id(principal), rest.iter().map(|one| (*one).to_owned()).collect())
            }
            [first, ..] if first.starts_with("applications") => Named::Application,
            _ => Named::Other,
        }
    }

    /// Where a read's answer is kept: lists that are filtered are others.
    pub(crate) fn address(&self) -> String {
        if self.query.contains("filter") {
            format!("{}?{}", self.path, self.query)
        } else {
            self.path.clone()
        }
    }

    /// On one line, for a trace.
    pub(crate) fn text(&self, name: &str) -> String {
        let body =
            if self.body.is_null() || !self.is_write() { String::new() } else { format!(" {}", self.body) };
        let body: String = body.chars().take(240).collect();
        format!("{} {} in {name}{body}", self.method, self.path)
    }
}

/// One answer, read once.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// The status and body for each line of the request.
    pub(crate) lines: Vec<(u16, Value)>,
}

/// One HTTP request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) site: Site,
    /// One, or the parts of a batch; none of a request for a token.
    pub(crate) lines: Vec<Line>,
    pub(crate) is_batch: bool,
    /// The tenant that a token is wanted for.
    pub(crate) token_of: Option<Uuid>,
}

impl Call {
    /// Reads a request; the tenant is found by its token.
    pub(crate) fn read(request: &Request<Bytes>, tenant_of: impl Fn(&str) -> Option<Uuid>) -> Self {
        let path = request.uri().path();
        if path.ends_with("/oauth2/v2.0/token") {
            let tenant = path.trim_start_matches('/').split('/').next().and_then(|text| text.parse().ok());
            return Self { site: Site::Token, lines: Vec::new(), is_batch: false, token_of: tenant };
        }
        let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let tenant = tenant_of(token).unwrap_or_default();
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let address = request.uri().path_and_query().map_or(path, http::uri::PathAndQuery::as_str);
        let is_batch = path.ends_with("/$batch");
        let lines: Vec<Line> = if is_batch {
            let parts = body["requests"].as_array().cloned().unwrap_or_default();
            let text = |part: &Value, name: &str| part[name].as_str().unwrap_or_default().to_owned();
            let line = |part: Value| {
                Line::new(tenant, &text(&part, "method"), &text(&part, "url"), part["body"].clone())
            };
            parts.into_iter().map(line).collect()
        } else {
            vec![Line::new(tenant, request.method().as_str(), address, body)]
        };
        let writes = lines.iter().any(Line::is_write);
        let site = match (is_batch, writes) {
            (true, writes) => Site::Batch { writes },
            (false, true) => Site::Write,
            (false, false) => Site::Read,
        };
        Self { site, lines, is_batch, token_of: None }
    }

    /// The same request again has the same key, but for its headers.
    pub(crate) fn key(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("{} {}?{}", line.tenant, line.path, line.query));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Reads an answer.
    pub(crate) fn answer(&self, answer: &Response<Bytes>) -> Answer {
        let (status, body) = (answer.status().as_u16(), answer.body().clone());
        Answer { status, lines: self.answers(status, &body), body }
    }

    /// The status and body of each line's answer; none, where a batch's answer cannot be read.
    fn answers(&self, status: u16, body: &[u8]) -> Vec<(u16, Value)> {
        let whole = serde_json::from_slice(body);
        if !self.is_batch {
            return vec![(status, whole.unwrap_or_default())];
        }
        let Ok(whole): Result<Value, _> = whole else { return Vec::new() };
        let find = |number: usize| {
            let id = (number + 1).to_string();
            let parts = whole["responses"].as_array().into_iter().flatten();
            let part = parts.into_iter().find(|part| part["id"] == id.as_str());
            // What lacks an answer is unclear; a batch that was refused as a whole has no parts.
            let none = if status < 300 { UNCLEAR } else { status };
            let status = part.and_then(|part| part["status"].as_u64()).unwrap_or(u64::from(none));
            let body = part.map(|part| part["body"].clone()).unwrap_or_default();
            (u16::try_from(status).unwrap_or(500), body)
        };
        (0..self.lines.len()).map(find).collect()
    }
}
