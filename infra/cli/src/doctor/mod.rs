//! `mto doctor`: whether everything is in place. Reads only; one line a check.

mod access;
mod queues;
mod roles;

use console::Style;
use serde::Serialize;
use serde_json::json;

use crate::answer::{Answer, CliError, Verdict};
use crate::context::Context;
use crate::tenants::Tenants;

pub use queues::check as check_queues;
pub use roles::{missing, of as roles_of};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What.
    pub check: String,
    /// How it is.
    pub state: Health,
    /// What was found.
    pub found: String,
    /// What to do; empty where nothing is to be done.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub remedy: String,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// In place.
    Ok,
    /// Works, but not everything will, or somebody should look.
    Warning,
    /// Does not work.
    Failed,
}

impl Check {
    /// Something that is in place.
    pub fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), state: Health::Ok, found: found.into(), remedy: String::new() }
    }

    /// Something that somebody should look at.
    pub fn warning(check: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check: check.into(), state: Health::Warning, found: found.into(), remedy: remedy.into() }
    }

    /// Something that does not work.
    pub fn failed(check: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check: check.into(), state: Health::Failed, found: found.into(), remedy: remedy.into() }
    }
}

/// Looks at everything.
///
/// # Errors
/// Only where the machine itself cannot do it; everything else is a check that failed.
pub async fn run(context: &Context) -> Result<Answer, CliError> {
    let mut checks = Vec::new();
    match Tenants::read(&context.environment) {
        Err(error) => {
            let remedy = "mend the tenant directory; docs/operations.md describes it";
            checks.push(Check::failed("directory", error.to_string(), remedy));
        }
        Ok(tenants) => {
            let external = tenants.entries.iter().filter(|entry| entry.external).count();
            let found = format!("{} tenants, {external} of them external", tenants.entries.len());
            checks.push(Check::ok("directory", found));
            checks.extend(access::check(&tenants, context).await?);
        }
    }
    checks.extend(queues::run(context).await);
    Ok(answer(&checks))
}

fn answer(checks: &[Check]) -> Answer {
    let has_failed = checks.iter().any(|check| check.state == Health::Failed);
    let verdict = if has_failed { Verdict::Failed } else { Verdict::Done };
    let text = checks.iter().map(line).collect();
    Answer { verdict, text, json: json!({"ok": !has_failed, "checks": checks}) }
}

fn line(Check { check, state, found, remedy }: &Check) -> String {
    let (style, word) = match state {
        Health::Ok => (Style::new().green(), "ok"),
        Health::Warning => (Style::new().yellow(), "warning"),
        Health::Failed => (Style::new().red(), "failed"),
    };
    let word = style.apply_to(format!("{word:<8}"));
    let remedy = if remedy.is_empty() { String::new() } else { format!("; {remedy}") };
    format!("{word} {check}: {found}{remedy}\n")
}
