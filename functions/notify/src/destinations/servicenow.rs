//! `ServiceNow`: a work note on the record.
//!
//! Source of the facts: `ServiceNow`'s documentation, "Table API" (PATCH, `sysparm_query`, `sysparm_fields`,
//! `sysparm_limit`) and "Journal field type" (entries stand in `sys_journal_field`; what stands between code tags is shown
//! as HTML; text fields have 4,000 characters by default). Unverified: which roles may read `sys_journal_field`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use http::{Method, StatusCode};
use mto_handler::EdgeSecret;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Destination, Telling, basic, query, quoted, segment};
use crate::http::{Call, Service};
use crate::mark::{Told, key};
use crate::rendering::{Rendering, TICKET_NOTES, fitting};
use crate::trouble::Trouble;

/// Below the 4,000 characters of a text field.
const MAX_CHARS: usize = 3_900;

/// An instance.
pub(crate) struct ServiceNow {
    pub(crate) service: Service,
    /// `https://example.service-now.com`.
    pub(crate) base: String,
    pub(crate) credential: ServiceNowCredential,
    /// Tables whose records it may write notes on.
    pub(crate) tables: BTreeSet<String>,
}

/// How it proves who it is.
pub(crate) enum ServiceNowCredential {
    /// A user.
    Basic { user: String, password: EdgeSecret },
    /// A token.
    Bearer(EdgeSecret),
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    result: Vec<Value>,
}

/// Credentials as they are now.
struct Proof {
    authorization: String,
    secret: String,
}

#[async_trait]
impl Destination for ServiceNow {
    fn check(&self, address: &str) -> Result<(), String> {
        let Some((table, _)) = record_of(address) else {
            return Err(format!("{} is no record; give <table>/<sys_id of 32 hex digits>", quoted(address)));
        };
        if self.tables.contains(table) {
            return Ok(());
        }
        let tables: Vec<&str> = self.tables.iter().map(String::as_str).collect();
        Err(format!("{} is in none of its tables: {}", quoted(address), tables.join(", ")))
    }

    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble> {
        let Some((table, sys_id)) = record_of(telling.address) else {
            return Err(Trouble::for_good("ServiceNow: the address is no record"));
        };
        let proof = self.proof(telling).await?;
        if self.was_told(sys_id, &proof, telling).await? {
            return Ok(Told::Before);
        }
        let note = fitting(telling.outcome, TICKET_NOTES, note, |note| note.chars().count() <= MAX_CHARS);
        let url = format!(
            "{}/api/now/table/{}/{}?sysparm_fields=sys_id",
            self.base,
            segment(table),
            segment(sys_id)
        );
        let call = Call::with_json(Method::PATCH, url, &json!({"work_notes": note}));
        let answer = self.service.send(call.authorized(&proof.authorization), telling.deadline).await?;
        answer.check(&answer.words(&[&proof.secret, &proof.authorization]))?;
        Ok(Told::Now)
    }
}

impl ServiceNow {
    async fn proof(&self, telling: &Telling<'_>) -> Result<Proof, Trouble> {
        match &self.credential {
            ServiceNowCredential::Basic { user, password } => {
                let password = password.read(telling.deadline).await?;
                let secret = password.expose_secret().to_owned();
                Ok(Proof { authorization: basic(user, &secret), secret })
            }
            ServiceNowCredential::Bearer(token) => {
                let token = token.read(telling.deadline).await?;
                let secret = token.expose_secret().to_owned();
                Ok(Proof { authorization: format!("Bearer {secret}"), secret })
            }
        }
    }

    /// Looks for the outcome's key among the record's notes. Where that may not be read, nothing was told.
    async fn was_told(&self, sys_id: &str, proof: &Proof, telling: &Telling<'_>) -> Result<bool, Trouble> {
        let key = key(telling.outcome);
        let wanted = format!("element_id={sys_id}^element=work_notes^valueLIKE{key}");
        let pairs =
            [("sysparm_query", wanted.as_str()), ("sysparm_fields", "sys_id"), ("sysparm_limit", "1")];
        let call = Call::get(format!("{}/api/now/table/sys_journal_field?{}", self.base, query(&pairs)));
        let answer = self.service.send(call.authorized(&proof.authorization), telling.deadline).await?;
        if matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST) {
            tracing::warn!(
                status = answer.status.as_u16(),
                "ServiceNow: sys_journal_field cannot be read, so repeats are not found; let the user read it"
            );
            return Ok(false);
        }
        answer.check(&answer.words(&[&proof.secret, &proof.authorization]))?;
        let found: Found = answer.json()?;
        Ok(!found.result.is_empty())
    }
}

/// `incident/<sys_id>`.
fn record_of(address: &str) -> Option<(&str, &str)> {
    let (table, sys_id) = address.split_once('/')?;
    let named = (1..=80).contains(&table.len())
        && table.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let id = sys_id.len() == 32 && sys_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (named && id).then_some((table, sys_id))
}

fn note(rendering: &Rendering) -> String {
    let mut lines = vec![inert(&rendering.title)];
    for section in &rendering.sections {
        let bullet = if section.lines.len() > 1 { "- " } else { "" };
        lines.push(String::new());
        lines.extend(section.heading.map(|heading| format!("{heading}:")));
        lines.extend(section.lines.iter().map(|line| format!("{bullet}{}", inert(line))));
    }
    lines.push(String::new());
    lines.extend(rendering.facts.iter().map(|(name, value)| format!("{name}: {}", inert(value))));
    lines.push(rendering.reference.clone());
    lines.join("\n")
}

/// `[code]` is the door to HTML, and `@[` that to mentions. Journal fields show everything else as it is.
fn inert(text: &str) -> String {
    text.replace('[', "(").replace(']', ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_table_and_an_id() {
        let id = "9d385017c611228701d22104cc95c371";
        assert_eq!(record_of(&format!("incident/{id}")), Some(("incident", id)));
        let bad = ["", "incident", "incident/1", "incident/9d385017c611228701d22104cc95c37^", "Incident/x"];
        for bad in bad {
            assert_eq!(record_of(bad), None, "{bad}");
        }
        assert_eq!(record_of(&format!("../{id}")), None);
        assert_eq!(record_of(&format!("incident/{id}/x")), None);
    }
}
