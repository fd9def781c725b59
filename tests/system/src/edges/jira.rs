//! Jira Cloud's comments (REST API version 3, "Issue comments"; "Atlassian Document Format").

use serde_json::{Value, json};

use super::{Call, Product, Reply, Told, expect_names, texts};

/// Of a comment.
const LARGEST_CHARS: usize = 32_767;
/// Nodes of a document.
const NODES: [&str; 15] = [
    "blockquote",
    "bulletList",
    "codeBlock",
    "doc",
    "hardBreak",
    "heading",
    "listItem",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "table",
    "tableCell",
    "tableRow",
    "text",
];

/// A site with the issues that are named.
pub struct Jira {
    authorization: String,
    issues: Vec<String>,
    /// Every comment: the issue's key and what was sent.
    pub comments: Vec<(String, Value)>,
}

impl Jira {
    /// A site with these issues, which this `Authorization` opens.
    pub fn new(authorization: &str, issues: &[&str]) -> Self {
        let issues = issues.iter().map(|issue| (*issue).to_owned()).collect();
        Self { authorization: authorization.to_owned(), issues, comments: Vec::new() }
    }

    /// What was told, in its order.
    pub fn told(&self) -> Vec<Told> {
        let told = |(issue, comment): &(String, Value)| {
            let kept = comment["properties"].as_array().into_iter().flatten();
            let mut outcome = kept.filter_map(|property| {
                let value = &property["value"];
                value["outcome"].as_str().or(value.as_str()).map(str::to_owned)
            });
            Told { address: issue.clone(), text: texts(&comment["body"]), outcome: outcome.next_back() }
        };
        self.comments.iter().map(told).collect()
    }

    fn add(&mut self, issue: &str, call: &Call) -> Result<Reply, String> {
        let comment = call.json()?;
        expect_names(&comment, &["body", "properties", "visibility"])?;
        if comment["body"]["type"] != "doc" || comment["body"]["version"] != 1 {
            return Err("no document of version 1".to_owned());
        }
        check(&comment["body"])?;
        if texts(&comment["body"]).chars().count() > LARGEST_CHARS {
            return Err("too long".to_owned());
        }
        for property in comment["properties"].as_array().into_iter().flatten() {
            expect_names(property, &["key", "value"])?;
        }
        let id = (10_000 + self.comments.len()).to_string();
        let body = json!({"id": id, "body": comment["body"], "created": "2026-11-21T09:00:00.000+0000"});
        self.comments.push((issue.to_owned(), comment));
        Ok(Reply { status: 201, body })
    }

    fn list(&self, issue: &str, call: &Call) -> Result<Reply, String> {
        call.expect_query(&["startAt", "maxResults", "orderBy", "expand"])?;
        let number = |name: &str, default: usize| {
            call.query
                .get(name)
                .map_or(Ok(default), |text| text.parse().map_err(|_| format!("{name}: no number")))
        };
        let (start, most) = (number("startAt", 0)?, number("maxResults", 50)?.min(100));
        let expands =
            call.query.get("expand").is_some_and(|names| names.split(',').any(|name| name == "properties"));
        let comments = self.comments.iter().enumerate().filter(|(_, (of, _))| of == issue);
        let mut comments: Vec<Value> = comments
            .map(|(index, (_, comment))| {
                let mut shown = json!({"id": (10_000 + index).to_string(), "body": comment["body"],
                                       "created": format!("2026-11-21T09:00:{:02}.000+0000", index.min(59))});
                if expands {
                    shown["properties"] = comment["properties"].clone();
                }
                shown
            })
            .collect();
        match call.query.get("orderBy").map(String::as_str) {
            Some("-created") => comments.reverse(),
            None | Some("created" | "+created") => {}
            Some(other) => return Err(format!("orderBy={other}")),
        }
        let total = comments.len();
        let page: Vec<Value> = comments.into_iter().skip(start).take(most).collect();
        let body = json!({"startAt": start, "maxResults": most, "total": total, "comments": page});
        Ok(Reply { status: 200, body })
    }
}

impl Product for Jira {
    fn answer(&mut self, call: &Call) -> Result<Reply, String> {
        if call.expect_authorization(&self.authorization).is_err() {
            return Ok(Reply { status: 401, body: Value::Null });
        }
        let issue =
            call.path.strip_prefix("/rest/api/3/issue/").and_then(|rest| rest.strip_suffix("/comment"));
        let issue = issue.ok_or("no such resource")?;
        if !self.issues.iter().any(|known| known == issue) {
            let body =
                json!({"errorMessages": ["Issue does not exist or you do not have permission to see it."]});
            return Ok(Reply { status: 404, body });
        }
        match call.method.as_str() {
            "POST" => self.add(issue, call),
            "GET" => self.list(issue, call),
            other => Err(format!("{other} is not allowed")),
        }
    }
}

/// Known nodes, and no empty text: Jira refuses both with 400.
fn check(node: &Value) -> Result<(), String> {
    let kind = node["type"].as_str().unwrap_or_default();
    if !NODES.contains(&kind) || (kind == "text" && node["text"].as_str().is_none_or(str::is_empty)) {
        return Err(format!("no such node: {node}"));
    }
    node["content"].as_array().into_iter().flatten().try_for_each(check)
}
