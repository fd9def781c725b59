//! Jira Cloud: a comment on the issue.
//!
//! Source of the facts: developer.atlassian.com, Jira Cloud platform REST API v3, "Issue comments" (a page has at most
//! 100 by default, `orderBy` takes `-created`, a new comment takes `properties`) and "Atlassian Document Format".
//! Unverified: that the comments of an issue come with their properties for `expand=properties`; where they do not, the
//! comment's last line tells.

use std::collections::BTreeSet;

use async_trait::async_trait;
use http::Method;
use mto_handler::EdgeSecret;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Destination, Telling, basic, query, quoted, segment};
use crate::http::{Call, Service};
use crate::mark::{Mark, Told, key, verdict};
use crate::rendering::{Rendering, TICKET_NOTES, fitting};
use crate::trouble::Trouble;

/// The comment's property.
const PROPERTY: &str = "mto-outcome";

/// Jira Service Management's property of comments that customers do not see.
const INTERNAL_PROPERTY: &str = "sd.public.comment";

/// Comments of a page.
const PAGE: usize = 100;

/// Pages that are read, newest first.
const MAX_PAGES: usize = 5;

/// Below the 32,767 characters of a comment.
const MAX_BYTES: usize = 30_000;

/// A Jira site.
pub(crate) struct Jira {
    pub(crate) service: Service,
    /// `https://example.atlassian.net`.
    pub(crate) base: String,
    /// Of the account whose token it is.
    pub(crate) email: String,
    pub(crate) token: EdgeSecret,
    /// Keys of the projects whose issues it may comment on.
    pub(crate) projects: BTreeSet<String>,
    /// Comments are not shown to customers of Jira Service Management.
    pub(crate) internal: bool,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    comments: Vec<Comment>,
    #[serde(default)]
    total: usize,
}

#[derive(Deserialize)]
struct Comment {
    #[serde(default)]
    body: Value,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: Value,
}

#[async_trait]
impl Destination for Jira {
    fn check(&self, address: &str) -> Result<(), String> {
        let Some(project) = project_of(address) else {
            return Err(format!("{} is no issue key, such as OPS-12", quoted(address)));
        };
        if self.projects.contains(project) {
            return Ok(());
        }
        let projects: Vec<&str> = self.projects.iter().map(String::as_str).collect();
        Err(format!("{} is in none of its projects: {}", quoted(address), projects.join(", ")))
    }

    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble> {
        let token = self.token.read(telling.deadline).await?;
        let token = token.expose_secret();
        let authorization = basic(&self.email, token);
        let url = format!("{}/rest/api/3/issue/{}/comment", self.base, segment(telling.address));
        if let Some(told) = self.look(&url, &authorization, token, telling).await? {
            return Ok(told);
        }
        let document =
            fitting(telling.outcome, TICKET_NOTES, document, |body| body.to_string().len() <= MAX_BYTES);
        let mut properties = vec![json!({"key": PROPERTY, "value": Mark::of(telling.outcome)})];
        if self.internal {
            properties.push(json!({"key": INTERNAL_PROPERTY, "value": {"internal": true}}));
        }
        let body = json!({"body": document, "properties": properties});
        let call = Call::with_json(Method::POST, url, &body).authorized(&authorization);
        let answer = self.service.send(call, telling.deadline).await?;
        answer.check(&answer.words(&[token, &authorization]))?;
        Ok(Told::Now)
    }
}

impl Jira {
    async fn look(
        &self,
        url: &str,
        authorization: &str,
        token: &str,
        telling: &Telling<'_>,
    ) -> Result<Option<Told>, Trouble> {
        let reference = format!("outcome {}", key(telling.outcome));
        let mut marks = Vec::new();
        for page in 0..MAX_PAGES {
            let (start, most) = ((page * PAGE).to_string(), PAGE.to_string());
            let pairs = [
                ("expand", "properties"),
                ("orderBy", "-created"),
                ("startAt", start.as_str()),
                ("maxResults", most.as_str()),
            ];
            let call = Call::get(format!("{url}?{}", query(&pairs))).authorized(authorization);
            let answer = self.service.send(call, telling.deadline).await?;
            answer.check(&answer.words(&[token, authorization]))?;
            let Page { comments, total } = answer.json()?;
            let count = comments.len();
            if comments.iter().any(|comment| last_line(&comment.body) == Some(&reference)) {
                return Ok(Some(Told::Before));
            }
            marks.extend(comments.into_iter().flat_map(|comment| comment.properties).filter_map(mark));
            if count == 0 || page * PAGE + count >= total {
                break;
            }
        }
        Ok(verdict(&marks, telling.outcome))
    }
}

fn mark(property: Property) -> Option<Mark> {
    (property.key == PROPERTY).then(|| serde_json::from_value(property.value).ok()).flatten()
}

/// The text of a comment's last paragraph, if that is one piece.
fn last_line(body: &Value) -> Option<&str> {
    body["content"].as_array()?.last()?["content"].as_array()?.last()?["text"].as_str()
}

/// `OPS` of `OPS-12`: a letter and more letters, digits or `_`, in capitals; then a number.
fn project_of(key: &str) -> Option<&str> {
    let (project, number) = key.split_once('-')?;
    let named = (2..=32).contains(&project.len())
        && project.starts_with(|first: char| first.is_ascii_uppercase())
        && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let numbered = (1..=10).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0');
    (named && numbered).then_some(project)
}

/// Atlassian Document Format. Text nodes are literal: no markup, no mentions.
fn document(rendering: &Rendering) -> Value {
    let mut content = vec![paragraph(&[strong(&rendering.title)])];
    for section in &rendering.sections {
        if let Some(heading) = section.heading {
            content.push(paragraph(&[strong(heading)]));
        }
        match section.lines.as_slice() {
            [line] => content.push(paragraph(&[text(line)])),
            lines => content.push(list(lines.iter().map(|line| vec![text(line)]))),
        }
    }
    let facts = rendering.facts.iter().filter(|(_, value)| !value.is_empty());
    content.push(list(facts.map(|(name, value)| vec![strong(&format!("{name}: ")), text(value)])));
    content.push(paragraph(&[text(&rendering.reference)]));
    json!({"type": "doc", "version": 1, "content": content})
}

fn paragraph(content: &[Value]) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn list(items: impl Iterator<Item = Vec<Value>>) -> Value {
    let items: Vec<Value> =
        items.map(|item| json!({"type": "listItem", "content": [paragraph(&item)]})).collect();
    json!({"type": "bulletList", "content": items})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn strong(text: &str) -> Value {
    json!({"type": "text", "text": text, "marks": [{"type": "strong"}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_key_is_a_project_and_a_number() {
        for good in ["OPS-1", "A1_B-4711"] {
            assert!(project_of(good).is_some(), "{good}");
        }
        let bad = [
            "",
            "OPS",
            "OPS-",
            "OPS-0",
            "OPS-01",
            "ops-1",
            "OPS-1/..",
            "../OPS-1",
            "O-1",
            "1A-1",
            "OPS-1?x=1",
        ];
        for bad in bad {
            assert_eq!(project_of(bad), None, "{bad}");
        }
    }
}
