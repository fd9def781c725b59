//! Requests to Graph, counted by what they ask for.

use std::collections::BTreeMap;

use entra_simulator::RequestLine;
use uuid::Uuid;

/// The requests of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// HTTP requests to Graph; a `$batch` counts as one.
    pub calls: u64,
    /// Those of them that are a `$batch`.
    pub batches: u64,
    /// What stood in the batches. The service throttles each part as a request of its own (reference 8.4).
    pub parts: u64,
    /// Requests for tokens. They are no requests to Graph.
    pub tokens: u64,
}

impl Requests {
    /// Counts the lines of the simulator's log.
    pub fn of(lines: &[RequestLine]) -> Self {
        let mut requests = Self::default();
        for line in lines {
            match kind(line) {
                Kind::Token => requests.tokens += 1,
                Kind::Part => requests.parts += 1,
                Kind::Batch => {
                    requests.batches += 1;
                    requests.calls += 1;
                }
                Kind::Single => requests.calls += 1,
            }
        }
        requests
    }

    /// What the service's throttling counts: single requests and parts.
    pub fn throttled(&self) -> u64 {
        self.calls - self.batches + self.parts
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Token,
    Batch,
    Part,
    Single,
}

fn kind(line: &RequestLine) -> Kind {
    if line.in_batch {
        Kind::Part
    } else if line.path.ends_with("/oauth2/v2.0/token") {
        Kind::Token
    } else if line.path.ends_with("/$batch") {
        Kind::Batch
    } else {
        Kind::Single
    }
}

/// One kind of request: how often, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Method, and the path from the version root, with ids as `{id}` and without its query.
    pub what: String,
    /// By itself.
    pub alone: u64,
    /// As part of a batch.
    pub in_batch: u64,
    /// The decision that uses it.
    pub decides: &'static str,
}

/// Every kind of request of a run, most frequent first.
pub fn asked(lines: &[RequestLine]) -> Vec<Asked> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let (alone, in_batch) =
            counts.entry(format!("{} {}", line.method, template(&line.path))).or_default();
        match kind(line) {
            Kind::Part => *in_batch += 1,
            Kind::Token | Kind::Batch | Kind::Single => *alone += 1,
        }
    }
    let mut asked: Vec<Asked> = counts
        .into_iter()
        .map(|(what, (alone, in_batch))| Asked { decides: decides(&what), what, alone, in_batch })
        .collect();
    asked.sort_by_key(|one| std::cmp::Reverse(one.alone + one.in_batch));
    asked
}

/// As lines of text, one request each.
pub fn as_text(asked: &[Asked]) -> String {
    let wide = asked.iter().map(|one| one.what.len()).max().unwrap_or_default();
    let line = |one: &Asked| {
        format!("{:wide$}  {:>6} alone {:>6} in a batch  {}", one.what, one.alone, one.in_batch, one.decides)
    };
    asked.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("/v1.0").unwrap_or(path);
    let segment = |one| if Uuid::try_parse(one).is_ok() { "{id}" } else { one };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The row of the decision table (rustdoc of `mto_reconcile`) that rests on it.
fn decides(what: &str) -> &'static str {
    match what {
        "GET /tenantRelationships/multiTenantOrganization" => {
            "create: create, rename or go on; add: wait for an organization; join: rows 2 to 4 or outside"
        }
        "GET /tenantRelationships/multiTenantOrganization/tenants" => {
            "create: who is active; add: who is listed; join: rows 2 and 3, once it is inside"
        }
        "GET /tenantRelationships/multiTenantOrganization/tenants/{id}" => {
            "join: rows 4, 9, 10, 12, before it asks; the owner's side"
        }
        "GET /tenantRelationships/multiTenantOrganization/joinRequest" => {
            "create: about to be a member elsewhere; join: rows 5 to 8"
        }
        "POST /$batch" => "carries the parts",
        "POST /{id}/oauth2/v2.0/token" => "a token, kept for an hour or longer",
        other if other.starts_with("GET ") && other.contains("/templates/") => {
            "create, join: templates are as wanted"
        }
        other if other.starts_with("GET ") => "nothing that is known here",
        _ => "the write itself",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(method: &str, path: &str, in_batch: bool) -> RequestLine {
        RequestLine {
            time: String::new(),
            tenant: None,
            method: method.to_owned(),
            path: path.to_owned(),
            status: 200,
            request_id: Uuid::nil(),
            client_request_id: None,
            in_batch,
        }
    }

    #[test]
    fn a_batch_counts_as_one_its_parts_and_tokens_apart() {
        let id = "11111111-0000-4000-8000-000000000001";
        let lines = [
            line("POST", &format!("/{id}/oauth2/v2.0/token"), false),
            line("POST", "/v1.0/$batch", false),
            line(
                "GET",
                &format!("/v1.0/tenantRelationships/multiTenantOrganization/tenants/{id}?$select=x"),
                true,
            ),
            line("GET", "/v1.0/tenantRelationships/multiTenantOrganization", true),
            line("GET", "/v1.0/tenantRelationships/multiTenantOrganization", false),
        ];
        let requests = Requests::of(&lines);
        assert_eq!(requests, Requests { calls: 2, batches: 1, parts: 2, tokens: 1 });
        assert_eq!(requests.throttled(), 3);
        let asked = asked(&lines);
        assert_eq!(asked[0].what, "GET /tenantRelationships/multiTenantOrganization");
        assert_eq!((asked[0].alone, asked[0].in_batch), (1, 1));
        let row = "GET /tenantRelationships/multiTenantOrganization/tenants/{id}";
        assert!(asked.iter().any(|one| one.what == row && one.decides.starts_with("join: rows 4")));
    }
}
